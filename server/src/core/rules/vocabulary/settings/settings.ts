import type { Resource, Setting, SourceFacts } from '../../../model/facts.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { quote } from '../../quote.ts';
import { gatheredSetting } from './gathered-props.ts';
import { includedFor } from './included-templates.ts';
import { parentsOf } from './jobs.ts';
import { isPatchedIn, patchInstead } from './kustomize-patches.ts';
import { movedBetweenFiles } from './moved-between-files.ts';
import { movedInstances } from './moved-instances.ts';
import { settingInModule } from './moved-into-modules.ts';
import { withNamedValues } from './named-values.ts';
import { pathAcross } from './renamed-items.ts';
import { findResource, findSetting, indexOf, nameOf, pathKey, settingsOf } from './setting-index.ts';
import { filledByValues } from './switched-templates.ts';
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
  const elsewhere = movedBetweenFiles(input);
  const found = withNamedValues(input, [
    ...added.settings.flatMap((setting) => {
      const came = arrived.get(setting.resource);
      const path = came === undefined ? pathAcross(input, 'after', setting) : undefined;
      const old =
        path === undefined
          ? (came?.get(pathKey(setting)) ?? findSetting(before, setting) ?? overridden.get(pathKey(setting)) ?? elsewhere.get(setting))
          : findSetting(before, { path, resource: setting.resource });
      if (path !== undefined && old?.value === setting.value) return [];
      const change = describe(setting.path, old, setting, before, after);
      return came === undefined && !overridden.has(pathKey(setting)) && !elsewhere.has(setting)
        ? [change]
        : [{ ...change, resourceIsNew: false }];
    }),
    ...removed.settings
      .filter((setting) => {
        const path = pathAcross(input, 'before', setting) ?? setting.path;
        return findSetting(after, { path, resource: setting.resource }) === undefined && !isInherited(after, setting);
      })
      .flatMap((setting) => {
        const inModule = settingInModule(input, setting);
        if (inModule !== undefined) return inModule?.value === setting.value ? [] : [moved(setting, inModule ?? undefined, before)];
        const given = includedFor(input, setting) ?? gatheredSetting(input, setting) ?? filledByValues(input, setting);
        return given?.value === setting.value || isPatchedIn(input, setting) ? [] : [describe(setting.path, setting, given, before, after)];
      }),
  ]);
  const all = [...found, ...movedInstances(input), ...withNamedValues(input, throughNames(input, found)), ...linesOfTexts(input, found)];
  changes.set(input, all);
  return all;
}

/** The resource stays, under another address. */
function moved(old: Setting, fresh: Setting | undefined, before: SourceFacts | undefined): SettingChange {
  const resource = findResource(before, old.resource);
  return { path: old.path, before: old, after: fresh, resource, resourceIsNew: false, resourceIsGone: false };
}

/** A job of GitLab that `extends` another in the file has from it what it no longer says itself. */
function isInherited(facts: SourceFacts | undefined, { path, value, resource }: Setting): boolean {
  return (
    facts !== undefined && parentsOf(facts, resource).some((parent) => findSetting(facts, { path, resource: parent.key })?.value === value)
  );
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
    const key = fresh.has(setting.resource) ? setting.resource : patchInstead(input, setting, fresh);
    if (key === undefined) continue;
    const old = arrived.get(key) ?? new Map<string, Setting>();
    arrived.set(key, old.set(pathKey({ ...setting, resource: key }), setting));
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

/** Side and range for a finding about a setting. */
export function placeOf(change: SettingChange): { readonly side: Side; readonly range: Range; readonly byName?: true } {
  const setting = change.after ?? change.before;
  if (setting === undefined) return { side: 'after', range: { start: { line: 1, character: 0 }, end: { line: 1, character: 0 } } };
  const place = { side: change.after === undefined ? ('before' as const) : ('after' as const), range: setting.range };
  // What an alias brings in is told where it stands, once for all who ask for it.
  const isAlias = setting.origin !== undefined && setting.origin.start.line === setting.range.start.line;
  return change.byName === true || isAlias ? { ...place, byName: true } : place;
}

function describe(
  path: readonly string[],
  old: Setting | undefined,
  fresh: Setting | undefined,
  before: SourceFacts | undefined,
  after: SourceFacts | undefined,
): SettingChange {
  const key = (fresh ?? old)?.resource ?? '';
  const resource = findResource(after, key) ?? findResource(before, key);
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
  return facts === undefined || (key !== '' && findResource(facts, key) === undefined);
}

const changes = new WeakMap<RuleInput, readonly SettingChange[]>();
