import type { Setting } from '../../../model/facts.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';

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
  return patchedSettings(input).some(
    (other) => other.resource === resource && other.value === value && other.path.join('\u0000') === path.join('\u0000'),
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
  const parts: string[] = [];
  for (const part of `${folder}/${name}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  // Facts are found for it where it is one of the tree's.
  return parts.join('/') as RepoPath;
}
