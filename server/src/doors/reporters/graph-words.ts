import type { UseKind } from '../../core/model/symbol-uses.ts';
import type { EntryKind } from '../../core/reach/entry-points/entry-point.ts';
import type { Impact, Site } from '../../core/reach/impact.ts';
import type { Picture, PictureFile, TestState } from '../../core/reach/picture.ts';
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
  main: 'main',
  export: 'export',
  workflow: 'workflow',
  script: 'script',
};

const MOST_LINES = 4;

/** `41 dependents in 12 files and 3 packages, 0 of them tested`. */
export function impactLine(impact: Impact): string {
  const { references, files, packageCount, tested, atMost } = impact;
  if (references === 0) return 'no dependents found';
  return reachLine({ references, files, packages: packageCount, atMost, ...(tested === undefined ? {} : { tested }) });
}

/** How the numbers were found: `by types, tests by imports`. */
export function methodLine({ method, atMost }: Impact): string {
  return `${atMost ? 'an upper bound ' : ''}by ${method}${method === 'imports' ? '' : ', tests by imports'}`;
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

/** What a file does with the symbol, or how far away it is. */
export function fileText(file: Pick<PictureFile, 'steps' | 'sites'>): string {
  return file.steps === 1 ? sitesText(file.sites) : `${plural(file.steps - 1, 'import')} away`;
}

/** What a picture leaves out, a line each. */
export function leftOut({ groups, morePackages, moreFiles, moreEntryPoints, impact }: Picture): readonly string[] {
  const folded = groups.reduce((sum, { more }) => sum + more, 0);
  const entries = groups.flatMap(({ files }) => files).reduce((sum, file) => sum + file.moreEntryPoints, moreEntryPoints);
  return [
    ...(folded > 0 ? [`${plural(folded, 'more file')} in the packages shown`] : []),
    ...(morePackages > 0 ? [`${plural(morePackages, 'more package')} with ${plural(moreFiles, 'file')}`] : []),
    ...(entries > 0 ? [plural(entries, 'more entry point')] : []),
    ...impact.cut,
  ];
}

/** The entry points that a picture shows, and the ids of what each enters: none where its file is left out. */
export function entriesOf({ groups, ownEntryPoints, otherEntryPoints, impact }: Picture): {
  readonly entryPoints: Impact['entryPoints'];
  into(entry: Impact['entryPoints'][number]): readonly string[];
} {
  const files = groups.flatMap((group) => group.files);
  return {
    entryPoints: [...ownEntryPoints, ...files.flatMap((file) => file.entryPoints), ...otherEntryPoints],
    into: ({ path }) => (path === impact.subject.path ? ['s'] : files.flatMap((file) => (file.path === path ? [file.id] : []))),
  };
}

export function entryText({ kind, name }: Impact['entryPoints'][number]): string {
  return `${ENTRY_WORD[kind]} ${name}`;
}
