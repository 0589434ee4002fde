import type { Call, Guard, Handler } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { tokensOn } from '../vocabulary/code/code-text.ts';
import { counterpartScope } from '../vocabulary/code/counterpart.ts';
import { lostCallsIn } from '../vocabulary/code/scope-changes.ts';
import { earlyAcks } from '../vocabulary/events/early-acks.ts';
import { isThrownTogether } from '../vocabulary/guards/collected-errors.ts';
import { handedErrors } from '../vocabulary/guards/handed-errors.ts';
import { lostErrorHandlers } from '../vocabulary/guards/lost-error-handlers.ts';
import { givesMessageBack } from '../vocabulary/guards/lost-messages.ts';
import { isBooking, saysDone } from '../vocabulary/guards/noted-writes.ts';
import { swallowedByOwn } from '../vocabulary/guards/own-swallowers.ts';
import { lostEnds } from '../vocabulary/guards/process-handlers.ts';
import { quietedFunctions } from '../vocabulary/guards/quieted-functions.ts';
import { isOfRollback } from '../vocabulary/guards/rolled-back.ts';
import { showsFailure } from '../vocabulary/guards/shown-failures.ts';
import { guardsSame, hushesCallback, isSilent } from '../vocabulary/guards/silent-answers.ts';
import { isCaughtByKind } from '../vocabulary/guards/sorted-errors.ts';
import { isCleanUp, isStake } from '../vocabulary/guards/stakes.ts';
import { answersFailure } from '../vocabulary/guards/typed-failures.ts';
import { wideSuppressions } from '../vocabulary/guards/wide-suppressions.ts';

/**
 * ## What it sees
 * A handler that lets the failure of a write disappear: an empty `catch`, a default value in place of the error, or one that
 * passed the error on before and now only notes it, also where it went into a decorator or a block of its own. Also a function of the
 * project or of a library that is handed the write and lets its failure go; a handler of a whole process that goes on after what nobody
 * caught (`uncaughtException`, `recover()` around a write), one of SIGTERM that is gone, a handler of errors
 * that a program was given, and a message that is taken as done before its work is.
 *
 * ## Why it matters
 * The caller is told that the payment, the message or the row is there. Nothing alarms; the books are wrong.
 *
 * ## When it is fine
 * Clean-up that may fail, a read with a sensible default, an error that is thrown on. These are not flagged.
 *
 * ## What it misses
 * A write whose name does not say so, and in Python a handler that is new and only logs.
 */
