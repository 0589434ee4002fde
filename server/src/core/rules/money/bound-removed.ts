import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { isBound as isLimit } from '../vocabulary/bounds/asked-bounds.ts';
import { lastName, shorten } from '../vocabulary/code/call-names.ts';
import { counterpartScope } from '../vocabulary/code/counterpart.ts';
import { exchangedValues, sayExchanged } from '../vocabulary/code/exchanged-values.ts';
import { isNewPart, newGuardsIn } from '../vocabulary/code/scope-changes.ts';
import { changedConditions } from '../vocabulary/guards/condition-changes.ts';
import { idleGuards } from '../vocabulary/guards/idle-guards.ts';
import { lostGuards } from '../vocabulary/guards/lost-guards.ts';
import { lostAmountAssertions } from '../vocabulary/money/amount-assertions.ts';
import { lostAmountClamps } from '../vocabulary/money/amount-clamps.ts';
import { lostComparisons } from '../vocabulary/money/amount-comparisons.ts';
import { isBound, isBoundHere, isLooser, isStep } from '../vocabulary/money/amount-guards.ts';
import { movedConstants, movedDocuments } from '../vocabulary/money/amount-limits.ts';
import { droppedChecks, mappersWithoutBound, statementsWithoutClamp, updatesWithoutBound } from '../vocabulary/money/amount-statements.ts';
import { isAmount } from '../vocabulary/money/amounts.ts';
import { lostAmountTags, lostNamedBounds, lostNumericality, lostSchemaBounds } from '../vocabulary/money/declared-bounds.ts';
import { loosenedComparisons, lostTerm } from '../vocabulary/money/loosened-comparisons.ts';
import { overwrittenAmounts } from '../vocabulary/money/overwritten-amounts.ts';
import { isReckonedInPart } from '../vocabulary/money/reckoned-in-parts.ts';
import { turnedSigns } from '../vocabulary/money/turned-signs.ts';
import { uncheckedSteps } from '../vocabulary/money/unchecked-steps.ts';
import { isValidatedBy, mentionsAny } from '../vocabulary/money/validated-amounts.ts';
import { isBoundBySchema } from '../vocabulary/schema/schema-bounds.ts';

/**
 * ## What it sees
 * A price, a discount, a quantity or a balance that loses what bounds it: a comparison that stopped the work, `Math.min` and
 * `Math.max` around it, the minimum of its schema, `AND balance >= …` of its update, the CHECK of its column; or a bound that was moved far out or turned
 * round, or that stays and holds back less: `<= 0` that became `=== 0`, a ceiling times a hundred, what was paid back already that no
 * longer counts. A debit that became a credit, in a line that is the same but for its sign, or by two sides that changed places; an amount that grew by a value
 * and is set to it (`paid += amount` that became `paid = amount`). A checked
 * step (`checked_sub`, `addExact`) that wraps or is cut off.
 *
 * ## Why it matters
 * A negative quantity is a refund, a discount of 150 % pays the buyer, and an order of a million shares trades.
 *
 * ## When it is fine
 * The bound went into a schema or another function that the same change adds; a bound that became stricter. These are not
 * flagged.
 *
 * ## What it misses
 * An amount whose name says nothing of money or quantity, and a CHECK whose name says nothing of what it bounds.
 */
export default defineRule({
  id: 'money/bound-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'An amount lost its bound or its sign',
  reads: ['guards', 'calls', 'options', 'settings', 'statements', 'tokens'],
  evidence: [
    { title: 'Knight Capital 2012: orders without a bound', url: 'https://dougseven.com/2014/04/17/knightmare-a-devops-cautionary-tale/' },
  ],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<number>();
    for (const draft of [
      ...guards(input),
      ...weakerElsewhere(input),
      ...turned(input),
      ...[...lostAmountAssertions(input)].map(({ range, args }) => ({
        side: 'before' as const,
        range,
        message: fitMessage(`\`${shorten(args[0] ?? '', 44)}\` no longer bounds the amount`),
      })),
      ...[...overwrittenAmounts(input)].map(({ range, name, value }) => ({
        side: 'after' as const,
        range,
        message: fitMessage(`\`${shorten(name, 26)}\` is set to \`${shorten(value, 26)}\`, and forgets what it was`),
      })),
      ...[...loosenedComparisons(input)].map(({ range, message }) => ({ side: 'after' as const, range, message: fitMessage(message) })),
      ...lostAmountClamps(input),
      ...lostSchemaBounds(input),
      ...lostNamedBounds(input),
      ...lostNumericality(input),
      ...movedConstants(input),
      ...movedDocuments(input),
      ...updatesWithoutBound(input),
      ...statementsWithoutClamp(input),
      ...mappersWithoutBound(input),
      ...droppedChecks(input),
      ...lostComparisons(input),
      ...lostAmountTags(input),
      ...exchangedSides(input),
      ...unchecked(input),
    ]) {
      if (flagged.has(draft.range.start.line)) continue;
      flagged.add(draft.range.start.line);
      yield draft;
    }
  },
});

