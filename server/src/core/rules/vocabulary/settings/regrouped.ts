import type { Setting, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { groupBy, keepOfBoth } from '../code/kept.ts';
import { findSetting, nameOf } from './setting-index.ts';
import type { SettingChange } from './settings.ts';

/**
 * Settings whose section got another name or another place in the same file: `db.maxConnections` that became
 * `database.maxConnections`. The key is asked of the whole file, since the two ends of a move are often two hunks; each is the
 * only one of its name that left, and the only one that came. So is a name that was cut into a section and a shorter name, or joined:
 * `dbPoolMax` that became `db.poolMax`.
 */
export function regroupedSettings(input: RuleInput): readonly SettingChange[] {
  const { before, after } = input;
  if (before === undefined || after === undefined || input.added.settings.length === 0) return [];
  return input.added.settings.flatMap((fresh): readonly SettingChange[] => {
    if (isInList(fresh) || findSetting(before, fresh) !== undefined) return [];
    const old =
      (fresh.path.length < 2 ? undefined : onlyPair(fresh, settingsOfOne(before, after), settingsOfOne(after, before), nameKey(fresh))) ??
      onlyPair(fresh, spelledOfOne(before, after), spelledOfOne(after, before), spelledKey(fresh));
    if (old === undefined) return [];
    const resource = after.resources.find((other) => other.key === fresh.resource);
    return [{ path: fresh.path, before: old, after: fresh, resource, resourceIsNew: false, resourceIsGone: false }];
  });
}

type ByKey = ReadonlyMap<string, readonly Setting[]>;

function onlyPair(fresh: Setting, left: ByKey, came: ByKey, key: string): Setting | undefined {
  const old = left.get(key) ?? [];
  const [only] = old;
  return only === undefined || old.length > 1 || (came.get(key)?.length ?? 0) > 1 || isInList(only) || only === fresh ? undefined : only;
}

/** Settings that one side alone has, by their resource and name. */
const settingsOfOne = keepOfBoth((facts: SourceFacts, other: SourceFacts) =>
  groupBy(
    facts.settings.filter((setting) => findSetting(other, setting) === undefined),
    nameKey,
  ),
);

/** The same by all words of their paths: `dbPoolMax` and `db.pool_max`. */
const spelledOfOne = keepOfBoth((facts: SourceFacts, other: SourceFacts) =>
  groupBy(
    facts.settings.filter((setting) => findSetting(other, setting) === undefined),
    spelledKey,
  ),
);

function spelledKey({ resource, path }: Setting): string {
  return `${resource}\u0000${path
    .join('')
    .replace(/[^A-Za-z0-9]/g, '')
    .toLowerCase()}`;
}

function nameKey({ resource, path }: Setting): string {
  return `${resource}\u0000${nameOf({ path })}`;
}

/** A place in a list is no name. */
function isInList({ path }: Setting): boolean {
  return path.some((element) => /^\d+$/.test(element));
}
