import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { workScopes } from '../code/own-parts.ts';

/** A table of work that is under way (promises, futures, waiters), with the place that asked it. */
export interface SharedFlight {
  readonly name: string;
  /** Of the before side. */
  readonly range: Range;
}

const ASKS =
  /^(get|has|containsKey|contains|computeIfAbsent|putIfAbsent|setdefault|get_or_insert_with|entry|Load|LoadOrStore|getOrPut|pop)$/;
const KEEPS = /^(set|put|insert|computeIfAbsent|putIfAbsent|setdefault|entry|Store|LoadOrStore|getOrPut)$/;
const FORGETS = /^(delete|remove|pop|del|Delete|invalidate)$/;
/** Names of what is being done and not yet done. */
export const UNDER_WAY =
  /\b(in flight|inflight|pending|running|ongoing|loading|fetching|promises?|futures?|tasks?|waiters?|waiting|deferred|jobs in progress|active requests?|open requests?|calls)\b/;
const WORK = /\b(Promise|PromiseLike|Future|CompletableFuture|Deferred|Task|Shared|oneshot|broadcast|WaitGroup|Once|chan|Mono|Uni)\b/;

/**
 * Tables that a function of this hunk asked, filled and emptied again so that whoever came second waited for the first, and
 * that the file no longer has while the function still does the work.
 */
export function sharedFlights(input: RuleInput): readonly SharedFlight[] {
  const { before, after } = input;
  if (before === undefined || after === undefined) return [];
  const found = new Map<string, SharedFlight>();
  for (const call of input.removed.calls) {
    const name = receiver(call.callee);
    if (name === '' || found.has(name) || !ASKS.test(lastName(call.callee))) continue;
    const own = before.calls.filter((other) => receiver(other.callee) === name);
    const isKept = own.some((other) => KEEPS.test(lastName(other.callee)));
    const isEmptied = own.some((other) => FORGETS.test(lastName(other.callee)));
    if (!isKept || after.calls.some((other) => receiver(other.callee) === name)) continue;
    const holdsWork = WORK.test(declaredAs(input, name));
    if (!(holdsWork || (isEmptied && UNDER_WAY.test(words(lastName(name)))))) continue;
    const scope = counterpartScope(input, call.scope);
    // It is another's to join them now, or the table has another name.
    if (scope === undefined || isJoinedAnew(input, scope, name) || !stillWorks(input, call, scope)) continue;
    found.set(name, { name, range: call.range });
  }
  return [...found.values()];
}

/** The lines that name it, its declaration among them. */
function declaredAs({ before }: RuleInput, name: string): string {
  const own = lastName(name);
  const lines = new Set(before?.tokens.filter(({ text }) => text === own).map(({ line }) => line));
  return (before?.tokens ?? [])
    .filter(({ line }) => lines.has(line))
    .map(({ text }) => text)
    .join(' ');
}

/** Another table like it is asked in the function now, or in one of the file that calls it. */
export function isJoinedAnew({ before, after }: RuleInput, scope: string, name: string): boolean {
  const old = new Set(before?.calls.map(({ callee }) => receiver(callee)));
  const joins = (call: Call): boolean =>
    receiver(call.callee) !== name &&
    !old.has(receiver(call.callee)) &&
    (/\b(single ?flight|coalesce|dedupe|lock|mutex|semaphore|memo\w*|share\w*|data ?loader)\b/.test(words(call.callee)) ||
      isOfTable(after, call));
  const callsIt = ({ scope: own }: Call): boolean => after !== undefined && own !== '' && workScopes(after, own).includes(scope);
  return after?.calls.some((call) => joins(call) && (within(call.scope, scope) || callsIt(call))) === true;
}

/** It asks a table that the file fills and empties. */
function isOfTable(after: SourceFacts | undefined, { callee }: Call): boolean {
  const table = receiver(callee);
  const does = (acts: RegExp): boolean =>
    after?.calls.some((other) => receiver(other.callee) === table && acts.test(lastName(other.callee))) === true;
  return ASKS.test(lastName(callee)) && table !== '' && does(KEEPS) && does(FORGETS);
}

/** Something that the old function called is called by the new one, so that it does the work itself. */
function stillWorks({ before, after }: RuleInput, { scope }: Call, now: string): boolean {
  const old = new Set(before?.calls.filter((call) => within(call.scope, scope)).map(({ callee }) => callee));
  return after?.calls.some((call) => within(call.scope, now) && old.has(call.callee)) === true;
}