function* guards(input: RuleInput): Iterable<FindingDraft> {
  for (const guard of lostGuards(input, (candidate) => isBound(candidate) || isBoundHere(input, candidate))) {
    // What it lost is told where it stands now.
    if (changedConditions(input).some((change) => change.before === guard && lostTerm(change) !== undefined)) continue;
    if (isStep(input, guard) || isReckonedInPart(input, guard)) continue;
    const scope = counterpartScope(input, guard.scope);
    if (
      scope === undefined ||
      !mentionsAny(input, scope, guard.reads) ||
      isValidatedBy(input, guard.scope, guard) ||
      isBoundBySchema(input, guard)
    )
      continue;
    yield { side: 'before', range: guard.range, message: fitMessage(`\`${shorten(guard.test, 44)}\` no longer bounds the amount`) };
  }
  for (const { guard, why, range } of idleGuards(input, (candidate) => isBound(candidate) || isBoundHere(input, candidate)))
    yield { side: 'after', range, message: fitMessage(`\`${shorten(guard.test, 36)}\` bounds nothing: ${why}`) };
  for (const guard of input.removed.guards.filter(isBound)) {
    for (const fresh of newGuardsIn(input, guard.scope)) {
      if (!input.added.guards.includes(fresh) || !isLooser(guard.test, fresh.test)) continue;
      yield {
        side: 'after',
        range: fresh.range,
        message: fitMessage(`the bound \`${shorten(guard.test, 26)}\` is now \`${shorten(fresh.test, 26)}\``),
      };
      break;
    }
  }
}

/** A bound that went into a function of its own and lets more through there. */
function* weakerElsewhere(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after, loosened: how } of changedConditions(input)) {
    if (!('exit' in before) || !(isBound(before) || isBoundHere(input, before)) || !isNewPart(input, after.scope, before.scope)) continue;
    const isWeaker = how !== undefined && (how.kind === 'lost' ? /[<>]/.test(how.part) : how.kind !== 'added' && (how.factor ?? 2) >= 2);
    if (isWeaker)
      yield {
        side: 'after',
        range: after.range,
        message: fitMessage(
          `\`${shorten(before.test, 30)}\` became \`${shorten(after.test, 24)}\` in \`${shorten(lastName(after.scope), 20)}\``,
        ),
      };
  }
}

/** A comparison the other way round, which lets through what it refused, and a debit that is a credit now. */
function* turned(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after, loosened } of changedConditions(input)) {
    if (loosened?.kind !== 'inverted' || !/[<>]/.test(before.test) || !/[<>]/.test(after.test)) continue;
    // A limit by its name is limit-check-removed.
    if (
      (before.compares && isLimit(before)) ||
      !isAmount(`${before.test} ${lastName(before.scope)}`) ||
      /\.length\b|\blen\(|\.size\b/.test(before.test)
    )
      continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`\`${shorten(before.test, 28)}\` turned into \`${shorten(after.test, 28)}\``),
    };
  }
  for (const { range, before, after, name } of turnedSigns(input))
    yield {
      side: 'after',
      range,
      message: fitMessage(`\`${before}\` became \`${after}\`: \`${shorten(name, 26)}\` goes the other way`),
    };
}

/** `transfer(from, to)` that became `transfer(to, from)`. */
function* exchangedSides(input: RuleInput): Iterable<FindingDraft> {
  for (const found of exchangedValues(input))
    if (found.by === 'sides') yield { side: 'after', range: found.range, message: fitMessage(sayExchanged(found)) };
}

/** A step that failed where there was not enough, or no place, and goes on with a wrong amount now. */
function* unchecked(input: RuleInput): Iterable<FindingDraft> {
  for (const { range, was, now, how } of uncheckedSteps(input))
    yield {
      side: 'after',
      range,
      message: fitMessage(`\`${was}\` became \`${now}\`: what has no place ${how === 'wraps' ? 'comes out wrong' : 'is cut off'}`),
      // Of a sum of long numbers nobody has as much.
      ...(was.endsWith('Exact') ? { severity: 'medium' as const } : {}),
    };
}
