import { indexLines } from '../languages/positions.ts';
import type { FindingDraft } from '../model/finding.ts';
import type { Hunk, LineSpan } from '../model/hunk.ts';
import { lastLineOf, type Range, type Side } from '../model/range.ts';
import type { TeamRule, TeamRules } from '../model/team-rule.ts';
import type { BlindSpot, RepoPath } from '../model/tree.ts';
import { findMatches, looksAt, type Matched, messageOfMatch } from './find-matches.ts';

/** One file of a change, as team rules see it. `hunks` are all of this file, from top to bottom. */
export interface TeamFile {
  /** The same object as long as the file is the same: what was matched in it is remembered with it. */
  readonly identity: object;
  readonly path: RepoPath;
  /** Code moves between files of one context only. */
  readonly context: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly hunks: readonly Hunk[];
}

export interface TeamDraft {
  readonly rule: TeamRule;
  readonly draft: FindingDraft;
}

export interface TeamOutcome {
  readonly drafts: ReadonlyMap<Hunk, readonly TeamDraft[]>;
  readonly blindSpots: readonly BlindSpot[];
}

/** More places of one rule in one hunk are told as one, from the first to the last. */
const MOST_IN_A_HUNK = 10;

/**
 * Asks the team's rules about a whole change. `added`: a match that overlaps an added line, and that the before side did not
 * have. `removed`: a match that overlaps a removed line, and that the change as a whole no longer has. `changed`: either.
 * Equal code cancels as facts do: first within a file, unchanged lines before changed ones, then between files of one context.
 */
export function judgeFiles(files: readonly TeamFile[], { rules, blindSpots }: TeamRules): TeamOutcome {
  const drafts = new Map<Hunk, TeamDraft[]>();
  const spots = new Map<string, BlindSpot>();
  const matched = files.map((file) => matchesOf(file, rules));
  for (const rule of rules) {
    const left = files.map((file, index): Left => {
      const sides = matched[index]?.get(rule);
      if (sides === undefined) return NOTHING;
      for (const side of [sides.before, sides.after]) {
        if (side.kind === 'failed')
          spots.set(`${rule.id} ${file.path}`, { path: file.path, reason: 'rule-crashed', detail: `${rule.id}: ${side.why}` });
      }
      // What one side could not be asked about is not known to be new, nor known to be gone.
      if (sides.before.kind === 'failed' || sides.after.kind === 'failed') return NOTHING;
      return cancelInFile(file, placesOf(file, rule, 'before', sides.before), placesOf(file, rule, 'after', sides.after), rule);
    });
    const final = cancelBetweenFiles(files, left);
    for (const [index, file] of files.entries()) draw(rule, file, final[index] ?? NOTHING, drafts);
  }
  return { drafts, blindSpots: [...blindSpots, ...spots.values()] };
}

interface Sides {
  readonly before: Matched;
  readonly after: Matched;
}

const NO_MATCH: Matched = { kind: 'matches', matches: [] };
/** Rules are read anew for each answer, so they are known by id and version. */
const remembered = new WeakMap<object, { readonly asked: string; readonly sides: readonly Sides[] }>();

function matchesOf(file: TeamFile, rules: readonly TeamRule[]): ReadonlyMap<TeamRule, Sides> {
  const asked = file.hunks.length === 0 ? [] : rules.filter((rule) => looksAt(rule, file.path));
  if (asked.length === 0) return new Map();
  const names = asked.map((rule) => `${rule.id}@${rule.version}`).join(' ');
  const known = remembered.get(file.identity);
  const sides = known?.asked === names ? known.sides : sidesOf(file, asked);
  remembered.set(file.identity, { asked: names, sides });
  return new Map(asked.map((rule, index) => [rule, sides[index] ?? { before: NO_MATCH, after: NO_MATCH }]));
}

function sidesOf({ before, after }: TeamFile, asked: readonly TeamRule[]): readonly Sides[] {
  const old = before === undefined ? undefined : findMatches(asked, before);
  const fresh = after === undefined ? undefined : findMatches(asked, after);
  return asked.map((rule) => ({ before: old?.get(rule) ?? NO_MATCH, after: fresh?.get(rule) ?? NO_MATCH }));
}

/** A match with its place on its side. */
interface Place {
  readonly side: Side;
  readonly range: Range;
  /** The matched code, white space collapsed. */
  readonly code: string;
  readonly message: string;
  /** The hunk whose lines it overlaps; undefined where its lines are unchanged. */
  readonly hunk: Hunk | undefined;
}

function placesOf(file: TeamFile, rule: TeamRule, side: Side, matched: Matched): readonly Place[] {
  const text = side === 'before' ? file.before : file.after;
  if (matched.kind === 'failed' || matched.matches.length === 0 || text === undefined) return [];
  const lines = indexLines(text);
  return matched.matches.map((match) => {
    const range = lines.rangeOf(match.start, match.end);
    return {
      side,
      range,
      code: text.slice(match.start, match.end).replace(/\s+/g, ' ').trim(),
      message: messageOfMatch(rule, match),
      hunk: file.hunks.find((hunk) => overlaps(side === 'before' ? hunk.before : hunk.after, range)),
    };
  });
}

