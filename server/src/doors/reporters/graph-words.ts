import type { UseKind } from '../../core/model/symbol-uses.ts';
import type { EntryKind } from '../../core/reach/entry-points/entry-point.ts';
import type { Impact, Site } from '../../core/reach/impact.ts';
import type { Picture, PictureFile, TestState } from '../../core/reach/picture.ts';
import { foreignText } from './foreign.ts';
import { reachLine } from './reach-line.ts';
import { plural } from './review-report.ts';

/** A sign beside the word, so that no state is told by colour alone. */
export const STATE_SIGN: Readonly<Record<TestState, string>> = { test: '◆', tested: '✓', untested: '✗', unknown: '?' };
export const STATE_WORD: Readonly<Record<TestState, string>> = {
  test: 'test',
  tested: 'tested',
  untested: 'untested',
  unknown: 'tests not known',
};

export const ENTRY_WORD: Readonly<Record<EntryKind, string>> = {
  route: 'route',
  page: 'page',
  job: 'job',
  function: 'function',
  container: 'container',
  bin: 'program',
  main: 'main file',
  export: 'export',
  workflow: 'workflow',
  script: 'script',
};

const MOST_LINES = 4;
/** Steps that `brakeline graph --depth` takes. */
export const MOST_DEPTH = 20;

/** `41 dependents in 12 files and 3 packages, 0 of them tested`. */
export function impactLine(impact: Impact): string {
  const { references, files, packageCount, tested, atMost } = impact;
  if (references === 0) return 'no dependents found';
  return reachLine({ references, files, packages: packageCount, atMost, ...(tested === undefined ? {} : { tested }) });
}

/** `Who depends on charge`; of a finding that is about no symbol what it says itself. */
export function titleOf({ subject }: Impact): string {
  return isFinding(subject) ? `Who depends on this: ${subject.name}` : `Who depends on ${subject.name}`;
}

/** A rule stands where a symbol has its kind. */
export function isFinding({ kind }: Impact['subject']): boolean {
  return kind.includes('/');
}

/** `no test reaches 5 of the 6 files`; empty where that cannot be told, or a test reaches each. */
export function untestedLine({ packages }: Impact): string {
  const near = packages.flatMap(({ files }) => files).filter(({ steps }) => steps === 1);
  const untested = near.filter(({ isTest, tested }) => !isTest && tested === false).length;
  if (untested === 0) return '';
  if (near.length === 1) return 'no test reaches the file';
  return untested === near.length
    ? `no test reaches any of the ${near.length} files`
    : `no test reaches ${untested} of the ${near.length} files`;
}

/** `reached from 2 routes, 1 page and 1 job; at most 3 routes more`; empty where nothing comes in. */
export function entriesLine({ entryPoints, moreEntryPoints }: Impact): string {
  const [sure, maybe] = [entryPoints.filter(({ atMost }) => !atMost), entryPoints.filter(({ atMost }) => atMost)].map(countKinds);
  const more = moreEntryPoints > 0 ? [`${plural(moreEntryPoints, 'more entry point')}`] : [];
  const parts = [
    ...(sure === undefined || sure.length === 0 ? [] : [list(sure)]),
    ...(maybe === undefined || maybe.length === 0 ? [] : [`at most ${sure?.length === 0 ? '' : 'also '}${list(maybe)}`]),
    ...more,
  ];
  return parts.length === 0 ? '' : `reached from ${parts.join('; ')}`;
}

function countKinds(entries: Impact['entryPoints']): readonly string[] {
  const kinds = [...new Set(entries.map(({ kind }) => kind))];
  return kinds.map((kind) => plural(entries.filter((entry) => entry.kind === kind).length, ENTRY_WORD[kind]));
}

function list(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}

/** `in its own file: calls line 12`; empty where that does nothing with it. */
export function ownLine({ own }: Impact): string {
  return own.length === 0 ? '' : `in its own file: ${sitesText(own)}`;
}

/** `at most 5 further files in turn`; empty where there are none. */
export function inTurnLine({ transitiveFiles, transitiveAtMost }: Impact): string {
  return transitiveFiles === 0 ? '' : `${transitiveAtMost ? 'at most ' : ''}${plural(transitiveFiles, 'further file')} in turn`;
}

/** `1 test file reaches it`; empty where nothing does. */
export function testsLine({ tests, references, transitiveFiles }: Impact): string {
  if (references + transitiveFiles === 0) return '';
  return tests === 0 ? 'no test file reaches it' : `${plural(tests, 'test file')} reach${tests === 1 ? 'es' : ''} it`;
}

/** Dependents in other repositories, a line each; empty where none is listed. */
export function elsewhereLines({ foreign }: Impact): readonly string[] {
  return foreign === undefined ? [] : foreignText(foreign);
}

