import type { Call, Setting } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { BREAKER_FACTOR } from '../thresholds.ts';
import { words } from '../vocabulary/code/call-names.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { changedOptions } from '../vocabulary/code/option-changes.ts';
import { optionPath } from '../vocabulary/code/option-paths.ts';
import { asksElsewhere, isExtracted, newCallsIn } from '../vocabulary/code/scope-changes.ts';
import { idledBreakers } from '../vocabulary/load/idled-breakers.ts';
import { KNOWN } from '../vocabulary/load/limits-in-code.ts';
import { settingsUnder } from '../vocabulary/settings/setting-index.ts';
import { countOf, durationOf, isFalse, isTrue, shownValue } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, changeName, ofResource, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A circuit breaker, bulkhead, load shedding or outlier detection that is turned off, taken out, or set so that it hardly trips: in
 * JSON and YAML configuration, in service meshes, and as an annotation or a call around a method that stays.
 *
 * ## Why it matters
 * A breaker is what keeps one slow dependency from taking every thread that waits for it, and its callers after it.
 *
 * ## When it is fine
 * A breaker that trips earlier, one that is taken out with the client it guarded, and configuration of development.
 *
 * ## What it misses
 * Thresholds that come from the environment, and breakers of a library that is configured in code by another name.
 */
export default defineRule({
  id: 'safeguard/circuit-breaker-off',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Takes a circuit breaker out',
  reads: ['settings', 'calls', 'options'],
  evidence: [{ title: 'AWS us-east-1, 7 December 2021: congestion and retries', url: 'https://aws.amazon.com/message/12721/' }],
  *check(input) {
    const told = new Set<string>();
    for (const change of changedSettings(input)) {
      const found = weakened(change, input);
      if (found === undefined || told.has(found.about)) continue;
      told.add(found.about);
      yield { ...placeOf(change), message: fitMessage(found.message) };
    }
    for (const { before, after } of changedOptions(input)) {
      const isOff = /^(true|True)$/.test(before.value) && /^(false|False)$/.test(after.value);
      const factor = KNOWN.test(words(after.name)) ? undefined : looser(after.name, before.value, after.value);
      if (
        (isOff || (factor ?? 1) >= BREAKER_FACTOR) &&
        isBreakerName(`${optionPath(after)} ${after.callee}`) &&
        input.after?.settings.some((setting) => setting.range.start.line === after.range.start.line) !== true
      )
        yield {
          side: 'after',
          range: after.range,
          message: fitMessage(`${quote(optionPath(after), 36)}: ${before.value} -> ${after.value}`),
        };
    }
    yield* lostCalls(input);
    for (const { name, value, range } of idledBreakers(input, isBreakerCall))
      yield { side: 'after', range, message: fitMessage(`${quote(name, 30)} is ${quote(value, 12)}: the breaker holds nothing back`) };
  },
});

/** Words of a key that make it a breaker: `circuitBreaker`, `outlier_detection`, `loadShedding`, `bulkhead`. */
function isBreakerName(name: string): boolean {
  return /\bcircuit ?breakers?\b|\bbreakers?\b|\bbulkheads?\b|\bload ?shed(ding|der)?\b|\boutlier ?detection\b|\bshedding\b|\bback ?pressure\b|\badaptive concurrency\b|\badmission control\b|\boverload (manager|protection)\b|\bhystrix\b|\bresilience4j\b/.test(
    words(name),
  );
}

interface Loss {
  readonly message: string;
  readonly about: string;
}

