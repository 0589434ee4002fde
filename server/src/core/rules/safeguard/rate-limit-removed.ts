import type { FindingDraft } from '../../model/finding.ts';
import { lastName, shorten, words } from '../call-names.ts';
import { counterpartScope, isExtracted, newCallsIn, within } from '../counterpart.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lostRouteGuards } from '../route-guards.ts';

/**
 * ## What it sees
 * A rate limiter or a throttle in front of a route, on a router, as a decorator or as a call, that goes away while what it
 * slowed down stays.
 *
 * ## Why it matters
 * A login without a limit is guessed; an endpoint without one is brought down by a single client in a loop.
 *
 * ## When it is fine
 * The limiter moved to the router or to the application in the same change. That is not flagged.
 *
 * ## What it misses
 * A limit that moved to a gateway's configuration, and one that is kept and allows more.
 */
export default defineRule({
  id: 'safeguard/rate-limit-removed',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'high',
  title: 'A rate limit was removed',
  reads: ['calls'],
  evidence: [
    { title: 'CWE-307: improper restriction of excessive authentication attempts', url: 'https://cwe.mitre.org/data/definitions/307.html' },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const { call, item, route, related } of lostRouteGuards(input, isLimiter)) {
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`${shorten(item, 28)}\` no longer slows \`${shorten(route, 24)}\``),
        related,
      };
    }
    for (const call of input.removed.calls) {
      if (call.kind === 'decorator') {
        const stays = input.after?.symbols.some((symbol) => symbol.name === call.scope) ?? false;
        const left =
          input.after?.calls.some((other) => other.kind === 'decorator' && isLimiter(other.callee) && within(call.scope, other.scope)) ??
          false;
        if (isLimiter(call.callee) && stays && !left)
          yield {
            side: 'before',
            range: call.range,
            message: fitMessage(`\`@${shorten(call.callee, 24)}\` no longer slows \`${shorten(call.scope, 28)}\``),
          };
        continue;
      }
      // `await limiter.consume(key)` inside a function; a limiter that is handed to a route is judged with the route.
      const isAsked =
        /^(consume|removeTokens|tryRemoveTokens|acquire|limit|check|throttle|hit)$/.test(lastName(call.callee)) &&
        isLimiter(call.callee) &&
        call.callee.includes('.');
      if (!isAsked || call.scope === '' || counterpartScope(input, call.scope) === undefined) continue;
      if (newCallsIn(input, call.scope).some((other) => isLimiter(other.callee)) || isExtracted(input, call)) continue;
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 32)}\` no longer slows \`${shorten(call.scope, 26)}\``),
      };
    }
  },
});

function isLimiter(name: string): boolean {
  return /\b(rate ?limit\w*|limiter|throttle\w*|throttler|slow ?down|rate|quota|brute ?force|token bucket)\b/.test(words(name));
}
