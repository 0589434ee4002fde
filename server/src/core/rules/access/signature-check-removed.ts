import type { Call, Guard, Option } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { writtenKeys } from '../vocabulary/access/known-keys.ts';
import { lostProofCommands } from '../vocabulary/access/lost-proof-commands.ts';
import { lostDemandCalls, lostDemands, lostEnds } from '../vocabulary/access/token-demands.ts';
import { lastName, receiver, shorten, words } from '../vocabulary/code/call-names.ts';
import { tokensOn } from '../vocabulary/code/code-text.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { movedText } from '../vocabulary/code/moved-text.ts';
import { asksElsewhere, cameAlong, isExtracted, newCallsIn, newGuardsIn } from '../vocabulary/code/scope-changes.ts';
import { askedByMiddleware } from '../vocabulary/guards/asked-by-middleware.ts';
import { changedConditions } from '../vocabulary/guards/condition-changes.ts';
import { callsInside, guardKind } from '../vocabulary/guards/guard-kinds.ts';
import { lostGuards } from '../vocabulary/guards/lost-guards.ts';
import { isVerification } from '../vocabulary/guards/verifications.ts';

/**
 * ## What it sees
 * A token or a message whose signature is no longer verified: `verify` became `decode`, the comparison of an HMAC is gone, an
 * option ignores the signature, its expiry or whom it was made for, its key is written into the code or empty, or the check is called and nobody looks at its
 * answer; a comparison of which any part is enough now. A command of a script that proved who made something (`cosign verify`,
 * `gpg --verify`).
 *
 * ## Why it matters
 * Whoever can write a token may now say who they are; whoever knows the address may send the webhook.
 *
 * ## When it is fine
 * The check moved to middleware or another library's check took its place. These are not flagged.
 *
 * ## What it misses
 * A verification that is kept with the wrong key, which goes by a name.
 */
