import type { Setting, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { groupBy, keepOfBoth } from '../code/kept.ts';
import { findSetting, nameOf } from './setting-index.ts';
import type { SettingChange } from './settings.ts';

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
    const came = settingsOfOne(after, before).get(nameKey(fresh)) ?? [];
    const left = settingsOfOne(before, after).get(nameKey(fresh)) ?? [];
    const [old] = left;
    if (old === undefined || left.length > 1 || came.length > 1 || isInList(old)) return [];
    const resource = after.resources.find((other) => other.key === fresh.resource);
    return [{ path: fresh.path, before: old, after: fresh, resource, resourceIsNew: false, resourceIsGone: false }];
  });
}

/** Settings that one side alone has, by their resource and name. */
const settingsOfOne = keepOfBoth((facts: SourceFacts, other: SourceFacts) =>
  groupBy(
    facts.settings.filter((setting) => findSetting(other, setting) === undefined),
    nameKey,
  ),
);

function nameKey({ resource, path }: Setting): string {
  return `${resource}\u0000${nameOf({ path })}`;
}

/** A place in a list is no name. */
function isInList({ path }: Setting): boolean {
  return path.some((element) => /^\d+$/.test(element));
}
