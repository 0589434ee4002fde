import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, receiver, shorten, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { isExtracted, newCallsIn } from '../code/scope-changes.ts';
import { tokensOf } from '../code/token-lines.ts';
import { isJoinedAnew } from '../load/shared-flights.ts';

const JOINS =
  /\b(singleflight|single flight|coalesce|coalescing|dedupe|dedup|inflight|in flight|pending requests|stampede|thundering|stale while revalidate|swr|p memoize|memoize async|promise memoize|dogpile|get or create lock|fill lock|refresh ahead|early expiration|xfetch|batcher|dataloader)\b/;

/** A cache that fills itself once for all who wait: moka, Caffeine, cashews. */
const JOINED_FILL =
  /^(get_with|try_get_with|optionally_get_with|get_or_try_insert_with|get_or_insert_with|computeIfAbsent|getOrLoad|getOrSetWithLock|fetchWithLock)$/;

/** One request for many askers, and lifetimes that are spread: calls that a function which still asks its cache lost. */
export function* lostJoins(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    const joins = joinsMisses(call) || (/^(Do|DoChan)$/.test(lastName(call.callee)) && /group|flight|sf\b/i.test(call.callee));
    const spreads = isJitter(input, call.callee, call.range.start.line);
    if (!joins && !spreads) continue;
    const scope = counterpartScope(input, call.scope) ?? (joins ? rewrittenType(input, call.scope) : undefined);
    if (
      scope === undefined ||
      isExtracted(input, call) ||
      !(isCached(input, scope) || (isFlight(call) && (stillAsks(input, call.scope, scope) || asksCache(input, scope))))
    )
      continue;
    if (joins && isJoinedAnew(input, scope, receiver(call.callee))) continue;
    if (joins && input.addedElsewhere().calls.some((other) => joinsMisses(other) || isFlight(other))) continue;
    if (
      newCallsIn(input, call.scope).some(
        (other) => JOINS.test(words(other.callee)) || isNewLock(input, other) || /random/i.test(other.callee),
      )
    )
      continue;
    if (joins && input.after?.calls.some((other) => within(other.scope, scope) && other.callee === call.callee) === true) continue;
    if (spreads && isSpreadElsewhere(input)) continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(
        joins
          ? `\`${shorten(call.callee, 30)}\` no longer joins the misses of \`${shorten(scope, 24) || 'the module'}\``
          : `lifetimes in \`${shorten(scope, 36)}\` are no longer spread`,
      ),
    };
  }
}

function joinsMisses({ callee }: Call): boolean {
  return JOINS.test(words(callee)) || (JOINED_FILL.test(lastName(callee)) && /cache/i.test(callee));
}

/** The function asks something that the file holds as a cache, by the name of its type: `c.slopes.Get(…)` of `slopes *ttl.Cache`. */
function asksCache({ after }: RuleInput, scope: string): boolean {
  return (
    after?.calls.some((call) => within(call.scope, scope) && /^(Get|get|Load|load|GetOrLoad|Fetch|fetch)$/.test(lastName(call.callee))) ===
      true && after.tokens.some(({ text }) => /^\w*Cache$/.test(text))
  );
}

/** A lock that the file did not take before: who fills the cache may wait for it. */
function isNewLock({ before }: RuleInput, { callee }: Call): boolean {
  const holder = callee.slice(0, callee.lastIndexOf('.'));
  return /lock|mutex|semaphore/i.test(callee) && !before?.calls.some((other) => holder !== '' && other.callee.startsWith(`${holder}.`));
}

/** The type whose method this was: it stays under its name, and nothing in the file joins who asks for the same any more. */
function rewrittenType({ after }: RuleInput, scope: string): string | undefined {
  const owner = scope.split('.')[0] ?? '';
  const isLeft = after?.calls.some(
    ({ callee }) => JOINS.test(words(callee)) || JOINED_FILL.test(lastName(callee)) || /\.(Do|DoChan)$/.test(callee),
  );
  return owner !== scope && isLeft !== true && after?.symbols.some(({ name }) => name === owner) === true ? owner : undefined;
}

/** Chance went along with the lifetimes, into another function of the file or into another file. */
function isSpreadElsewhere({ before, after, addedElsewhere }: RuleInput): boolean {
  const spreading = (facts: SourceFacts | undefined): number =>
    facts?.calls.filter(({ callee, range }) => SPREADS.test(callee) && speaksOfLifetime(facts, range.start.line)).length ?? 0;
  return spreading(after) >= spreading(before) || addedElsewhere().calls.some(({ callee }) => SPREADS.test(callee));
}

const SPREADS = /^(Math\.random|random\.\w+|rand\.\w+|crypto\.randomInt|randomInt|jitter|withJitter|with_jitter|addJitter)$/;

function speaksOfLifetime({ tokens }: SourceFacts, line: number): boolean {
  return tokens.some((token) => token.line === line && /ttl|expir|max_?age|lifetime|\bEX\b|setex|jitter|cache/i.test(token.text));
}

/** `Math.random()` on a line that speaks of a time to live. */
function isJitter({ before }: RuleInput, callee: string, line: number): boolean {
  return SPREADS.test(callee) && before !== undefined && speaksOfLifetime(before, line);
}

/** `if (inflight.has(key)) return inflight.get(key)`. */
export function* lostPending(input: RuleInput): Iterable<FindingDraft> {
  for (const guard of [...input.removed.guards, ...input.removed.conditions]) {
    if (
      !/\b(in_?flight|inFlight|inflight|pending|refreshing|loading|ongoing)\b\w*(\.has|\.get|\[|\.load| in )|\bin (self\.)?_?(in_?flight|pending)/i.test(
        guard.test,
      )
    )
      continue;
    const scope = counterpartScope(input, guard.scope);
    if (scope === undefined || !isCached(input, scope) || /in_?flight|pending|refreshing|ongoing/i.test(tokensOf(input.after, scope)))
      continue;
    if (isJoinedAnew(input, scope, receiver(guard.test.replace(/^!?\(?/, '').replace(/\(.*/s, '')))) continue;
    yield {
      side: 'before',
      range: guard.range,
      message: fitMessage(`\`${shorten(guard.test, 34)}\` no longer joins the misses of \`${shorten(scope, 20)}\``),
    };
  }
}

/** Go's own way to join: what it joins need not be kept. */
function isFlight({ callee }: Call): boolean {
  return /^(Do|DoChan)$/.test(lastName(callee)) || /single_?flight/i.test(callee);
}

/** What the joined function called is called by the function itself now. */
function stillAsks(input: RuleInput, old: string, scope: string): boolean {
  const before = new Set(input.before?.calls.filter((call) => within(call.scope, old)).map(({ callee }) => callee));
  return input.after?.calls.some((call) => within(call.scope, scope) && before.has(call.callee)) === true;
}

/** The function still reads or fills a cache. */
function isCached(input: RuleInput, scope: string): boolean {
  return /cache|redis|memcache|ttl|memo|lru|setex|\bcached\b/i.test(tokensOf(input.after, scope)) || /cache/i.test(input.path);
}
