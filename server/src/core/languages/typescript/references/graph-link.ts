import { type FileScan, type ModuleRecord, ScanMark } from '../../../model/file-scan.ts';
import type { RepoPath, Tree } from '../../../model/tree.ts';
import { scanOf } from '../../../scan/scan-of.ts';
import { isManifest } from '../resolve/manifests.ts';
import { createResolver, type Resolver } from '../resolve/resolve.ts';
import { endingOf } from '../resolve/source-index.ts';
import type { Graph } from './graph.ts';
import { Links } from './graph-edges.ts';
import { isLink, linkedImports, type OpenImport } from './graph-links.ts';

/** Files that are read for imports. What is installed is nobody's own. */
export function isSource(path: string): boolean {
  return endingOf(path) !== undefined && !path.includes('node_modules/');
}

/** Links every import of every file of a tree. */
export function linkAnew(tree: Tree): Graph {
  const files = tree.paths().filter(isSource);
  const numberOf = new Map(files.map((path, number) => [path, number]));
  const resolver = createResolver(tree);
  const links = new Links(files.length);
  const unread: RepoPath[] = [];
  const lost: RepoPath[] = [];
  const open: OpenImport[] = [];
  for (const path of files) {
    const scan = scanOf(tree, path);
    if (scan === undefined && isHidden(tree, path)) unread.push(path);
    if (isLost(scan)) lost.push(path);
    links.begin();
    linkAll(links, scan?.module, path, resolver, numberOf, open);
  }
  const edges = links.pack();
  const linked = linkedImports(tree, files, edges, open);
  return { files, numberOf, ...edges, resolver, unread, lost, linked, recordOf: recordsOf(tree, files) };
}

/** Links what differs from the graph of another tree, and what may mean something else now. */
export function linkOver(tree: Tree, differing: ReadonlySet<RepoPath>, base: Graph): Graph {
  const resolver = createResolver(tree);
  // One resolver for two trees says that every specifier means the same in both.
  if (resolver !== base.resolver && [...differing].some(isManifest)) return linkAnew(tree);
  // A link may stand between any file and the next one.
  if (base.linked.length > 0 || [...differing].some((path) => isLink(tree, path))) return linkAnew(tree);
  const edited = [...differing].filter(isSource);
  const present = new Set(edited.filter((path) => tree.read(path) !== undefined));
  const moved = edited.filter((path) => present.has(path) !== base.numberOf.has(path));
  const added = moved.filter((path) => present.has(path));
  const files = added.length === 0 ? base.files : [...base.files, ...added];
  const numberOf = new Map(base.numberOf);
  for (const path of moved) if (!present.has(path)) numberOf.delete(path);
  added.forEach((path, index) => {
    numberOf.set(path, base.files.length + index);
  });
  const mayMean = mayMeanOf(moved);
  const links = new Links(files.length);
  const unread = base.unread.filter((path) => !differing.has(path));
  const lost = base.lost.filter((path) => !differing.has(path));
  const recordOf = recordsOf(tree, files);
  const open: OpenImport[] = [];
  files.forEach((path, number) => {
    links.begin();
    if (numberOf.get(path) !== number) return;
    if (differing.has(path)) {
      const scan = scanOf(tree, path);
      if (scan === undefined && isHidden(tree, path)) unread.push(path);
      if (isLost(scan)) lost.push(path);
      linkAll(links, scan?.module, path, resolver, numberOf, open);
    } else if (moved.length === 0) links.addAll(base, number);
    else linkSome(links, recordOf(number), path, resolver, numberOf, mayMean, base, number);
  });
  const edges = links.pack();
  const linked = linkedImports(tree, files, edges, open);
  return { files, numberOf, ...edges, resolver, unread: unread.sort(), lost: lost.sort(), linked, recordOf };
}

/** Whether there is content that nobody reads. What a link or another repository holds is read where it stands, or is not of this one. */
function isHidden(tree: Tree, path: RepoPath): boolean {
  const content = tree.read(path);
  return content?.kind === 'unread' && content.reason !== 'symlink' && content.reason !== 'submodule';
}

function isLost(scan: FileScan | undefined): boolean {
  return scan !== undefined && (scan.marks & ScanMark.lost) !== 0;
}

function linkAll(
  links: Links,
  record: ModuleRecord | undefined,
  path: RepoPath,
  resolver: Resolver,
  numberOf: ReadonlyMap<RepoPath, number>,
  open: OpenImport[],
): void {
  record?.imports.forEach(({ specifier }, index) => {
    const targets = resolver.resolveAll(path, specifier);
    if (targets.length === 0 && specifier.startsWith('.')) open.push({ path, specifier, index });
    for (const target of targets) links.add(index, numberOf.get(target));
  });
}

function linkSome(
  links: Links,
  record: ModuleRecord | undefined,
  path: RepoPath,
  resolver: Resolver,
  numberOf: ReadonlyMap<RepoPath, number>,
  mayMean: (specifier: string) => boolean,
  base: Graph,
  number: number,
): void {
  let edge = base.starts[number] ?? 0;
  const end = base.starts[number + 1] ?? 0;
  record?.imports.forEach(({ specifier }, index) => {
    const known = edge < end && base.wanted[edge] === index ? base.files[base.targets[edge] ?? -1] : undefined;
    const isOpen = mayMean(specifier) || !isNamedBy(specifier, known);
    for (; edge < end && base.wanted[edge] === index; edge += 1) if (!isOpen) links.add(index, base.targets[edge]);
    if (isOpen) for (const target of resolver.resolveAll(path, specifier)) links.add(index, numberOf.get(target));
  });
}

/** Which specifiers may mean one of the paths that came or went: those that end in its name or its folder's, and every alias. */
function mayMeanOf(moved: readonly RepoPath[]): (specifier: string) => boolean {
  const names = new Set(
    moved.flatMap((path) => {
      const parts = path.split('/');
      const name = parts.at(-1) ?? '';
      // `pay.native.ts` and `pay.d.ts` may be what `./pay` means.
      const stems = [name, stemOf(name), stemOf(stemOf(name)), stemOf(stemOf(stemOf(name)))];
      return stems.includes('index') ? [...stems, parts.at(-2) ?? ''] : stems;
    }),
  );
  return (specifier) => {
    if (!specifier.startsWith('.')) return true;
    const last = specifier.slice(specifier.lastIndexOf('/') + 1);
    return last === '' || last === '.' || last === '..' || names.has(last) || names.has(stemOf(last)) || names.has(stemOf(stemOf(last)));
  };
}

/** Whether a specifier names the file that it means. Else a manifest or a build stands between them, and any file may be the next one. */
function isNamedBy(specifier: string, target: RepoPath | undefined): boolean {
  const [folder, name] = target?.split('/').slice(-2) ?? [];
  const last = specifier.slice(specifier.lastIndexOf('/') + 1);
  const plain = (text: string): string => text.split('.', 1)[0] ?? '';
  return plain(name ?? folder ?? '') === plain(last) || (plain(name ?? '') === 'index' && folder === last);
}

function stemOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? name : name.slice(0, dot);
}

export function recordsOf(tree: Tree, files: readonly RepoPath[]): (file: number) => ModuleRecord | undefined {
  // A file that is much imported is asked for its record thousands of times.
  const known: (ModuleRecord | undefined)[] = [];
  return (file) => {
    const path = files[file];
    if (path === undefined || file in known) return known[file];
    const record = scanOf(tree, path)?.module;
    known[file] = record;
    return record;
  };
}
