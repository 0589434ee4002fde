import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { bodiesNamed } from '../code/named-bodies.ts';
import { isExtracted, newCallsIn } from '../code/scope-changes.ts';
import { tokensOf } from '../code/token-lines.ts';
import { isNamedValidation, isValidation } from './validators.ts';

/**
 * Functions of the project that read what comes in and check it, `web.Bind[Order](w, r)` over `validate.Struct(v)`, whose caller reads
 * it by itself now and checks nothing: `json.NewDecoder(r.Body).Decode(&order)`.
 */
export function lostBinders(input: RuleInput): readonly Call[] {
  return input.removed.calls.filter((call) => {
    if (call.kind !== 'call' || isNamedValidation(call) || !READS.test(words(lastName(call.callee)))) return false;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || isExtracted(input, call)) return false;
    const now = newCallsIn(input, call.scope);
    if (now.some(isValidation) || !(now.some(readsRaw) || takesBody(input, call.scope, scope))) return false;
    return (
      checks(input, 'before', call) && !now.some((other) => READS.test(words(lastName(other.callee))) && checks(input, 'after', other))
    );
  });
}

const READS =
  /\b(?:bind|binds|decode|decodes|read|reads|parse|parses|body|payload|input|json|form|validated|valid|load|accept|receive|extract|params|query)\b/;

/** The body of a function of that name checks what it read. */
function checks(input: RuleInput, side: 'before' | 'after', { callee }: Call): boolean {
  return bodiesNamed(input, side, callee).some(({ facts, place }) =>
    facts.calls.some((other) => within(other.scope, place.name) && isNamedValidation(other)),
  );
}

/** What a library reads in, as it comes. */
function readsRaw({ callee, args }: Call): boolean {
  const name = lastName(callee);
  return (
    /^(?:Decode|Unmarshal|DecodeJSON|BodyParser|get_json|readValue|readTree|from_slice|from_reader|formData)$/.test(name) ||
    (name === 'Bind' && args.length === 1) ||
    (name === 'json' && args.length === 0 && /^(?:\w+\.)?(?:req|request|c\.req|ctx\.req(?:uest)?)\.json$/.test(callee)) ||
    /^(?:JSON\.parse|json\.loads|serde_json::from_\w+)$/.test(callee)
  );
}

/** `req.body`, which the function did not read by itself. */
function takesBody({ before, after }: RuleInput, was: string, is: string): boolean {
  const body = /\b(?:req|request|ctx\.request|c\.req)\.(?:body|data|json|form)\b/;
  return body.test(tokensOf(after, is)) && !body.test(tokensOf(before, was));
}
