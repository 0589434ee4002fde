import type { Resource, Setting, SourceFacts } from '../../../model/facts.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { quote } from '../../quote.ts';
import { includedFor } from './included-templates.ts';
import { isPatchedIn } from './kustomize-patches.ts';
import { overriddenFacts } from './terraform-overrides.ts';
import { linesOfTexts } from './text-lines.ts';
import { throughNames } from './values-through-names.ts';

/** One setting before and after a change. At least one side is there. */
export interface SettingChange {
  readonly path: readonly string[];
  readonly before: Setting | undefined;
  readonly after: Setting | undefined;
  /** The resource it belongs to, on the side where it is. */
  readonly resource: Resource | undefined;
  /** True where the resource itself is new, or gone: then no setting was changed, but a thing was made or removed. */
  readonly resourceIsNew: boolean;
  readonly resourceIsGone: boolean;
  /** True where the setting takes its value by name from one that changed, and that is where it stands. */
  readonly byName?: true;
}

/**
 * What this hunk did to settings, each once: on the hunk that has the new value, or on the hunk that lost it where there is
 * no new one. A value is compared with what the same path held before, wherever in the file that stood. A value that other
 * settings take by its name is a change of each of them as well, and so is each line of a text of settings.
 */
export function changedSettings(input: RuleInput): readonly SettingChange[] {
  const known = changes.get(input);
  if (known !== undefined) return known;
  const { removed, added, before, after } = input;
  const arrived = arrivedResources(input);
  const overridden = overriddenSettings(input);
  const found = [
    ...added.settings.map((setting) => {
      const came = arrived.get(setting.resource);
      const old = came?.get(pathKey(setting)) ?? findSetting(before, setting) ?? overridden.get(pathKey(setting));
      const change = describe(setting.path, old, setting, before, after);
      return came === undefined && !overridden.has(pathKey(setting)) ? change : { ...change, resourceIsNew: false };
    }),
    ...removed.settings
      .filter((setting) => findSetting(after, setting) === undefined && !isInherited(after, setting))
      .flatMap((setting) => {
        const given = includedFor(input, setting);
        return given?.value === setting.value || isPatchedIn(input, setting) ? [] : [describe(setting.path, setting, given, before, after)];
      }),
  ];
  const all = [...found, ...throughNames(input, found), ...linesOfTexts(input, found)];
  changes.set(input, all);
  return all;
}

/** A job of GitLab that `extends` another in the file has from it what it no longer says itself. */
function isInherited(facts: SourceFacts | undefined, { path, value, resource }: Setting): boolean {
  return (
    facts !== undefined && parentsOf(facts, resource).some((parent) => findSetting(facts, { path, resource: parent.key })?.value === value)
  );
}

/** What a job says itself, and what it has from those of its file that it `extends`. */
export function settingsOfJob(facts: SourceFacts | undefined, resource: string): readonly Setting[] {
  if (facts === undefined) return [];
  return [resource, ...parentsOf(facts, resource).map(({ key }) => key)].flatMap((key) => settingsOf(facts, key));
}

/** True where a job hands on to another workflow of the tree (`uses: ./.github/workflows/rollout.yml`) whose jobs have such a key. */
export function isInCalledWorkflow({ after, factsAt }: Pick<RuleInput, 'after' | 'factsAt'>, job: string, key: string): boolean {
  return settingsOf(after, job).some(({ path, value }) => {
    const called =
      path.length === 1 && path[0] === 'uses' ? /^\.\/(\.github\/workflows\/[\w./-]+\.ya?ml)$/.exec(String(value))?.[1] : undefined;
    // The path is one of the tree's where facts are found for it.
    const settings = called === undefined ? [] : (factsAt('after', called as RepoPath)?.settings ?? []);
    const own = settings.filter((setting) => setting.path[0] === key && setting.resource.startsWith('job '));
    const said = own.filter((setting) => setting.value !== null && setting.value !== '');
    if (key !== 'environment') return said.length > 0;
    // One that nobody is asked for holds nothing, nor does one of another job than those that ship.
    const names = said.filter(
      ({ path, value }) => nameOf({ path }) !== 'url' && !/^(?:dev|test|stag|preview|sandbox|qa|int\b)/i.test(String(value)),
    );
    const shipping = settings
      .filter(({ path, value }) => path.includes('steps') && SHIPS.test(String(value)))
      .map(({ resource }) => resource);
    return names.length > 0 && (shipping.length === 0 || shipping.some((job) => names.some(({ resource }) => resource === job)));
  });
}

