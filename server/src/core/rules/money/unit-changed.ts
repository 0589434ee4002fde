import type { FindingDraft } from '../../model/finding.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { shorten } from '../vocabulary/code/call-names.ts';
import { lostCurrencies, unitChanges } from '../vocabulary/money/unit-factors.ts';
import { sayUnit, unitGetters } from '../vocabulary/money/unit-getters.ts';

/**
 * ## What it sees
 * An amount that is handed on a hundred or a thousand times as large or as small, in a line that is the same but for that factor: `* 100`
 * or `/ 100` that came or went before a charge, a booking or a comparison, and a quantity or a scale by its name (`price * quantity`), and an amount
 * that is made of cents as if they were whole units, or asked for those where it was asked for cents. Also a currency that a charge no longer says, or that is
 * written into the code where it came with the order.
 *
 * ## Why it matters
 * Cents and euros are both numbers, so nothing fails: the customer pays a hundred times the price, or the shop gets a hundredth of it.
 *
 * ## When it is fine
 * Text for a person, percentages and rates, a name that changes together with its unit, a constant of the currency that is written out.
 * These are not flagged.
 *
 * ## What it misses
 * A unit that another type, function or file changes, and a factor whose name says nothing of how often or of which unit.
 */
export default defineRule({
  id: 'money/unit-changed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'An amount is in another unit or currency',
  reads: ['options', 'calls', 'tokens'],
  evidence: [
    { title: 'CWE-682: incorrect calculation', url: 'https://cwe.mitre.org/data/definitions/682.html' },
    { title: 'Stripe: amounts in the smallest currency unit', url: 'https://docs.stripe.com/currencies#zero-decimal' },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const { range, factor, what } of unitChanges(input))
      yield {
        side: 'after',
        range,
        message: fitMessage(
          factor === undefined
            ? `${what}: the amount is another one than before`
            : `${what}: the amount is ${factor > 1 ? `${factor} times as large as` : `${Math.round(1 / factor)} times smaller than`} it was`,
        ),
      };
    for (const change of unitGetters(input)) yield { side: 'after', range: change.range, message: fitMessage(sayUnit(change)) };
    for (const { side, range, was, now } of lostCurrencies(input))
      yield {
        side,
        range,
        message: fitMessage(
          now === undefined
            ? `the charge no longer says its currency, \`${shorten(was, 30)}\``
            : `the currency is \`${now}\` for all; it was \`${shorten(was, 30)}\``,
        ),
      };
  },
});