function weakened(change: SettingChange, input: RuleInput): Loss | undefined {
  const { path, before, after } = change;
  if (change.resourceIsGone || input.after === undefined) return undefined;
  const at = path.findIndex(isBreakerName);
  const name = changeName(change);
  if (at < 0 || isEcsDeployment(path, change)) return undefined;
  const place = path.slice(0, at + 1);
  if (before === undefined) return idled(change, at, input);
  const about = `${before.resource} ${place.join('/')}`;
  const shown = quote(
    path
      .slice(at, at + 1)
      .concat(path.length > at + 1 ? [name] : [])
      .join('.'),
    40,
  );
  if (
    isTrue(before.value) &&
    (after === undefined
      ? path.length === 1 || !isLeft(before, place, input) || settingsUnder(input.after, before, place).length > 0
      : isFalse(after.value)) &&
    (/^(enabled?|active|on)$/i.test(name) || path.length === at + 1 || /enabled?$/i.test(name))
  )
    return { message: `${shown}${ofResource(change)}: true -> ${shownValue(after?.value)}`, about };
  if (
    isFalse(before.value) &&
    isTrue(after?.value) &&
    /^(disabled?|forceClosed|force_closed|bypass|dryRun|dry_run|logOnly|shadow)$/i.test(name)
  )
    return { message: `${shown}${ofResource(change)}: false -> true`, about };
  if (after === undefined)
    return isLeft(before, place, input) ? undefined : { message: `${quote(place.at(-1) ?? '', 30)}${ofResource(change)} removed`, about };
  if (/^initial-?_?state$/i.test(name) && !IDLE.test(String(before.value)) && IDLE.test(String(after.value)))
    return { message: `${shown}${ofResource(change)}: ${shownValue(before.value)} -> ${shownValue(after.value)}`, about };
  const factor = looser(name, before.value, after.value);
  return factor === undefined || factor < BREAKER_FACTOR
    ? undefined
    : { message: `${shown}${ofResource(change)}: ${shownValue(before.value)} -> ${shownValue(after.value)}`, about };
}

/** What stands beside breakers in one library and breaks nothing. */
const BESIDE = /^(retry|retries|rate-?limiter|time-?limiter|cache)$/i;

/** States in which a breaker never opens. */
const IDLE = /^(disabled|metrics_only|forced?_closed)$/i;

/** A breaker that stays and is told for the first time to hold nothing back: `initial-state: DISABLED`, `ignore-exceptions: [java.lang.Exception]`. */
function idled(change: SettingChange, at: number, input: RuleInput): Loss | undefined {
  const { after, path } = change;
  const isListed = /^\d+$/.test(path.at(-1) ?? '');
  // The breaker itself; one that is new holds back as little as before.
  const holder = path.slice(0, isListed ? -2 : -1);
  if (
    after === undefined ||
    holder.length <= at ||
    path.some((part) => BESIDE.test(part)) ||
    settingsUnder(input.before, after, holder).length === 0
  )
    return undefined;
  const name = words(isListed ? (path.at(-2) ?? '') : changeName(change));
  const value = String(after.value);
  const isIdle =
    (/\binitial state\b/.test(name) && IDLE.test(value)) ||
    (/\bignored? exceptions?\b/.test(name) && /(^|\.)(Exception|Throwable|RuntimeException|IOException)$/.test(value)) ||
    (/^(disabled?|force closed|bypass)$/.test(name) && isTrue(after.value)) ||
    (/^(enabled?)$/.test(name) && isFalse(after.value));
  return isIdle
    ? {
        message: `${quote(path.slice(isListed ? -3 : -2).join('.'), 40)}${ofResource(change)}: ${shownValue(after.value)}`,
        about: `${after.resource} ${holder.join('/')}`,
      }
    : undefined;
}

/** A breaker of a deployment rolls it back; deploy/rollout-strategy-weakened speaks of that. */
function isEcsDeployment(path: readonly string[], { resource }: SettingChange): boolean {
  return /ecs_service|ECS::Service/.test(resource?.type ?? '') && path.includes('rollback');
}

/** True while anything of the breaker is still set, or what held it is gone as well. */
function isLeft(before: Setting, place: readonly string[], { after }: RuleInput): boolean {
  if (settingsUnder(after, before, place).length > 0) return true;
  const outer = place.slice(0, -1);
  return (
    outer.length > 0 && !settingsUnder(after, before, outer).some((setting) => setting.path.length > outer.length || setting.value === '{}')
  );
}