export default defineRule({
  id: 'access/signature-check-removed',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'A signature is no longer verified',
  reads: ['calls', 'guards', 'conditions', 'options', 'commands'],
  evidence: [
    { title: 'CWE-347: improper verification of cryptographic signature', url: 'https://cwe.mitre.org/data/definitions/347.html' },
  ],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<number>();
    const before = input.before?.calls ?? [];
    for (const call of input.removed.calls) {
      if (!isVerification(call) || flagged.has(call.range.start.line)) continue;
      const scope = counterpartScope(input, call.scope);
      if (scope === undefined || stillVerifies(input, scope) || isExtracted(input, call)) continue;
      if (asksByBareName(input, call, scope) || isHashedByLibrary(input, call, scope)) continue;
      // Middleware of this change asks it in front of every route that leads here.
      if (input.before?.guards.some((guard) => callsInside(guard, [call]).length > 0 && askedByMiddleware(input, guard) === true)) continue;
      if (movedText(input, `${call.callee}(`, [lastName(call.callee)])) continue;
      const decoded = newCallsIn(input, call.scope).find((other) => /decode|parse/i.test(lastName(other.callee)));
      flagged.add(call.range.start.line);
      const now = decoded === undefined ? 'is no longer asked' : `became \`${shorten(decoded.callee, 22)}\``;
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 28)}\` ${now}: forgeries pass`),
        ...(decoded === undefined
          ? {}
          : { related: [{ path: input.path, line: decoded.range.start.line, message: 'the unverified reading' }] }),
      };
    }
    for (const guard of lostGuards(
      input,
      (candidate) =>
        guardKind(candidate, callsInside(candidate, before)) === 'signature' ||
        callsInside(candidate, before).some((call) => isVerification(call)),
    )) {
      if ([...flagged].some((line) => line >= guard.range.start.line && line <= guard.range.end.line)) continue;
      const scope = counterpartScope(input, guard.scope);
      // Where the same is only asked to be noted, nothing is refused.
      const isNoted = (call: Call): boolean =>
        tokensOn(input.after, call.range.start.line, call.range.start.line)[0]?.text === 'if' &&
        input.after?.guards.some((other) => callsInside(other, [call]).length > 0) !== true;
      if (scope !== undefined && stillVerifies(input, scope, isNoted)) continue;
      if (isAskedThrough(input, guard)) continue;
      yield {
        side: 'before',
        range: guard.range,
        message: fitMessage(`\`${shorten(guard.test, 34)}\` no longer stops \`${shorten(guard.scope, 24) || 'the module'}\``),
      };
    }
    for (const call of input.added.calls) {
      if (!UNVERIFIED.test(lastName(call.callee)) || flagged.has(call.range.start.line)) continue;
      // Some names can mean nothing else.
      const isBlatant = NEVER_VERIFIES.test(lastName(call.callee)) && !cameAlong(input, call);
      const was = isBlatant
        ? call
        : input.removed.calls.find(
            (other) =>
              counterpartScope(input, other.scope) === call.scope &&
              /^(parse\w*|decode|verify\w*|loads|readJWT)$/i.test(lastName(other.callee)),
          );
      if (was !== undefined && ![...flagged].includes(was.range.start.line))
        yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(call.callee, 34)}\` believes any token`) };
    }
    for (const { range, part } of joinedComparisons(input))
      yield { side: 'after', range, message: fitMessage(`any part of \`${shorten(part, 44)}\` is enough now: forgeries pass`) };
    for (const call of writtenKeys(input))
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 28)}\` trusts a key that stands in the code`),
      };
    for (const { range, shown } of lostProofCommands(input))
      yield { side: 'before', range, severity: 'high', message: fitMessage(`\`${shorten(shown, 40)}\` no longer proves who made it`) };
    for (const { option, call } of lostDemands(input))
      if (!input.added.options.some((other) => isBlind(other) && other.callee === call.callee))
        yield {
          side: 'before',
          range: option.range,
          severity: 'high',
          message: fitMessage(`\`${shorten(call.callee, 24)}\` no longer asks for the \`${shorten(option.name, 22)}\` of a token`),
        };
    for (const { range, demand, owner } of lostDemandCalls(input))
      yield {
        side: 'before',
        range,
        severity: 'high',
        message: fitMessage(`\`${shorten(owner, 24)}\` no longer asks for \`${shorten(demand, 26)}\` of a token`),
      };
    for (const { range, test, scope } of lostEnds(input))
      yield {
        side: 'before',
        range,
        severity: 'high',
        message: fitMessage(`\`${shorten(test, 34)}\` no longer ends what \`${shorten(scope, 24) || 'the module'}\` takes`),
      };
    for (const option of input.added.options) {
      if (isBlind(option))
        yield {
          side: 'after',
          range: option.range,
          message: fitMessage(`\`${shorten(option.name, 24)}: ${shorten(option.value, 16)}\` lets forged tokens pass`),
        };
    }
  },
});

/** A hash of a password that was compared by hand, and that a library for passwords compares now: `_hasher.verify(stored, password)`. */
function isHashedByLibrary(input: RuleInput, call: Call, scope: string): boolean {
  const isOfPassword = /\bpasswords?\b/.test(words(`${call.scope} ${input.path}`));
  return (
    isOfPassword &&
    newCallsIn(input, call.scope).some(
      (other) =>
        within(other.scope, scope) &&
        other.args.length > 1 &&
        !isIgnored(input, other) &&
        (/^(?:checkpw|check_password_hash|check_password|compareSync)$/.test(lastName(other.callee)) ||
          (/^(?:verify|compare|verify_password)$/.test(lastName(other.callee)) &&
            /\b(?:hashers?|argon2\w*|bcrypt\w*|scrypt|passlib|pwd context|crypt context|password hash\w*)\b/.test(
              words(receiver(other.callee)),
            ))),
    )
  );
}

