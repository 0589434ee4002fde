import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { lostRouteGuards } from '../vocabulary/access/route-guards.ts';
import { lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { isExtracted, newCallsIn } from '../vocabulary/code/scope-changes.ts';
import { callsInside } from '../vocabulary/guards/guard-kinds.ts';
import { lostGuards } from '../vocabulary/guards/lost-guards.ts';
import { evadedLimiters } from '../vocabulary/load/evaded-limiters.ts';
import { isLimitedByMount } from '../vocabulary/load/mounted-limits.ts';
import { isLimitedByModule, isLimitedForAll, isLimitingGuard } from '../vocabulary/load/nest-limits.ts';
import { uncountedTries } from '../vocabulary/load/uncounted-tries.ts';
import { LOCKS_OUT, unpluggedLimiters } from '../vocabulary/load/unplugged-limiters.ts';
import { lostViewThrottles } from '../vocabulary/load/view-throttles.ts';
import { nameOf, settingsOf, settingsUnder } from '../vocabulary/settings/setting-index.ts';
import { isFalse, isTrue } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, ofResource, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A rate limiter or a throttle in front of a route, on a router, as a decorator or as a call, that goes away while what it
 * slowed down stays, or that whoever asks can step around; in configuration `limit_req` of nginx, an annotation of an ingress, a rate-based rule of a firewall.
 *
 * ## Why it matters
 * A login without a limit is guessed; an endpoint without one is brought down by a single client in a loop.
 *
 * ## When it is fine
 * The limiter moved to the router or to the application in the same change. That is not flagged. One that moved to a gateway's
 * configuration is: which routes it slows there is not worked out.
 *
 * ## What it misses
 * A limiter that is kept and allows more, which deploy/limit-changed tells of where its number says so.
 */
export default defineRule({
  id: 'safeguard/rate-limit-removed',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'high',
  title: 'A rate limit was removed',
  reads: ['calls', 'options', 'guards', 'settings', 'resources', 'tokens'],
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
    for (const { side, range, limiter, slowed } of unpluggedLimiters(input, isLimiter))
      yield { side, range, message: fitMessage(`\`${shorten(limiter, 30)}\` no longer slows \`${shorten(slowed, 28)}\``) };
    yield* conditions(input);
    for (const { callee, scope, range } of uncountedTries(input))
      yield {
        side: 'before',
        range,
        message: fitMessage(`\`${shorten(callee, 28)}\` no longer counts what slows \`${shorten(scope, 26)}\``),
      };
    for (const { range, what } of evadedLimiters(input)) yield { side: 'after', range, message: `the limiter ${what}` };
    yield* exemptions(input);
    yield* lostViewThrottles(input);
    yield* inConfiguration(input);
    for (const call of input.removed.calls) {
      if (call.kind === 'decorator') {
        const scope = input.after?.symbols.some((symbol) => symbol.name === call.scope) === true ? call.scope : routeNow(input, call.scope);
        const stays = scope !== undefined;
        const left = [...(input.after?.calls ?? []), ...(scope === call.scope ? [] : input.addedElsewhere().calls)].some(
          (other) =>
            other.kind === 'decorator' &&
            (isLimiter(other.callee) ||
              isLimitingGuard(other, isLimiter) ||
              (scope !== call.scope && other.args.some((argument) => isLimiter(argument)))) &&
            stays &&
            within(scope, other.scope),
        );
        const isLimit = isLimiter(call.callee) || isLimitingGuard(call, isLimiter);
        if (
          isLimit &&
          stays &&
          !left &&
          !isExtracted(input, call) &&
          !isLimitedByModule(input, scope, isLimiter) &&
          !isLimitedForAll(input, call, isLimiter) &&
          !isLimitedByMount(input, call, isLimiter)
        )
          yield {
            side: 'before',
            range: call.range,
            message: fitMessage(`\`@${shorten(call.callee, 24)}\` no longer slows \`${shorten(call.scope, 28)}\``),
          };
        continue;
      }
      // A layer around all routes of a service.
      const layer = /^(layer|wrap|add_middleware|addFilter|route_layer|register)$/.test(lastName(call.callee))
        ? call.args.find((argument) => isLimiter(/^[\w:.]+/.exec(argument)?.[0] ?? ''))
        : undefined;
      if (
        layer !== undefined &&
        counterpartScope(input, call.scope) !== undefined &&
        !input.addedElsewhere().calls.some((other) => other.args.some((argument) => isLimiter(/^[\w:.]+/.exec(argument)?.[0] ?? ''))) &&
        input.after?.calls.some((other) => other.args.some((argument) => isLimiter(/^[\w:.]+/.exec(argument)?.[0] ?? ''))) !== true
      ) {
        yield {
          side: 'before',
          range: call.range,
          message: fitMessage(`\`${shorten(layer, 32)}\` no longer slows \`${shorten(call.scope, 26) || 'the service'}\``),
        };
        continue;
      }
      // `await limiter.consume(key)` inside a function; a limiter that is handed to a route is judged with the route.
      const isAsked =
        /^(consume|removeTokens|tryRemoveTokens|try_?acquire|acquire|limit|check|throttle|hit|wait|waitN|allow|allowN|allow_request|is_allowed|reserve|take|test|tryConsume\w*)$/i.test(
          lastName(call.callee),
        ) &&
        isLimiter(call.callee) &&
        call.callee.includes('.');
      if (
        !isAsked ||
        call.scope === '' ||
        input.removed.guards.some((guard) => asksLimiter(guard.test) && callsInside(guard, [call]).length > 0) ||
        counterpartScope(input, call.scope) === undefined
      )
        continue;
      if (newCallsIn(input, call.scope).some((other) => isLimiter(other.callee)) || isExtracted(input, call)) continue;
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 32)}\` no longer slows \`${shorten(call.scope, 26)}\``),
      };
    }
  },
});

