import type { RepoPath } from '../../model/tree.ts';
import { codeEntries } from './code.ts';
import {
  CRONTAB,
  crontabEntries,
  imageEntries,
  PIPELINE,
  pipelineEntries,
  platformEntries,
  podEntries,
  procfileEntries,
} from './configurations.ts';
import { constructEntries, mayDeclareConstructs } from './constructs.ts';
import { ENTRY_KINDS, type EntryPoint, type EntryWorld } from './entry-point.ts';
import { cargoEntries, npmEntries, pythonEntries } from './packages.ts';
import { conventionEntries } from './pages.ts';
import { folderOf } from './source-files.ts';

/** Which files say what runs, and who reads them. */
const READERS: readonly { readonly file: RegExp; readonly read: (world: EntryWorld, path: RepoPath) => readonly EntryPoint[] }[] = [
  { file: /(^|\/)package\.json$/, read: npmEntries },
  { file: /(^|\/)(pyproject\.toml|setup\.cfg)$/, read: pythonEntries },
  { file: /(^|\/)Cargo\.toml$/, read: cargoEntries },
  { file: PIPELINE, read: pipelineEntries },
  { file: CRONTAB, read: crontabEntries },
  { file: /(^|[./])(Dockerfile|Containerfile)(\.|$)/i, read: imageEntries },
  { file: /(^|\/)Procfile(\.\w+)?$/, read: procfileEntries },
  {
    file: /(^|\/)(serverless\.(ya?ml|json)|wrangler\.(toml|jsonc?)|[^/]*\.?(template|sam|cloudformation)[^/]*\.(ya?ml|json))$/i,
    read: platformEntries,
  },
  { file: /\.ya?ml$/, read: podEntries },
];

/** Charts and manifests beyond this many are not opened: a repository of nothing else has no code of its own to enter. */
const MOST_PODS = 400;

/** Files that must be ready to be read for facts before entry points are asked for. */
export function configurationPaths(paths: readonly RepoPath[]): readonly RepoPath[] {
  const found: RepoPath[] = [];
  let pods = 0;
  for (const path of paths) {
    if (path.includes('node_modules/')) continue;
    const reader = READERS.find(({ file }) => file.test(path));
    if (reader?.read === podEntries) pods += 1;
    if (reader === undefined || (reader.read === podEntries && pods > MOST_PODS)) continue;
    found.push(path);
  }
  return found;
}

/** What was read of a tree's configurations, each once. */
export type ReadConfigurations = Map<RepoPath | '', readonly EntryPoint[]>;

/**
 * Every entry point that a configuration or a file's place declares, as far as it may lead to one of some files: a manifest below the
 * root speaks of its own folder. Those of code are asked file by file (`codeEntries`).
 */
export function declaredEntries(world: EntryWorld, files: readonly RepoPath[], read: ReadConfigurations): readonly EntryPoint[] {
  const folders = foldersOf(files);
  const once = (key: RepoPath | '', entries: () => readonly EntryPoint[]): readonly EntryPoint[] => {
    const found = read.get(key) ?? entries();
    read.set(key, found);
    return found;
  };
  const found = configurationPaths(world.tree.paths()).flatMap((path) => {
    const reader = READERS.find(({ file }) => file.test(path));
    if (reader === undefined || !world.isServed(path) || (OF_A_FOLDER.has(reader.read) && !folders.has(folderOf(path)))) return [];
    // A pod without a command runs what its image runs.
    if (reader.read === podEntries && !holdsCommand(world, path)) return [];
    return once(path, () => reader.read(world, path));
  });
  const ofPlaces = once('', () => [
    ...world.tree
      .paths()
      .filter((path) => mayDeclareConstructs(world, path))
      .flatMap((path) => constructEntries(world, path)),
    ...conventionEntries(world),
  ]);
  return [...found, ...ofPlaces];
}

/** Readers of manifests, which speak of their own folder alone. */
const OF_A_FOLDER: ReadonlySet<unknown> = new Set([npmEntries, pythonEntries, cargoEntries]);

/** Every folder above some files, the root among them. */
function foldersOf(files: readonly RepoPath[]): ReadonlySet<string> {
  const folders = new Set<string>(['']);
  for (const file of files) for (let at = folderOf(file); at !== '' && !folders.has(at); at = folderOf(at)) folders.add(at);
  return folders;
}

function holdsCommand(world: EntryWorld, path: RepoPath): boolean {
  const content = world.tree.read(path);
  return content?.kind === 'text' && /\b(command|args|entrypoint):/.test(content.text);
}

/** The entry points of some files, each once, in the order of `ENTRY_KINDS` and then by name. */
export function entriesOf(declared: readonly EntryPoint[], world: EntryWorld, files: Iterable<RepoPath>): readonly EntryPoint[] {
  const wanted = new Set(files);
  const inCode = [...wanted].filter((path) => world.isServed(path)).flatMap((path) => codeEntries(world, path));
  const all = [...declared.filter(({ path }) => wanted.has(path) && world.isServed(path)), ...inCode];
  const seen = new Set<string>();
  // A program that a package or a platform names is not told again for being one.
  const named = new Set(all.flatMap(({ kind, path }) => (kind === 'main' ? [] : [path])));
  return all
    .filter(({ kind, path }) => kind !== 'main' || !named.has(path))
    .filter(({ kind, name, path }) => {
      const key = `${kind} ${name} ${path}`;
      return !seen.has(key) && seen.add(key);
    })
    .sort((a, b) => ENTRY_KINDS.indexOf(a.kind) - ENTRY_KINDS.indexOf(b.kind) || compare(a.name, b.name) || compare(a.path, b.path));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