/** A comparison of what was signed that all had to hold with, and that is one way of several now: `a.length === b.length || equal(a, b)`. */
function* joinedComparisons(input: RuleInput): Iterable<{ readonly range: FindingDraft['range']; readonly part: string }> {
  for (const { after, loosened } of changedConditions(input)) {
    if (loosened?.kind !== 'joined') continue;
    const { start, end } = after.range;
    const compares = input.after?.calls.some(
      (call) => call.range.start.line >= start.line && call.range.end.line <= end.line && isVerification(call),
    );
    if (compares === true) yield { range: after.range, part: loosened.part };
  }
}

const UNVERIFIED =
  /^(ParseUnverified|get_unverified_claims|decode_unverified|decode_complete_unverified|parseUnsecuredClaims|parseClaimsJwt|dangerous_insecure_decode|insecure_decode|loads_unsafe|UnsafeClaimsWithoutVerification|insecure_disable_signature_validation)$/;

const NEVER_VERIFIES =
  /^(insecure_disable_signature_validation|dangerous_insecure_decode|dangerous_insecure_decode_with_validation|insecure_decode)$/;

/** An option by which a check believes what nobody signed, or what has ended. */
function isBlind(option: Option): boolean {
  return (
    (/^(ignoreExpiration|ignoreNotBefore|ignoreSignature|skipVerification|skipSignature|SkipClientIDCheck|SkipExpiryCheck|SkipIssuerCheck|InsecureSkipSignatureCheck)$/.test(
      option.name,
    ) &&
      option.value === 'true') ||
    (/^(verify_exp|verify_aud|verify_iss|validate_exp|validate_aud)$/.test(option.name) && /^false$/i.test(option.value)) ||
    (option.name === 'verify' && /jwt|jose|token|decode/i.test(option.callee) && /^false$/i.test(option.value)) ||
    (/^(verify_signature|verifySignature|requireSignature)$/.test(option.name) && /^false$/i.test(option.value)) ||
    (/^algorithms?$/.test(option.name) && /['"]none['"]/i.test(option.value))
  );
}

/** The comparison stands in a function, of this file or another, that a new guard of the function asks, or that refuses by itself. */
function isAskedThrough(input: RuleInput, guard: Guard): boolean {
  const inside = callsInside(guard, input.before?.calls ?? []).filter(isVerification);
  if (inside.length === 0 || !inside.every((call) => isExtracted(input, call))) return false;
  const asks = asksElsewhere(input, guard.scope);
  return (
    newGuardsIn(input, guard.scope).some(({ test }) => /\w\(/.test(test)) ||
    input.addedElsewhere().guards.some((other) => other.exit === 'throw' && asks(other))
  );
}

/** Its answer is thrown away: `let _ = seal.verify(&key)`, `hmac.compare_digest(a, b)` as a statement of its own. */
function isIgnored({ after, before }: RuleInput, call: Call): boolean {
  const isThrownAway = after?.handlers.some(
    ({ outcome, guarded, range }) =>
      outcome === 'swallows' &&
      guarded.includes(call.callee) &&
      range.start.line <= call.range.start.line &&
      call.range.end.line <= range.end.line,
  );
  const isAnswer =
    call.use === 'discarded' &&
    before?.calls.some((other) => lastName(other.callee) === lastName(call.callee) && other.use !== 'discarded') === true;
  return isThrownAway === true || isAnswer;
}

/** The same question of the same things, by a name that is imported by itself now: `jwt.verify(token, key)` and `verify(token, key)`. */
function asksByBareName({ after }: RuleInput, { callee, args }: Call, scope: string): boolean {
  return (
    after?.calls.some(
      (call) => within(call.scope, scope) && call.callee === lastName(callee) && call.args.length > 1 && call.args.join() === args.join(),
    ) === true
  );
}

function stillVerifies(input: RuleInput, scope: string, isNoted: (call: Call) => boolean = () => false): boolean {
  return (
    input.after?.calls.some((call) => within(call.scope, scope) && isVerification(call) && !isIgnored(input, call) && !isNoted(call)) ??
    false
  );
}