/** By how much a threshold got harder to reach; undefined where it did not, or where bigger is not looser. */
function looser(name: string, before: Setting['value'], after: Setting['value']): number | undefined {
  const [old, now] = [countOf(before) ?? durationOf(before) ?? percentOf(before), countOf(after) ?? durationOf(after) ?? percentOf(after)];
  if (old === undefined || now === undefined || old === now) return undefined;
  const text = words(name);
  // A share of failures that is never exceeded.
  if (now >= 100 && old < 100 && /\brate threshold\b/.test(text)) return Number.POSITIVE_INFINITY;
  // How much may be ejected, and after how many errors: with nothing there nobody is.
  if (now === 0 && /\bconsecutive|\bejections?\b(?!.*\btime\b)|\benforcing\b/.test(text)) return Number.POSITIVE_INFINITY;
  if (
    /\b(threshold|error ?rate|errors?|failures?|consecutive|volume|max (requests|connections|pending|concurrent|retries)|limit|ratio|rate|permitted|minimum)\b/.test(
      text,
    )
  )
    return now === 0 ? undefined : now > old ? (old === 0 ? Number.POSITIVE_INFINITY : now / old) : undefined;
  return undefined;
}

function percentOf(value: Setting['value']): number | undefined {
  return typeof value === 'string' && /^\d+(\.\d+)?%$/.test(value) ? Number(value.slice(0, -1)) : undefined;
}

/** `@CircuitBreaker` of a method that stays, `new CircuitBreaker(call)` and `breaker.fire()` in a function that stays. */
function* lostCalls(input: RuleInput): Generator<FindingDraft> {
  for (const call of input.removed.calls) {
    if (!isBreakerCall(call) || counterpartScope(input, call.scope) === undefined || input.after === undefined) continue;
    if (newCallsIn(input, call.scope).some(isBreakerCall) || isExtracted(input, call)) continue;
    // What is called now, in another file of the change, stands behind one of its own.
    if (input.addedElsewhere().calls.filter(isBreakerCall).some(asksElsewhere(input, call.scope))) continue;
    if (call.scope === '' && input.after.calls.some(isBreakerCall)) continue;
    if (isHeldOtherwise(input, call)) continue;
    const name = call.kind === 'decorator' ? `@${call.callee}` : call.callee;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`${quote(name, 36)} no longer guards ${quote(call.scope === '' ? 'the calls' : call.scope, 20)}`),
    };
  }
}

/** A breaker was made here for functions of the file, and each of them stands behind another one now: an annotation of its own. */
function isHeldOtherwise(input: RuleInput, { callee, scope }: Call): boolean {
  const asking = (input.before?.calls ?? []).filter(
    (other) => isBreakerCall(other) && !within(other.scope, scope) && other.callee !== callee,
  );
  return asking.length > 0 && asking.every((other) => newCallsIn(input, other.scope).some(isBreakerCall));
}

function isBreakerCall(call: Call): boolean {
  if (call.kind === 'assertion') return false;
  return (
    /\bcircuit ?breaker\b|\bbulkhead\b|\bhystrix ?command\b|\bload ?shed(der|ding)?\b|\bopossum\b/.test(words(call.callee)) ||
    /^(circuit|breaker)(\.|$)/i.test(call.callee) ||
    HELD.test(call.callee)
  );
}

/** One that is held, or that a registry or a factory hands out by name: `breakers.get('rates').run`, `cb.Execute`, `hystrix.Do`. */
const HELD =
  /\b(?!(?:line|word|page|tie|text|row|column|section|paragraph|ice|news|deal)_?breaker)(?:\w*breakers?(?:factory|registry|s)?|cb)(?:\.(?:create|get|of|for\w*|circuitBreaker)\([^()]*\))?\.(?:fire|exec|execute\w*|call|run|protect|wrap|decorate\w*)$|^hystrix\.(?:do|doc|go|goc)$/i;
