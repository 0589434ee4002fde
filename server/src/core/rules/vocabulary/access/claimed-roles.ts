import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { isWrite, lastName } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { isAccessName, isAccessTest } from '../guards/guard-kinds.ts';
import { asksRight } from './bare-sign-in.ts';
import { isAskedNow } from './identity-sources.ts';
import { guardsOfRoute } from './route-items.ts';

/** What somebody may do, as they say themselves, on its way to where it is kept. */
export interface ClaimedRole {
  readonly range: Range;
  /** As written: `req.body.role`. */
  readonly now: string;
}

/**
 * `register(email, password)` that is also given `req.body.role`, and `create({ data: { email } })` that is given `role: body.role`, where
 * nothing in front asks for a right: whoever signs up is what they wrote.
 */
export function* claimedRoles(input: RuleInput): Generator<ClaimedRole> {
  if (/admin|staff|backoffice|seed|fixture/i.test(input.path)) return;
  for (const call of input.added.calls) {
    if (call.kind !== 'call' || call.scope === '' || !keeps(call.callee)) continue;
    const old = input.removed.calls.find(
      (other) =>
        other.callee === call.callee && counterpartScope(input, other.scope) === call.scope && other.args.length < call.args.length,
    );
    const now = call.args.map((argument) => argument.replace(/^\w+=/, '')).find((argument) => CLAIMED.test(argument));
    if (old !== undefined && now !== undefined && !isForSome(input, call.scope)) yield { range: call.range, now };
  }
  for (const option of input.added.options) {
    if (!RIGHT.test(option.name) || !CLAIMED.test(option.value) || !keeps(option.callee) || option.scope === '') continue;
    const isNew =
      input.before?.options.some((other) => other.name === option.name && counterpartScope(input, other.scope) === option.scope) === false;
    const stood = input.before?.calls.some((call) => call.callee === option.callee && counterpartScope(input, call.scope) === option.scope);
    if (isNew && stood === true && !isForSome(input, option.scope)) yield { range: option.range, now: option.value };
  }
}

const RIGHT =
  /^(?:roles?|isAdmin|is_admin|admin|permissions?|scopes|isStaff|is_staff|is_superuser|isSuperuser|superuser|grade|accessLevel|access_level)$/;
const WORD = '(?:roles?|isAdmin|is_admin|permissions|isStaff|is_staff|is_superuser|isSuperuser|accessLevel|access_level)';
const CLAIMED = new RegExp(
  `^(?:(?:req|request|ctx|ctx\\.request|c|self\\.request)\\.(?:body|json|data|form|POST|query|get_json\\(\\))|body|payload|dto|params)(?:[?!]?\\.${WORD}|\\[['":]${WORD}['"]?\\]|\\.get\\(['"]${WORD}['"](?:, ?[^()]{1,40})?\\))$`,
);

function keeps(callee: string): boolean {
  return isWrite(callee) || /^(?:register|sign_?up|invite|create|update|add|save|new)(?![a-z])/i.test(lastName(callee));
}

/** Somebody is asked for a right in front of it: by the router, the route, a dependency or a condition. */
function isForSome(input: RuleInput, scope: string): boolean {
  const { after } = input;
  const asks = (name: string): boolean => !CLAIMED.test(name) && isAccessName(name) && asksRight(name);
  return (
    isAskedNow(input, scope) ||
    /admin|staff|invite/i.test(scope) ||
    after?.guards.some((guard) => within(guard.scope, scope) && isAccessTest(guard.test) && asksRight(guard.test)) === true ||
    after?.calls.some(
      (call) =>
        guardsOfRoute(call, asks).length > 0 ||
        ((within(call.scope, scope) || call.scope === '') &&
          [call.callee, ...call.args].some((text) => /^[\w.]+$/.test(text) && asks(text))),
    ) === true
  );
}