/** Where a method of a controller is answered from now, in this file or in one that the change brought: by its verb and its path. */
function routeNow(input: RuleInput, scope: string): string | undefined {
  const isRoute = ({ kind, callee }: Call): boolean =>
    kind === 'decorator' && /^(Get|Post|Put|Patch|Delete|All)(Mapping)?$|\.(get|post|put|patch|delete|route)$/.test(callee);
  const route = input.before?.calls.find((call) => isRoute(call) && call.scope === scope);
  if (route === undefined || scope === '') return undefined;
  const old = new Set(input.before?.symbols.map(({ name }) => name));
  return [...(input.after?.calls ?? []), ...input.addedElsewhere().calls].find(
    (call) => isRoute(call) && call.callee === route.callee && call.args.join() === route.args.join() && !old.has(call.scope),
  )?.scope;
}

/** `if !limiter.Allow() { … }`. */
function* conditions(input: RuleInput): Iterable<FindingDraft> {
  for (const guard of lostGuards(input, (candidate) => asksLimiter(candidate.test))) {
    if (newCallsIn(input, guard.scope).some((other) => isLimiter(other.callee))) continue;
    yield {
      side: 'before',
      range: guard.range,
      message: fitMessage(`\`${shorten(guard.test, 32)}\` no longer slows \`${shorten(guard.scope, 26) || 'the module'}\``),
    };
  }
}

/** A place that stood under a limit for all and is taken out of it. */
function* exemptions(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.added.calls) {
    if (call.kind !== 'decorator' || !isExemption(call.callee) || call.args.some((argument) => /\bfalse\b/i.test(argument))) continue;
    const stood = input.before?.symbols.some(({ name }) => name === call.scope) === true;
    const was = input.before?.calls.some(
      (other) => other.kind === 'decorator' && isExemption(other.callee) && within(call.scope, other.scope),
    );
    const told = input.removed.calls.some((other) => other.kind === 'decorator' && isLimiter(other.callee) && other.scope === call.scope);
    if (stood && was !== true && !told)
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`@${shorten(call.callee, 24)}\` lets \`${shorten(call.scope, 28)}\` go unlimited`),
      };
  }
}

const DIRECTIVE =
  /^(limit_req|limit_req_zone|limit_conn|limit_conn_zone|limit_rate|stick-table|rate-limit sessions|rate_?limits?|rateLimit(ing)?|ratelimit|throttl(e|ing)|throttling_?(burst|rate)_?limit|throttlingBurstLimit|throttlingRateLimit|rate_?based_?statement|RateBasedStatement|rate_limit_\w+|limit-rps|limit-rpm|limit-connections|requests_per_(second|minute|unit)|requestsPer(Second|Minute|Unit)|burst|average|token_bucket|fill_interval|max_requests_per_\w+)$/i;
const ANNOTATION = /(^|\/)(limit-(rps|rpm|connections|rate|burst-multiplier)|rate-limit\w*)$/;
const RESOURCE =
  /^(aws_waf\w*_rate_based_rule|AWS::WAF\w*::RateBasedRule|cloudflare_rate_limit|google_compute_security_policy_rule|aws_api_gateway_usage_plan|AWS::ApiGateway::UsagePlan|KongPlugin|kong_plugin|EnvoyFilter|RateLimitPolicy|BackendTrafficPolicy|GlobalRateLimit|azurerm_web_application_firewall_policy|fastly_service_rate_limiter)$/;

