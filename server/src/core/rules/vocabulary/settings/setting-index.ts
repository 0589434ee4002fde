import type { Resource, Setting, SourceFacts } from '../../../model/facts.ts';
import { groupBy, keepOf } from '../code/kept.ts';

/** The setting of one side that stands at the same path of the same resource. */
export function findSetting(facts: SourceFacts | undefined, like: Pick<Setting, 'path' | 'resource'>): Setting | undefined {
  return facts === undefined ? undefined : indexOf(facts).byPath.get(pathKey(like));
}

/** All settings of one resource. */
export function settingsOf(facts: SourceFacts | undefined, resource: string): readonly Setting[] {
  return facts === undefined ? [] : (indexOf(facts).byResource.get(resource) ?? []);
}

/** The value of the first setting under `prefix` of the same resource whose last key is one of `names`. */
export function valueUnder(
  facts: SourceFacts | undefined,
  like: Pick<Setting, 'resource'>,
  prefix: readonly string[],
  names: RegExp,
): Setting['value'] | undefined {
  return settingsUnder(facts, like, prefix).find((setting) => names.test(nameOf(setting)))?.value;
}

/** All settings of the same resource below a path. */
export function settingsUnder(
  facts: SourceFacts | undefined,
  like: Pick<Setting, 'resource'>,
  prefix: readonly string[],
): readonly Setting[] {
  const own = settingsOf(facts, like.resource);
  if (own.length <= FEW || prefix.length === 0) return own.filter((setting) => prefix.every((element, at) => setting.path[at] === element));
  const depths = byPrefix(own);
  const groups =
    depths.get(prefix.length) ??
    groupBy(
      own.filter(({ path }) => path.length >= prefix.length),
      ({ path }) => path.slice(0, prefix.length).join('\u0000'),
    );
  depths.set(prefix.length, groups);
  return groups.get(prefix.join('\u0000')) ?? [];
}

const FEW = 32;
/** By the length of a prefix: a file of ten thousand hunks asks at each. */
const byPrefix = keepOf((_own: readonly Setting[]) => new Map<number, ReadonlyMap<string, readonly Setting[]>>());

/** The key that a setting sets: the last element of its path that is no place in a list. */
export function nameOf(setting: Pick<Setting, 'path'>): string {
  for (let at = setting.path.length - 1; at >= 0; at--) {
    const element = setting.path[at] ?? '';
    if (!/^\d+$/.test(element)) return element;
  }
  return '';
}

/** The first resource of a key. */
export function findResource(facts: SourceFacts | undefined, key: string): Resource | undefined {
  return facts === undefined ? undefined : indexOf(facts).resources.get(key);
}

/** Every rule of settings asks the same of the same hunk and file; a lock file has ten thousand settings. */
interface SettingIndex {
  /** The first setting of each path, as a reader of the file meets it. */
  readonly byPath: ReadonlyMap<string, Setting>;
  readonly byResource: ReadonlyMap<string, readonly Setting[]>;
  readonly resources: ReadonlyMap<string, Resource>;
}

const indexes = new WeakMap<SourceFacts, SettingIndex>();

/** Settings and resources of a file by their names, made once. */
export function indexOf(facts: SourceFacts): SettingIndex {
  const known = indexes.get(facts);
  if (known !== undefined) return known;
  const byPath = new Map<string, Setting>();
  const byResource = new Map<string, Setting[]>();
  const resources = new Map<string, Resource>();
  for (const setting of facts.settings) {
    const key = pathKey(setting);
    if (!byPath.has(key)) byPath.set(key, setting);
    const list = byResource.get(setting.resource);
    if (list === undefined) byResource.set(setting.resource, [setting]);
    else list.push(setting);
  }
  for (const resource of facts.resources) if (!resources.has(resource.key)) resources.set(resource.key, resource);
  const index = { byPath, byResource, resources };
  indexes.set(facts, index);
  return index;
}

/** A text that is equal for equal paths of one resource. */
export function pathKey({ resource, path }: Pick<Setting, 'path' | 'resource'>): string {
  return `${resource}\u0000${path.join('\u0000')}`;
}
