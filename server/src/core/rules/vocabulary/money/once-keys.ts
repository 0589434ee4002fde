import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { callWords, lastName, words } from '../code/call-names.ts';
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

/** Whether the function, or one of the file that it calls, still hands a key over. */
export function keepsKey(input: RuleInput, scope: string): boolean {
  const scopes = input.after === undefined ? [] : workScopes(input.after, scope);
  if (input.after?.options.some((option) => isIn(scopes, option.scope) && isOnceKey(option.name)) === true) return true;
  return newCallsIn(input, '').some((call) => isIn(scopes, call.scope) && (isOnceKey(call.callee) || call.args.some(isOnceKey)));
}

/** Something that must happen once still happens here, or in a function of the file that is called from here. */
export function actsOnce(input: RuleInput, scope: string): boolean {
  const scopes = input.after === undefined ? [] : workScopes(input.after, scope);
  return (
    input.after?.calls.some(
      (call) =>
        isIn(scopes, call.scope) &&
        /\b(charges?|refunds?|transfers?|pay|payments?|payouts?|captures?|withdraw|deposit|credit|debit|send|mail|email|notify|publish|create|insert|ship|settle|apply|process|enqueue|redeem|grant|invoices?|book|orders)\b/.test(
          callWords(call),
        ),
    ) ?? false
  );
}
