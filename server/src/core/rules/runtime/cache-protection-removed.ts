import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { CACHE_LIFETIME_FACTOR } from '../thresholds.ts';
import { lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { changedOptions, numberOf } from '../vocabulary/code/option-changes.ts';
import { isExtracted, newCallsIn } from '../vocabulary/code/scope-changes.ts';
import { tokensOf } from '../vocabulary/code/token-lines.ts';
import { sharedFlights } from '../vocabulary/load/shared-flights.ts';
import { nameOf } from '../vocabulary/settings/setting-index.ts';
import { durationOf } from '../vocabulary/settings/setting-values.ts';
import { changedSettings } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * What keeps a cache from asking its source all at once, and goes away while the cache stays: one request for many askers
 * (`singleflight`, an `inflight` map, `proxy_cache_lock`), serving the old value while a new one is fetched, jitter in the time to live. And a time to
 * live that shrinks many times over.
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
      ...calls(input),
      ...pending(input),
      ...flights(input),
      ...options(input),
      ...lifetimes(input),
      ...documents(input),
    ]) {
      const line = `${draft.side} ${draft.range.start.line}`;
      if (flagged.has(line)) continue;
      flagged.add(line);
      yield draft;
    }
  },
});

const JOINS =
  /\b(singleflight|single flight|coalesce|coalescing|dedupe|dedup|inflight|in flight|pending requests|stampede|thundering|stale while revalidate|swr|p memoize|memoize async|promise memoize|dogpile|get or create lock|fill lock|refresh ahead|early expiration|xfetch|batcher|dataloader)\b/;

/** A cache that fills itself once for all who wait: moka, Caffeine, cashews. */
const JOINED_FILL =
  /^(get_with|try_get_with|optionally_get_with|get_or_try_insert_with|get_or_insert_with|computeIfAbsent|getOrLoad|getOrSetWithLock|fetchWithLock)$/;

