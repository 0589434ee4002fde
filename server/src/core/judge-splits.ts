import type { AnalysedChange } from './facts/analyse-change.ts';
import type { FileAnalysis } from './facts/analyse-file.ts';
import { factsOfHunks } from './facts/hunk-facts.ts';
import { fileAt, SECOND_FILE, type Split, shiftRange } from './facts/join-files.ts';
import { FACT_KINDS } from './facts/kinds.ts';
import { outside } from './facts/outside.ts';
import { type Gathered, gather, splitsOf } from './facts/split-files.ts';
import type { Change } from './model/change.ts';
import type { FileFacts, SourceFacts } from './model/facts.ts';
import type { FindingDraft } from './model/finding.ts';
import type { Hunk } from './model/hunk.ts';
import type { Range, Side } from './model/range.ts';
import type { BlindSpot, RepoPath } from './model/tree.ts';
import { familyOf, type Rule } from './rules/define.ts';
import { runRules } from './rules/run-rules.ts';
import { placeAtTaker } from './told-at-taker.ts';

/** What a rule says of a hunk when the file that something left is read together with the one where it now stands. */
export interface SplitDraft {
  readonly rule: Rule;
  readonly draft: FindingDraft;
}

/** What was said of a change's splits. */
export interface JudgedSplits {
  /** By the hunk that a finding belongs to. */
  readonly drafts: ReadonlyMap<Hunk, readonly SplitDraft[]>;
  /** What a file is read together with: each file of the change that newly declares what it newly names. */
  readonly takersOf: (file: FileAnalysis) => readonly Split[];
  /** The file with all of these at once, and what they lead to. */
  readonly gatheredOf: (file: FileAnalysis) => Gathered | undefined;
  /** Rules that crashed when they read two files as one, and files that were not read so (test/facts/split-files.test.ts). */
  readonly blindSpots: readonly BlindSpot[];
}

/** What judging a change's splits needs to know. */
export interface SplitCase {
  readonly analysed: AnalysedChange;
  readonly change: Change;
  readonly rules: readonly Rule[];
  readonly factsAt: (side: Side, path: RepoPath) => SourceFacts | undefined;
}

/** A contract is one between files, and what a file declares is its own, a resource too: two of them are never one. */
const OF_ONE_FILE = /^(contract|supply)$|^safeguard\/(test-weakened|suppression-added|review-policy-changed)$|^destroy\/iac-/;

/** Whether a rule compares what may stand in two files. */
export function mayReadTwo({ id }: Rule): boolean {
  return !OF_ONE_FILE.test(familyOf(id)) && !OF_ONE_FILE.test(id);
}

/**
 * Asks the rules again about files that were split: a value, a query or a guard that went to another file of the change is
 * compared with what stands there now.
 */
export function judgeSplits(given: SplitCase): JudgedSplits {
  const { splits, left } = splitsOf(given.analysed);
  const rules = given.rules.filter(mayReadTwo);
  const drafts = new Map<Hunk, SplitDraft[]>();
  const blindSpots = new Map<string, BlindSpot>();
  const blind = (spot: BlindSpot): void => void blindSpots.set(`${spot.path} ${spot.detail ?? ''}`, spot);
  for (const split of splits)
    for (const [hunk, draft] of judgeSplit(split, rules, given, blind)) drafts.set(hunk, [...(drafts.get(hunk) ?? []), draft]);
  const takersOf = (file: FileAnalysis): readonly Split[] => splits.filter(({ from }) => from === file);
  const analyses = given.analysed.files.map(({ analysis }) => analysis);
  const known = new Map<FileAnalysis, Gathered | undefined>();
  const gatheredOf = (file: FileAnalysis): Gathered | undefined => {
    if (known.has(file)) return known.get(file);
    const takers = [...new Set(takersOf(file).flatMap(({ tos }) => tos))];
    const gathered = takers.length === 0 ? undefined : gather(file, takers, analyses);
    known.set(file, gathered);
    return gathered;
  };
  const [first, ...others] = left;
  if (first !== undefined) {
    const more = others.length === 0 ? '' : `, and so are ${others.length} more`;
    blind({ path: first.file.path, reason: 'pairs-capped', detail: `read without some of the files that took code from it${more}` });
  }
  return { drafts, takersOf, gatheredOf, blindSpots: [...blindSpots.values()] };
}

function* judgeSplit(
  split: Split,
  rules: readonly Rule[],
  { analysed, change, factsAt }: SplitCase,
  blind: (spot: BlindSpot) => void,
): Iterable<readonly [Hunk, SplitDraft]> {
  const { from, before, after, residue, hunks } = split;
  const joined = { ...from, before, after, residue, hunks: hunks.map(({ hunk }) => hunk) };
  const originals = new Map(hunks.map((own) => [own.hunk, own]));
  const told = new Set<string>();
  const inOwnFile = (range: Range): Range => shiftRange(range, -SECOND_FILE * fileAt(range.start.line));
  for (const { hunk, removed, added } of factsOfHunks(joined, residue)) {
    const own = originals.get(hunk);
    if (own === undefined || !mayTell(own.file === from ? removed : added)) continue;
    const { drafts, blindSpots } = runRules(rules, {
      hunk,
      removed,
      added: { ...added, suppressions: [] },
      before,
      after,
      reach: { of: () => null, ofThings: () => null },
      addedElsewhere: outside(analysed, from, 'added'),
      removedElsewhere: outside(analysed, from, 'removed'),
      factsAt,
      trees: change,
      path: own.file.file.path,
      severityOf: () => undefined,
    });
    blindSpots.forEach(blind);
    for (const { rule, draft } of drafts) {
      // What is about another one of them is told with the hunk it stands in.
      const { side, range } = draft;
      const isHere = fileAt(range.start.line) === fileAt(Math.max(hunk.before.start, hunk.after.start));
      const about = isHere ? own.original : hunks.find((other) => touches(other.hunk, side, range))?.original;
      const place = `${rule.id} ${range.start.line}`;
      if (about !== undefined && (isHere || !told.has(place))) yield [about, { rule, draft: { ...draft, range: inOwnFile(range) } }];
      if (!isHere) told.add(place);
      // A rule that says itself what became of it there needs no second place.
      const says = drafts.some((other) => other.rule === rule && fileAt(other.draft.range.start.line) !== fileAt(range.start.line));
      const taken = says ? undefined : placeAtTaker(split, draft);
      const taking = taken === undefined ? undefined : hunks.find((other) => touches(other.hunk, 'after', taken))?.original;
      if (taken === undefined || taking === undefined || taking === about || told.has(`${rule.id} ${taken.start.line}`)) continue;
      told.add(`${rule.id} ${taken.start.line}`);
      yield [taking, { rule, draft: { ...draft, side: 'after', range: inOwnFile(taken) } }];
    }
  }
}

/** What left the first file, or stands in the second now: a hunk without any such fact is judged by itself alone. */
function mayTell(facts: FileFacts): boolean {
  return FACT_KINDS.some((kind) => facts[kind].length > 0);
}

function touches(hunk: Hunk, side: Side, { start, end }: Range): boolean {
  const { start: first, lines } = hunk[side];
  return lines > 0 && start.line < first + lines && end.line >= first;
}
