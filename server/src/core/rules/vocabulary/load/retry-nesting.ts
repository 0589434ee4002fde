import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, receiver, shorten, words } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import { factsInside } from '../code/facts-by-place.ts';
import { keepOf } from '../code/kept.ts';
import { lostCallsIn } from '../code/scope-changes.ts';
import { isPause, isRetryCount, namesTries, retriesOf } from './retries.ts';
import { triedIn } from './retry-loops.ts';

const AGAIN =
  /\b(retry|retries|retrying|retryable|backoff|attempts?|persistent(ly)?|resilient|stubborn(ly)?|again|tenacious|keep trying|on exception|on predicate)\b/;

/** Tries around what tries again by itself, which multiply: a decorator on a function with a loop of its own, a loop around a retry. */
export function* nested(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  for (const call of input.added.calls) {
    const isAround = call.kind === 'decorator' ? isRetrying(input, after, call) : isRetryCall(call);
    if (!isAround || input.removed.calls.some((old) => old.kind === call.kind && lastName(old.callee) === lastName(call.callee))) continue;
    const { line } = call.range.start;
    const inner = after.loops.find(
      (loop) =>
        (call.kind === 'decorator' ? within(loop.scope, call.scope) : loop.body.startLine <= line && line <= loop.body.endLine) &&
        (namesTries(loop) || triesByHand(input, after, loop)),
    );
    const beside = after.calls.find(
      (other) =>
        call.kind === 'decorator' &&
        other !== call &&
        other.kind === 'decorator' &&
        other.scope === call.scope &&
        isRetrying(input, after, other),
    );
    if (inner === undefined && beside === undefined && !runsWired(after, call)) continue;
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 26)}\` tries \`${shorten(call.scope, 24)}\` again, which tries by itself`),
    };
  }
}

/** What is tried again asks a client that tries by itself: `axiosRetry(http, …)`, `session.mount('https://', HTTPAdapter(max_retries=…))`. */
function runsWired(after: SourceFacts, call: Call): boolean {
  const wired = wiredClients(after);
  if (wired.size === 0) return false;
  const inside =
    call.kind === 'decorator' ? after.calls.filter(({ scope }) => within(scope, call.scope)) : factsInside(after.calls, call.range);
  return inside.some(
    (other) => other !== call && other.kind === 'call' && wired.has(receiver(other.callee).replace(/^(?:this|self)\./, '')),
  );
}