/** A step that brings something out. */
const SHIPS = /\b(?:deploy|release|rollout|publish|promote|kubectl|helm|terraform apply|cdk deploy)\b/i;

/** The jobs that a job `extends`, the nearest first; each once, for a file may send them in a ring. */
function parentsOf(facts: SourceFacts, resource: string): readonly Resource[] {
  const found: Resource[] = [];
  const open = [resource];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const names = settingsUnder(facts, { resource: next }, ['extends']).map(({ value }) => value);
    const parents = facts.resources.filter((other) => other.type === 'job' && names.includes(other.name) && !found.includes(other));
    found.push(...parents);
    open.push(...parents.map(({ key }) => key));
  }
  return found;
}

/**
 * Resources that came here from another file of the change, each with the settings it had there that are not the same here: a
 * switch that is turned on the way is a changed switch, not a new one.
 */
function arrivedResources(input: RuleInput): ReadonlyMap<string, ReadonlyMap<string, Setting>> {
  const { before, after } = input;
  const here = new Set(before?.resources.map((resource) => resource.key));
  const arrived = renamedResources(input);
  const fresh = new Set(after?.resources.filter((resource) => !here.has(resource.key)).map((resource) => resource.key));
  if (fresh.size === 0 || input.added.settings.length === 0) return arrived;
  for (const setting of input.removedElsewhere().settings) {
    if (!fresh.has(setting.resource)) continue;
    const old = arrived.get(setting.resource) ?? new Map<string, Setting>();
    arrived.set(setting.resource, old.set(pathKey(setting), setting));
  }
  return arrived;
}

/** What the resources that a Terraform override speaks of said before, in the files that it overrides. */
function overriddenSettings(input: RuleInput): ReadonlyMap<string, Setting> {
  const settings = overriddenFacts(input).flatMap((facts) => facts.settings);
  return new Map(settings.map((setting) => [pathKey(setting), setting]));
}

/** Resources of this file that a `moved` block gave another address, with what they said under the old one. */
function renamedResources({ before, after, addedElsewhere }: RuleInput): Map<string, Map<string, Setting>> {
  const renamed = new Map<string, Map<string, Setting>>();
  if (
    before === undefined ||
    after === undefined ||
    before.language !== 'hcl' ||
    after.resources.every((resource) => indexOf(before).resources.has(resource.key))
  )
    return renamed;
  const elsewhere = addedElsewhere();
  for (const moved of [...after.resources, ...elsewhere.resources].filter((resource) => resource.type === 'moved')) {
    const to = [...after.settings, ...elsewhere.settings].find(
      (setting) => setting.resource === moved.key && setting.path.join() === 'to',
    )?.value;
    const at = (facts: SourceFacts, address: string): Resource | undefined =>
      facts.resources.find((resource) => `${resource.type}.${resource.name}` === address);
    const [old, fresh] = [at(before, moved.name), at(after, String(to))];
    if (old === undefined || fresh === undefined) continue;
    renamed.set(fresh.key, new Map(settingsOf(before, old.key).map((setting) => [pathKey({ ...setting, resource: fresh.key }), setting])));
  }
  return renamed;
}

/** The name a setting goes by: for the default of a Terraform variable that of the variable. */
export function changeName(change: Pick<SettingChange, 'path' | 'resource'>): string {
  if (change.resource?.type === 'variable' && change.path.length === 1 && change.path[0] === 'default') return change.resource.name;
  const name = nameOf(change);
  // `parameter { name = "max_connections" value = "200" }`: what is set is what the block is called.
  const label = /^(value|default|default_value|parameter_value|ParameterValue)$/.test(name)
    ? /#([A-Za-z][\w.-]*)$/.exec(change.path.at(-2) ?? '')?.[1]
    : undefined;
  return label ?? name;
}

/** ` of ``orders``` for a message; empty where a setting belongs to no resource. */
export function ofResource(change: Pick<SettingChange, 'resource'>, length = 20): string {
  const { resource } = change;
  return resource === undefined || resource.name === '' || resource.type === 'variable' ? '' : ` of ${quote(resource.name, length)}`;
}

/** A value for a message: what is not there was removed. */
export function shownValue(value: Setting['value'] | undefined): string {
  return value === undefined ? 'removed' : String(value);
}