/** A directive of a proxy, a rule of a firewall, an annotation of an ingress. */
function* inConfiguration(input: RuleInput): Iterable<FindingDraft> {
  const { removed, before, after } = input;
  if (after === undefined) return;
  const told = new Set<string>();
  for (const change of changedSettings(input)) {
    const lost = lostLimit(change, input);
    if (lost !== undefined) yield { ...placeOf(change), message: fitMessage(lost) };
    const at = change.path.findIndex((element) => DIRECTIVE.test(element.replace(/#.*/s, '')) || ANNOTATION.test(element));
    const old = change.before;
    if (at < 0 || old === undefined || change.resourceIsGone) continue;
    const name = (change.path[at] ?? '').replace(/#.*/s, '');
    const prefix = change.path.slice(0, at + 1);
    const isOff = change.after !== undefined && (isFalse(change.after.value) || change.after.value === null) && isTrue(old.value);
    const isGone = change.after === undefined && settingsUnder(after, old, prefix).length === 0;
    if (!(isOff || isGone) || (/^(burst|average)$/i.test(name) && !/rate|limit|throttl/i.test(change.path.slice(0, at).join(' '))))
      continue;
    // Where a request is held at all is told; the zone behind it goes with it. A limit of a farther block holds for this one.
    if (name.endsWith('_zone') && removed.settings.some((other) => /^limit_(req|conn)$/.test(nameOf(other)))) continue;
    const stays = after.settings.some(
      (other) =>
        nameOf(other) === name && before?.settings.some((was) => was.key === other.key) === false && other.resource === old.resource,
    );
    const about = `${old.resource} ${prefix.join('/')}`;
    if (stays || told.has(about)) continue;
    told.add(about);
    yield {
      ...placeOf(change),
      message: fitMessage(`${quote(`${name} ${String(old.value)}`, 40)}${ofResource(change)} no longer limits how often`),
    };
  }
  for (const resource of removed.resources) {
    if (!RESOURCE.test(resource.type) || after.resources.some((other) => other.key === resource.key)) continue;
    const says = settingsOf(before, resource.key).map((setting) => `${setting.path.join(' ')} ${String(setting.value)}`);
    if (!/rate|usage_?plan/i.test(resource.type) && !says.some((text) => /rate|throttl/i.test(text))) continue;
    if (input.addedElsewhere().resources.some((other) => other.type === resource.type && other.name === resource.name)) continue;
    yield {
      side: 'before',
      range: resource.range,
      message: fitMessage(`${quote(`${resource.type} ${resource.name}`, 44)} no longer limits how often`),
    };
  }
}

/** The rule of a firewall that slowed down and now lets through, and the key of a proxy by which requests are counted that is empty. */
function lostLimit(change: SettingChange, { after: facts }: RuleInput): string | undefined {
  const { path, before, after } = change;
  if (before === undefined || after === undefined || change.resourceIsGone) return undefined;
  const [old, now] = [String(before.value), String(after.value)];
  if (
    /^(action|type|mode|behavior|behaviour)$/i.test(path.at(-1) ?? '') &&
    /^(throttle|rate_based_ban|rate[_-]?limit(ing|ed)?|managed_challenge)$/i.test(old)
  )
    return /^(allow|log|count|none|off|skip|bypass|disabled|monitor|simulate|preview)$/i.test(now)
      ? `${quote(path.at(-1) ?? '')}${ofResource(change)}: ${old} -> ${now}`
      : undefined;
  const variable = /^(?:map|geo)\b.*(\$\w+)$/.exec(path.at(-2) ?? '')?.[1];
  if (variable === undefined || now !== '' || old === '' || facts === undefined) return undefined;
  const counts = facts.settings.some(
    (setting) => /^limit_(req|conn)_zone$/.test(nameOf(setting)) && String(setting.value).startsWith(`${variable} `),
  );
  return counts && path.at(-1) === 'default' ? `${quote(variable)} is empty, and no request is counted by it` : undefined;
}

/** `@SkipThrottle()`, `@limiter.exempt`: what takes a place out of a limit that holds for all. */
function isExemption(name: string): boolean {
  const text = words(name);
  return /\b(skip|disable|no|exempt|without|bypass)\b/.test(text) && /\b(throttl\w*|rate ?limit\w*|limiter)\b/.test(text);
}

/** A call of a limiter in a condition; what is said in its arguments does not count. */
function asksLimiter(test: string): boolean {
  return [...test.matchAll(/(?<![\w.])([\w.]+)\(/g)].some(([, callee = '']) => isLimiter(callee) || LOCKS_OUT.test(words(callee)));
}

function isLimiter(name: string): boolean {
  return (
    !isExemption(name) &&
    /\b(rate ?limit\w*|httprate|tollbooth|ulule|limiter|governor|concurrency limit|load shed|limit (?:by|per) \w+|throttle\w*|throttler|slow ?down|rate|quota|brute ?force|token bucket|bucket4j|(?:bucket|buckets) try consume\w*)\b/.test(
      words(name),
    )
  );
}
