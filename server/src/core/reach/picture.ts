import type { FileImpact, Impact, PackageImpact, Site } from './impact.ts';
import type { ReachedEntry } from './reached-entries.ts';

/** How a file stands with the tests. `unknown`: nobody follows the imports of its language, which never reads as tested. */
export type TestState = 'test' | 'tested' | 'untested' | 'unknown';

export interface PictureFile {
  /** Short and the same for the same picture: `f1`. */
  readonly id: string;
  readonly path: string;
  /** The path inside its package. */
  readonly label: string;
  readonly steps: number;
  readonly state: TestState;
  readonly sites: readonly Site[];
  /** Ids of the files through which it depends on the symbol, `s` for the symbol's own; empty where it depends on it itself. */
  readonly through: readonly string[];
  /** The same files by name, those that are not shown too: inside the package as the label is, else by their path. */
  readonly nearer: readonly string[];
  readonly atMost: boolean;
  /** What the outside world enters the file by, the first few. */
  readonly entryPoints: readonly ReachedEntry[];
  readonly moreEntryPoints: number;
}

export interface PictureGroup {
  readonly id: string;
  readonly name: string;
  readonly folder: string;
  readonly files: readonly PictureFile[];
  /** Files of the package that the picture leaves out. */
  readonly more: number;
}

/** What is drawn of an impact: as much as a person can read, and how much was left out. */
export interface Picture {
  readonly impact: Impact;
  readonly groups: readonly PictureGroup[];
  /** Packages left out, and the files in them. */
  readonly morePackages: number;
  readonly moreFiles: number;
  /** Entry points of the symbol's own file, and of files that the picture leaves out. */
  readonly ownEntryPoints: readonly ReachedEntry[];
  readonly otherEntryPoints: readonly ReachedEntry[];
  readonly moreEntryPoints: number;
  readonly owners: Impact['owners'];
  readonly moreOwners: number;
}

const MOST_PACKAGES = 8;
const MOST_FILES = 40;
const MOST_FILES_OF_ONE = 12;
const MOST_ENTRIES = 12;
const MOST_ENTRIES_OF_ONE = 3;
const MOST_OWNERS = 8;

export function stateOf({ isTest, tested }: FileImpact): TestState {
  if (isTest) return 'test';
  return tested === undefined ? 'unknown' : tested ? 'tested' : 'untested';
}

/** Folds an impact to what fits a page. Files stand in the order of the impact: untested ones first. */
export function pictureOf(impact: Impact): Picture {
  const packages = impact.packages.slice(0, MOST_PACKAGES);
  const each = Math.max(3, Math.min(MOST_FILES_OF_ONE, Math.floor(MOST_FILES / Math.max(1, packages.length))));
  const shown = packages.map((one) => ({ one, files: one.files.slice(0, each) }));
  const ids = new Map<string, string>([[impact.subject.path, 's']]);
  for (const { files } of shown) for (const { path } of files) ids.set(path, `f${ids.size}`);
  const left = impact.packages.slice(MOST_PACKAGES);
  const elsewhere = impact.entryPoints.filter(({ path }) => !ids.has(path));
  const own = impact.entryPoints.filter(({ path }) => path === impact.subject.path);
  return {
    impact,
    groups: shown.map(({ one, files }, index) => ({
      id: `p${index + 1}`,
      name: one.name,
      folder: one.folder,
      files: files.map((file) => pictureFile(file, one, ids, impact)),
      more: one.files.length - files.length,
    })),
    morePackages: left.length,
    moreFiles: left.reduce((sum, { files }) => sum + files.length, 0),
    ownEntryPoints: own.slice(0, MOST_ENTRIES_OF_ONE),
    otherEntryPoints: elsewhere.slice(0, MOST_ENTRIES),
    moreEntryPoints: impact.moreEntryPoints + Math.max(0, elsewhere.length - MOST_ENTRIES) + Math.max(0, own.length - MOST_ENTRIES_OF_ONE),
    owners: impact.owners.slice(0, MOST_OWNERS),
    moreOwners: Math.max(0, impact.owners.length - MOST_OWNERS),
  };
}

/** What a picture calls the file of the symbol, whose path stands with the symbol already. */
const DECLARING = 'the declaring file';

/** The files through which a file depends on the symbol, as its package calls them. */
export function nearerNames({ through }: FileImpact, folder: string): readonly string[] {
  return through.map((path) => (folder !== '' && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path));
}

function pictureFile(
  file: FileImpact,
  { folder }: PackageImpact,
  ids: ReadonlyMap<string, string>,
  { entryPoints, subject }: Impact,
): PictureFile {
  const entries = entryPoints.filter(({ path }) => path === file.path);
  return {
    id: ids.get(file.path) ?? '',
    path: file.path,
    label: folder === '' ? file.path : file.path.slice(folder.length + 1),
    steps: file.steps,
    state: stateOf(file),
    sites: file.sites,
    through: file.through.flatMap((path) => ids.get(path) ?? []),
    nearer: nearerNames(file, folder).map((name, index) => (file.through[index] === subject.path ? DECLARING : name)),
    atMost: file.atMost,
    entryPoints: entries.slice(0, MOST_ENTRIES_OF_ONE),
    moreEntryPoints: Math.max(0, entries.length - MOST_ENTRIES_OF_ONE),
  };
}