/** Side and range for a finding about a setting. */
export function placeOf(change: SettingChange): { readonly side: Side; readonly range: Range; readonly byName?: true } {
  const setting = change.after ?? change.before;
  if (setting === undefined) return { side: 'after', range: { start: { line: 1, character: 0 }, end: { line: 1, character: 0 } } };
  const place = { side: change.after === undefined ? ('before' as const) : ('after' as const), range: setting.range };
  // What an alias brings in is told where it stands, once for all who ask for it.
  const isAlias = setting.origin !== undefined && setting.origin.start.line === setting.range.start.line;
  return change.byName === true || isAlias ? { ...place, byName: true } : place;
}

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
  return settingsOf(facts, like.resource).filter((setting) => prefix.every((element, at) => setting.path[at] === element));
}

/** The key that a setting sets: the last element of its path that is no place in a list. */
export function nameOf(setting: Pick<Setting, 'path'>): string {
  for (let at = setting.path.length - 1; at >= 0; at--) {
    const element = setting.path[at] ?? '';
    if (!/^\d+$/.test(element)) return element;
  }
  return '';
}

/** Configuration languages disagree on how they write a truth. */
export function isTrue(value: Setting['value'] | undefined): boolean {
  return value === true || (typeof value === 'string' && /^(true|yes|on|enabled)$/i.test(value));
}

export function isFalse(value: Setting['value'] | undefined): boolean {
  return value === false || (typeof value === 'string' && /^(false|no|off|disabled)$/i.test(value));
}

/** A plain number; undefined for anything else, and for a number with a unit. */
export function countOf(value: Setting['value'] | undefined): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'string' && /^\s*-?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : undefined;
}

/** A duration with its units (`90s`, `1h30m`, `7 days`) in seconds; undefined for anything else, and for a plain number. */
export function durationOf(value: Setting['value'] | undefined): number | undefined {
  if (typeof value !== 'string' || !/^\s*(\d+(\.\d+)?\s*[a-z]+\s*)+$/i.test(value)) return undefined;
  let seconds = 0;
  for (const [, amount, unit = ''] of value.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/gi)) {
    const factor = Object.hasOwn(SECONDS, unit) ? SECONDS[unit] : undefined;
    if (factor === undefined) return undefined;
    seconds += Number(amount) * factor;
  }
  return seconds;
}

const SECONDS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  sec: 1,
  second: 1,
  seconds: 1,
  m: 60,
  min: 60,
  minute: 60,
  minutes: 60,
  h: 3600,
  hour: 3600,
  hours: 3600,
  d: 86_400,
  day: 86_400,
  days: 86_400,
  w: 604_800,
  week: 604_800,
  weeks: 604_800,
  y: 31_536_000,
  year: 31_536_000,
  years: 31_536_000,
};

function describe(
  path: readonly string[],
  old: Setting | undefined,
  fresh: Setting | undefined,
  before: SourceFacts | undefined,
  after: SourceFacts | undefined,
): SettingChange {
  const key = (fresh ?? old)?.resource ?? '';
  const resource = find(after, key) ?? find(before, key);
  return {
    path,
    before: old,
    after: fresh,
    resource,
    resourceIsNew: isMissing(before, key),
    resourceIsGone: isMissing(after, key),
  };
}

/** A whole file that is new or gone is a resource of its own. */
function isMissing(facts: SourceFacts | undefined, key: string): boolean {
  return facts === undefined || (key !== '' && find(facts, key) === undefined);
}

function find(facts: SourceFacts | undefined, key: string): Resource | undefined {
  return facts === undefined ? undefined : indexOf(facts).resources.get(key);
}

/** Every rule of settings asks the same of the same hunk and file; a lock file has ten thousand settings. */
interface Index {
  /** The first setting of each path, as a reader of the file meets it. */
  readonly byPath: ReadonlyMap<string, Setting>;
  readonly byResource: ReadonlyMap<string, readonly Setting[]>;
  readonly resources: ReadonlyMap<string, Resource>;
}

const indexes = new WeakMap<SourceFacts, Index>();
const changes = new WeakMap<RuleInput, readonly SettingChange[]>();

function indexOf(facts: SourceFacts): Index {
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

function pathKey({ resource, path }: Pick<Setting, 'path' | 'resource'>): string {
  return `${resource}\u0000${path.join('\u0000')}`;
}
