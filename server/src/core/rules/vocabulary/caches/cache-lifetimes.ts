import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { CACHE_LIFETIME_FACTOR } from '../../thresholds.ts';
import { shorten } from '../code/call-names.ts';
import { changedOptions, numberOf } from '../code/option-changes.ts';
import { durationOf } from '../settings/setting-values.ts';

const LIFETIME =
  /^(ttl|max_?age|s_?maxage|cache_?ttl\w*|ttl_?(seconds|secs|ms|sec)|cache_?(seconds|lifetime|timeout|duration|max_?age)|expires?_?in|stale_?time|revalidate|ex|px|default_?ttl|time_to_live|time_to_idle|expireAfterWrite|expireAfterAccess|entryTtl|CACHE_TTL\w*|\w*_?CACHE_?TTL\w*|timeout_?cache)$/i;

/** A time to live in code that shrinks many times over. */
export function* shrunkLifetimes(input: RuleInput): Iterable<FindingDraft> {
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

/** Seconds of a lifetime as code or configuration writes it. */
export function seconds(value: string): number | undefined {
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
