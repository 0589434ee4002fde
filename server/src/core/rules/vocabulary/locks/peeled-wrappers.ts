import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { isWrite, lastName, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { newCallsIn } from '../code/scope-changes.ts';

/** A call that was handed a function with writes in it, and is gone while the writes stand alone. */
export interface PeeledWrapper {
  readonly call: Call;
  /** The writes that stay, by their callee. */
  readonly writes: readonly string[];
  /** It was told which thing it is about: `oneAtATime('settle:' + day, …)`. */
  readonly isKeyed: boolean;
}

/** Own wrappers whose name says nothing: what they did for the writes inside is known to the project alone. */
export function peeledWrappers(input: RuleInput): readonly PeeledWrapper[] {
  const { before, after } = input;
  if (before === undefined || after === undefined) return [];
  return input.removed.calls.flatMap((call) => {
    const name = words(lastName(call.callee));
    if (call.kind !== 'call' || call.scope === '' || !call.args.some(isFunction) || HARMLESS.test(name)) return [];
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || newCallsIn(input, call.scope).some((other) => other.args.some(isFunction))) return [];
    // It is called as before and answers by a promise now: what it was handed was no work to hold, but who is told of its answer.
    const own = lastName(call.callee);
    if (after.calls.some((now) => lastName(now.callee) === own && now.use === 'awaited' && within(now.scope, scope))) return [];
    const last = lastLineOf(call, before);
    const inside = before.calls.filter(
      ({ kind, callee, range }) =>
        kind === 'call' && callee.includes('.') && call.range.start.line < range.start.line && range.end.line <= last,
    );
    const stays = (other: Call): boolean =>
      after.calls.some((now) => within(now.scope, scope) && lastName(now.callee) === lastName(other.callee) && !isInside(now, after));
    const kept = inside.filter(stays).map(({ callee }) => callee);
    const writes = kept.filter(isWrite);
    if (kept.length < 2 || writes.length === 0) return [];
    return [{ call, writes, isKeyed: call.args.some((argument) => /^[`'"]/.test(argument)) }];
  });
}

function isFunction(argument: string): boolean {
  return /^(async )?fn$/.test(argument);
}

/** Stands in a function that some other call is handed. */
function isInside(call: Call, facts: SourceFacts): boolean {
  return facts.calls.some(
    (other) =>
      other.args.some(isFunction) &&
      other.range.start.line < call.range.start.line &&
      !HARMLESS.test(words(lastName(other.callee))) &&
      call.range.end.line <= lastLineOf(other, facts),
  );
}

/** The line on which the parenthesis closes that a call opens: its own range is its head alone. */
function lastLineOf(call: Call, facts: SourceFacts): number {
  const { line } = call.range.start;
  const name = lastName(call.callee);
  const tokens = facts.tokens;
  let at = tokens.findIndex((token, index) => token.line >= line && token.text === name && tokens[index + 1]?.text === '(');
  let depth = 0;
  for (at = at < 0 ? tokens.length : at + 1; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token?.text === '(') depth += 1;
    else if (token?.text === ')') depth -= 1;
    if (depth === 0) return token?.line ?? line;
  }
  return line;
}

/** Iteration, events, promises, tests, measurements, errors and tries: what they lose is another matter, or none. */
const HARMLESS =
  /\b(map|for each|each|series|parallel|waterfall|whilst|times|filter|reduce|some|every|find|flat map|sort|then|catch|finally|effect|callback|memo|describe|it|test|before|after|on|once|subscribe|use|get|post|put|patch|delete|all|route|handle|handler|handle func|timeout|interval|immediate|tick|microtask|frame|act|wait for|step|time|timed|measure|measured|span|trace|traced|log|logged|logger|logging|metrics|context|scope|profile|benchmark|promise|defer|go|do|run|spawn|submit|computed|watch|tap|pipe|catch error|async|safe|safely|try|attempt|retry|retries|retrying|backoff|breaker|cache|cached|lazy|from|of|action|thunk|register|define|provide|build|create|new|with spinner|spinner|progress|notify|batch|debounce|throttle|schedule|limit|limiter|queue|semaphore|pool|transaction|lock)\b/;
