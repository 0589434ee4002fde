import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { isExtracted, newCallsIn } from '../code/scope-changes.ts';

/** A call that gave a session a new name or ended one, or used a token up, gone from a function that stays. */
export interface LostSessionCall {
  readonly call: Call;
  readonly what: string;
}

/** `req.session.regenerate(…)` of a login, `revokeAllSessions(id)` of a changed password, `resetTokens.delete(id)` of a reset. */
export function* lostSessionCalls(input: RuleInput): Generator<LostSessionCall> {
  for (const call of input.removed.calls) {
    const kind = kindOf(call);
    if (kind === undefined) continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || scope === '' || isExtracted(input, call)) continue;
    const stays = input.after?.calls.some((other) => within(other.scope, scope) && kindOf(other)?.word === kind.word);
    const isReplaced = newCallsIn(input, call.scope).some(({ callee }) =>
      /\b(session|sessions|token|tokens|rotat\w*|renew\w*|revoke\w*|invalidat\w*|login|log in|sign in)\b/.test(words(callee)),
    );
    // What is left signs somebody in, or takes the token, as before.
    const goesOn =
      input.after?.calls.some((other) => within(other.scope, scope)) === true ||
      input.after?.options.some((other) => within(other.scope, scope)) === true;
    if (stays !== true && !isReplaced && goesOn) yield { call, what: kind.what };
  }
}

/** `sessionFixation().none()`: a framework is told to keep the session's old name. */
export function* keptSessions(input: RuleInput): Generator<Call> {
  for (const call of input.added.calls) {
    if (!/sessionFixation\(\)\.none$|(?:^|\.)sessionFixation$/.test(call.callee)) continue;
    const isKept = call.callee.endsWith('.none') || /(?:::|\.)none\b/.test(call.args[0] ?? '');
    const had = input.before?.calls.some(({ callee, args }) => callee === call.callee && args[0] === call.args[0]);
    if (isKept && had !== true) yield call;
  }
}

function kindOf({ callee, scope, args }: Call): { readonly word: string; readonly what: string } | undefined {
  if (/timeout|interval|storage|cookie|cache|header/i.test(callee)) return undefined;
  const [name, home] = [words(lastName(callee)), words(scope)];
  const about = words(`${callee} ${args[0] ?? ''}`);
  if (
    /^(regenerate|regenerate session|regenerate id|cycle key|change session id|rotate session|renew token|reset session|migrate session)$/.test(
      name,
    ) &&
    /\b(session|req|request|sessions|manager|scs|auth)\b/.test(about)
  )
    return { word: 'rotate', what: 'a session that was set before the login stays valid' };
  const isEnd = /^(revoke|invalidate|destroy|delete|expire|clear|remove|logout|log out|sign out)\b/.test(name);
  if (
    isEnd &&
    /\b(sessions|refresh tokens|all sessions|other sessions|access tokens|session)\b/.test(about) &&
    /\b(password|reset|logout|log out|sign out|signout|disable|deactivate|suspend|ban|block|compromised|revoke|mfa|role)\b/.test(home)
  )
    return { word: 'end', what: 'sessions that were open stay so' };
  const isUsedUp = isEnd || /^(consume|mark used|burn|redeem|use once|set used)\b/.test(name);
  if (
    isUsedUp &&
    /\b(token|tokens|code|codes|otp|otps|invite|invites|invitation|invitations|magic link|links|nonce|nonces)\b/.test(about) &&
    /\b(reset|verify|confirm|accept|redeem|login|log in|callback|recover|magic|otp|exchange)\b/.test(home)
  )
    return { word: 'use up', what: 'a token works more than once' };
  return undefined;
}
