import type { Call, Guard, Handler, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { absencesThatPass, optionalCredentials } from '../vocabulary/access/optional-credentials.ts';
import { lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { tokensOn } from '../vocabulary/code/code-text.ts';
import { keepOf } from '../vocabulary/code/kept.ts';
import { flippedAnswers, isCheckOfSomebody, isPass, lostRefusals } from '../vocabulary/guards/failed-checks.ts';
import { callsInside, guardKind, isAccessName } from '../vocabulary/guards/guard-kinds.ts';
import { passedErrors } from '../vocabulary/guards/passed-errors.ts';
import { opensOnFailure } from '../vocabulary/settings/open-on-failure.ts';
import { nameOf } from '../vocabulary/settings/setting-index.ts';
import { changedSettings, placeOf } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A check of access or of a token whose failure lets the request through: a handler around it that goes on with `next()`, a
 * value in place of the refusal, or a word in a log and nothing else. A check of a signature or a token that asks only those who
 * bring one. A setting of a proxy or of an admission webhook that says the same: `failure_mode_allow: true`, `failurePolicy: Ignore`.
 *
 * ## Why it matters
 * Whoever can make the check fail, with a broken token or by stopping the service behind it, is let in.
 *
 * ## When it is fine
 * A page that greets known people and serves all others alike.
 *
 * ## What it misses
 * A check whose name says nothing of access and whose failure refused nobody before.
 */
export default defineRule({
  id: 'access/fail-open',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A failed check lets the request through',
  reads: ['handlers', 'calls', 'tokens', 'settings'],
  evidence: [{ title: 'CWE-636: not failing securely', url: 'https://cwe.mitre.org/data/definitions/636.html' }],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<number>();
    for (const draft of [...handlers(input), ...opened(input), ...settings(input)]) {
      if (flagged.has(draft.range.start.line)) continue;
      // A handler is told once, and not for each of its lines.
      for (let line = draft.range.start.line; line <= draft.range.end.line; line += 1) flagged.add(line);
      yield draft;
    }
  },
});

/** Failures that were refused, whatever the check is called. */
function* opened(input: RuleInput): Iterable<FindingDraft> {
  for (const { side, range, what } of [...lostRefusals(input), ...flippedAnswers(input), ...passedErrors(input)])
    yield { side, range, message: fitMessage(`a failure of \`${shorten(what, 34)}\` lets the request through`) };
  // Nothing has to fail: whoever leaves it out is in, as if the check were gone.
  for (const { range, what } of [...optionalCredentials(input), ...absencesThatPass(input)])
    yield { side: 'after', range, message: fitMessage(`whoever brings no \`${shorten(what, 30)}\` is let through`), severity: 'critical' };
}

/** What a file tells the one who asks for the right to do when nobody answers. */
function* settings(input: RuleInput): Iterable<FindingDraft> {
  for (const change of changedSettings(input)) {
    const { before, after } = change;
    if (after === undefined || !opensOnFailure(input, change, after.value)) continue;
    if (before !== undefined && opensOnFailure(input, change, before.value)) continue;
    yield {
      ...placeOf(change),
      message: fitMessage(`\`${shorten(nameOf(change), 30)}: ${shorten(String(after.value), 12)}\` lets through what nobody could check`),
    };
  }
}

function* handlers(input: RuleInput): Iterable<FindingDraft> {
  const added = new Set(input.added.handlers);
  const passing = input.added.calls.filter(isPass);
  const { start, lines } = input.hunk.after;
  // What a handler answers is no part of its key: one that told of the error and refused may tell of it and answer yes.
  const isRewritten = ({ range }: Handler): boolean => range.start.line >= start && range.end.line < start + lines;
  const rewritten = (input.after?.handlers ?? []).filter(
    (handler) => added.has(handler) || (isRewritten(handler) && askedAtOnce(input.after, handler) !== undefined),
  );
  for (const handler of rewritten.length === 0 && passing.length === 0 ? [] : (input.after?.handlers ?? [])) {
    if (handler.outcome === 'rethrows') continue;
    const refusal = added.has(handler) ? refusalInside(input, handler) : undefined;
    if (refusal !== undefined) {
      yield {
        side: 'after',
        range: handler.range,
        message: fitMessage(`a failure before \`${shorten(refusal.test, 34)}\` lets the request through`),
      };
      continue;
    }
    const passedBy = added.has(handler) ? leftBefore(input, handler) : undefined;
    if (passedBy !== undefined) {
      yield {
        side: 'after',
        range: handler.range,
        message: fitMessage(`a failure passes \`${shorten(passedBy.test, 34)}\` by and lets the request through`),
      };
      continue;
    }
    const granted = rewritten.includes(handler) ? grantedBy(input, handler) : undefined;
    if (granted !== undefined) {
      yield {
        side: 'after',
        range: handler.range,
        message: fitMessage(`a failure of \`${shorten(granted, 34)}\` counts as a yes`),
      };
      continue;
    }
    const passes = passing.some((call) => isInside(call, handler));
    if (!passes && !added.has(handler)) continue;
    const check = handler.guarded.find(isCheck) ?? checkOfSomebody(input, handler);
    if (check === undefined) continue;
    const swallows =
      added.has(handler) &&
      (handler.outcome === 'swallows' || (handler.outcome === 'reports' && leavesOpen(input, handler))) &&
      !input.before?.handlers.some((other) => other.scope === handler.scope && other.outcome === 'swallows');
    if (passes || swallows)
      yield {
        side: 'after',
        range: handler.range,
        message: fitMessage(`a failure of \`${shorten(check, 34)}\` lets the request through`),
      };
  }
}

/**
 * The refusal of access that stands in the guarded block, where the handler only tells of the error and what follows goes on:
 * `try { … if (!grant.ok) return reply.code(403) } catch (e) { log.warn(e) }`.
 */
function refusalInside(input: RuleInput, handler: Handler): Guard | undefined {
  const { before, after } = input;
  if (before === undefined || after === undefined || refuses(after, handler.range)) return undefined;
  const start = handler.range.start.line;
  const had = before.handlers.some(
    (other) => other.scope === handler.scope && other.outcome !== 'rethrows' && !refuses(before, other.range),
  );
  const known = new Set(before.scopes.map(({ name }) => name));
  if (had || (handler.scope !== '' && !known.has(handler.scope))) return undefined;
  return after.guards.find((guard) => {
    const inside = callsInside(guard, after.calls);
    return (
      guard.scope === handler.scope &&
      guard.exit !== 'break' &&
      guard.range.end.line <= start &&
      guard.checks === undefined &&
      inside.every(({ callee }) => handler.guarded.includes(callee) || /(^|\.)(log|logger|console)\./.test(callee)) &&
      callsOnly(guard, after, handler) &&
      guardKind(guard, inside) === 'access' &&
      // Where the function refuses at its end, falling out of the block is a refusal.
      !endsInRefusal(after, handler)
    );
  });
}

/**
 * The refusal below that asks the guarded answer, where the handler leaves the function before it without refusing:
 * `try { grant = await ask(…) } catch { return } if (!grant.ok) return reply.code(403)`.
 */
function leftBefore({ before, after }: RuleInput, handler: Handler): Guard | undefined {
  if (before === undefined || after === undefined || refuses(after, handler.range)) return undefined;
  const texts = tokensOn(after, handler.range.start.line, handler.range.end.line).map(({ text }) => text);
  const leaves = texts.some((text, at) => text === 'return' && /^(;|\}|next)$/.test(texts[at + 1] ?? '}')) || texts.includes('next');
  if (!leaves || before.handlers.some((other) => other.guarded.some((callee) => handler.guarded.includes(callee)))) return undefined;
  return after.guards.find(
    (guard) =>
      guard.scope === handler.scope &&
      (guard.exit === 'answer' || guard.exit === 'throw' || guard.exit === 'return') &&
      guard.range.start.line > handler.range.end.line &&
      guard.reads.some((name) => isAnswerOf(after, handler, name.split('.')[0] ?? name)) &&
      guardKind(guard, callsInside(guard, after.calls)) === 'access',
  );
}

