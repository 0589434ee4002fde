import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { answerHeaders } from '../vocabulary/caches/answer-headers.ts';
import { cacheDocuments } from '../vocabulary/caches/cache-documents.ts';
import { shrunkLifetimes } from '../vocabulary/caches/cache-lifetimes.ts';
import { lostJoins, lostPending } from '../vocabulary/caches/joined-misses.ts';
import { lostFields, lostLoaders } from '../vocabulary/caches/lost-loaders.ts';
import { unjoinedTakers } from '../vocabulary/caches/unjoined-takers.ts';
import { shorten } from '../vocabulary/code/call-names.ts';
import { counterpartScope } from '../vocabulary/code/counterpart.ts';
import { tokensOf } from '../vocabulary/code/token-lines.ts';
import { sharedFlights } from '../vocabulary/load/shared-flights.ts';

/**
 * ## What it sees
 * What keeps a cache from asking its source all at once, and goes away while the cache stays: one request for many askers
 * (`singleflight`, an `inflight` map, `proxy_cache_lock`), serving the old value while a new one is fetched, jitter in the time to live. And a time to
 * live that shrinks many times over, also in what an answer tells the caches on its way; a loader that put many loads together. What was lost with a function is told at the new function that took its work over, too.
 *
 * ## Why it matters
 * The key that everybody reads expires once, and in that moment everybody asks the database. It answers slower, so more ask.
 *
 * ## When it is fine
 * The cache went away altogether, or another protection took its place. These are not flagged.
 *
 * ## What it misses
 * Protection that a library gives by default and that another library does not.
 */
export default defineRule({
  id: 'runtime/cache-protection-removed',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'medium',
  title: 'Every miss of the cache asks the source',
  reads: ['calls', 'options', 'guards', 'conditions', 'settings'],
  evidence: [{ title: 'Slack 2022-02-22: a cache that could not be filled', url: 'https://slack.engineering/slacks-incident-on-2-22-22/' }],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<string>();
    for (const draft of [
      ...lostJoins(input),
      ...lostPending(input),
      ...flights(input),
      ...options(input),
      ...shrunkLifetimes(input),
      ...cacheDocuments(input),
      ...answerHeaders(input),
      ...lostLoaders(input),
      ...lostFields(input),
      ...unjoinedTakers(input, (whole) => [...lostJoins(whole), ...lostPending(whole), ...flights(whole)]),
    ]) {
      const line = `${draft.side} ${draft.range.start.line}`;
      if (flagged.has(line)) continue;
      flagged.add(line);
      yield draft;
    }
  },
});

/** A table of work that is under way, which whoever came second waited for. */
function* flights(input: RuleInput): Iterable<FindingDraft> {
  for (const { name, range } of sharedFlights(input))
    yield { side: 'before', range, message: fitMessage(`\`${shorten(name, 30)}\` no longer joins those who ask for the same`) };
}

const PROTECTS =
  /^(staleWhileRevalidate|stale_while_revalidate|staleIfError|stale_if_error|stale_?ttl|staleTtl|grace|grace_?period|allowStale|allow_stale|allowStaleOnFetchRejection|noDeleteOnFetchRejection|refreshThreshold|refresh_threshold|refreshAhead|refreshAfterWrite|jitter|ttl_?jitter|ttlJitter|expireJitter|swr|coalesce|dedupe|dedupingInterval|requestCoalescing|lockTimeout|stampede_?protection|sync)$/;

function* options(input: RuleInput): Iterable<FindingDraft> {
  for (const option of input.removed.options) {
    if (!PROTECTS.test(option.name) || /^(false|False|0|null|undefined|None)$/.test(option.value)) continue;
    if (option.name === 'sync' && !/cache/i.test(option.callee)) continue;
    const scope = counterpartScope(input, option.scope);
    if (scope === undefined) continue;
    const now = input.after?.options.find(
      (other) => other.name === option.name && (other.scope === scope || other.callee === option.callee),
    );
    if (now !== undefined && !/^(false|False|0|null|undefined|None)$/.test(now.value)) continue;
    if (!/cache|ttl|redis|lru|swr|fetch|revalid/i.test(`${option.key} ${input.path} ${tokensOf(input.after, scope).slice(0, 4_000)}`))
      continue;
    yield now === undefined
      ? {
          side: 'before',
          range: option.range,
          message: fitMessage(`\`${shorten(option.name, 30)}: ${shorten(option.value, 16)}\` no longer protects the source`),
        }
      : { side: 'after', range: now.range, message: fitMessage(`\`${shorten(option.name, 30)}\` is off: \`${shorten(now.value, 16)}\``) };
  }
}
