import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { lostCallsIn } from '../code/scope-changes.ts';

/** As many calls of this last name were thrown away in the function before: only what they are asked of has another name. */
export function wasDiscarded({ before, after }: RuleInput, call: Call): boolean {
  const count = (facts: RuleInput['before']): number =>
    facts?.calls.filter(
      (other) => other.use === 'discarded' && other.scope === call.scope && lastName(other.callee) === lastName(call.callee),
    ).length ?? 0;
  return count(before) > 0 && count(before) >= count(after);
}

/** `await Promise.all([save(), note()])`. */
export function isInAwaitedAll(input: RuleInput, old: Call): boolean {
  const { start } = old.range;
  return (
    input.before?.calls.some(
      (all) =>
        all.use === 'awaited' &&
        /^(Promise\.(all|allSettled)|asyncio\.gather)$/.test(all.callee) &&
        all.range.start.line <= start.line &&
        start.line <= all.range.end.line,
    ) === true
  );
}

/** `return save()` hands the promise on; where a call waits by itself, only one that is declared to answer later. */
export function isReturned(input: RuleInput, old: Call): boolean {
  const owner = input.before?.symbols.find(({ name }) => name === old.scope);
  if (isBlocking(input) && !/Future|CompletionStage|Promise|Mono|Flux|Uni\b|Single|Completable|Deferred/.test(owner?.type ?? ''))
    return false;
  const line = input.before?.tokens.filter((token) => token.line === old.range.start.line) ?? [];
  return line[0]?.text === 'return';
}

/** As many awaited calls of this name as before: the discarded one is another. */
export function isStillAwaited(input: RuleInput, call: Call): boolean {
  const count = (facts: RuleInput['before']): number =>
    facts?.calls.filter((other) => other.callee === call.callee && other.use === 'awaited').length ?? 0;
  return count(input.before) > 0 && count(input.after) >= count(input.before);
}

/** Its promises were waited for together. */
export function wasGathered(input: RuleInput, call: Call): boolean {
  return lostCallsIn(input, call.scope).some((old) => /^Promise\.(all|allSettled)$/.test(old.callee) && old.use === 'awaited');
}

/** Whether the function waits for a thread of its own. */
export function isJoined({ after }: RuleInput, { scope }: Call): boolean {
  return after?.calls.some((other) => within(other.scope, scope) && /^(join|value|wait)$/.test(lastName(other.callee))) === true;
}

/** Whether the call stood in the function before, where no thread was started. */
export function ranInTurn({ before }: RuleInput, callee: string, scope: string): boolean {
  const own = before?.calls.filter((old) => old.scope === scope) ?? [];
  return own.some((old) => old.callee === callee) && !own.some((old) => old.callee === 'Thread.new');
}

/** Whether the call ran in turn in the function before. */
export function wasPlain(input: RuleInput, call: Call): boolean {
  return lostCallsIn(input, call.scope).some(
    (old) => old.callee === call.callee && old.runs === undefined && counterpartScope(input, old.scope) === call.scope,
  );
}

/** As many awaited calls of this last name as before. */
export function isStillAwaitedName(input: RuleInput, callee: string): boolean {
  const count = (facts: RuleInput['before']): number =>
    facts?.calls.filter((other) => lastName(other.callee) === lastName(callee) && other.use === 'awaited').length ?? 0;
  return count(input.after) >= count(input.before);
}

/** Whether a call of this name was waited for in the function, or in the one whose work it took over. */
export function wasAwaitedBefore(input: RuleInput, callee: string, scope: string): boolean {
  return (
    input.before?.calls.some(
      (old) =>
        lastName(old.callee) === lastName(callee) &&
        (old.use === 'awaited' || (isBlocking(input) && old.runs === undefined && !startsLater(input, old.scope))) &&
        (within(scope, counterpartScope(input, old.scope) ?? '\u0000') ||
          within(old.scope, scope) ||
          isCalledFrom(input, scope, old.scope)),
    ) ?? false
  );
}

/** A new function that the old one calls now: its work was taken out into it. */
function isCalledFrom({ before, after }: RuleInput, scope: string, old: string): boolean {
  const [outer = scope] = scope.split('.(');
  return (
    before?.scopes.some(({ name }) => name === outer) !== true &&
    after?.calls.some((call) => within(call.scope, old) && lastName(call.callee) === lastName(outer)) === true
  );
}

/** A language in which a call waits without a word. */
function isBlocking({ path }: RuleInput): boolean {
  return /\.(java|kt|go)$/.test(path);
}

function startsLater(input: RuleInput, scope: string): boolean {
  return (
    input.before?.calls.some((call) => within(scope, call.scope) && /^(runAsync|supplyAsync|submit)$/.test(lastName(call.callee))) === true
  );
}

/** `for … of` with an await before: the loop waited. */
export function isAwaitedEach(input: RuleInput, call: Call): boolean {
  return input.before?.calls.some((old) => old.callee === call.callee && old.scope === call.scope) ?? false;
}
