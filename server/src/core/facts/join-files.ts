import type { CodeToken, Fact, Option, Setting, SourceFacts } from '../model/facts.ts';
import type { Hunk } from '../model/hunk.ts';
import type { Range } from '../model/range.ts';
import type { FileAnalysis } from './analyse-file.ts';
import { mapKinds, NO_FACTS } from './kinds.ts';
import { cancelWithinFile, type Residue } from './residue.ts';

/** Added to the lines of the second of two files, so that no line of one is a line of the other; twice for a third one, and so on. */
export const SECOND_FILE = 10_000_000;

/** Files of a change read as one: the one that lost something, and behind it the one where it now stands, or all that it became. */
export interface Split {
  readonly from: FileAnalysis;
  /** In the order in which they stand behind it. */
  readonly tos: readonly FileAnalysis[];
  readonly before: SourceFacts;
  readonly after: SourceFacts;
  readonly residue: Residue;
  /** Hunks of all of them, with their lines shifted behind those of the first. */
  readonly hunks: readonly SplitHunk[];
}

/** A hunk of files read as one. */
export interface SplitHunk {
  readonly hunk: Hunk;
  /** What it is a copy of, in its own file. */
  readonly original: Hunk;
  readonly file: FileAnalysis;
}

/** A file that lost something, and those that are read behind it. */
export interface FilesAsOne {
  readonly from: FileAnalysis;
  readonly tos: readonly FileAnalysis[];
}

/** Which of the files read as one a line stands in: 0 for the first. */
export function fileAt(line: number): number {
  return Math.floor(line / SECOND_FILE);
}

/** Reads files as one. Facts of the others keep their keys, and stand behind all lines of the first. */
export function joinFiles({ from, tos }: FilesAsOne): Split {
  const joined = (side: 'before' | 'after'): SourceFacts => joinedFacts(from, tos, side);
  const [before, after] = [joined('before'), joined('after')];
  const hunks = [from, ...tos].flatMap((file, at) =>
    file.hunks.map((original) => ({ hunk: at === 0 ? original : shiftHunk(original, SECOND_FILE * at), original, file })),
  );
  const touched = (side: 'before' | 'after', { range }: Fact): boolean =>
    hunks.some(
      ({ hunk }) => hunk[side].lines > 0 && range.start.line < hunk[side].start + hunk[side].lines && range.end.line >= hunk[side].start,
    );
  const residue = cancelWithinFile(
    before,
    after,
    (fact) => touched('before', fact),
    (fact) => touched('after', fact),
  );
  return { from, tos, before, after, residue, hunks };
}

/** One side of a file with that of others behind it. A file of values is read as the code that reads them has them. */
export function joinedFacts(from: FileAnalysis, others: readonly FileAnalysis[], side: 'before' | 'after'): SourceFacts {
  const language = (from.after ?? from.before)?.language;
  return others.reduce<SourceFacts>(
    (facts, other, at) => {
      const own = other[side];
      if (own === undefined) return facts;
      const isAlike = other.after?.language === language || from.after === undefined;
      return append(facts, shift(isAlike ? own : asCode(own), SECOND_FILE * (at + 1)));
    },
    append(from[side], undefined),
  );
}

/** What a file of values says, as code that reads them has them: settings are constants by their last name. */
function asCode(facts: SourceFacts): SourceFacts {
  return {
    ...facts,
    ...NO_FACTS,
    tokens: [],
    scopes: [],
    statements: facts.statements,
    options: facts.settings.flatMap((setting) => (setting.value === null ? [] : [optionOf(setting)])),
  };
}

function optionOf({ path, value, range, key }: Setting): Option {
  const names = path.filter((part) => !/^\d+$/.test(part));
  const plain = typeof value === 'string' && !/^(-?\d+(\.\d+)?|true|false)$/i.test(value) ? JSON.stringify(value) : String(value);
  return { name: names.at(-1) ?? '', value: plain, callee: '', scope: '', range, key: `(${names.join('.')}: ${plain}) ${key}` };
}

function append(first: SourceFacts | undefined, second: SourceFacts | undefined): SourceFacts {
  const empty: SourceFacts = { ...NO_FACTS, language: '', scopes: [], tokens: [], blindSpots: [] };
  const [a, b] = [first ?? empty, second ?? empty];
  return {
    ...mapKinds((kind): readonly Fact[] => [...a[kind], ...b[kind]]),
    language: a.language === '' ? b.language : a.language,
    scopes: [...a.scopes, ...b.scopes],
    tokens: [...a.tokens, ...b.tokens],
    blindSpots: [...a.blindSpots, ...b.blindSpots],
  };
}

function shift(facts: SourceFacts, by: number): SourceFacts {
  const moved = mapKinds((kind): readonly Fact[] => facts[kind].map((fact) => ({ ...fact, range: shiftRange(fact.range, by) })));
  return {
    ...moved,
    loops: moved.loops.map((loop) => ({
      ...loop,
      body: { startLine: loop.body.startLine + by, endLine: loop.body.endLine + by },
    })),
    language: facts.language,
    scopes: facts.scopes.map((scope) => ({ ...scope, startLine: scope.startLine + by, endLine: scope.endLine + by })),
    tokens: facts.tokens.map((token): CodeToken => ({ ...token, line: token.line + by })),
    blindSpots: facts.blindSpots,
  };
}

/** A range with its lines moved. */
export function shiftRange({ start, end }: Range, lines: number): Range {
  return { start: { ...start, line: start.line + lines }, end: { ...end, line: end.line + lines } };
}

function shiftHunk(hunk: Hunk, by: number): Hunk {
  return {
    ...hunk,
    before: { ...hunk.before, start: hunk.before.start + by },
    after: { ...hunk.after, start: hunk.after.start + by },
  };
}
