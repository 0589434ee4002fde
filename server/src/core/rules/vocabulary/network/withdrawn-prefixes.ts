import type { Setting, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { keepOf, keepOfBoth } from '../code/kept.ts';

/** A prefix that a table of named prefixes no longer holds. */
export interface WithdrawnPrefix {
  readonly setting: Setting;
  /** What has its name now, where that is another prefix. */
  readonly instead: Setting | undefined;
  /** What the table is called, on the after side. */
  readonly table: string;
}

/**
 * `databases = "10.41.0.0/20"` that left a table of prefixes by their names, also where the table itself is called otherwise now: it is
 * known by an entry that it still holds. Not where a larger prefix of the file covers it, or where it stands elsewhere.
 */
export function withdrawnPrefixes(input: RuleInput, isTable: (setting: Setting) => boolean): readonly WithdrawnPrefix[] {
  const { before, after, removed } = input;
  if (before === undefined || after === undefined) return [];
  const lost = removed.settings.filter((setting) => isEntry(setting) && isTable(setting));
  if (lost.length === 0) return [];
  const values = prefixesIn(after);
  const moved = new Set(input.addedElsewhere().settings.map(({ value }) => value));
  return lost.flatMap((setting) => {
    const table = heirsOf(before, after).get(holderOf(setting));
    if (table === undefined || values.has(String(setting.value)) || moved.has(setting.value) || isCovered(String(setting.value), values))
      return [];
    const name = setting.path.at(-1);
    const instead = input.added.settings.find((other) => other.path.at(-1) === name && isEntry(other) && holderOf(other) === table);
    return [{ setting, instead, table: table.split('/').at(-1) ?? '' }];
  });
}

const PREFIX = /^\d{1,3}(?:\.\d{1,3}){3}\/\d{1,2}$|^[\da-f:]{2,39}\/\d{1,3}$/i;

function isEntry({ path, value }: Setting): boolean {
  return path.length > 1 && !/^\d+$/.test(path.at(-1) ?? '') && typeof value === 'string' && PREFIX.test(value);
}

function holderOf({ resource, path }: Setting): string {
  return `${resource}/${path.slice(0, -1).join('/')}`;
}

const prefixesIn = keepOf(({ settings }: SourceFacts): ReadonlySet<string> => new Set(settings.map(({ value }) => String(value))));

/** For each table of the old side the table of the new one: the same, or the first that holds one of its prefixes. */
const heirsOf = keepOfBoth((before: SourceFacts, after: SourceFacts): ReadonlyMap<string, string> => {
  const fresh = after.settings.filter(isEntry);
  const tables = new Set(fresh.map(holderOf));
  const byValue = new Map(fresh.map((setting) => [setting.value, holderOf(setting)]));
  const found = new Map<string, string>();
  for (const setting of before.settings) {
    const own = holderOf(setting);
    if (!isEntry(setting) || found.has(own)) continue;
    const heir = tables.has(own) ? own : byValue.get(setting.value);
    if (heir !== undefined) found.set(own, heir);
  }
  return found;
});

/** A larger prefix of IPv4 holds all of it: `10.60.128.0/17` is in `10.60.0.0/16`. */
function isCovered(prefix: string, values: ReadonlySet<string>): boolean {
  const [address = '', length = ''] = prefix.split('/');
  const parts = address.split('.').map(Number);
  if (parts.length !== 4) return false;
  const number = parts.reduce((all, part) => all * 256 + part, 0);
  for (let bits = Number(length) - 1; bits >= 0; bits -= 1) {
    const size = 2 ** (32 - bits);
    const start = Math.floor(number / size) * size;
    const text = [24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join('.');
    if (values.has(`${text}/${bits}`)) return true;
  }
  return false;
}
