import type { FindingDraft } from '../../model/finding.ts';
import { defineRule } from '../define.ts';
import { floatColumns } from '../vocabulary/money/amount-columns.ts';
import { reckonedTypes, retypedAmounts } from '../vocabulary/money/amount-types.ts';
import { floatConversions, lostExactness, lostExactReading } from '../vocabulary/money/float-calls.ts';

/**
 * ## What it sees
 * An amount of money that becomes a floating-point number: `parseFloat`, `float(…)`, `doubleValue()`, a rounded `toFixed` that
 * is read back, a decimal or whole number whose type is now a float, a decimal type that is gone.
 *
 * ## Why it matters
 * 0.1 + 0.2 is not 0.3. Cents go missing one at a time, in invoices that were right yesterday.
 *
 * ## When it is fine
 * Percentages, charts, and text for a person to read. These are not flagged, nor is a decimal that became whole cents.
 *
 * ## What it misses
 * Division of integer cents without rounding, and amounts whose names say nothing of money.
 */
export default defineRule({
  id: 'money/float-amount',
  version: '1.1.0',
  severity: 'high',
  confidence: 'medium',
  title: 'An amount became a floating-point number',
  reads: ['calls', 'options', 'symbols', 'settings'],
  evidence: [{ title: 'CWE-682: incorrect calculation', url: 'https://cwe.mitre.org/data/definitions/682.html' }],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<number>();
    for (const draft of [
      ...retypedAmounts(input),
      ...reckonedTypes(input),
      ...floatConversions(input),
      ...lostExactness(input),
      ...lostExactReading(input),
      ...floatColumns(input),
    ]) {
      if (flagged.has(draft.range.start.line)) continue;
      flagged.add(draft.range.start.line);
      yield draft;
    }
  },
});
