import type { Call, Option } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { changedCode, codeOfScope, rangeOfLine, scopeAtLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope, formerScope, within } from '../code/counterpart.ts';
import { bodiesAskedBy } from '../code/new-bodies.ts';
import { isExtracted, newCallsIn } from '../code/scope-changes.ts';
import { lostPauses } from './lost-pauses.ts';
import { growsWithTries, hasJitter, isFlat, isPause, isRetryCount, isRetryLibrary, isSpacing } from './retries.ts';
import { hasPause, loopsEndlessly, stillRetries } from './retry-loops.ts';
import { decoratorOf, isBoundElsewhere, isFlatNumber, isSpacedElsewhere } from './spaced-elsewhere.ts';

/** Options that spaced the tries out: backoff, jitter, a delay. */
export function* spacing(input: RuleInput): Iterable<FindingDraft> {
  for (const option of input.removed.options) {
    if (!isSpacing(option.name) || isFlat(option.value)) continue;
    const scope = counterpartScope(input, option.scope);
    if (scope === undefined) continue;
    const now = input.after?.options.filter((other) => other.scope === scope && other.callee === option.callee) ?? [];
    const same = now.find((other) => other.name === option.name);
    if (same !== undefined && (!isFlat(same.value) || isFlatNumber(option.value, same.value))) continue;
    // Another option of the same kind took its place.
    if (
      same === undefined &&
      now.some(
        (other) =>
          isSpacing(other.name) &&
          !isFlat(other.value) &&
          /\b(backoff|wait|exponential|jitter)/i.test(other.name) &&
          !input.before?.options.some((was) => was.key === other.key),
      )
    )
      continue;
    const retries =
      now.some((other) => isRetryCount(other.name, other.callee) || /^(autoretry_for|retry|retry_on|retryOn)$/.test(other.name)) ||
      input.after?.options.some((other) => other.scope === scope && isRetryCount(other.name, other.callee)) === true ||
      input.after?.calls.some((call) => call.scope === scope && isRetryLibrary(call)) === true;
    if (
      !retries ||
      (same === undefined &&
        /^(delay|wait|factor|countdown)$/.test(option.name) &&
        !/retry|backoff|\*\*|wait_/i.test(`${option.callee} ${option.value}`)) ||
      isSpacedElsewhere(input, option) ||
      isSpacedByOther(input, option, scope) ||
      isSpacedByGrowth(input, option, scope)
    )
      continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(`\`${shorten(option.name, 24)}: ${shorten(option.value, 20)}\` no longer spaces the retries`),
    };
  }
}

/**
 * What tries the same function is told of a pause that grows now, in its decorator or in the call that puts it back:
 * `retry_backoff=30` in place of `retry(countdown=30)`.
 */
function isSpacedByGrowth({ before, after }: RuleInput, { name }: Option, scope: string): boolean {
  const isRandom = /jitter|random/i.test(name);
  return (
    after?.options.some(
      (other) =>
        other.scope === scope &&
        other.name !== name &&
        isSpacing(other.name) &&
        (isRandom
          ? RANDOM.test(`${other.name} ${other.value}`) && !isFlat(other.value)
          : GROWING.test(other.name)
            ? !/^(False|false|None|null|0|0\.0)$/.test(other.value)
            : GROWN_VALUE.test(other.value)) &&
        !before?.options.some((was) => was.key === other.key),
    ) === true
  );
}

