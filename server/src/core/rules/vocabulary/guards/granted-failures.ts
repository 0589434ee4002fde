import type { Handler, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';

const PROOF =
  /\b(auth\w*|access|token|code|otp|totp|hotp|mfa|2fa|two factor|second factor|factor|captcha|recaptcha|turnstile|signature|hmac|password|passcode|pin|credentials?|permissions?|role|roles|session|jwt|webhook|license|licence|policy|opa|entitle\w*|member\w*|owner\w*|revoked|blocked|banned|denied|sanction\w*|allowed|allow ?list|block ?list|deny ?list|certificate|nonce|grants?|rights?|scopes?|tenant|admin)\b/;

/** Homes in which a bare question is about something else. */
const NO_PROOF = /\b(limit\w*|rate|throttl\w*|quota|cache\w*|feature\w*|flags?|lock|tests?|parser?|lexer|syntax|tokenizer)\b/;

const ASKS =
  /^(verify|check|validate|authenticate|authorize|authorise|is|has|can|may|introspect|confirm|match|matches|allows?|ask|evaluate|enforce|compare|in)\b/;

/** Questions whose yes is the refusal: `isRevoked`. */
const REFUSES =
  /\b(blocked|banned|revoked|expired|denied|disabled|suspended|locked|sanctioned|blacklisted|block ?list|deny ?list|suspicious|forbidden|required)\b/;

const PROOF_OF_WHO =
  /\b(auth\w*|introspect\w*|principal|identity|token|jwt|session|permission\w*|polic(?:y|ies)|authz|opa|access|entitle\w*|license|licence|captcha|mfa|otp)\b/;

/** An answer that is given for the one who could not be asked, and says yes: `return {'active': True, …}`. */
function grantIn(facts: SourceFacts, { range }: Handler): string | undefined {
  const text = tokensOn(facts, range.start.line, range.end.line)
    .map((token) => token.text)
    .join(' ');
  const answer =
    / (?:return|=>|Ok \(|\() ?[^;]{0,80}?\b(active|allow|allowed|authorized|authorised|authenticated|granted|permitted|verified|hasAccess|has_access|isValid|is_valid|permit|entitled|Allow|Allowed|Active|Authorized|Authenticated|Granted)\b ?['"`]? ?[:=] ?(?:true|True)\b/.exec(
      ` ${text}`,
    );
  return answer?.[1];
}

/** A question for what somebody may do, whatever it is asked of: `may_manage`, `canApprove`. */
const MAY_DO =
  /^(may|can|is allowed to|allowed to)( \w+)? (manage|edit|view|read|write|access|delete|remove|approve|publish|administer|moderate|invite|see|open|change|update|create|transfer|withdraw|refund|export|impersonate|act|sign|join|post|assign|enter|use)\b/;

/** What was asked, where the handler of its failure answers as the check would for whoever may pass: `except TotpError: return True`. */
export function grantedBy({ before, after, path }: RuleInput, handler: Handler): string | undefined {
  if (after === undefined) return undefined;
  const own = words(lastName(handler.scope));
  if (/\b(limit\w*|rate|throttle\w*|quota|cache\w*|feature|flag)\b/.test(own)) return undefined;
  const granted = grantIn(after, handler);
  if (granted !== undefined && PROOF_OF_WHO.test(words(`${handler.scope} ${path} ${handler.guarded.join(' ')}`))) {
    const had = before?.handlers.some((other) => grantIn(before, other) !== undefined);
    if (had !== true) return granted;
  }
  const asked = handler.guarded.find((callee) => {
    const name = words(lastName(callee));
    return (
      ASKS.test(name) && PROOF.test(words(callee)) && !/\b(limit\w*|rate|throttle\w*|quota|status code|error code)\b/.test(words(callee))
    );
  });
  // A question of one word asks what its kind and its file are about: `has` of `internal/grants`.
  const isBare = /^(has|holds|can|may|is|check|verify|allowed?|allows|permits?|permitted|owns|includes|contains|test|ok|matches)$/.test(
    own,
  );
  const home = words(
    `${handler.scope.slice(0, Math.max(0, handler.scope.length - lastName(handler.scope).length))} ${path.split('/').slice(-2).join(' ')}`,
  ).replace(/\b(codes?|pins?|factors?|tokens?)\b/g, '');
  const check =
    asked ??
    askedAtOnce(after, handler) ??
    (isBare && PROOF.test(home) && !NO_PROOF.test(home) ? handler.guarded[0] : undefined) ??
    (MAY_DO.test(own) || (PROOF.test(own) && /^(verify|check|validate|is|has|can|may|authorize|allow)\b|\b(ok|valid|allowed)$/.test(own))
      ? handler.guarded[0]
      : undefined);
  if (check === undefined) return undefined;
  const yes = REFUSES.test(PROOF.test(own) ? own : isBare ? home : words(check)) ? 'false' : 'true';
  const answers = (facts: SourceFacts, { range }: Handler): boolean =>
    new RegExp(` (?:return|=>|->|unwrap_or \\(|\\|) (?:Ok \\( |Boolean \\. )?${yes}(?: |$)`, 'i').test(
      ` ${tokensOn(facts, range.start.line, range.end.line)
        .map((token) => token.text)
        .join(' ')} `,
    );
  if (!answers(after, handler)) return undefined;
  const had = before?.handlers.some(
    (other) => other.guarded.some((callee) => handler.guarded.some((now) => lastName(now) === lastName(callee))) && answers(before, other),
  );
  return had === true ? undefined : check;
}

/** The call whose answer, or what its failure stands for, is asked below by a guard that refuses: `const granted = await check(…).catch(…)`. */
export function askedAtOnce(facts: SourceFacts | undefined, { scope, guarded, range }: Handler): string | undefined {
  const line = tokensOn(facts, range.start.line, range.start.line).map(({ text }) => text);
  const name = line[line.indexOf('=') - 1] ?? '';
  const isRefused = facts?.guards.some(
    (guard) =>
      guard.scope === scope &&
      guard.range.start.line > range.end.line &&
      (guard.exit === 'answer' || guard.exit === 'throw') &&
      guard.test.replace(/\s/g, '') === `!${name}` &&
      tokensOn(facts, guard.range.start.line, guard.range.end.line).some(({ text }) =>
        /^(?:40[13]|402|Forbidden\w*|Unauthori[sz]ed\w*|FORBIDDEN|UNAUTHORIZED)$/.test(text),
      ),
  );
  return name !== '' && isRefused === true ? guarded[0] : undefined;
}