function* calls(input: RuleInput): Iterable<FindingDraft> {
  const scopes = new Set<string>();
  for (const call of input.removed.calls) {
    if (scopes.has(call.scope)) continue;
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
    if (joins && input.addedElsewhere().calls.some((other) => joinsMisses(other) || isFlight(other))) continue;
    if (
      newCallsIn(input, call.scope).some(
        (other) => JOINS.test(words(other.callee)) || isNewLock(input, other) || /random/i.test(other.callee),
      )
    )
      continue;
    if (joins && input.after?.calls.some((other) => within(other.scope, scope) && other.callee === call.callee) === true) continue;
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

/** `Math.random()` on a line that speaks of a time to live. */
function isJitter(input: RuleInput, callee: string, line: number): boolean {
  if (!/^(Math\.random|random\.\w+|rand\.\w+|crypto\.randomInt|randomInt|jitter|withJitter|with_jitter|addJitter)$/.test(callee))
    return false;
  const text = input.before?.tokens.filter((token) => token.line === line).map((token) => token.text) ?? [];
  return text.some((token) => /ttl|expir|max_?age|lifetime|\bEX\b|setex|jitter|cache/i.test(token));
}

/** `if (inflight.has(key)) return inflight.get(key)`. */
function* pending(input: RuleInput): Iterable<FindingDraft> {
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
    yield {
      side: 'before',
      range: guard.range,
      message: fitMessage(`\`${shorten(guard.test, 34)}\` no longer joins the misses of \`${shorten(scope, 20)}\``),
    };
  }
}

/** A table of work that is under way, which whoever came second waited for. */
function* flights(input: RuleInput): Iterable<FindingDraft> {
  for (const { name, range } of sharedFlights(input))
    yield { side: 'before', range, message: fitMessage(`\`${shorten(name, 30)}\` no longer joins those who ask for the same`) };
}

/** Directives and keys of a proxy or a cache that let one request fill it, or give the old answer meanwhile. */
const DOCUMENT_PROTECTS =
  /^(proxy|fastcgi|uwsgi|scgi)_cache_(lock|use_stale|background_update|revalidate)$|^(stale_?while_?revalidate|stale_?if_?error|serve_?stale|request_?(collapsing|coalescing)|collapse(d_?forwarding)?|cache_?lock|use_?stale|grace|early_?expiration|ttl_?jitter|origin_?shield\w*|coalesce\w*|cacheLock\w*)$/i;
const DOCUMENT_LIFETIME =
  /^(proxy|fastcgi|uwsgi|scgi)_cache_valid$|^(default|max|min|cache|edge|browser)_?ttl$|^ttl$|cache.?(ttl|max.?age|lifetime)/i;
const OFF = /^(off|false|0|no|none|disabled|null)?$/i;

function* documents(input: RuleInput): Iterable<FindingDraft> {
  for (const change of changedSettings(input)) {
    const name = nameOf(change);
    const [was, is] = [String(change.before?.value ?? ''), String(change.after?.value ?? '')];
    if (change.before === undefined || change.resourceIsGone) continue;
    const home = change.path.slice(0, -1).join('/');
    if (DOCUMENT_PROTECTS.test(name)) {
      const stays = input.after?.settings.some(
        (other) => other.path.slice(0, -1).join('/') === home && /cache|ttl|stale/i.test(other.path.join(' ')),
      );
      if (OFF.test(was) || !(change.after === undefined ? stays === true : OFF.test(is))) continue;
      const place = change.after ?? change.before;
      const side = change.after === undefined ? ('before' as const) : ('after' as const);
      yield { side, range: place.range, message: fitMessage(`\`${shorten(name, 34)}\` no longer keeps the misses from the source`) };
    } else if (
      change.after !== undefined &&
      DOCUMENT_LIFETIME.test(name) &&
      /cache|cdn|edge|proxy|redis|varnish|fastly|cloudfront|behavio/i.test(`${name} ${home} ${input.path}`) &&
      !/dns|record|zone|session|token|lease|lock|backup|retention/i.test(`${home} ${input.path}`)
    ) {
      const [old, now] = [seconds(was.split(' ').at(-1) ?? ''), seconds(is.split(' ').at(-1) ?? '')];
      if (old === undefined || now === undefined || now < 0 || old === now || old < now * CACHE_LIFETIME_FACTOR) continue;
      yield {
        side: 'after',
        range: change.after.range,
        message: fitMessage(`\`${shorten(name, 26)}\` sank from ${shorten(was, 14)} to ${shorten(is, 14)}`),
      };
    }
  }
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

const LIFETIME =
  /^(ttl|max_?age|s_?maxage|cache_?ttl\w*|ttl_?(seconds|secs|ms|sec)|cache_?(seconds|lifetime|timeout|duration|max_?age)|expires?_?in|stale_?time|revalidate|ex|px|default_?ttl|time_to_live|time_to_idle|expireAfterWrite|expireAfterAccess|entryTtl|CACHE_TTL\w*|\w*_?CACHE_?TTL\w*|timeout_?cache)$/i;

function* lifetimes(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    if (
      !LIFETIME.test(after.name) ||
      !/cache|ttl|redis|lru|memo|cdn|revalidate|stale/i.test(`${after.name} ${after.callee} ${after.scope} ${input.path}`)
    )
      continue;
    if (/session|token|jwt|lock|cookie|password|otp|code/i.test(`${after.name} ${after.callee} ${after.scope}`)) continue;
    const [old, now] = [seconds(before.value), seconds(after.value)];
    if (old === undefined || now === undefined || now < 0 || old < now * CACHE_LIFETIME_FACTOR || old === now) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`\`${shorten(after.name, 26)}\` sank from ${shorten(before.value, 14)} to ${shorten(after.value, 14)}`),
    };
  }
}

function seconds(value: string): number | undefined {
  return numberOf(value) ?? spanOf(value) ?? durationOf(value.replace(/^['"]|['"]$/g, ''));
}

/** `Duration::from_secs(5)`, `Duration.ofMinutes(30)`, `timedelta(minutes=5)`. */
function spanOf(value: string): number | undefined {
  const [, unit = '', count = ''] =
    /^(?:[\w:.]*\.|[\w:]*::)?(?:from_|of|timedelta\()(millis|secs|seconds|mins|minutes|hours|days)(?:\(|=)\s*([\d_]+)\)$/i.exec(value) ??
    [];
  const factor = { millis: 0.001, secs: 1, seconds: 1, mins: 60, minutes: 60, hours: 3600, days: 86_400 }[unit.toLowerCase()];
  return factor === undefined ? undefined : Number(count.replaceAll('_', '')) * factor;
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
