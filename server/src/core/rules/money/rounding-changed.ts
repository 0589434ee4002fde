import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { shorten } from '../vocabulary/code/call-names.ts';
import { hasScope } from '../vocabulary/code/counterpart.ts';
import { changedOptions } from '../vocabulary/code/option-changes.ts';
import { lostCallsIn } from '../vocabulary/code/scope-changes.ts';
import { floorDivisions } from '../vocabulary/money/floor-divisions.ts';
import { isInThisFile, lostRounding } from '../vocabulary/money/lost-roundings.ts';
import { lostAllocations, movedRoundings } from '../vocabulary/money/moved-roundings.ts';
import { isRounding, modeIn, roundingOf } from '../vocabulary/money/rounding-modes.ts';
import { roundingIn } from '../vocabulary/money/roundings.ts';
import { lostRemainders, roundingsInSql, wholeDivisions } from '../vocabulary/money/whole-divisions.ts';

/**
 * ## What it sees
 * An amount of money that is rounded in another way: up where it was to the nearest, to other digits, in another rounding mode,
 * or not at all any more, in code or in a query; Python's `//` that became `/`; a division of whole cents that no longer adds half
 * of its divisor or that comes before the multiplication; the same rounding of the sum where each line was rounded, or of a part
 * that is multiplied then; and a split that gives what is left over to nobody.
 *
 * ## Why it matters
 * A cent a line is a wrong invoice total, a tax return that does not add up, and books that no longer balance against the
 * other side's.
 *
 * ## When it is fine
 * Text for a person, charts and pages; the same rounding under another name, such as an extracted function. These are not
 * flagged.
 *
 * ## What it misses
 * The same rounding at another place where a function of its own rounds.
 */
export default defineRule({
  id: 'money/rounding-changed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'An amount is rounded in another way',
  reads: ['calls', 'options', 'statements', 'tokens'],
  evidence: [{ title: 'CWE-682: incorrect calculation', url: 'https://cwe.mitre.org/data/definitions/682.html' }],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<string>();
    for (const call of input.removed.calls) {
      const draft = roundingOf(call) === undefined || flagged.has(call.scope) ? undefined : lostRounding(input, call);
      if (draft === undefined) continue;
      flagged.add(call.scope);
      yield draft;
    }
    yield* roundedInAnotherHunk(input, flagged);
    yield* roundedInNewPart(input, flagged);
    for (const { before, after } of changedOptions(input)) {
      if (flagged.has(after.scope) && after.scope !== '') continue;
      if (!/^(default ?)?round(ing)?([ _]?(mode|strategy))?$/i.test(before.name) || modeIn(before.value) === modeIn(after.value)) continue;
      yield {
        side: 'after',
        range: after.range,
        message: fitMessage(`\`${after.name}\` went from ${shorten(before.value, 24)} to ${shorten(after.value, 24)}`),
      };
    }
    const rest = [
      ...floorDivisions(input),
      ...wholeDivisions(input),
      ...lostRemainders(input),
      ...lostAllocations(input),
      ...roundingsInSql(input),
      ...(flagged.size > 0 ? [] : movedRoundings(input)),
    ];
    // One function is told of once.
    yield* rest.slice(0, 1);
  },
});

/** A function that was rewritten over several hunks is told of where it rounds now. */
function* roundedInAnotherHunk(input: RuleInput, flagged: Set<string>): Generator<FindingDraft> {
  for (const { callee, scope } of input.added.calls) {
    if (scope === '' || flagged.has(scope) || !isRounding(callee)) continue;
    const lost = lostCallsIn(input, scope).filter((call) => isRounding(call.callee) && !input.removed.calls.includes(call));
    const draft = lost.map((call) => lostRounding(input, call)).find((found) => found?.side === 'after');
    if (draft === undefined) continue;
    flagged.add(scope);
    yield draft;
  }
}

/** A function that the change brought in a hunk of its own is told of there, at the line that has the new mode. */
function* roundedInNewPart(input: RuleInput, flagged: Set<string>): Generator<FindingDraft> {
  const { before } = input;
  for (const call of input.added.calls) {
    const { callee, scope } = call;
    if (
      before === undefined ||
      scope === '' ||
      flagged.has(scope) ||
      !isRounding(callee) ||
      hasScope(before, scope) ||
      !isInThisFile(input, call)
    )
      continue;
    const mode = roundingIn(input, 'after', call)?.mode;
    const draft = before.calls
      .filter((old) => isRounding(old.callee) && !input.removed.calls.includes(old) && roundingIn(input, 'before', old)?.mode !== mode)
      .map((old) => lostRounding(input, old))
      .find((found) => found?.side === 'after' && found.range === call.range);
    if (draft === undefined) continue;
    flagged.add(scope);
    yield draft;
  }
}
