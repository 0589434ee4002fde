import type { Call, Handler, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import { surplusOf } from '../code/fact-keys.ts';

/** A message, or one piece of work among many, whose failure was held back from the others and is not any more. */
export interface UnheldMessage {
  /** Of the before side: what held it back. */
  readonly range: Range;
  /** The call that fails for all of them now, as written. */
  readonly work: string;
}

/**
 * A deferred `recover()` of Go around what runs in a loop or a goroutine, and a handler of all errors around one message of a
 * consumer, gone while the loop goes on with the same work: the first message that fails ends it for all, and is delivered again.
 */
export function* unheldMessages(input: RuleInput): Generator<UnheldMessage> {
  const { before, after, removed } = input;
  if (before === undefined || after === undefined) return;
  const gone = after.language === 'go' ? recoveries(before, removed.calls) : handlers(before, removed.handlers);
  if (gone.length === 0 || takesCare(input, new Set(gone.flatMap(({ held }) => held.map(lastName))))) return;
  const told = new Set<string>();
  for (const { range, held } of gone) {
    const isMessage = after.language === 'go' ? runsAgain : takesMessages;
    const names = new Set(held.map(lastName).filter((name) => !QUIET.test(words(name))));
    const work = after.calls.find(
      ({ callee, scope, range: own }) =>
        names.has(lastName(callee)) && isMessage(after, scope, own.start.line) && !isHeld(after, lastName(callee), isMessage),
    );
    if (work === undefined || told.has(work.callee)) continue;
    told.add(work.callee);
    yield { range, work: work.callee };
  }
}

interface Holder {
  readonly range: Range;
  /** Callees whose failure it held back. */
  readonly held: readonly string[];
}

/** What ran in the function, or in the function without a name, that recovered at its end. */
function recoveries(before: SourceFacts, removed: readonly Call[]): readonly Holder[] {
  return removed.flatMap(({ callee, scope, range }) => {
    if (callee !== 'recover') return [];
    const line = range.start.line;
    const inner = before.calls.filter((call) => call.callee === 'fn' && call.runs !== 'deferred' && covers(call.range, line));
    const place = inner.at(-1)?.range;
    const held = before.calls.filter(
      (call) =>
        within(call.scope, scope.split('.func')[0] ?? '') &&
        call.callee !== 'fn' &&
        (place === undefined || covers(place, call.range.start.line)) &&
        !before.calls.some((other) => other.runs === 'deferred' && covers(other.range, call.range.start.line)) &&
        runsAgain(before, call.scope, call.range.start.line),
    );
    return held.length === 0 ? [] : [{ range, held: held.map((call) => call.callee) }];
  });
}

/** Handlers of all errors around one message. */
function handlers(before: SourceFacts, removed: readonly Handler[]): readonly Holder[] {
  return removed
    .filter(
      (handler) => handler.outcome !== 'rethrows' && holdsAll(handler) && takesMessages(before, handler.scope, handler.range.start.line),
    )
    .map(({ range, guarded }) => ({ range, held: guarded }));
}

function holdsAll({ catches }: Handler): boolean {
  return catches === undefined || catches.some((type) => /^(?:(?:java\.lang\.)?(?:Runtime)?Exception|Throwable|BaseException)$/.test(type));
}

type IsMessage = (facts: SourceFacts, scope: string, line: number, above?: readonly string[]) => boolean;

/** In a loop that is none over a count, in a goroutine, or in a function of the file that is called from there. */
function runsAgain(facts: SourceFacts, scope: string, line: number, above: readonly string[] = []): boolean {
  const isLooped = facts.loops.some(
    (loop) => loop.scope === scope && (loop.kind !== 'for' || loop.endless) && loop.body.startLine <= line && line <= loop.body.endLine,
  );
  const isBeside = facts.calls.some((call) => call.runs === 'beside' && call.scope === scope && covers(call.range, line));
  return isLooped || isBeside || calledFrom(facts, scope, above, runsAgain);
}

/** In a loop that takes messages from a broker, a queue or a stream, for as long as there are any. */
function takesMessages(facts: SourceFacts, scope: string, line: number, above: readonly string[] = []): boolean {
  const around = facts.loops.filter((loop) => loop.scope === scope && loop.body.startLine <= line && line <= loop.body.endLine);
  const isConsumer = around.some(({ kind, head, endless, body }) => {
    if (/\bawait\b/.test(head) || SOURCE.test(words(head.replace(/^.*\b(?:of|in)\b|^.*:/, '')))) return kind === 'each';
    return (
      (kind === 'while' || endless) &&
      facts.calls.some(
        (call) =>
          call.scope === scope &&
          body.startLine <= call.range.start.line &&
          call.range.start.line <= body.endLine &&
          TAKES.test(words(lastName(call.callee))),
      )
    );
  });
  return isConsumer || calledFrom(facts, scope, above, takesMessages);
}

function calledFrom(facts: SourceFacts, scope: string, above: readonly string[], isMessage: IsMessage): boolean {
  const name = lastName(scope);
  if (name === '' || above.length >= DEEPEST || above.includes(name)) return false;
  return facts.calls.some(
    (call) =>
      lastName(call.callee) === name &&
      call.scope !== scope &&
      ((call.runs === 'beside' && isMessage === runsAgain) || isMessage(facts, call.scope, call.range.start.line, [...above, name])),
  );
}

/** Functions that call functions are followed so far. */
const DEEPEST = 2;

/** Another handler stands around the same work, and inside of the loop. */
function isHeld(after: SourceFacts, name: string, isMessage: IsMessage): boolean {
  return (
    after.language !== 'go' &&
    after.handlers.some(
      (handler) =>
        handler.outcome !== 'rethrows' &&
        handler.guarded.some((callee) => lastName(callee) === name) &&
        isMessage(after, handler.scope, handler.range.start.line),
    )
  );
}

/** What holds failures back came with the change, here or in another file: around the same work, or for all that a consumer or a server does. */
function takesCare(input: RuleInput, held: ReadonlySet<string>): boolean {
  const { before, after, added } = input;
  const fresh = after === undefined || before === undefined ? [] : surplusOf(after.calls, before.calls);
  const elsewhere = input.addedElsewhere();
  const runs = ({ scope }: Handler): boolean =>
    after !== undefined && fresh.some((call) => lastName(call.callee) === lastName(scope) && isAround(after, call, held));
  const recovers = (facts: SourceFacts | undefined): number => facts?.calls.filter(({ callee }) => callee === 'recover').length ?? 0;
  return (
    (after?.language === 'go'
      ? recovers(after) >= recovers(before) || elsewhere.calls.some(({ callee }) => callee === 'recover')
      : [...added.handlers, ...elsewhere.handlers].some(
          (handler) => handler.outcome !== 'rethrows' && holdsAll(handler) && (holdsOneOf(handler, held) || runs(handler)),
        )) ||
    (after !== undefined &&
      fresh.some((call) => CARES_FOR_ALL.test(words(call.callee)) || (CARE.test(words(call.callee)) && isAround(after, call, held)))) ||
    [...added.options, ...elsewhere.options].some(({ name }) => CARES_FOR_ALL.test(words(name)))
  );
}

/** It stands around the work, or in the very function that does it. */
function holdsOneOf({ guarded, scope }: Handler, held: ReadonlySet<string>): boolean {
  return guarded.some((callee) => held.has(lastName(callee))) || scope.split('.').some((part) => held.has(part));
}

/** The work runs inside the call, is handed to it by its name, or is in its own: `safely(() => handle(m))`, `guarded(handle)`, `safeHandle(m)`. */
function isAround({ calls }: SourceFacts, care: Call, held: ReadonlySet<string>): boolean {
  if (care.runs === 'deferred') return true;
  const own = words(care.callee).split(' ');
  return [...held].some(
    (name) =>
      care.args.some((argument) => argument.split(/[^\w$]+/).includes(name)) ||
      words(name)
        .split(' ')
        .every((word) => own.includes(word)) ||
      calls.some((call) => call !== care && lastName(call.callee) === name && isInside(call.range, care.range)),
  );
}

function isInside(inner: Range, outer: Range): boolean {
  const isBehind = (a: Range['start'], b: Range['start']): boolean => a.line > b.line || (a.line === b.line && a.character >= b.character);
  return isBehind(inner.start, outer.start) && isBehind(outer.end, inner.end);
}

const CARE =
  /\b(?:recover\w*|safe|safely|safego|protect\w*|guarded|catch\w*|panics?|isolated?|supervis\w*|contain(?:ed|s panics)|settled|suppress|fallback)\b/;
/** What a consumer, a container or a group of tasks is told once, for all that it runs. */
const CARES_FOR_ALL = /\b(?:recover(?:er|y|ing)?|supervis\w*|on error\w*|error handler|dead letters?|catch panics?|contains panics)\b/;

const TAKES =
  /^(?:poll|receive|recv|consume|take|dequeue|blpop|brpop|xread|pull)\b|^(?:receive|read|fetch|get|pull|next|pop|reserve|claim) (?:next )?(?:messages?|records?|jobs?|events?|delivery|deliveries)\b/;
const SOURCE = /\b(?:consumers?|messages?|subscription|subscriber|deliveries|records)\b/;
/** Notes, and what settles a message. */
const QUIET = /^(?:log\w*|debug|info|warn\w*|error\w*|print\w*|ack\w*|nack|commit\w*|inc|observe|stack|now|since|sleep|format|errorf)\b/;

function covers({ start, end }: Range, line: number): boolean {
  return start.line <= line && line <= end.line;
}
