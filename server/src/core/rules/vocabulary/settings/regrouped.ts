import type { Setting, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { findSetting, nameOf, type SettingChange } from './settings.ts';

/**
 * Settings whose section got another name or another place in the same file: `db.maxConnections` that became
 * `database.maxConnections`. The key is asked of the whole file, since the two ends of a move are often two hunks; each is the
 * only one of its name that left, and the only one that came.
 */
export function regroupedSettings(input: RuleInput): readonly SettingChange[] {
  const { before, after } = input;
  if (before === undefined || after === undefined || input.added.settings.length === 0) return [];
  return input.added.settings.flatMap((fresh): readonly SettingChange[] => {
    if (fresh.path.length < 2 || isInList(fresh) || findSetting(before, fresh) !== undefined) return [];
    const came = namesakes(after, fresh).filter((setting) => findSetting(before, setting) === undefined);
    const left = namesakes(before, fresh).filter((setting) => findSetting(after, setting) === undefined);
    const [old] = left;
    if (old === undefined || left.length > 1 || came.length > 1 || isInList(old)) return [];
    const resource = after.resources.find((other) => other.key === fresh.resource);
    return [{ path: fresh.path, before: old, after: fresh, resource, resourceIsNew: false, resourceIsGone: false }];
  });
}

function namesakes(facts: SourceFacts, { resource, path }: Setting): readonly Setting[] {
  const name = nameOf({ path });
  return facts.settings.filter((setting) => setting.resource === resource && nameOf(setting) === name);
}

/** A place in a list is no name. */
function isInList({ path }: Setting): boolean {
  return path.some((element) => /^\d+$/.test(element));
}
