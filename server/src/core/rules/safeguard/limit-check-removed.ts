import type { FindingDraft } from '../../model/finding.ts';
import { shorten, words } from '../call-names.ts';
import { lostGuards } from '../counterpart.ts';
import { defineRule } from '../define.ts';
import { callsInside, guardKind } from '../guard-kinds.ts';
import { fitMessage } from '../quote.ts';

/**
 * ## What it sees
 * A condition that compares a size, a count or an amount with a bound and stops the work, and that goes away while the work
 * stays.
 *
 * ## Why it matters
 * A cap is the last thing between a wrong input and everything behind it; nothing fails until the input comes.
 *
 * ## When it is fine
 * The bound moved into a schema, a helper or another place of the same change. These are not flagged.
 *
 * ## What it misses
 * A bound that stays and was raised, and one that is part of a longer condition.
 */
export default defineRule({
  id: 'safeguard/limit-check-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A limit is no longer checked',
  reads: ['guards'],
  evidence: [
    { title: 'Cloudflare 2025-11-18: a file over its limit', url: 'https://blog.cloudflare.com/18-november-2025-outage/' },
    { title: 'AWS S3 2017-02-28: too much capacity removed too quickly', url: 'https://aws.amazon.com/message/41926/' },
  ],
  *check(input): Iterable<FindingDraft> {
    const before = input.before?.calls ?? [];
    const isLimit = (test: string): boolean =>
      /\b(max|min|limit|quota|cap|size|length|count|amount|total|balance|available|bytes|budget|threshold|capacity|remaining|budget|depth|age)\b/.test(
        words(test),
      );
    for (const guard of lostGuards(input, (candidate) => guardKind(candidate, callsInside(candidate, before)) === 'limit')) {
      if (guard.exit === 'break' || (guard.exit === 'return' && !(isLimit(guard.test) && /[<>]/.test(guard.test)))) continue;
      // Nothing to do for an empty list is a short cut and no limit.
      if (/\.(length|size)\s*(===?\s*0|<\s*1)\b|^!\w+(\.length)?$/.test(guard.test) && guard.exit === 'return') continue;
      yield {
        side: 'before',
        range: guard.range,
        message: fitMessage(`\`${shorten(guard.test, 36)}\` no longer bounds \`${shorten(guard.scope, 20) || 'the module'}\``),
      };
    }
  },
});
