import type { BlastRadius } from '../model/radius.ts';
import type { SymbolUse, UseKind } from '../model/symbol-uses.ts';
import type { RepoPath } from '../model/tree.ts';
import { isTestFile } from '../test-files.ts';
import type { EntryPoint } from './entry-points/entry-point.ts';
import type { Owners } from './owners.ts';
import { type FileGraph, reachedFrom, testedAmong } from './tests-reached.ts';

/** One place that means the symbol. Lines are 1-based, characters 0-based UTF-16 units. */
export interface Site {
  readonly line: number;
  readonly character: number;
  readonly kind: UseKind;
}

/** A file that depends on the symbol. */
export interface FileImpact {
  readonly path: RepoPath;
  /** 1: it uses the symbol itself. 2 and more: so many imports away from a file that does. */
  readonly steps: number;
  readonly isTest: boolean;
  /** Whether a test is or reaches the file by imports; undefined where nobody follows the imports of its language. */
  readonly tested: boolean | undefined;
  /** By line and character; empty beyond one step. */
  readonly sites: readonly Site[];
  /** Beyond one step: the listed files that it asks for and that are a step nearer; the symbol's own file may be one. */
  readonly through: readonly RepoPath[];
  readonly owners: readonly string[];
}

export interface PackageImpact {
  /** Folder of the package; empty for the root. */
  readonly folder: string;
  /** As its manifest calls it, or its folder. */
  readonly name: string;
  readonly files: readonly FileImpact[];
}

/** Who depends on one symbol, how far, and who would be told. Plain data. */
export interface Impact {
  readonly subject: { readonly path: RepoPath; readonly name: string; readonly kind: string; readonly line: number };
  /** Id of the tree that was asked. */
  readonly tree: string;
  /** Places that mean the symbol; `sites` of the files may be fewer where the answer was cut. */
  readonly references: number;
  /** Files that use the symbol themselves. */
  readonly files: number;
  /** Files that import those in turn, without end. */
  readonly transitiveFiles: number;
  /** Packages with a file that uses it. */
  readonly packageCount: number;
  /** Tests that reach the symbol by imports, near or far. */
  readonly tests: number;
  /** Of `references`, those in a file that a test is or reaches; undefined where that is not known of any file. */
  readonly tested: number | undefined;
  readonly method: BlastRadius['method'];
  readonly atMost: boolean;
  /** Uses in the declaring file itself, outside the declaration. */
  readonly own: readonly Site[];
  readonly packages: readonly PackageImpact[];
  readonly entryPoints: readonly EntryPoint[];
  /** Entry points beyond those listed. */
  readonly moreEntryPoints: number;
  /** Everybody whom CODEOWNERS names for a file that uses the symbol, with the number of such files, most first. */
  readonly owners: readonly { readonly name: string; readonly files: number }[];
  /** Files that use it and that nobody owns; undefined where the tree has no CODEOWNERS. */
  readonly unowned: number | undefined;
  /** What this answer leaves out, in words; empty where it leaves out nothing. */
  readonly cut: readonly string[];
}

/** `scopes` are the names of the code around it, outermost first; undefined where nobody read the file for them. */
export interface UseSite extends SymbolUse {
  readonly scopes: readonly string[] | undefined;
}

/** Places that mean a symbol, as its language found them. */
export interface Uses {
  readonly sites: readonly UseSite[];
  /** All of them, where `sites` holds the first alone. */
  readonly references: number;
  readonly files: number;
  readonly transitiveFiles: number;
  readonly method: BlastRadius['method'];
  readonly atMost: boolean;
}

export interface ImpactParts {
  readonly subject: Impact['subject'];
  readonly tree: string;
  readonly uses: Uses;
  readonly graph: FileGraph;
  readonly owners: Owners;
  packageOf(path: RepoPath): { readonly folder: string; readonly name: string };
  /** Entry points of some files. */
  entries(files: readonly RepoPath[]): readonly EntryPoint[];
  /** Steps to list files for; 1 lists those that use the symbol alone. */
  readonly depth: number;
}

const MOST_ENTRIES = 100;
/** Files beyond one step that are listed; their number is always the whole. */
const MOST_FAR_FILES = 400;
/** Files that are opened for the addresses and jobs that they declare. */
const MOST_OPENED = 400;