/** Whether a name holds what a call of the guarded block answered. */
function isAnswerOf(facts: SourceFacts, { scope, guarded, range }: Handler, name: string): boolean {
  const calls = facts.calls.filter(
    (call) => call.scope === scope && guarded.includes(call.callee) && call.range.start.line <= range.start.line,
  );
  const first = Math.min(...calls.map((call) => call.range.start.line));
  if (calls.length === 0) return false;
  const texts = tokensOn(facts, first, range.start.line).map(({ text }) => text);
  return texts.some((text, at) => text === name && texts[at + 1] === '=');
}

/** The guard stands in the block: a call before it, or in it, is one of those that the handler guards. */
function callsOnly(guard: Guard, facts: SourceFacts, handler: Handler): boolean {
  return facts.calls.some(
    (call) =>
      call.scope === guard.scope &&
      handler.guarded.includes(call.callee) &&
      call.range.start.line <= guard.range.end.line &&
      call.range.start.line >= guard.range.start.line - 12,
  );
}

const LEAVES =
  /(^| )(return|throw|raise|40[13]|UNAUTHORIZED|FORBIDDEN|StatusUnauthorized|StatusForbidden|Unauthorized|Forbidden|abort|redirect|sendError|reject|exit|deny|denied|signOut|logout|panic) /;