/** Options that say by their name that each pause is longer; of how long the longest is they say it by another one. */
const GROWING = /^(?!.*max).*(?:backoff|exponential)/i;
const GROWN_VALUE = /\*\*|<<|\bpow\(|(?<!\w)\w*(?:backoff|exponential|jitter)\w*\(/i;
const RANDOM = /jitter|random/i;

/** Another library, or a function of one's own, tries again now and pauses as well: it says so by the same name, or its body does. */
function isSpacedByOther(input: RuleInput, option: Option, scope: string): boolean {
  const { before, after } = input;
  const { name, callee: own, scope: old } = option;
  const callee = own === '' ? before && decoratorOf(before, option) : own;
  if (callee === undefined || after?.calls.some((call) => call.callee === callee && within(call.scope, scope)) === true) return false;
  if (after?.options.some((other) => other.name === name && other.scope === scope && !isFlat(other.value)) === true) return true;
  return isTriedByOwn(input, old);
}

/** A function that came with the change tries so many times, and waits longer each time. */
function isTriedByOwn(input: RuleInput, scope: string): boolean {
  return bodiesAskedBy(input, scope).some(({ facts, place }) => {
    const text = codeOfScope(facts, place.name).text;
    return (
      growsWithTries(text) &&
      facts.calls.some((call) => within(call.scope, place.name) && isPause(call.callee)) &&
      facts.loops.some((loop) => within(loop.scope, place.name) && !loop.endless)
    );
  });
}

/** Calls of a library that spaced or bounded the tries, where the library still tries: `backoff.NewExponentialBackOff()`. */
export function* spacingCalls(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    const scope = counterpartScope(input, call.scope);
    // Rust names the kind of a pause before the way it is made: `ExponentialBackoff::from_millis`.
    const name = /\b\w+::\w+$/.exec(call.callee)?.[0] ?? lastName(call.callee);
    const does = GROWS.test(name) ? GROWS : BOUNDS.test(name) ? BOUNDS : undefined;
    if (does === undefined || scope === undefined) continue;
    const now = input.after?.calls.filter((other) => within(other.scope, scope)) ?? [];
    const still = now.some((other) => isRetryLibrary(other) && (does === GROWS || !does.test(lastName(other.callee))));
    // A bound number of tries with the same pause between any two is a choice.
    const isPaced = does === GROWS && now.some((other) => BOUNDS.test(other.callee)) && now.some(isSteady);
    if (
      !still ||
      isPaced ||
      isExtracted(input, call) ||
      isTriedByOwn(input, call.scope) ||
      isValueHandedOn(input, call) ||
      bodiesAskedBy(input, scope).some(({ facts, place }) =>
        facts.calls.some((other) => within(other.scope, place.name) && does.test(other.callee)),
      ) ||
      now.some(
        (other) =>
          does.test(lastName(other.callee)) ||
          (does === GROWS && /::/.test(other.callee) && does.test(other.callee)) ||
          does.test(other.args.join()),
      )
    )
      continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 34)}\` no longer spaces or ends the retries`),
    };
  }
}

/** The value of an option that is handed over in an object now: `wait=wait_random_exponential(…)` of a decorator. */
function isValueHandedOn(input: RuleInput, { callee, range }: Call): boolean {
  const option = input.before?.options.find(
    ({ value, range: own }) => own.start.line === range.start.line && value.startsWith(`${callee}(`),
  );
  return option !== undefined && isBoundElsewhere(input, option);
}

