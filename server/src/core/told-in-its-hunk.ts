import type { FileAnalysis } from './facts/analyse-file.ts';
import { scopeAt } from './facts/scope.ts';
import { mayReadTwo } from './judge-splits.ts';
import type { FindingDraft } from './model/finding.ts';
import type { Hunk } from './model/hunk.ts';
import { lastLineOf, type Range, type Side } from './model/range.ts';
import type { Rule } from './rules/define.ts';
import { counterpartScope, hasScope, within } from './rules/vocabulary/code/counterpart.ts';
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
 * class lost on its way into functions is told at the function that does the work now as well, and so is what a function lost whose
 * lines of today are all another hunk's: a file that was written anew is paired line by line, and the old condition may stand across from
 * the end of the next function (test/facts/finding-in-its-hunk.test.ts).
 */
export function* placesOf(told: readonly Told[], hunk: Hunk, analysis: FileAnalysis): Iterable<readonly [Hunk, Told]> {
  for (const { rule, draft } of told) {
    const { side, range } = draft;
    const isHere = side === 'after' || touches(hunk, side, range);
    const home = isHere ? hunk : (analysis.hunks.find((other) => touches(other, side, range)) ?? hunk);
    yield [home, { rule, draft }];
    const { alsoAt } = draft;
    const there = alsoAt === undefined ? undefined : analysis.hunks.find((other) => touches(other, alsoAt.side, alsoAt.range));
    if (there !== undefined && there !== home) yield [there, { rule, draft: { ...draft, ...alsoAt }, isOfPart: true }];
    if (side !== 'before' || !mayReadTwo(rule)) continue;
    const [other, part] = placeAway(draft, analysis, home) ?? [];
    if (other !== undefined && part !== undefined && other !== home && other !== hunk)
      yield [other, { rule, draft: { ...draft, side: 'after', range: part }, isOfPart: true }];
  }
}

/** The hunk with the lines that do the work now, and where in it, if it is not the one that the finding stands in. */
function placeAway(draft: FindingDraft, { hunks, before, after }: FileAnalysis, home: Hunk): readonly [Hunk, Range] | undefined {
  if (before === undefined || after === undefined) return undefined;
  const part = placeAtPart(before, after, draft);
  if (part !== undefined) {
    const other = hunks.find((each) => touches(each, 'after', part));
    return other === undefined ? undefined : [other, part];
  }
  const own = scopeAt(before, draft.range.start.line);
  const now = own === '' ? undefined : counterpartScope({ before, after }, own);
  const isFunction = (scope: string): boolean =>
    scope.endsWith(')') || after.symbols.some(({ name, kind }) => name === scope && FUNCTION.test(kind));
  if (now === undefined || !isFunction(now)) return undefined;
  const across = after.scopes.filter(({ startLine, endLine }) => touches(home, 'after', linesOf(startLine, endLine)));
  const place = after.scopes.find(({ name }) => name === now);
  // A new function beside it is no other one's end; one that has another name now was written anew as a whole.
  const isOthers = across.some(({ name }) => !within(now, name) && hasScope(before, name) && isFunction(name));
  if (place === undefined || (!isOthers && now === own) || across.some(({ name }) => name === now)) return undefined;
  const [most] = hunks
    .map((each) => {
      const from = Math.max(place.startLine, each.after.start);
      return { each, from, lines: Math.min(place.endLine + 1, each.after.start + each.after.lines) - from };
    })
    .filter(({ lines }) => lines > 0)
    .sort((a, b) => b.lines - a.lines);
  return most === undefined ? undefined : [most.each, linesOf(most.from, most.from)];
}

const FUNCTION = /^(?:function|method)$/;

function linesOf(first: number, last: number): Range {
  return { start: { line: first, character: 0 }, end: { line: last + 1, character: 0 } };
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
