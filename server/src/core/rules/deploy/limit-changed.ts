import type { FindingDraft } from '../../model/finding.ts';
import { shorten, words } from '../call-names.ts';
import { defineRule } from '../define.ts';
import { changedOptions, numberOf } from '../option-changes.ts';
import { fitMessage } from '../quote.ts';

/**
 * ## What it sees
 * A number that bounds a resource (a pool, a quota, a buffer, a concurrency, a time to live) and that at least doubled, halved
 * or became unlimited.
 *
 * ## Why it matters
 * Limits are set against each other: a pool of 500 in twenty processes is ten thousand connections to a database that takes
 * five hundred.
 *
 * ## When it is fine
 * A measured change; the acknowledgement then holds the measure. Less than a factor of two is not flagged.
 *
 * ## What it misses
 * A limit in a setting that the program reads elsewhere, and one that is computed.
 */
export default defineRule({
  id: 'deploy/limit-changed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A limit changed by a factor',
  reads: ['options'],
  evidence: [
    { title: 'AWS Kinesis 2020-11-25: a thread limit', url: 'https://aws.amazon.com/message/11201/' },
    { title: 'Cloudflare 2025-11-18: a file over its limit', url: 'https://blog.cloudflare.com/18-november-2025-outage/' },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const { before, after } of changedOptions(input)) {
      if (!isLimit(after.name, after.callee)) continue;
      const old = numberOf(before.value);
      const now = numberOf(after.value);
      if (old === undefined || now === undefined || old === now) continue;
      const factor = factorOf(old, now);
      if (factor < 2 || Math.max(old, now) < 4) continue;
      yield {
        side: 'after',
        range: after.range,
        message: fitMessage(`\`${shorten(after.name, 26)}\` went from ${old} to ${now}`),
        severity: factor >= 10 ? 'high' : 'medium',
      };
    }
  },
});

function isLimit(name: string, callee: string): boolean {
  const text = words(name);
  if (
    /\b(width|height|length|lines|rows|cols|columns|depth|digits|age|zoom|opacity|retry|retries|attempts|date|year|size px|font|index|value|score|temperature|tokens|words|chars)\b/.test(
      text,
    ) ||
    /^(z|yup|Joi|expect|Math)\b/.test(callee)
  )
    return false;
  if (/^(max|min)$/.test(text)) return /pool|queue|worker|semaphore|limit|thread/i.test(callee);
  return (
    /\b(pool|threads?|quota|limit|ttl|buffer|concurrency|concurrent|connections?|workers?|parallelism|batch|queue|capacity|heap|memory|max size|max sites|max items|max entries|max rows|high water mark|backlog|max sockets|rate)\b/.test(
      text,
    ) && !/\b(id|name|url|type|key|path)\b/.test(text)
  );
}

function factorOf(old: number, now: number): number {
  if (now === 0 || old === 0 || now === -1 || !Number.isFinite(now)) return Number.POSITIVE_INFINITY;
  return Math.max(old / now, now / old);
}
