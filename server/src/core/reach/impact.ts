import type { ForeignRadius } from '../model/foreign.ts';
import type { BlastRadius } from '../model/radius.ts';
import type { FileInTurn, InTurn, SymbolUse, UseKind } from '../model/symbol-uses.ts';
import type { RepoPath } from '../model/tree.ts';
import { isTestFile } from '../test-files.ts';
import type { Owners } from './owners.ts';
import type { ReachedEntry } from './reached-entries.ts';
import { type FileGraph, testedAmong } from './tests-reached.ts';

/** One place that means the symbol. Lines are 1-based, characters 0-based UTF-16 units. */
export interface Site {
  readonly line: number;
  readonly character: number;
  readonly kind: UseKind;
}

/** A file that depends on the symbol. */
export interface FileImpact {
  readonly path: RepoPath;
  /** 1: it depends on the symbol itself. 2 and more: on a file that is a step nearer. */
  readonly steps: number;
  readonly isTest: boolean;
  /** Whether a test is or reaches the file by imports; undefined where nobody follows the imports of its language. */
  readonly tested: boolean | undefined;
  /** By line and character; empty beyond one step. */
  readonly sites: readonly Site[];
  /** Beyond one step: the files that it asks for and that are a step nearer; the symbol's own file may be one. */
  readonly through: readonly RepoPath[];
  /** True where it only loads what is nearer, and no name in it says that it depends on the symbol. */
  readonly atMost: boolean;
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
  /** Files that depend on the symbol themselves. */
  readonly files: number;
  /** Files that depend on those in turn, without end. */
  readonly transitiveFiles: number;
  /** True where some of them only load what is nearer, or are known by their imports alone. */
  readonly transitiveAtMost: boolean;
  /** Of them, those further away than was asked for, and the steps to the furthest; undefined where there are none. */
  readonly deeper: { readonly files: number; readonly steps: number } | undefined;
  /** Packages with a file that depends on it. */
  readonly packageCount: number;
  /** Tests among all of these. */
  readonly tests: number;
  /** Of `references`, those in a file that a test is or reaches; undefined where that is not known of any file. */
  readonly tested: number | undefined;
  readonly method: BlastRadius['method'];
  readonly atMost: boolean;
  /** Dependents in the declaring file itself, outside the declaration. */
  readonly own: readonly Site[];
  readonly packages: readonly PackageImpact[];
  /** Surest first. */
  readonly entryPoints: readonly ReachedEntry[];
  /** Entry points beyond those listed. */
  readonly moreEntryPoints: number;
  /** Everybody whom CODEOWNERS names for a file that depends on it itself, with the number of such files, most first. */
  readonly owners: readonly { readonly name: string; readonly files: number }[];
  /** Files that depend on it themselves and that nobody owns; undefined where the tree has no CODEOWNERS. */
  readonly unowned: number | undefined;
  /** What this answer leaves out, in words; empty where it leaves out nothing. */
  readonly cut: readonly string[];
  /** Dependents in other repositories, which no count above holds; left out where no index of one is listed, or none can be asked. */
  readonly foreign?: ForeignRadius;
}

/** Places that mean a symbol, as its language found them. */
export interface Uses {
  readonly sites: readonly SymbolUse[];
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
  readonly inTurn: InTurn;
  readonly graph: FileGraph;
  readonly owners: Owners;
  packageOf(path: RepoPath): { readonly folder: string; readonly name: string };
  /** Those of the entry points of some files that lead to the symbol. */
  entries(files: readonly RepoPath[]): readonly ReachedEntry[];
  /** Steps to list files for; 1 lists those that depend on the symbol themselves. */
  readonly depth: number;
}

const MOST_ENTRIES = 100;
/** Files beyond one step that are listed; their number is always the whole. */
const MOST_FAR_FILES = 400;
/** Files that are opened for the addresses and jobs that they declare. */
const MOST_OPENED = 400;

/** Puts together what is known of one symbol. */
export function impactOf(parts: ImpactParts): Impact {
  const { subject, uses, graph, owners, depth, inTurn } = parts;
  const near = [...new Set(uses.sites.map(({ path }) => path))].filter((path) => path !== subject.path);
  const around = new Set<RepoPath>([subject.path, ...near]);
  const far = inTurn.files
    .filter(({ path }) => !around.has(path))
    .toSorted((a, b) => a.steps - b.steps || Number(a.onlyLoads) - Number(b.onlyLoads) || compare(a.path, b.path));
  const listed = far.filter(({ steps }) => steps <= depth);
  const shown = listed.slice(0, MOST_FAR_FILES);
  const isTested = testedAmong(graph, [subject.path, ...near, ...far.map(({ path }) => path)]);
  const sites = new Map<RepoPath, SymbolUse[]>();
  for (const site of uses.sites) {
    const known = sites.get(site.path);
    if (known === undefined) sites.set(site.path, [site]);
    else known.push(site);
  }
  const fileOf = (path: RepoPath, further?: FileInTurn): FileImpact => ({
    path,
    steps: further?.steps ?? 1,
    isTest: isTestFile(path),
    tested: isTested(path),
    sites: inOrder(sites.get(path) ?? []),
    through: further?.through ?? [],
    atMost: further?.onlyLoads ?? false,
    owners: owners.of(path),
  });
  const files = [...near.map((path) => fileOf(path)), ...shown.map((file) => fileOf(file.path, file))];
  // Nearest first; nothing comes in through a test.
  const opened = [...new Set([...around, ...far.map(({ path }) => path), ...inTurn.offering])].filter((path) => !isTestFile(path));
  const entries = parts.entries(opened.slice(0, MOST_OPENED));
  const known = uses.sites.filter(({ path }) => isTested(path) !== undefined);
  const deeper = far.slice(listed.length);
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
    transitiveAtMost: uses.transitiveFiles > far.length || far.some(({ onlyLoads }) => onlyLoads),
    deeper: deeper.length === 0 ? undefined : { files: deeper.length, steps: deeper.at(-1)?.steps ?? 0 },
    packageCount: new Set(near.map((path) => parts.packageOf(path).folder)).size,
    tests: [...near, ...far.map(({ path }) => path)].filter(isTestFile).length,
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

function inOrder(sites: readonly SymbolUse[]): readonly Site[] {
  return sites.map(({ line, character, kind }) => ({ line, character, kind })).sort((a, b) => a.line - b.line || a.character - b.character);
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

/** What nobody tests first, then what is sure, then what depends on it at most places. */
function byRisk(a: FileImpact, b: FileImpact): number {
  return (
    a.steps - b.steps ||
    Number(a.isTest) - Number(b.isTest) ||
    Number(a.tested === true) - Number(b.tested === true) ||
    Number(a.atMost) - Number(b.atMost) ||
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