/** Puts together what is known of one symbol. */
export function impactOf(parts: ImpactParts): Impact {
  const { subject, uses, graph, owners, depth } = parts;
  const near = [...new Set(uses.sites.map(({ path }) => path))].filter((path) => path !== subject.path);
  const steps = reachedFrom(graph, [subject.path, ...near]);
  const around = new Set<RepoPath>([subject.path, ...near]);
  const far = [...steps].flatMap(([path]) => (around.has(path) ? [] : [path]));
  const isTested = testedAmong(graph, [subject.path, ...near, ...far]);
  const distance = reachedFrom(graph, around);
  const listed = far
    .map((path) => ({ path, at: (distance.get(path) ?? 1) + 1 }))
    .filter(({ at }) => at <= depth)
    .sort((a, b) => a.at - b.at || compare(a.path, b.path));
  const shown = listed.slice(0, MOST_FAR_FILES);
  const through = nearerFiles(graph, [...around], shown);
  const sites = new Map<RepoPath, UseSite[]>();
  for (const site of uses.sites) sites.set(site.path, [...(sites.get(site.path) ?? []), site]);
  const fileOf = (path: RepoPath, at: number): FileImpact => ({
    path,
    steps: at,
    isTest: isTestFile(path),
    tested: isTested(path),
    sites: inOrder(sites.get(path) ?? []),
    through: through.get(path) ?? [],
    owners: owners.of(path),
  });
  const files = [...near.map((path) => fileOf(path, 1)), ...shown.map(({ path, at }) => fileOf(path, at))];
  // Nearest first; nothing comes in through a test.
  const opened = [subject.path, ...near, ...far].filter((path) => !isTestFile(path));
  const entries = narrowed(parts.entries(opened.slice(0, MOST_OPENED)), parts);
  const known = uses.sites.filter(({ path }) => isTested(path) !== undefined);
  const cut = [
    ...(uses.references > uses.sites.length ? [`${uses.references - uses.sites.length} more places are counted and not listed`] : []),
    ...(listed.length > shown.length ? [`${listed.length - shown.length} more files are counted and not listed`] : []),
    ...(opened.length > MOST_OPENED ? [`entry points of ${opened.length - MOST_OPENED} files were not looked for`] : []),
  ];
  return {
    subject,
    tree: parts.tree,
    references: uses.references,
    files: uses.files,
    transitiveFiles: Math.max(uses.transitiveFiles, far.length),
    packageCount: new Set(near.map((path) => parts.packageOf(path).folder)).size,
    tests: [...steps.keys()].filter((path) => path !== subject.path && isTestFile(path)).length,
    tested: known.length === 0 && uses.sites.length > 0 ? undefined : known.filter(({ path }) => isTested(path) === true).length,
    method: uses.method,
    atMost: uses.atMost,
    own: inOrder(sites.get(subject.path) ?? []),
    packages: byPackage(files, parts),
    entryPoints: entries.slice(0, MOST_ENTRIES),
    moreEntryPoints: Math.max(0, entries.length - MOST_ENTRIES),
    owners: countOwners(files),
    unowned: owners.source === undefined ? undefined : files.filter((file) => file.steps === 1 && file.owners.length === 0).length,
    cut,
  };
}

function inOrder(sites: readonly UseSite[]): readonly Site[] {
  return sites.map(({ line, character, kind }) => ({ line, character, kind })).sort((a, b) => a.line - b.line || a.character - b.character);
}

/** For each far file the listed ones that it asks for and that are nearer by one step. */
function nearerFiles(
  graph: FileGraph,
  near: readonly RepoPath[],
  far: readonly { readonly path: RepoPath; readonly at: number }[],
): ReadonlyMap<RepoPath, readonly RepoPath[]> {
  const steps = new Map<RepoPath, number>([...near.map((path) => [path, 1] as const), ...far.map(({ path, at }) => [path, at] as const)]);
  const found = new Map<RepoPath, RepoPath[]>();
  for (const [path, at] of steps)
    for (const importer of far.length === 0 ? [] : graph.importersOf(path))
      if (steps.get(importer) === at + 1) found.set(importer, [...(found.get(importer) ?? []), path]);
  return found;
}

/**
 * Of a file that uses the symbol, the entry points whose own code holds a use. Where a use stands in none of them, what they call may
 * hold it, and all of the file's stay.
 */
function narrowed(entries: readonly EntryPoint[], { uses }: ImpactParts): readonly EntryPoint[] {
  const scopes = new Map<RepoPath, (readonly string[])[]>();
  for (const site of uses.sites) {
    if (site.kind === 'import' || site.kind === 'export' || site.scopes === undefined) continue;
    scopes.set(site.path, [...(scopes.get(site.path) ?? []), site.scopes]);
  }
  const covers = (entry: EntryPoint, inside: readonly string[]): boolean =>
    entry.scope !== undefined && inside.some((name) => name === entry.scope || name.endsWith(`.${entry.scope}`));
  return entries.filter((entry) => {
    const own = scopes.get(entry.path);
    if (own === undefined || entry.scope === undefined) return true;
    const scoped = entries.filter((other) => other.path === entry.path && other.scope !== undefined);
    const isWhole = own.every((inside) => scoped.some((other) => covers(other, inside)));
    return !isWhole || own.some((inside) => covers(entry, inside));
  });
}

function byPackage(files: readonly FileImpact[], { packageOf }: ImpactParts): readonly PackageImpact[] {
  const packages = new Map<string, { readonly name: string; readonly files: FileImpact[] }>();
  for (const file of files) {
    const { folder, name } = packageOf(file.path);
    const known = packages.get(folder);
    if (known === undefined) packages.set(folder, { name, files: [file] });
    else known.files.push(file);
  }
  return [...packages]
    .map(([folder, { name, files: own }]) => ({ folder, name, files: own.sort(byRisk) }))
    .sort((a, b) => sitesOf(b) - sitesOf(a) || compare(a.folder, b.folder));
}

/** What nobody tests first, then what uses it most. */
function byRisk(a: FileImpact, b: FileImpact): number {
  return (
    a.steps - b.steps ||
    Number(a.isTest) - Number(b.isTest) ||
    Number(a.tested === true) - Number(b.tested === true) ||
    b.sites.length - a.sites.length ||
    compare(a.path, b.path)
  );
}

function sitesOf({ files }: PackageImpact): number {
  return files.reduce((sum, file) => sum + file.sites.length, 0);
}

function countOwners(files: readonly FileImpact[]): Impact['owners'] {
  const counts = new Map<string, number>();
  for (const { steps, owners } of files) if (steps === 1) for (const owner of owners) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  return [...counts].map(([name, count]) => ({ name, files: count })).sort((a, b) => b.files - a.files || compare(a.name, b.name));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