const GROWS = /exponential|jitter|decorrelated|wait_random/i;
const BOUNDS = /with_?max_?(retries|tries|times|elapsed)|stop_after_attempt|max_?attempts|set_?retry_?count/i;
/** A library's way to say that nothing lies between two tries. */
const NO_PAUSE =
  /\b(ZeroBackOff|NoBackOff|NoBackoff|noBackoff|no_backoff|wait_none|NoDelay|noDelay|ImmediateRetry)\b|\b(?:FixedInterval|ConstantBackoff|ConstantBuilder) :: (?:from_millis|new) \( 0|\b(NewConstantBackOff|FixedBackOff|wait_fixed|fixedDelay|waitDuration|SetRetryWaitTime|ofFixed|fixed) \( (0|Duration \. ZERO|Duration :: ZERO|time \. Duration \( 0 \)) [,)]/;

/** A pause of the same length between any two tries. */
function isSteady({ callee, args }: Call): boolean {
  return /constant|fixed/i.test(callee) && !/^(0|Duration(\.|::)ZERO)$/.test(args[0] ?? '');
}

/** A pause of nothing, written down where a library still tries again. */
export function* unspaced(input: RuleInput): Iterable<FindingDraft> {
  const added = changedCode(input, 'after');
  const found = NO_PAUSE.exec(added.text);
  if (found === null) return;
  const line = added.lineAt(found.index);
  const scope = scopeAtLine(input.after, line);
  const old = formerScope(input, scope)?.name;
  if (old === undefined || NO_PAUSE.test(codeOfScope(input.before, old).text)) return;
  const tried = input.before?.calls.some((call) => within(call.scope, old) && isRetryLibrary(call)) === true;
  if (!tried) return;
  yield {
    side: 'after',
    range: rangeOfLine(input, 'after', line),
    message: fitMessage(
      `nothing lies between the tries of \`${shorten(scope, 28)}\` any more: \`${shorten((found[1] ?? found[2] ?? found[0]).split(' ')[0] ?? '', 18)}\``,
    ),
  };
}

/** A pause that is gone, or that no longer grows, or that everybody now makes at once. */
export function* pauses(input: RuleInput): Iterable<FindingDraft> {
  yield* lostPauses(input);
  const old = changedCode(input, 'before');
  if (old.text === '' || (!growsWithTries(old.text) && !hasJitter(old.text))) return;
  const { start, lines } = input.hunk.before;
  for (let line = start; line < start + lines; line += 1) {
    const text = tokensOn(input.before, line, line)
      .map((token) => token.text)
      .join(' ');
    const lost = growsWithTries(text) ? 'grows' : hasJitter(text) ? 'is spread' : undefined;
    const scope = lost === undefined ? '' : scopeAtLine(input.before, line);
    const counterpart = scope === '' ? undefined : counterpartScope(input, scope);
    if (lost === undefined || counterpart === undefined || !isAboutTries(input, scope, counterpart)) continue;
    const now = codeOfScope(input.after, counterpart).text;
    // It may be a function of its own now, here or in another file of the change.
    const said = [now, ...bodiesAskedBy(input, counterpart).map(({ facts, place }) => codeOfScope(facts, place.name).text)];
    if (said.some((code) => (lost === 'grows' ? growsWithTries(code) || (code !== now && GROWN.test(code)) : hasJitter(code)))) continue;
    if (
      newCallsIn(input, scope).some(
        (call) => isRetryLibrary(call) || (/backoff|jitter|delay|pause/i.test(call.callee) && !isPause(call.callee)),
      )
    )
      continue;
    yield {
      side: 'before',
      range: rangeOfLine(input, 'before', line),
      message: fitMessage(
        `the pause between the tries of \`${shorten(counterpart, 28)}\` no longer ${lost === 'grows' ? 'grows' : 'is random'}`,
      ),
    };
    return;
  }
}

/** A function of its own hands the next pause back: `return delay * 2;`. */
const GROWN = /\breturn (?:Math \. |math \. )?(?:min \( (?:\w+ , )?)?\w*(?:delay|wait|backoff|pause|interval|ms|seconds)\w* \* [\d.]/i;

/** The function waits and tries again, or is the one that says how long to wait. */
function isAboutTries(input: RuleInput, scope: string, counterpart: string): boolean {
  if (/backoff|retryDelay|retry_delay|delayFor|nextDelay/i.test(counterpart)) return true;
  const paused =
    hasPause(input, 'after', counterpart) ||
    input.after?.options.some((option) => within(option.scope, counterpart) && isSpacing(option.name)) === true;
  return (
    paused &&
    (stillRetries(input, scope) ||
      input.after?.calls.some((call) => within(call.scope, counterpart) && /(^|\.)retry$/.test(call.callee)) === true) &&
    !loopsEndlessly(input, scope)
  );
}
