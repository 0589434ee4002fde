import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { LIMIT_FACTOR } from '../../thresholds.ts';
import { shorten } from '../code/call-names.ts';
import { nameOf } from '../settings/setting-index.ts';
import { durationOf } from '../settings/setting-values.ts';
import { changedSettings } from '../settings/settings.ts';
import { isFarMore, isFlat, isHealthCheck, isRetryCount, isSpacing, retriesOf } from './retries.ts';

/** A pause that is a small part of what it was: `0.2s` and `1ms`. */
function isFarShorter(before: string, after: string): boolean {
  const [was, is] = [durationOf(before), durationOf(after)];
  return was !== undefined && is !== undefined && is * LIMIT_FACTOR.far <= was;
}

/** How often something is tried, and what lies between, in configuration. */
export function* retryDocuments(input: RuleInput): Iterable<FindingDraft> {
  for (const change of changedSettings(input)) {
    if (change.before === undefined || change.resourceIsGone) continue;
    const name = nameOf(change);
    const home = change.path.slice(0, -1).join(' ');
    if (isHealthCheck(home)) continue;
    const isAbout = /retr|attempt|backoff|redrive/i.test(home);
    if (
      change.after !== undefined &&
      (isRetryCount(name, home) || (isAbout && /^(attempts|max|count|limit|times|maxAttempts|num)$/i.test(name)))
    ) {
      if (isFarMore(retriesOf(String(change.before.value)), retriesOf(String(change.after.value))))
        yield {
          side: 'after',
          range: change.after.range,
          message: fitMessage(`\`${shorten(name, 26)}\` grew from ${change.before.value} to ${change.after.value}`),
        };
      continue;
    }
    const wasSpaced = isSpacing(name) && (isAbout || /backoff|retry|jitter/i.test(name)) && !isFlat(String(change.before.value));
    if (!wasSpaced) continue;
    const owner = change.path.slice(0, -1);
    const stays =
      owner.length > 0 &&
      input.after?.settings.some(
        (other) =>
          other.resource === change.before?.resource &&
          owner.every((part, at) => other.path[at] === part) &&
          isRetryCount(nameOf(other), home),
      ) === true;
    const now = String(change.after?.value);
    const isShut =
      (isFlat(now) && (!/^1(\.0)?$/.test(now) || /multiplier|factor|exponent/i.test(name))) ||
      isFarShorter(String(change.before.value), now);
    if (change.after === undefined ? !stays : !isShut) continue;
    const place = change.after ?? change.before;
    yield {
      side: change.after === undefined ? 'before' : 'after',
      range: place.range,
      message: fitMessage(`\`${shorten(name, 24)}: ${shorten(String(change.before.value), 18)}\` no longer spaces the retries`),
    };
  }
}
