import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { lastName, shorten, words } from '../call-names.ts';
import { cameAlong, counterpartScope, isExtracted, newCallsIn, within } from '../counterpart.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';

/**
 * ## What it sees
 * An amount of money that becomes a floating-point number: `parseFloat`, a rounded `toFixed` that is read back, a decimal type
 * that is gone.
 *
 * ## Why it matters
 * 0.1 + 0.2 is not 0.3. Cents go missing one at a time, in invoices that were right yesterday.
 *
 * ## When it is fine
 * Percentages, charts, and text for a person to read. These are not flagged.
 *
 * ## What it misses
 * Division of integer cents without rounding, and amounts whose names say nothing of money.
 */
export default defineRule({
  id: 'money/float-amount',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'An amount became a floating-point number',
  reads: ['calls', 'options', 'symbols'],
  evidence: [{ title: 'CWE-682: incorrect calculation', url: 'https://cwe.mitre.org/data/definitions/682.html' }],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<number>();
    for (const call of input.added.calls) {
      if (!isFloat(call) || flagged.has(call.range.start.line) || !isMoney(input, call) || cameAlong(input, call)) continue;
      flagged.add(call.range.start.line);
      yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(text(call), 44)}\` makes an amount a float`) };
    }
    for (const call of input.removed.calls) {
      if (!isExact(call) || flagged.has(call.range.start.line)) continue;
      const scope = counterpartScope(input, call.scope);
      if (scope === undefined || !isMoney(input, call) || newCallsIn(input, call.scope).some(isExact) || isExtracted(input, call)) continue;
      if (input.after?.calls.some((other) => within(other.scope, scope) && isExact(other)) === true) continue;
      flagged.add(call.range.start.line);
      yield { side: 'before', range: call.range, message: fitMessage(`\`${shorten(text(call), 40)}\` no longer keeps the amount exact`) };
    }
  },
});

/** Reading a number with a fraction. Writing one for a person (`toFixed` alone) is not it. */
function isFloat(call: Call): boolean {
  if (/^(Number\.)?parseFloat$/.test(call.callee) || call.callee === 'float') return true;
  return call.callee === 'Number' && /\.toFixed\(|\.toPrecision\(/.test(call.args[0] ?? '');
}

function isExact(call: Call): boolean {
  return (
    /^(Decimal|BigNumber|Big|BigDecimal|Money|Dinero|dinero|BigInt|currency|Prisma\.Decimal)$/.test(call.callee) ||
    /^(toDecimal|fromCents|toCents|BigDecimal)$/.test(lastName(call.callee))
  );
}

const MONEY =
  /\b(price|prices|pricing|amount|amounts|cent|cents|cost|costs|fee|fees|tax|taxes|vat|total|subtotal|net|gross|balance|balances|invoice|invoices|discount|discounts|refund|refunds|charge|charges|payment|payments|payout|salary|wage|interest|currency|money|ledger|billing|commission|tip|deposit)\b/;
const DISPLAY =
  /\b(chart|charts|graph|percent|percentage|ratio|share|opacity|width|height|lat|lng|latitude|longitude|zoom|score|weight|duration|display|label|px)\b/;

function isMoney(input: RuleInput, call: Call): boolean {
  const near = words(`${call.scope} ${call.args.join(' ')}`);
  if (DISPLAY.test(near) || /\b(charts?|graphs?|plots?)\b/.test(words(input.path))) return false;
  return MONEY.test(near) || MONEY.test(words(input.path));
}

function text(call: Call): string {
  return `${call.kind === 'new' ? 'new ' : ''}${call.callee}(${call.args.join(', ')})`;
}
