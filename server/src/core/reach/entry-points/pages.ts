import type { RepoPath } from '../../model/tree.ts';
import type { EntryPoint, EntryWorld } from './entry-point.ts';
import { folderOf, joinPath } from './source-files.ts';

/** A framework that serves files by their names, known by a dependency of the package that they lie in. */
interface Convention {
  readonly dependency: RegExp;
  /** Matches a path inside the package; the address is group `address`. */
  readonly file: RegExp;
  readonly kind: EntryPoint['kind'];
}

const CONVENTIONS: readonly Convention[] = [
  { dependency: /^next$/, kind: 'route', file: /^(?:src\/)?app\/(?<address>(?:.*\/)?)route\.[cm]?[jt]sx?$/ },
  { dependency: /^next$/, kind: 'route', file: /^(?:src\/)?pages\/(?<address>api\/.*)\.[cm]?[jt]sx?$/ },
  {
    dependency: /^next$/,
    kind: 'page',
    file: /^(?:src\/)?app\/(?<address>(?:.*\/)?)(?:page|layout|template|default|error|not-found|loading)\.[cm]?[jt]sx?$/,
  },
  { dependency: /^next$/, kind: 'page', file: /^(?:src\/)?pages\/(?<address>(?!api\/).*)\.[cm]?[jt]sx?$/ },
  { dependency: /^next$/, kind: 'route', file: /^(?:src\/)?(?<address>middleware|proxy|instrumentation)\.[cm]?[jt]sx?$/ },
  {
    dependency: /^(@remix-run\/.*|@react-router\/(dev|node|serve))$/,
    kind: 'page',
    file: /^app\/routes\/(?<address>.*)\.[cm]?[jt]sx?$/,
  },
  {
    dependency: /^(@remix-run\/.*|@react-router\/(dev|node|serve))$/,
    kind: 'page',
    file: /^app\/(?<address>root|entry\.server|entry\.client)\.[cm]?[jt]sx?$/,
  },
  {
    dependency: /^@sveltejs\/kit$/,
    kind: 'page',
    file: /^src\/routes\/(?<address>(?:.*\/)?)\+(page|layout|error)(\.server)?\.(svelte|[jt]s)$/,
  },
  { dependency: /^@sveltejs\/kit$/, kind: 'route', file: /^src\/routes\/(?<address>(?:.*\/)?)\+server\.[jt]s$/ },
  { dependency: /^@sveltejs\/kit$/, kind: 'route', file: /^src\/(?<address>hooks)(\.server|\.client)?\.[jt]s$/ },
  { dependency: /^astro$/, kind: 'page', file: /^src\/pages\/(?<address>.*)\.(astro|mdx?|html|[jt]s)$/ },
  { dependency: /^(nuxt|nuxt3)$/, kind: 'page', file: /^(?:app\/)?pages\/(?<address>.*)\.vue$/ },
  { dependency: /^(nuxt|nuxt3|nitropack)$/, kind: 'route', file: /^server\/(?:api|routes)\/(?<address>.*)\.[jt]s$/ },
  { dependency: /^@medusajs\/(medusa|framework)$/, kind: 'route', file: /^src\/api\/(?<address>(?:.*\/)?)route\.[jt]s$/ },
];

/** A dependency that one of the conventions knows, as a manifest writes it. */
const NAMED = /"(next|@remix-run\/[^"]*|@react-router\/[^"]*|@sveltejs\/kit|astro|nuxt3?|nitropack|@medusajs\/[^"]*)"/;

/** Files that a platform runs by their place alone. */
const PLATFORMS: readonly { readonly file: RegExp; readonly kind: EntryPoint['kind'] }[] = [
  { file: /(^|\/)netlify\/(edge-)?functions\/(?<name>[^/]+?)(\/index)?\.[cm]?[jt]s$/, kind: 'function' },
  { file: /(^|\/)supabase\/functions\/(?<name>[^/_][^/]*)\/index\.ts$/, kind: 'function' },
];

/** Pages, addresses and functions that are what they are by the names of their files. */
export function conventionEntries(world: EntryWorld): readonly EntryPoint[] {
  const manifests = manifestFolders(world);
  const found: EntryPoint[] = [];
  for (const path of world.tree.paths()) {
    if (!/\.([cm]?[jt]sx?|vue|svelte|astro|mdx?|html)$/.test(path)) continue;
    for (const { file, kind } of PLATFORMS) {
      const name = file.exec(path)?.groups?.name;
      if (name !== undefined && world.isServed(path)) found.push(own(kind, `function ${name}`, path));
    }
    const folder = packageOf(manifests, path);
    const wanted = folder === undefined ? undefined : manifests.get(folder);
    if (folder === undefined || wanted === undefined || wanted.length === 0) continue;
    const inside = folder === '' ? path : path.slice(folder.length + 1);
    const match = wanted.map((one) => ({ one, groups: one.file.exec(inside)?.groups })).find(({ groups }) => groups !== undefined);
    if (match?.groups === undefined || isPart(inside) || !world.isServed(path)) continue;
    found.push(own(match.one.kind, addressOf(match.groups.address ?? ''), path));
  }
  return found;
}

function own(kind: EntryPoint['kind'], name: string, path: RepoPath): EntryPoint {
  return { kind, name, path, declared: { path, line: 1 } };
}

/** Next to a page lie its parts, its styles and its tests. */
function isPart(inside: string): boolean {
  return (
    /(^|\/)(components?|_components|hooks|lib|utils|_[^/]*)\/|\.(test|spec|stories|d)\.[cm]?[jt]sx?$|(^|\/)_(app|document|error)\.[jt]sx?$/.test(
      inside,
    ) && !/(^|\/)_(app|document)\.[jt]sx?$/.test(inside)
  );
}

/** `/shop/[id]` of `shop/[id]/`, `(group)/shop/[id]/index` and `shop.$id`. */
function addressOf(written: string): string {
  const parts = written
    .replace(/\.(get|post|put|patch|delete)$/, '')
    .split('/')
    .filter((part) => part !== '' && part !== 'index' && !/^\(.*\)$|^@/.test(part));
  return `/${parts.join('/')}`;
}

/** Conventions that hold in each package, by its folder. */
function manifestFolders(world: EntryWorld): ReadonlyMap<string, readonly Convention[]> {
  const folders = new Map<string, readonly Convention[]>();
  for (const path of world.tree.paths()) {
    if (!/(^|\/)package\.json$/.test(path) || path.includes('node_modules/')) continue;
    const content = world.tree.read(path);
    // Most packages use none of these, and need not be read for facts.
    const mayServe = content?.kind === 'text' && NAMED.test(content.text) && world.isServed(path);
    const names = mayServe ? (world.facts(path)?.dependencies.map(({ name }) => name) ?? []) : [];
    folders.set(
      folderOf(path),
      CONVENTIONS.filter(({ dependency }) => names.some((name) => dependency.test(name))),
    );
  }
  return folders;
}

function packageOf(folders: ReadonlyMap<string, unknown>, path: string): string | undefined {
  for (let at = folderOf(path); ; at = joinPath(folderOf(at)) ?? '') {
    if (folders.has(at)) return at;
    if (at === '') return undefined;
  }
}
