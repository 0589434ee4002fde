import type { Call, Guard, Option, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { callWords, lastName, receiver, words } from '../code/call-names.ts';
import { isIn, workScopes } from '../code/own-parts.ts';
import { newCallsIn } from '../code/scope-changes.ts';

/** `.setIdempotencyKey(key)` and `Header.Set("Idempotency-Key", key)`. */
export function isKeyed(call: Call): boolean {
  return (
    call.kind !== 'decorator' &&
    (isOnceKey(lastName(call.callee)) ||
      (/^(set|Set|Add|add|header|append|put)$/.test(lastName(call.callee)) && isOnceKey(call.args[0] ?? '')))
  );
}

/** A name that says its value keeps a request to one time. */
export function isOnceKey(name: string): boolean {
  return /\b(idempotency|idempotent|idempotence|dedupe|deduplication|dedup|client token|request token|unique request|message deduplication id)\b/.test(
    words(name),
  );
}

/** `queue.add('charge', data, { jobId })`: a queue takes a job of that name once. */
export function isJobKey({ name, callee, scope, key }: Option): boolean {
  return (
    /^(?:jobId|singletonKey|workflowId|job_id|unique_for|lock_key|task_id)$/.test(name) &&
    /^(?:add|addBulk|send|enqueue|start|schedule|apply_async|insert|publish)$/.test(lastName(callee)) &&
    MOVES_MONEY.test(words(`${callee} ${scope} ${key}`))
  );
}

const MOVES_MONEY =
  /\b(?:charges?|payments?|pay|payouts?|refunds?|invoices?|transfers?|settle\w*|billing|orders?|credits?|debits?|captures?|withdrawals?)\b/;

/** Whether the function, or one of the file that it calls, still hands a key over, of its usual names or of one. */
export function keepsKey(input: RuleInput, scope: string, named = ''): boolean {
  const scopes = input.after === undefined ? [] : workScopes(input.after, scope);
  if (input.after?.options.some((option) => isIn(scopes, option.scope) && (isOnceKey(option.name) || option.name === named)) === true)
    return true;
  return newCallsIn(input, '').some((call) => isIn(scopes, call.scope) && (isOnceKey(call.callee) || call.args.some(isOnceKey)));
}

/** Something that must happen once still happens here, or in a function of the file that is called from here. */
export function actsOnce({ after }: RuleInput, scope: string): boolean {
  return after !== undefined && actsIn(after, scope);
}

/** The same of one side by itself. */
export function actsIn(facts: SourceFacts, scope: string): boolean {
  const scopes = workScopes(facts, scope);
  return facts.calls.some(
    (call) =>
      isIn(scopes, call.scope) &&
      /\b(charges?|refunds?|transfers?|pay|payments?|payouts?|captures?|withdraw|deposit|credit|debit|send|mail|email|notify|publish|create|insert|ship|settle|apply|process|enqueue|redeem|grant|invoices?|book|orders)\b/.test(
        callWords(call),
      ),
  );
}

/** What was done is noted where a guard asks whether it was: `done.Add(id)` in the function of `if done.Has(id)`, or in what that calls. */
export function notesAsked(facts: SourceFacts | undefined, guard: Guard, scope: string): boolean {
  return callsOfHolder(facts, guard, scope).some((name) => NOTES.test(name));
}

/** Nothing asks the holder in any other way: `done.get(id)`, `taken.containsKey(boat)`. */
export function isNeverAsked(facts: SourceFacts | undefined, guard: Guard, scope: string): boolean {
  return callsOfHolder(facts, guard, scope).every((name) => NOTES.test(name));
}

/** Names of what a function, and what it calls, asks of the thing that a guard asks: `Add` of `done`. */
function callsOfHolder(facts: SourceFacts | undefined, { test }: Guard, scope: string): readonly string[] {
  const [, holder, asked] = /^!?(?:await )?((?:[\w$]+\.)*[\w$]+)\.(\w+)\([^()]*\)/.exec(test) ?? [];
  if (facts === undefined || holder === undefined || asked === undefined || !ASKS_FOR.test(asked) || KEPT.test(words(holder))) return [];
  const scopes = workScopes(facts, scope);
  return facts.calls.flatMap(({ callee, scope: own }) => (receiver(callee) === holder && isIn(scopes, own) ? [lastName(callee)] : []));
}

const ASKS_FOR = /^(?:has|have|contains|exists|includes|seen|was_?\w+|is_?(?:done|seen|processed|handled|applied|known)\w*)/i;
/** What is kept to be found again is no record of what was done. */
const KEPT = /\b(?:cache|cached|memo|pool|registry|index|lookup|options|headers|params|visited|stack|queue)\b/;
const NOTES = /^(?:add|set|put|insert|mark|record|store|save|remember|append|push|note|create)/i;
