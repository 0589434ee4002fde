import type { Fact, Guard, Handler, Loop, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { guardKind } from '../guards/guard-kinds.ts';
import { isPause, isTriedAgain, namesTries, takesWork } from './retries.ts';

/** The callee whose failure makes the loop go round again: its handler stands in the body, or success alone leaves it. */
export function triedIn(input: RuleInput, side: 'before' | 'after', loop: Loop): string | undefined {
  const facts = input[side];
  const isInside = (fact: Fact): boolean => fact.range.start.line >= loop.body.startLine && fact.range.start.line <= loop.body.endLine;
  const handler = facts?.handlers.find((other) => isTriedAgain(other) && isInside(other) && !leaves(facts, other));
  if (handler !== undefined && facts?.calls.some((call) => isInside(call) && takesNext(call.callee)) === true) return undefined;
  if (handler !== undefined) return handler.guarded[0] ?? 'the call';
  const isLeft = facts?.guards.some((guard) => isInside(guard) && SUCCESS.test(guard.test) && guard.exit !== 'throw');
  const asked = isLeft === true ? facts?.calls.filter(isInside) : undefined;
  return asked?.some((call) => takesWork(call.callee)) === true
    ? undefined
    : asked?.find((call) => !/^(log|fmt|logger|slog|console|time)\./.test(call.callee))?.callee;
}

/** What is asked of an answer that came: it went well. */
const SUCCESS =
  /^err == nil( && .*)?$|\.is_ok\(\)$|^(res|resp|response|result|r|answer|reply|\w{1,40}(Res|Resp|Response|Result|Reply|_resp|_response|_result|_reply))\.(ok|is_success|isSuccessful\(\)|status_code == 200|StatusCode (== 200|== http\.StatusOK|< [34]00))$/;

/** A status is compared to tell success, and ends no row of failures. */
const ANSWER = /\berr == nil\b|\bstatus|\bcode\b|\.(StatusCode|statusCode|ok)\b/;

/** The handler itself ends the loop or the function. */
function leaves(facts: SourceFacts, { range }: Handler): boolean {
  return facts.tokens.some(
    ({ text, line }) => line > range.start.line && line <= range.end.line && /^(break|return|throw|raise|exit|panic)$/.test(text),
  );
}

/** A reader's loop ends with its stream, and a broken piece of it is no failure of the next. */
function takesNext(callee: string): boolean {
  return /(^|\.)(read|readline|readLine|recv|recv_bytes|receive\w*|next|poll|accept|b?[lr]?pop|dequeue|take|shift|consume|getMessage|get_message|fetchone|readexactly|receive_json|ReadMessage|Recv|Accept|Next|Scan)$/.test(
    callee,
  );
}

/** A count of attempts or a time that ends the loop, or a pause where there was no bound before either. */
export function isBounded(input: RuleInput, loop: Loop): boolean {
  const isInside = (guard: Guard): boolean => guard.range.start.line >= loop.body.startLine && guard.range.start.line <= loop.body.endLine;
  // Whoever asks may give up; until then a loop that lost its pause asks as fast as it can.
  const isPauseLost = hasPause(input, 'before', loop.scope) && !hasPause(input, 'after', loop.scope);
  const bounds = (guard: Guard): boolean =>
    guardKind(guard, []) === 'attempts' ||
    (asksTime(guard) && !(isPauseLost && GIVEN_UP.test(guard.test))) ||
    (guard.compares && guard.exit !== 'break' && /[<>]=?/.test(guard.test) && !ANSWER.test(guard.test));
  if (input.after?.guards.some((guard) => isInside(guard) && bounds(guard)) === true) return true;
  const hadBound =
    input.before?.guards.some((guard) => guard.scope === loop.scope && guardKind(guard, []) === 'attempts') === true ||
    input.before?.loops.some(
      (other) =>
        counterpartScope(input, other.scope) === loop.scope &&
        !other.endless &&
        // The last try of a counted loop may leave it by its handler.
        (namesTries(other) || (other.kind !== 'each' && triedIn(input, 'before', other) !== undefined)),
    ) === true;
  return !hadBound && hasPause(input, 'after', loop.scope);
}

/** The caller ended it, or the program ends. */
const GIVEN_UP = /signal\.aborted|stopped|closed|shutdown|ctx\.(?:Err|Done)|isInterrupted/i;

/** True where a condition ends a loop by the clock, or with the program. */
export function asksTime({ test }: Guard): boolean {
  return /deadline|elapsed|signal\.aborted|stopped|closed|shutdown|Date\.now|time\.(time|monotonic|Since|After)|ctx\.(Err|Done)|isInterrupted/i.test(
    test,
  );
}

export function hasPause(input: RuleInput, side: 'before' | 'after', scope: string): boolean {
  return input[side]?.calls.some((call) => within(call.scope, scope) && isPause(call.callee)) ?? false;
}

/** The work is still tried again: a loop, a recursive call, or a handler that does not pass the error on. */
export function stillRetries(input: RuleInput, scope: string): boolean {
  const counterpart = counterpartScope(input, scope);
  if (counterpart === undefined) return false;
  const own = lastName(counterpart);
  return (
    input.after?.handlers.some((handler) => handler.scope === counterpart && handler.outcome !== 'rethrows') === true ||
    input.after?.loops.some((loop) => loop.scope === counterpart && (namesTries(loop) || triedIn(input, 'after', loop) !== undefined)) ===
      true ||
    input.after?.calls.some((call) => within(call.scope, counterpart) && lastName(call.callee) === own && isOwnName(call.callee)) === true
  );
}

/** The function itself, and no method of the same name of something else: `this.get`, `c.get` of Go, and not `http.get`. */
function isOwnName(callee: string): boolean {
  return /^(?:(?:this|self|cls|super|Self|[a-z]{1,2})(?:\.|::)#?)?[#\w$]+$/.test(callee);
}

/** The scope that stands for this one has a new endless loop, which is flagged where it stands. */
export function loopsEndlessly(input: RuleInput, scope: string): boolean {
  const counterpart = counterpartScope(input, scope);
  const isNew = (loop: Loop): boolean =>
    input.before?.loops.some((old) => old.endless && counterpartScope(input, old.scope) === loop.scope) !== true;
  return (
    counterpart !== undefined &&
    input.after?.loops.some(
      (loop) => loop.endless && within(loop.scope, counterpart) && isNew(loop) && triedIn(input, 'after', loop) !== undefined,
    ) === true
  );
}