/** What a picture says first: its title, how far it reaches, what no test reaches, what comes in, and how that was found. */
export function headLines(impact: Impact): readonly string[] {
  const untested = untestedLine(impact);
  const lines = [
    titleOf(impact),
    impactLine(impact),
    ...elsewhereLines(impact),
    untested === '' ? '' : `${STATE_SIGN.untested} ${untested}`,
    entriesLine(impact),
    ownLine(impact),
    inTurnLine(impact),
  ];
  return [...lines.filter((line) => line !== ''), methodLine(impact)];
}

/** How the numbers were found: `by types, tests by imports`. */
export function methodLine({ method }: Impact): string {
  return `by ${method}${method === 'imports' ? '' : ', tests by imports'}`;
}

/** `calls it in lines 12, 40 and 51; imports it in line 3`. */
export function sitesText(sites: readonly Site[]): string {
  const kinds = [...new Set(sites.map(({ kind }) => kind))].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
  return kinds.map((kind) => `${VERB[kind]} ${linesText(sites.filter((site) => site.kind === kind))}`).join('; ');
}

const ORDER: readonly UseKind[] = ['call', 'extends', 'use', 'mention', 'export', 'import'];
export const VERB: Readonly<Record<UseKind, string>> = {
  call: 'calls',
  extends: 'extends',
  use: 'uses',
  mention: 'mentions',
  export: 'passes on',
  import: 'imports',
};

function linesText(sites: readonly Site[]): string {
  const lines = [...new Set(sites.map(({ line }) => line))];
  const shown = lines.slice(0, MOST_LINES);
  const more = lines.length - shown.length;
  return `${lines.length === 1 ? 'line' : 'lines'} ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** What a file does with the symbol, or through which file it depends on it. */
export function fileText({ steps, sites, nearer, atMost }: Pick<PictureFile, 'steps' | 'sites' | 'nearer' | 'atMost'>): string {
  if (steps === 1) return sitesText(sites);
  const [first, ...more] = nearer;
  const by = first === undefined ? '' : ` ${first}${more.length > 0 ? ` and ${plural(more.length, 'other')}` : ''}`;
  return atMost ? `at most in turn, loads${by}` : `in turn, by${by}`;
}

/** What a picture leaves out, a line each. */
export function leftOut({ groups, morePackages, moreFiles, moreEntryPoints, impact }: Picture): readonly string[] {
  const folded = groups.reduce((sum, { more }) => sum + more, 0);
  const entries = groups.flatMap(({ files }) => files).reduce((sum, file) => sum + file.moreEntryPoints, moreEntryPoints);
  return [
    ...(folded > 0 ? [`${plural(folded, 'more file')} in the packages shown`] : []),
    ...(morePackages > 0 ? [`${plural(morePackages, 'more package')} with ${plural(moreFiles, 'file')}`] : []),
    ...(entries > 0 ? [plural(entries, 'more entry point')] : []),
    ...deeperLine(impact),
    ...impact.cut,
  ];
}

/** `3 files further in turn, which --depth 4 lists`. */
export function deeperLine({ deeper }: Impact): readonly string[] {
  if (deeper === undefined) return [];
  return [
    `${plural(deeper.files, 'file')} further in turn (--depth ${Math.min(deeper.steps, MOST_DEPTH)} lists ${deeper.files === 1 ? 'it' : 'them'})`,
  ];
}

/** An entry point of a picture, with the id of what it enters: that of the symbol where its file is not shown. */
export interface ShownEntry {
  readonly entry: Impact['entryPoints'][number];
  readonly into: string;
  /** False where files that are not shown stand between the two, or nobody can tell that its code leads there. */
  readonly isDirect: boolean;
}

/** The entry points that a picture shows, in the order of what they enter. */
export function shownEntries({ groups, ownEntryPoints, otherEntryPoints }: Picture): readonly ShownEntry[] {
  const files = groups.flatMap((group) => group.files);
  return [
    ...ownEntryPoints.map((entry) => ({ entry, into: 's', isDirect: !entry.atMost })),
    ...files.flatMap((file) => file.entryPoints.map((entry) => ({ entry, into: file.id, isDirect: !entry.atMost }))),
    ...otherEntryPoints.map((entry) => ({ entry, into: 's', isDirect: false })),
  ];
}

/** What a picture with edges says in a box of a file: not again what an edge says, nor that it imports what it calls. */
export function boxLines(file: PictureFile): readonly string[] {
  const isTold = file.steps > 1 && file.through.length > 0;
  const meant = file.sites.filter(({ kind }) => kind !== 'import');
  const said = isTold ? (file.atMost ? ['at most in turn'] : ['in turn']) : [fileText(meant.length > 0 ? { ...file, sites: meant } : file)];
  return [file.label, ...said, `${STATE_SIGN[file.state]} ${STATE_WORD[file.state]}`];
}

export function entryText({ kind, name, atMost }: Impact['entryPoints'][number]): string {
  return `${ENTRY_WORD[kind]} ${name}${atMost ? ' (at most)' : ''}`;
}
