import type { Guard } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { isBound, isLimit } from '../vocabulary/bounds/asked-bounds.ts';
import { asksLess, isAskedByAccess, mayBound } from '../vocabulary/bounds/bounded-by-call.ts';
import { goneCaps } from '../vocabulary/bounds/gone-caps.ts';
import { grownCaps, loosenedBounds, overtakenBounds, unwrappedBounds } from '../vocabulary/bounds/loosened-bounds.ts';
import { grownBounders, lostBounders } from '../vocabulary/bounds/lost-bounders.ts';
import { lostCapacities } from '../vocabulary/bounds/lost-capacities.ts';
import { lostClamps } from '../vocabulary/bounds/lost-clamps.ts';
import { lostItemCaps } from '../vocabulary/bounds/lost-item-caps.ts';
import { lostLoopCaps } from '../vocabulary/bounds/lost-loop-caps.ts';
import { lostRowCaps } from '../vocabulary/bounds/lost-row-caps.ts';
import { pageCaps } from '../vocabulary/bounds/page-caps.ts';
import { isAskedOfRows } from '../vocabulary/bounds/refused-rows.ts';
import { lostSetCaps } from '../vocabulary/bounds/set-to-caps.ts';
import { lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { numberIn } from '../vocabulary/code/computed-numbers.ts';
import { within } from '../vocabulary/code/counterpart.ts';
import { newCallsIn } from '../vocabulary/code/scope-changes.ts';
import { lostFieldBounds } from '../vocabulary/guards/field-bounds.ts';
import { callsInside, guardKind } from '../vocabulary/guards/guard-kinds.ts';
import { idleGuards } from '../vocabulary/guards/idle-guards.ts';
import { indexingBehind, isIndexGuard } from '../vocabulary/guards/index-guards.ts';
import { lostGuards } from '../vocabulary/guards/lost-guards.ts';
import { lostLockouts } from '../vocabulary/guards/lost-lockouts.ts';
import { isReckonedInPart } from '../vocabulary/money/reckoned-in-parts.ts';
import { asksTypesAlone } from '../vocabulary/money/validated-amounts.ts';
import { isBoundBySchema } from '../vocabulary/schema/schema-bounds.ts';

/**
 * ## What it sees
 * A condition that compares a size, a count or an amount with a bound, and that goes away, is turned round or asks less while the
 * work stays; a cap that at least doubled; what bounds a body, a query or a file as it comes in; a value that is no longer cut to a cap (`min(size, MAX)`), the bound of a declared
 * field, a check that stands behind the write that it bounded, a loop over pages that no longer stops after so many, a lockout (`failedAttempts >= 5`), and
 * what caps the rows of a question (`take`, `LIMIT`, `max_page_size`, `le=100` of a page), and how much a queue or a cache holds.
 *
 * ## Why it matters
 * A cap is the last thing between a wrong input and everything behind it; nothing fails until the input comes.
 *
 * ## When it is fine
 * The bound moved into a schema, a helper or another place of the same change. These are not flagged.
 *
 * ## What it misses
 * A bound that becomes a computed one, and one that is raised in a file of its own under a name that says nothing.
 */
export default defineRule({
  id: 'safeguard/limit-check-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A limit is no longer checked',
  reads: ['guards', 'conditions', 'options', 'tokens', 'calls', 'symbols', 'loops', 'statements'],
  evidence: [
    { title: 'Cloudflare 2025-11-18: a file over its limit', url: 'https://blog.cloudflare.com/18-november-2025-outage/' },
    { title: 'AWS S3 2017-02-28: too much capacity removed too quickly', url: 'https://aws.amazon.com/message/41926/' },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const { guard, why, range } of idleGuards(input, isBound))
      yield { side: 'after', range, message: fitMessage(`\`${shorten(guard.test, 36)}\` bounds nothing: ${why}`) };
    yield* loosenedBounds(input);
    yield* unwrappedBounds(input);
    yield* grownCaps(input);
    yield* overtakenBounds(input);
    yield* lostClamps(input);
    yield* lostSetCaps(input);
    yield* lostBounders(input);
    yield* grownBounders(input);
    yield* lostRowCaps(input);
    yield* pageCaps(input);
    yield* lostLoopCaps(input);
    yield* lostItemCaps(input);
    for (const { range, was, now } of lostCapacities(input))
      yield {
        side: 'after',
        range,
        severity: 'medium',
        message: fitMessage(`\`${shorten(now, 24)}\` holds whatever comes; it was \`${shorten(was, 34)}\``),
      };
    for (const { field, bound, range, isSize } of lostFieldBounds(input))
      if (isSize)
        yield { side: 'before', range, message: fitMessage(`\`${shorten(field, 28)}\` is bounded no more by \`${shorten(bound, 26)}\``) };
    for (const lost of lostLockouts(input))
      yield {
        side: 'before',
        range: lost.range,
        message: fitMessage(
          `\`${shorten('test' in lost ? lost.test : lost.callee, 34)}\` no longer stops who fails too often in \`${shorten(lost.scope, 16)}\``,
        ),
      };
    const before = input.before?.calls ?? [];
    const lost = lostGuards(input, (candidate) => guardKind(candidate, callsInside(candidate, before)) === 'limit');
    for (const guard of goneCaps(input))
      if (!lost.includes(guard))
        yield {
          side: 'before',
          range: guard.range,
          message: fitMessage(`\`${shorten(guard.test, 36)}\` no longer bounds \`${shorten(guard.scope, 20)}\``),
        };
    for (const guard of lost) {
      if (guard.exit === 'break' || (guard.exit === 'return' && !((isLimit(guard.test) || isLimiter(guard)) && /[<>]/.test(guard.test))))
        continue;
      if (
        newCallsIn(input, guard.scope).some(
          (call) =>
            /^(check|require|ensure|assert|validate|enforce|verify|must|guard)/i.test(lastName(call.callee)) &&
            mayBound(input, guard, call) &&
            !asksTypesAlone(call, guard) &&
            !asksLess(input, guard, call),
        )
      )
        continue;
      // `i == 2` asks which round it is.
      if (/^(i|j|k|n|attempts?|try|tries|retry|retries|round|index|idx) ===? \w+(?: - 1)?$/.test(guard.test)) continue;
      if (
        isAskedOfRows(input, guard) ||
        isBoundBySchema(input, guard) ||
        isReckonedInPart(input, guard) ||
        isAskedByAccess(input, guard) ||
        isEndOfSteps(input, guard)
      )
        continue;
      if (guard.exit === 'return' && (asksForSeveral(guard.test) || isCutNow(input, guard))) continue;
      // Nothing to do for an empty list is a short cut and no limit.
      if (
        /\.(length|size)\s*(===?\s*0|<\s*1)\b|^!\w+(\.length)?$|^(len\(\w+\)|\w+\.(len|size)\(\)) (==|<) [01]$|^not \w+$/.test(
          guard.test,
        ) &&
        guard.exit === 'return'
      )
        continue;
      // An index that is compared with a length is bounds-check-removed.
      if (isIndexGuard(guard) && (guard.exit === 'return' || indexingBehind(input, guard) !== undefined)) continue;
      yield {
        side: 'before',
        range: guard.range,
        message: fitMessage(`\`${shorten(guard.test, 36)}\` no longer bounds \`${shorten(guard.scope, 20) || 'the module'}\``),
      };
    }
  },
});

