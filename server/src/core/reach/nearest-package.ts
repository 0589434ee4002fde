import type { RepoPath } from '../model/tree.ts';
import type { EntryWorld } from './entry-points/entry-point.ts';
import { folderOf } from './entry-points/source-files.ts';

/** Files that make a folder a package of its own, and where its name stands in them. */
const MANIFESTS: readonly { readonly file: string; readonly name: RegExp }[] = [
  { file: 'package.json', name: /^name$/ },
  { file: 'pyproject.toml', name: /^(project|tool\.poetry)\.name$/ },
  { file: 'Cargo.toml', name: /^package\.name$/ },
  { file: 'go.mod', name: /^module$/ },
  { file: 'pom.xml', name: /^$/ },
  { file: 'build.gradle', name: /^$/ },
  { file: 'build.gradle.kts', name: /^$/ },
];

/** The package that a file lies in, by the nearest manifest above it; the root of the repository where there is none. */
export function nearestPackage(world: EntryWorld, path: RepoPath): { readonly folder: string; readonly name: string } {
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    const found = MANIFESTS.find(({ file }) => world.paths.has(folder === '' ? file : `${folder}/${file}`));
    if (found !== undefined) {
      // A member of the set is a path of the tree.
      const manifest = (folder === '' ? found.file : `${folder}/${found.file}`) as RepoPath;
      return { folder, name: nameIn(world, manifest, found.name) ?? nameOf(folder) };
    }
    if (folder === '') return { folder, name: nameOf('') };
  }
}

/** Of a `package.json` the name alone is wanted, which needs none of its facts. */
function nameIn(world: EntryWorld, manifest: RepoPath, place: RegExp): string | undefined {
  const content = world.tree.read(manifest);
  const value =
    manifest.endsWith('package.json') && content?.kind === 'text'
      ? nameInJson(content.text)
      : world.facts(manifest)?.settings.find((setting) => place.test(setting.path.join('.')))?.value;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function nameInJson(text: string): unknown {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null && 'name' in json ? json.name : undefined;
  } catch {
    // A manifest that does not parse has no name; its folder stands for it.
    return undefined;
  }
}

function nameOf(folder: string): string {
  return folder === '' ? 'repository root' : folder;
}