export default defineRule({
  id: 'safeguard/exception-swallowed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A failure disappears',
  reads: ['handlers', 'calls', 'options', 'settings', 'symbols'],
  evidence: [
    { title: 'SonarSource S2486: exceptions should not be ignored', url: 'https://rules.sonarsource.com/javascript/' },
    { title: 'Bandit B110: try, except, pass', url: 'https://bandit.readthedocs.io/' },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const { side, range, what } of earlyAcks(input)) yield { side, range, message: fitMessage(what) };
    for (const { range, name } of lostErrorHandlers(input))
      yield { side: 'before', range, severity: 'medium', message: fitMessage(`no \`${shorten(name, 26)}\` answers what a route throws`) };
    for (const { side, range, what, isAdded } of lostEnds(input))
      yield { side, range, message: fitMessage(what), ...(isAdded === true ? { severity: 'low' as const } : {}) };
    const told = new Set<number>();
    for (const handler of input.added.handlers) {
      const voided = voidedCheck(input, handler);
      if (voided !== undefined) {
        yield { side: 'after', range: handler.range, message: fitMessage(`what \`${shorten(voided.test, 34)}\` threw disappears`) };
        continue;
      }
      if (handler.outcome === 'rethrows' || isNarrow(handler) || !isNew(input, handler) || triesAgain(input, handler)) continue;
      if (handler.catches !== undefined && isCaughtByKind(input, handler, input.removed.guards)) continue;
      if (handler.outcome !== 'swallows' && answersFailure(input, handler)) continue;
      if (
        isOfRollback(input, handler) ||
        isThrownTogether(input.after, handler) ||
        givesMessageBack(input, handler) ||
        takesWhatIsThere(input, handler)
      )
        continue;
      const write = handler.guarded.find(isStake);
      const before = handlersBefore(input, handler);
      const hushed = hushesCallback(input, handler);
      const weakened = hushed || passedOn(before).some((other) => guardsSame(other, handler)) || rethrows(input, handler);
      if (!weakened && showsFailure(input, handler)) continue;
      if (
        write === undefined &&
        !(
          weakened &&
          (handler.outcome === 'swallows' ||
            (handler.outcome === 'substitutes' && (hushed || isSilent(input, passedOn(before), handler)))) &&
          handler.guarded.length > 0 &&
          !handler.guarded.every(isCleanUp)
        )
      )
        continue;
      const books = isBooking(input, handler, write);
      if (handler.outcome === 'reports' && !weakened && !books && !saysDone(input, handler, write)) continue;
      const what = write ?? handler.guarded[0] ?? 'the call';
      const how =
        handler.outcome === 'reports'
          ? 'is only reported, no longer thrown'
          : handler.outcome === 'substitutes'
            ? 'turns into a value'
            : 'disappears';
      told.add(handler.range.start.line);
      yield {
        side: 'after',
        range: handler.range,
        message: fitMessage(`a failure of \`${shorten(what, 32)}\` ${how}`),
        ...(write === undefined && handler.outcome !== 'substitutes' ? { severity: 'medium' as const } : {}),
      };
    }
    for (const { call, guarded } of wideSuppressions(input)) {
      if (told.has(call.range.start.line)) continue;
      yield {
        side: 'after',
        range: call.range,
        severity: 'medium',
        message: fitMessage(`every failure of \`${shorten(guarded, 32)}\` disappears in \`${shorten(call.callee, 20)}\``),
      };
    }
    for (const { range, wrapper, guarded } of handedErrors(input))
      yield {
        side: 'after',
        range,
        message: fitMessage(`a failure of \`${shorten(guarded, 28)}\` was passed on, and is let go in \`${shorten(wrapper, 24)}\``),
      };
    for (const { call, write } of settledUnread(input))
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`failures of \`${shorten(write, 32)}\` are settled, and nothing reads them`),
      };
    for (const { call, write } of [...swallowedByOwn(input, isStake), ...quietedFunctions(input, isStake)])
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`a failure of \`${shorten(write, 32)}\` disappears in \`${shorten(call.callee, 22)}\``),
      };
  },
});

/** A handler of what is expected to be missing, or there already, hides nothing else. */
function isNarrow(handler: Handler): boolean {
  const expected =
    /(^|[.:])(\w*NotFound(Error|Exception)?|\w*DoesNotExist|KeyError|IndexError|StopIteration|StopAsyncIteration|FileExistsError|\w*AlreadyExists\w*|ProcessLookupError|ImportError|CancelledError|KeyboardInterrupt|BrokenPipeError|NoSuch\w+Exception|InterruptedException|NoResultFound|\w*Duplicate\w*(Error|Exception)|UniqueViolation(Error)?|UniqueConstraint\w*)$/;
  // An arm that holds only while attempts are left: the last failure goes on to the next arm.
  return (
    handler.catches?.some((condition) => countsTries(condition)) === true ||
    isOfOneKind(handler) ||
    (handler.catches?.every((type) => expected.test(type)) ?? false)
  );
}