/** `if n > 200 { return 200 }` that is `min(n, 200)` now. */
function isCutNow(input: RuleInput, { test, scope }: Guard): boolean {
  const numbers = (facts: RuleInput['after'], text: string): readonly number[] =>
    (text.match(/[A-Za-z_$][\w$]*|\d[\d_]*/g) ?? []).flatMap((word) => numberIn(word, facts) ?? []);
  const caps = numbers(input.before, test);
  return newCallsIn(input, scope).some(
    ({ callee, args }) =>
      /^(min|Min|clamp|clip|minOf|coerceAtMost)$/.test(lastName(callee)) &&
      numbers(input.after, args.join(' ')).some((cap) => caps.includes(cap)),
  );
}

/** `matches.size() > 1` that chooses what to return: one or several is no bound. */
function asksForSeveral(test: string): boolean {
  return /^(len\([\w.]+\)|[\w.$]+\.(length|size\(\)|len\(\)|Count|count\(\)))\s*(>\s*1|>=\s*2|===?\s*1|==\s*1)$/.test(test);
}

/** Where a function that calls itself for the next of a list comes to the end of it: `if (i === rows.length) return done(null)`. */
function isEndOfSteps({ before }: RuleInput, { test, scope }: Guard): boolean {
  const own = lastName(scope);
  return (
    /^\w+ (?:===?|>=) [\w$.]+\.(?:length|size|len\(\)|size\(\))$/.test(test) &&
    before?.calls.some((call) => call.callee === own && within(call.scope, scope)) === true
  );
}

/** In what counts and lets so many through, by its name: `Limiter.allow`. */
function isLimiter({ scope }: Guard): boolean {
  return /\b(limiter|limit|rate|throttle|quota|bucket|breaker)\b/.test(words(scope));
}
