import type { FindingDraft } from '../../model/finding.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { otherRows } from '../vocabulary/money/other-rows.ts';
import { summedLists } from '../vocabulary/money/summed-lists.ts';

/**
 * ## What it sees
 * A sum or a count of amounts, seats, stock or the like that takes in other rows than before: a condition that is gone, in SQL and in the
 * calls of object mappers (`filter(…).count()`, `aggregate({ where })`); a `LEFT JOIN` that became an inner one in a statement of
 * accounts, `UNION ALL` that became `UNION`, `SUM(DISTINCT …)`.
 *
 * ## Why it matters
 * The query runs as before and answers another number: revenue counts what was never paid, a balance leaves out the account without entries.
 *
 * ## When it is fine
 * The condition stands in another form, or others took its place. These are not flagged.
 *
 * ## What it misses
 * A condition that is put together at run time, and a join that an object mapper makes.
 */
export default defineRule({
  id: 'money/sum-of-other-rows',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'medium',
  title: 'A sum takes in other rows than before',
  reads: ['statements', 'calls'],
  evidence: [{ title: 'CWE-682: incorrect calculation', url: 'https://cwe.mitre.org/data/definitions/682.html' }],
  *check(input): Iterable<FindingDraft> {
    for (const { range, message } of otherRows(input)) yield { side: 'after', range, message: fitMessage(message) };
    for (const { range, condition } of summedLists(input))
      yield { side: 'after', range, message: fitMessage(`a sum no longer asks for \`${condition}\``) };
  },
});
