import type { Resource, Setting, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { pathFrom } from '../code/specifiers.ts';
import { findSetting, settingsOf } from './setting-index.ts';

/** What a resource says now that a `moved` block has put it into a module: the module's own text, with what its caller hands in. */
interface Moved {
  readonly module: SourceFacts;
  readonly resource: Resource;
  /** The call of the module, with the files of its folder where the defaults of its variables stand. */
  readonly call: { readonly facts: SourceFacts; readonly resource: Resource };
  readonly files: readonly SourceFacts[];
}

/**
 * The setting as it stands in the module that its resource went into: null where the module leaves it out, undefined where the resource
 * went nowhere, or what it is given there cannot be told.
 */
export function settingInModule(input: RuleInput, setting: Setting): Setting | null | undefined {
  const moved = movedResources(input).get(setting.resource);
  if (moved === undefined) return undefined;
  const now = findSetting(moved.module, { resource: moved.resource.key, path: setting.path });
  if (now === undefined) return null;
  const value = valueIn(moved, now.value);
  // It stands in another file: where the module is called is the place of this one.
  return value === undefined ? undefined : { ...now, value, range: moved.call.resource.range };
}

function movedResources(input: RuleInput): ReadonlyMap<string, Moved> {
  const found = known.get(input) ?? findMoved(input);
  known.set(input, found);
  return found;
}

const known = new WeakMap<RuleInput, ReadonlyMap<string, Moved>>();

function findMoved(input: RuleInput): ReadonlyMap<string, Moved> {
  const { before, after } = input;
  const found = new Map<string, Moved>();
  if (before?.language !== 'hcl' || after === undefined) return found;
  for (const block of after.resources.filter(({ type }) => type === 'moved')) {
    const to = String(findSetting(after, { resource: block.key, path: ['to'] })?.value ?? '').replace(/\[[^[\]]*\]/g, '');
    const [, name = '', type = '', own = ''] = /^module\.([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(to) ?? [];
    const old = before.resources.find((resource) => `${resource.type}.${resource.name}` === block.name.replace(/\[[^[\]]*\]/g, ''));
    const call = name === '' ? undefined : after.resources.find((resource) => resource.type === 'module' && resource.name === name);
    if (old === undefined || call === undefined) continue;
    const files = filesOf(input, String(findSetting(after, { resource: call.key, path: ['source'] })?.value ?? ''));
    for (const module of files) {
      const resource = module.resources.find((other) => other.type === type && other.name === own);
      if (resource !== undefined) found.set(old.key, { module, resource, call: { facts: after, resource: call }, files });
    }
  }
  return found;
}

/** The files of a module that lies in the repository: `./modules/postgres`. */
function filesOf({ path, trees, factsAt }: RuleInput, source: string): readonly SourceFacts[] {
  if (!/^\.{1,2}\//.test(source)) return [];
  const folder = `${pathFrom(path, source)}/`;
  return trees.after
    .mentioning('resource', ['.tf', '.tofu'])
    .concat(trees.after.mentioning('variable', ['.tf', '.tofu']))
    .filter((file, at, all) => all.indexOf(file) === at && file.startsWith(folder) && !file.slice(folder.length).includes('/'))
    .flatMap((file) => factsAt('after', file) ?? []);
}

/** `var.size` by what the caller hands in, or else by its default; undefined where neither says a plain value. */
function valueIn({ call, files }: Moved, value: Setting['value']): Setting['value'] | undefined {
  const name = typeof value === 'string' ? /^(?:\$\{)?var\.([\w-]+)\}?$/.exec(value)?.[1] : undefined;
  if (name === undefined) return typeof value === 'string' && /\b(?:var|local|each|module|data)\./.test(value) ? undefined : value;
  const given = findSetting(call.facts, { resource: call.resource.key, path: [name] });
  if (given !== undefined) return /\b(?:var|local|each|module|data)\./.test(String(given.value)) ? undefined : given.value;
  for (const facts of files) {
    const variable = facts.resources.find((resource) => resource.type === 'variable' && resource.name === name);
    const fallback = variable === undefined ? undefined : settingsOf(facts, variable.key).find(({ path }) => path.join() === 'default');
    if (fallback !== undefined) return fallback.value;
  }
  return undefined;
}
