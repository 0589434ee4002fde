import type { FileChange } from '../model/change.ts';
import type { Fact, FileFacts, SourceFacts } from '../model/facts.ts';
import type { Hunk, LineSpan } from '../model/hunk.ts';
import type { Side } from '../model/range.ts';
import type { BlindSpot, FileContent, RepoPath } from '../model/tree.ts';
import { NO_FACTS } from './kinds.ts';
import type { Memo } from './memo.ts';
import { followFacts, isBlindWithoutLanguage, readFacts } from './read-facts.ts';
import { cancelWithinFile, type Residue } from './residue.ts';

/** One file of a change with everything that can be said of it without looking at another file. */
export interface FileAnalysis {
  readonly file: FileChange;
  readonly hunks: readonly Hunk[];
  readonly before: SourceFacts | undefined;
  readonly after: SourceFacts | undefined;
  readonly residue: Residue;
  readonly blindSpots: readonly BlindSpot[];
}

/** Reads both sides of one file and cancels what is equal on both. `hunks` are all hunks of this file. */
export function analyseFile(file: FileChange, hunks: readonly Hunk[], memo: Memo): FileAnalysis {
  const before = side(file.previousPath ?? file.path, file, 'before', memo);
  const after = side(file.path, file, 'after', memo);
  const blindSpots = blindSpotsOf(file, hunks, before, after);
  const cosmetic = before !== undefined && after !== undefined && sameTokens(before, after);
  const left = cancelWithinFile(before ?? NO_FACTS, after ?? NO_FACTS, changedOn(hunks, 'before'), changedOn(hunks, 'after'));
  const placed = { removed: atOrigin(left.removed, hunks, 'before'), added: atOrigin(left.added, hunks, 'after') };
  const residue = cosmetic ? { removed: remarksOf(left.removed), added: remarksOf(left.added) } : placed;
  return { file, hunks, before, after, residue, blindSpots };
}

/** A value that an alias brought in changed where it stands, if that is in a hunk: the line that asks for it may be as it was. */
function atOrigin(facts: FileFacts, hunks: readonly Hunk[], which: Side): FileFacts {
  if (facts.settings.every(({ origin }) => origin === undefined)) return facts;
  const settings = facts.settings.map((setting) => {
    const moved = setting.origin === undefined ? setting : { ...setting, range: setting.origin };
    return moved !== setting && firstHunkOf(moved, hunks, which) !== undefined ? moved : setting;
  });
  return { ...facts, settings };
}

/** A suppression is a remark, and the one remark that says something new. */
function remarksOf({ suppressions }: FileFacts): FileFacts {
  return { ...NO_FACTS, suppressions };
}

/**
 * The first hunk whose lines of that side a fact meets; one without lines on that side it meets where it goes on behind it, as
 * a chain does that lost a link (test/facts/chain-lost-a-link.test.ts). `hunks` are of one file, from top to bottom.
 */
export function firstHunkOf(fact: Fact, hunks: readonly Hunk[], side: Side): Hunk | undefined {
  let low = 0;
  let high = hunks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const hunk = hunks[middle];
    if (hunk !== undefined && endOf(hunk[side]) <= fact.range.start.line) low = middle + 1;
    else high = middle;
  }
  for (let index = low; index < hunks.length; index += 1) {
    const hunk = hunks[index];
    if (hunk === undefined || hunk[side].start > fact.range.end.line) return undefined;
    const { start, lines } = hunk[side];
    if (lines > 0 || (fact.range.start.line <= start && fact.range.end.line > start)) return hunk;
  }
  return undefined;
}

/** The line after a span; a span without lines ends where the line begins before which it stands. */
export function endOf(span: LineSpan): number {
  return span.lines === 0 ? span.start + 1 : span.start + span.lines;
}

function side(path: RepoPath, file: FileChange, which: Side, memo: Memo): SourceFacts | undefined {
  const content = which === 'before' ? file.before : file.after;
  return content?.kind === 'text'
    ? memo.facts(
        path,
        content.text,
        () => readFacts(path, content.text),
        () => followFacts(path),
      )
    : undefined;
}

function changedOn(hunks: readonly Hunk[], which: Side): (fact: Fact) => boolean {
  return (fact) => firstHunkOf(fact, hunks, which) !== undefined;
}

/** Equal code tokens on both sides: the change is white space, comments or layout, and says nothing new. */
function sameTokens(before: SourceFacts, after: SourceFacts): boolean {
  if (before.tokens.length === 0 || before.tokens.length !== after.tokens.length) return false;
  return before.tokens.every((token, index) => token.text === after.tokens[index]?.text);
}

function blindSpotsOf(
  file: FileChange,
  hunks: readonly Hunk[],
  before: SourceFacts | undefined,
  after: SourceFacts | undefined,
): readonly BlindSpot[] {
  if (hunks.length === 0) return [];
  if (before === undefined && after === undefined) {
    return isBlindWithoutLanguage(file.path) ? [{ path: file.path, reason: 'no-language' }] : [];
  }
  const spots = new Map<string, BlindSpot>();
  // A script that loses the line that names its interpreter is still there, and nobody reads it.
  const isLost = (facts: SourceFacts | undefined, content: FileContent | undefined): boolean =>
    facts === undefined && content?.kind === 'text';
  if (isLost(before, file.before) || isLost(after, file.after)) spots.set('no-language ', { path: file.path, reason: 'no-language' });
  // What the base was already is nothing that the change hides.
  const wasSo = new Set(before?.blindSpots.map(({ reason }) => reason));
  for (const facts of [before, after]) {
    for (const { reason: said, detail } of facts?.blindSpots ?? []) {
      const reason = /^(too-complex|stray-line-end)$/.test(said) && wasSo.has(said) ? 'parse-error' : said;
      spots.set(`${reason} ${detail ?? ''}`, { path: file.path, reason, ...(detail === undefined ? {} : { detail }) });
    }
  }
  return [...spots.values()];
}