function overlaps(span: LineSpan, range: Range): boolean {
  return span.lines > 0 && span.start <= lastLineOf(range) && range.start.line < span.start + span.lines;
}

interface Left {
  readonly removed: readonly Place[];
  readonly added: readonly Place[];
}

const NOTHING: Left = { removed: [], added: [] };

function cancelInFile(file: TeamFile, before: readonly Place[], after: readonly Place[], rule: TeamRule): Left {
  const removed = withoutEqual(before, after);
  const added = withoutEqual(after, before);
  // What was edited inside a long match did not make the match; for `changed` it is what counts.
  if (rule.on === 'changed') return { removed, added };
  const starts = new Set(before.filter(isLong).map(({ range }) => range.start.line));
  const stayed = new Set(
    after
      .filter(isLong)
      .map(({ range }) => lineBefore(file.hunks, range.start.line))
      .filter((line) => line !== undefined && starts.has(line)),
  );
  return {
    removed: removed.filter((place) => !isLong(place) || !stayed.has(place.range.start.line)),
    added: added.filter((place) => !isLong(place) || !stayed.has(lineBefore(file.hunks, place.range.start.line))),
  };
}

function isLong({ range }: Place): boolean {
  return range.start.line < lastLineOf(range);
}

/** The line of the before side that an unchanged line of the after side is; undefined for an added line. */
function lineBefore(hunks: readonly Hunk[], line: number): number | undefined {
  let shift = 0;
  for (const { before, after } of hunks) {
    const last = after.lines === 0 ? after.start : after.start + after.lines - 1;
    if (after.lines > 0 && after.start <= line && line <= last) return undefined;
    if (line <= last) break;
    shift += before.lines - after.lines;
  }
  return line + shift;
}

/** Of n places with one code, leaves the n - m on changed lines that the other side's m do not account for. */
function withoutEqual(places: readonly Place[], others: readonly Place[]): readonly Place[] {
  const left = countCodes(others);
  const survives = ({ code }: Place): boolean => {
    const count = left.get(code) ?? 0;
    if (count > 0) left.set(code, count - 1);
    return count === 0;
  };
  for (const place of places) if (place.hunk === undefined) survives(place);
  return places.filter((place) => place.hunk !== undefined && survives(place));
}

function countCodes(places: readonly Place[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { code } of places) counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
}

/** What left one file and came to another of its context moved. Equal places are interchangeable, so no order matters. */
function cancelBetweenFiles(files: readonly TeamFile[], left: readonly Left[]): readonly Left[] {
  const gone = countIn(files, left, 'removed');
  const come = countIn(files, left, 'added');
  const moved = (): Map<string, number> => new Map([...gone].map(([key, count]) => [key, Math.min(count, come.get(key) ?? 0)]));
  const [out, into] = [moved(), moved()];
  const stays = (counts: Map<string, number>, key: string): boolean => {
    const count = counts.get(key) ?? 0;
    if (count > 0) counts.set(key, count - 1);
    return count === 0;
  };
  return left.map(({ removed, added }, index) => ({
    removed: removed.filter((place) => stays(out, movedKey(files[index], place))),
    added: added.filter((place) => stays(into, movedKey(files[index], place))),
  }));
}

function countIn(files: readonly TeamFile[], left: readonly Left[], side: keyof Left): Map<string, number> {
  const counts = new Map<string, number>();
  left.forEach((places, index) => {
    for (const place of places[side]) {
      const key = movedKey(files[index], place);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  });
  return counts;
}

function movedKey(file: TeamFile | undefined, { code }: Place): string {
  return `${file?.context ?? ''}\u0000${code}`;
}

function draw(rule: TeamRule, { hunks }: TeamFile, { removed, added }: Left, drafts: Map<Hunk, TeamDraft[]>): void {
  for (const hunk of hunks) {
    const fresh = rule.on === 'removed' ? [] : added.filter((place) => place.hunk === hunk);
    const old = rule.on === 'added' || fresh.length > 0 ? [] : removed.filter((place) => place.hunk === hunk);
    const found = [...fresh, ...old].map(({ side, range, message }): FindingDraft => ({ side, range, message }));
    if (found.length === 0) continue;
    drafts.set(hunk, [...(drafts.get(hunk) ?? []), ...united(found).map((draft) => ({ rule, draft }))]);
  }
}

function united(drafts: readonly FindingDraft[]): readonly FindingDraft[] {
  const [first] = drafts;
  if (first === undefined || drafts.length <= MOST_IN_A_HUNK) return drafts;
  const last = drafts.reduce((furthest, { range }) => (range.end.line > furthest.end.line ? range : furthest), first.range);
  return [
    { ...first, range: { start: first.range.start, end: last.end }, message: `${drafts.length} times: ${first.message}`.slice(0, 80) },
  ];
}