/** An arm for what is there already, or is not there: `Err(e) if is_duplicate(&e) => …`. What becomes of the other failures stands in theirs. */
function isOfOneKind({ catches }: Handler): boolean {
  const isExpected = (kind: string): boolean => !/^!/.test(kind) && EXPECTED.test(words(kind));
  return catches?.some((condition) => /[(=]|::/.test(condition) && condition.split('|').every(isExpected)) === true;
}

/** Somebody else made it in the meantime, and that one is looked up: `except IntegrityError: return Tag.objects.get(name=name)`. */
function takesWhatIsThere({ after }: RuleInput, { catches, scope, range }: Handler): boolean {
  return (
    catches?.every((type) => /(?:Integrity|Duplicate|Unique|AlreadyExists)\w*$/.test(type)) === true &&
    after?.calls.some(
      (call) =>
        call.scope === scope &&
        range.start.line <= call.range.start.line &&
        call.range.end.line <= range.end.line &&
        /^(?:a?get|find\w*|first|one|load|select|scalar_one|fetch\w*|by_\w+)$/.test(lastName(call.callee)),
    ) === true
  );
}

/** A condition that names what a write may meet when it is done twice. */
const EXPECTED = /\b(?:duplicates?|duplicated|unique|already|exists|conflict|not found|row not found|23505|1062|11000)\b/;

/** A handler that calls its own function again is a retry, and runtime/retry-amplified looks at those. */
function triesAgain({ after }: RuleInput, { scope, range }: Handler): boolean {
  const own = lastName(scope);
  return (
    own !== '' &&
    after?.calls.some(
      (call) =>
        call.scope === scope &&
        call.callee.replace(/^(this|self)\./, '') === own &&
        call.range.start.line >= range.start.line &&
        call.range.end.line <= range.end.line,
    ) === true
  );
}

/** A check that stopped the function before and now throws into a handler that does nothing: asked, and in vain. */
function voidedCheck(input: RuleInput, handler: Handler): Guard | undefined {
  const { before, after } = input;
  if (handler.outcome !== 'swallows' || before === undefined || after === undefined || isNarrow(handler)) return undefined;
  if (handlersBefore(input, handler).length > 0) return undefined;
  const end = handler.range.start.line;
  const start = after.tokens.findLast(({ text, line }) => text === 'try' && line <= end)?.line ?? end;
  const stopped = before.guards.some(({ exit, scope }) => exit === 'throw' && counterpartScope(input, scope) === handler.scope);
  return stopped
    ? after.guards.find(
        ({ exit, scope, range }) => exit === 'throw' && scope === handler.scope && range.start.line > start && range.end.line < end,
      )
    : undefined;
}

/** `await Promise.all(writes)` that became `await Promise.allSettled(writes)`, whose answer nobody takes. */
function settledUnread(input: RuleInput): readonly { readonly call: Call; readonly write: string }[] {
  const { added, after } = input;
  return added.calls.flatMap((call) => {
    const { start, end } = call.range;
    if (call.callee !== 'Promise.allSettled' || call.use !== 'awaited' || after === undefined) return [];
    if (tokensOn(after, start.line, start.line)[0]?.text !== 'await') return [];
    if (!lostCallsIn(input, call.scope).some((old) => old.callee === 'Promise.all' && old.use === 'awaited')) return [];
    const write = after.calls.find(
      ({ callee, range }) => range.start.line >= start.line && range.end.line <= end.line && callee !== call.callee && isStake(callee),
    );
    return write === undefined ? [] : [{ call, write: write.callee }];
  });
}

/** `attempt < ATTEMPTS`, `self.tries_left > 0`. */
function countsTries(condition: string): boolean {
  const name = /^([\w.]+) (?:<=?|>=?|!=) /.exec(condition)?.[1];
  return name !== undefined && /\b(attempts?|try|tries|retry|retries|left|remaining|n|i)\b/.test(words(name));
}

const RANK = { swallows: 0, substitutes: 1, reports: 2, rethrows: 3 } as const;

/** A handler of this scope that did no better before is no news. */
function isNew(input: RuleInput, handler: Handler): boolean {
  const old = handlersBefore(input, handler).filter((other) => RANK[other.outcome] <= RANK[handler.outcome]).length;
  const now =
    input.after?.handlers.filter((other) => other.scope === handler.scope && RANK[other.outcome] <= RANK[handler.outcome]).length ?? 0;
  return now > old;
}

function handlersBefore(input: RuleInput, handler: Handler): readonly Handler[] {
  return (
    input.before?.handlers.filter((other) => other.scope === handler.scope || counterpartScope(input, other.scope) === handler.scope) ?? []
  );
}

function passedOn(handlers: readonly Handler[]): readonly Handler[] {
  return handlers.filter((handler) => handler.outcome === 'rethrows');
}

/** Fewer handlers of the function pass on what failed than before, whatever the calls were called. */
function rethrows(input: RuleInput, handler: Handler): boolean {
  const now = input.after?.handlers.filter((other) => other.scope === handler.scope) ?? [];
  return passedOn(now).length < passedOn(handlersBefore(input, handler)).length;
}