const wiredClients = keepOf(
  (facts: SourceFacts): ReadonlySet<string> =>
    new Set(
      facts.calls.flatMap(({ callee, args }) => {
        const isAxios = /^(?:axiosRetry|rax\.attach|retryAxios|raxConfig)$/.test(callee) && !/\bretries: 0\b/.test(args[1] ?? '');
        const isMounted = lastName(callee) === 'mount' && args.some((argument) => /\bRetry\(|\bmax_retries=(?!0\b)/.test(argument));
        const name = isAxios ? (args[0] ?? '') : isMounted ? receiver(callee) : '';
        return name === '' ? [] : [name.replace(/^(?:this|self)\./, '')];
      }),
    ),
);

/** By its name, or by what it is: a function of this file with a loop that catches. */
function isRetrying(input: RuleInput, after: SourceFacts, call: Call): boolean {
  if (/\b(test|flaky|mark)\b/.test(words(call.callee))) return false;
  if (AGAIN.test(words(call.callee))) return true;
  const own = lastName(call.callee);
  return after.loops.some(
    (loop) =>
      within(loop.scope, own) &&
      after.handlers.some(({ range }) => range.start.line >= loop.body.startLine && range.start.line <= loop.body.endLine) &&
      !input.path.includes('test'),
  );
}

/** It runs again what it is handed: `withRetry(…)`, `retry.Do(…)`, `Retry::spawn(…)`. */
export function isRetryCall({ kind, callee }: Call): boolean {
  return (
    kind === 'call' &&
    (/^(retry|withRetry|withRetries|with_retry|with_retries|pRetry|asyncRetry|retryAsync|retry_call|retry_async|backOff|RetryNotify|executeWithRetry|withBackoff|with_backoff|retryWithBackoff|retry_with_backoff|WithRetry|DoWithRetry)$/.test(
      lastName(callee),
    ) ||
      /^(retry|retrier|retryer|backoff|retryTemplate|retryPolicy|Retry)(\.|::)(Do|DoWithData|do|Retry|run|execute|call|spawn|decorateSupplier|decorateCallable|executeSupplier|executeCallable|invoke)$/.test(
        callee,
      ))
  );
}

/** A loop over a few numbers that leaves once it went well, or pauses. */
function triesByHand(input: RuleInput, after: SourceFacts, loop: SourceFacts['loops'][number]): boolean {
  if (triedIn(input, 'after', loop) !== undefined && /\brange\(|\.\.|[<>]/.test(loop.head)) return true;
  const isInside = (line: number): boolean => loop.body.startLine <= line && line <= loop.body.endLine;
  return /\brange\(|\.\.|[<>]/.test(loop.head) && after.calls.some((call) => isPause(call.callee) && isInside(call.range.start.line));
}

/** What puts work back to be done again. */
const PUTS_BACK =
  /^(later|requeue|re_?enqueue|retry|retryLater|release|nack|basic_nack|defer|delay|reschedule|schedule|enqueue_?in|enqueueIn|push_?front|unshift|put_?back|return_?to_?queue|changeMessageVisibility|change_message_visibility|ChangeMessageVisibility|changeDelay|moveToDelayed|abandon|Requeue|AddAfter|AddRateLimited|NakWithDelay|Nak)$/;
const BURIES =
  /^(dead|dead_?letter|to_?dead_?letter|move_?to_?dead\w*|move_?to_?failed|bury|park|discard|giveUp|give_up|fail|reject|abort|Term|Forget|poison|quarantine|archive)$/i;

/** Work that failed goes back at once, where it waited or was given up after some tries. */
export function* putBack(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  for (const call of input.added.calls) {
    const name = lastName(call.callee);
    if (!PUTS_BACK.test(name)) continue;
    const lost = [...lostCallsIn(input, call.scope), ...input.removed.calls];
    const old = lost.find((other) => lastName(other.callee) === name);
    const isAtOnce = call.args.some((argument) => isNothing(argument));
    const waited = old !== undefined && !old.args.some((argument) => isNothing(argument)) && old.args.length >= call.args.length;
    const buried = lost.find((other) => BURIES.test(lastName(other.callee)));
    const stillEnds = after.calls.some((other) => BURIES.test(lastName(other.callee)));
    if (!(isAtOnce && waited) && !(old !== undefined && buried !== undefined && !stillEnds)) continue;
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(
        isAtOnce
          ? `\`${shorten(`${call.callee}(${call.args.join(', ')})`, 36)}\` tries again at once, without a pause`
          : `\`${shorten(buried?.callee ?? '', 26)}\` no longer ends what \`${shorten(call.callee, 24)}\` tries again`,
      ),
    };
  }
}

function isNothing(argument: string): boolean {
  return /^(0|0\.0|\{ ?(delay|wait|countdown|delaySeconds|VisibilityTimeout): 0 ?\}|(delay|countdown|visibility_timeout|VisibilityTimeout)\s*=\s*0|Duration\.ZERO|Duration::ZERO)$/.test(
    argument,
  );
}

/** A retry that is new on a function or around a call, tries far and waits for nothing. */
export function* unpaused(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.added.calls) {
    if (input.after === undefined || !(call.kind === 'decorator' ? isRetrying(input, input.after, call) : isRetryCall(call))) continue;
    if (call.kind !== 'decorator' && lostCallsIn(input, call.scope).some(isRetryCall)) continue;
    const own = input.added.options.filter(
      (option) => option.scope === call.scope && call.args.some((argument) => argument.includes(option.name)),
    );
    const count = own.find((option) => isRetryCount(option.name, call.callee) || /^(times|tries|n|max|count)$/.test(option.name));
    const flat = own.some(
      (option) =>
        /^((base|min|initial|first)_?)?(pause|delay|wait|sleep|backoff|interval|cooldown|timeout|ms)\w*$/i.test(option.name) &&
        isNothing(option.value),
    );
    if (count === undefined || !flat || (retriesOf(count.value) ?? 0) < MANY) continue;
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 26)}\` tries ${shorten(count.value, 8)} times without a pause`),
    };
  }
}

/** So many tries without a pause are an attack of one's own (Spotify 2013). */
const MANY = 10;
