import type { FileAnalysis } from './facts/analyse-file.ts';
import { mayReadTwo } from './judge-splits.ts';
import type { FindingDraft } from './model/finding.ts';
import type { Hunk } from './model/hunk.ts';
import { lastLineOf, type Range, type Side } from './model/range.ts';
import type { Rule } from './rules/define.ts';
import { placeAtPart } from './told-at-taker.ts';

/** What a rule, or something that is drawn like one, said. */
export interface Told<Drawn = Rule> {
  readonly rule: Drawn;
  readonly draft: FindingDraft;
  /** Told at the function that does the work now, once for all that lost it. */
  readonly isOfPart?: true;
}

/**
 * The hunks that findings are told with. Where the lines of the before side that one is about are another hunk's, that is the one: a
 * statement of forty lines is judged with the first hunk that touches it, and the condition that it lost may stand in the third. What a
 * class lost on its way into functions is told at the function that does the work now as well (test/facts/finding-in-its-hunk.test.ts).
 */
export function* placesOf(told: readonly Told[], hunk: Hunk, { hunks, before, after }: FileAnalysis): Iterable<readonly [Hunk, Told]> {
  for (const { rule, draft } of told) {
    const { side, range } = draft;
    const isHere = side === 'after' || touches(hunk, side, range);
    yield [isHere ? hunk : (hunks.find((other) => touches(other, side, range)) ?? hunk), { rule, draft }];
    const part = before === undefined || after === undefined || !mayReadTwo(rule) ? undefined : placeAtPart(before, after, draft);
    const home = part === undefined ? undefined : hunks.find((other) => touches(other, 'after', part));
    if (part !== undefined && home !== undefined && home !== hunk)
      yield [home, { rule, draft: { ...draft, side: 'after', range: part }, isOfPart: true }];
  }
}

/** Two hunks may lead a rule to the same place; where it stands in several functions no more, the one that does their work is told once. */
export function onceEach<Drawn extends { readonly id: string }>(told: readonly Told<Drawn>[]): readonly Told<Drawn>[] {
  const seen = new Set<string>();
  return told.filter(({ rule, draft: { side, range, message }, isOfPart = false }) => {
    const key = `${rule.id} ${side} ${range.start.line}:${range.start.character} ${isOfPart ? '' : message}`;
    return !seen.has(key) && seen.add(key);
  });
}

function touches(hunk: Hunk, side: Side, range: Range): boolean {
  const { start, lines } = hunk[side];
  return range.start.line < start + lines && lastLineOf(range) >= start;
}
