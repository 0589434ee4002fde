import type { Resource, Setting } from '../../../model/facts.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { pathFrom } from '../code/specifiers.ts';

/** Components take in components; deeper than this none is followed. */
const DEEPEST = 3;

const NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/**
 * What the patches say that the kustomization of a manifest's own folder puts on its resources, by itself or through a component:
 * whoever takes in the manifest has them too. The patches of an overlay are those of one place alone and are left out.
 */
export function patchedSettings(input: RuleInput): readonly Setting[] {
  const known = settingsBy.get(input);
  if (known !== undefined) return known;
  const isManifest = input.after?.resources.some(({ key }) => key.startsWith('kubernetes ')) === true;
  const found = isManifest ? patchesIn(input, folderOf(input.path), 0) : [];
  settingsBy.set(input, found);
  return found;
}

const settingsBy = new WeakMap<RuleInput, readonly Setting[]>();

/** A patch of its own folder or of a component says for a resource what its manifest no longer says. */
export function isPatchedIn(input: RuleInput, { path, value, resource }: Setting): boolean {
  const key = path.join('\u0000');
  const isSame = (other: Setting): boolean => other.value === value && other.path.join('\u0000') === key;
  return patchedSettings(input).some((other) => other.resource === resource && isSame(other)) || wentToOverlay(input, resource, isSame);
}

/**
 * The patch that came with the change and says for the same object what a manifest stopped saying: `replicas` that went from the
 * deployment to the list of its kustomization. Undefined where another one says what the manifest said, each for its own place.
 */
export function patchInstead(input: RuleInput, setting: Setting, fresh: ReadonlySet<string>): string | undefined {
  const object = objectOf(setting.resource);
  const key = object === undefined ? undefined : [...fresh].find((one) => one.startsWith('patch ') && objectOf(one) === object);
  if (key === undefined || /(^|[/._-])(staging|stage|qa|test|uat)([/._-]|$)/i.test(input.path)) return undefined;
  const path = setting.path.join('\u0000');
  const isKept = input
    .addedElsewhere()
    .settings.some((other) => other.value === setting.value && objectOf(other.resource) === object && other.path.join('\u0000') === path);
  return isKept ? undefined : key;
}

/** `Deployment//web` of `kubernetes apps/v1 Deployment//web` and of a patch of it. */
function objectOf(resource: string): string | undefined {
  return /^(?:kubernetes|patch) \S* (.+)$/.exec(resource)?.[1];
}

/** A manifest that a kustomization takes in since this change alone left to its overlay what that one now says. */
function wentToOverlay(input: RuleInput, resource: string, isSame: (other: Setting) => boolean): boolean {
  const object = /^kubernetes \S* (.+)$/.exec(resource)?.[1];
  if (object === undefined) return false;
  const said = input.addedElsewhere().settings.some((other) => objectOf(other.resource) === object && isSame(other));
  const folder = folderOf(input.path);
  const fileOf = (side: 'before' | 'after'): boolean => NAMES.some((name) => input.factsAt(side, joined(folder, name)) !== undefined);
  return said && fileOf('after') && !fileOf('before');
}

/**
 * Objects whose manifest still stands and that a kustomization no longer takes in, with the entry that did: no overlay renders
 * them any more, and a controller that prunes deletes them. One that another kustomization takes in is left out.
 */
export function unlistedResources(input: RuleInput): readonly { readonly entry: Setting; readonly resource: Resource }[] {
  if (!NAMES.includes(input.path.slice(input.path.lastIndexOf('/') + 1)) || input.after === undefined) return [];
  const folder = folderOf(input.path);
  return input.removed.settings.flatMap((entry) => {
    const name = String(entry.value);
    if (entry.path[0] !== 'resources' || !/\.ya?ml$/.test(name)) return [];
    const file = joined(folder, name);
    const base = file.slice(file.lastIndexOf('/') + 1);
    const isListed = input.trees.after
      .mentioning(base, ['.yaml', '.yml'])
      .some((other) => NAMES.some((own) => other.endsWith(own)) && lists(input, other, file));
    return isListed ? [] : (input.factsAt('after', file)?.resources ?? []).map((resource) => ({ entry, resource }));
  });
}

/** A kustomization gives an image of this name its version, `newTag` or `digest`, and no manifest has to. */
export function isTaggedByOverlay({ trees, factsAt }: RuleInput, image: string): boolean {
  return ['newTag', 'digest'].some((word) =>
    trees.after
      .mentioning(word, ['.yaml', '.yml'])
      .filter((file) => NAMES.some((own) => file.endsWith(own)))
      .some((file) => {
        const settings = factsAt('after', file)?.settings ?? [];
        return settings.some(
          ({ path, value }) =>
            path[0] === 'images' &&
            path[2] === 'name' &&
            value === image &&
            settings.some((other) => other.path[0] === 'images' && other.path[1] === path[1] && other.path[2] === word),
        );
      }),
  );
}

function lists(input: RuleInput, kustomization: RepoPath, file: string): boolean {
  const folder = folderOf(kustomization);
  return (
    input
      .factsAt('after', kustomization)
      ?.settings.some(({ path, value }) => path[0] === 'resources' && typeof value === 'string' && joined(folder, value) === file) === true
  );
}

function patchesIn(input: RuleInput, folder: string, depth: number): readonly Setting[] {
  if (depth >= DEEPEST) return [];
  const settings = NAMES.flatMap((name) => input.factsAt('after', joined(folder, name))?.settings ?? []);
  return settings.flatMap(({ path: [list, , key], value }): readonly Setting[] => {
    if (typeof value !== 'string') return [];
    const isPatch = (list === 'patches' && key === 'path') || list === 'patchesStrategicMerge';
    if (isPatch) return input.factsAt('after', joined(folder, value))?.settings ?? [];
    return list === 'components' ? patchesIn(input, joined(folder, value), depth + 1) : [];
  });
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** A path as the tree writes it, of a folder and what is named from there: `apps/web` and `../../components/probes`. */
function joined(folder: string, name: string): RepoPath {
  // Facts are found for it where it is one of the tree's.
  return pathFrom('', `${folder}/${name}`) as RepoPath;
}