/** True where the code on these lines ends the work or answers with a refusal. */
function refuses(facts: SourceFacts, { start, end }: Handler['range']): boolean {
  const text = ` ${tokensOn(facts, start.line, end.line)
    .map((token) => token.text)
    .join(' ')} `;
  // A bare `return` leaves the hook and lets the request go on.
  return LEAVES.test(text.replace(/ return (?:; )?(?=\} )/g, ' '));
}

function endsInRefusal(facts: SourceFacts, handler: Handler): boolean {
  const scope = facts.scopes.find(({ name }) => name === handler.scope);
  if (scope === undefined || scope.endLine <= handler.range.end.line) return false;
  const text = ` ${tokensOn(facts, handler.range.end.line + 1, scope.endLine)
    .map((token) => token.text)
    .join(' ')} `;
  return / (throw|raise|40[13]|StatusUnauthorized|StatusForbidden|UNAUTHORIZED|FORBIDDEN|abort|deny) | return ([Ff]alse|nil|null|None) /.test(
    text,
  );
}

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
function grantedBy({ before, after, path }: RuleInput, handler: Handler): string | undefined {
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
function askedAtOnce(facts: SourceFacts | undefined, { scope, guarded, range }: Handler): string | undefined {
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

/** A call in the guarded block whose only answer is to throw. */
function checkOfSomebody({ after }: RuleInput, handler: Handler): string | undefined {
  if (after === undefined) return undefined;
  return checksOfSomebody(after).find(({ scope, callee }) => scope === handler.scope && handler.guarded.includes(callee))?.callee;
}

const checksOfSomebody = keepOf((facts: SourceFacts) => facts.calls.filter(isCheckOfSomebody));

function isCheck(callee: string): boolean {
  const name = lastName(callee);
  return (
    (isAccessName(name) && /^(verify|check|authenticate|authorize|require|assert|ensure|validate|is|has|can|introspect)/i.test(name)) ||
    /\b(jwt|token|session|webhook|signature)\b.*\bverify\b|^jwt verify\b/.test(words(callee))
  );
}

/** A handler that is new, tells of the error and ends nothing, in a function that was there. */
function leavesOpen({ before, after }: RuleInput, handler: Handler): boolean {
  return (
    after !== undefined &&
    before?.scopes.some(({ name }) => name === handler.scope) === true &&
    !refuses(after, handler.range) &&
    !endsInRefusal(after, handler)
  );
}

function isInside(call: Call, handler: Handler): boolean {
  return call.range.start.line >= handler.range.start.line && call.range.end.line <= handler.range.end.line;
}
