import type { FindingDraft } from '../../model/finding.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { exchangedValues, sayExchanged } from '../vocabulary/code/exchanged-values.ts';

/**
 * ## What it sees
 * Two values that are handed over in each other's place, in a call that is the same but for that: `find(tenantId, orderId)` that became
 * `find(orderId, tenantId)` while the function still takes them in the old order, `[tenant, sku]` behind a statement whose placeholders
 * did not move, two entries of an object that hold each other's value.
 *
 * ## Why it matters
 * Both are texts or numbers, so nothing fails: the statement meets other rows, or none, and the wrong account is asked.
 *
 * ## When it is fine
 * The signature or the statement changed along, names that do not say which is which, what is sorted or compared. These are not flagged.
 *
 * ## What it misses
 * Arguments of a function that is not in the repository, and values whose names do not resemble what they stand for.
 */
export default defineRule({
  id: 'contract/arguments-exchanged',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'Two arguments changed places',
  reads: ['calls', 'options'],
  evidence: [{ title: 'CWE-683: function call with incorrect order of arguments', url: 'https://cwe.mitre.org/data/definitions/683.html' }],
  *check(input): Iterable<FindingDraft> {
    // Who gives and who gets is money/bound-removed.
    for (const found of exchangedValues(input))
      if (found.by !== 'sides') yield { side: 'after', range: found.range, message: fitMessage(sayExchanged(found)) };
  },
});
