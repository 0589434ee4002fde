import type { Call, Guard, Option } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { changedLines } from '../code/changed-lines.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { isExtracted } from '../code/scope-changes.ts';
import { lostGuards } from '../guards/lost-guards.ts';
import { isVerification } from '../guards/verifications.ts';
import { ENDS, isEndAskedInPart } from './ends-in-parts.ts';

/** What a check that stays asked of a token beside its signature: `issuer`, `audience`, the algorithms that it may name. */
export function* lostDemands({ removed, before, after, ...input }: RuleInput): Iterable<{ readonly option: Option; readonly call: Call }> {
  const told = new Set<Call>();
  for (const option of removed.options) {
    if (!/^(issuer|iss|audience|aud|algorithms|maxAge|required_claims|subject)$/.test(option.name)) continue;
    if (!CHECKS.test(option.callee) || /^(false|False|undefined|null|None|\[\s*\])$/.test(option.value)) continue;
    const scope = counterpartScope({ ...input, before, after }, option.scope);
    const isAsked = (other: Option): boolean => other.name === option.name && CHECKS.test(other.callee) && within(other.scope, scope ?? '');
    const call = after?.calls.find(
      (other) => other.callee === option.callee && other.scope === scope && !other.args.some((argument) => /\.\.\.|\*\*/.test(argument)),
    );
    // Options that stand in a constant now are handed over by its name.
    const isHanded = call?.args.slice(2).some((argument) => /^[\w$.]+$/.test(argument) || argument.includes(option.name)) === true;
    if (scope !== undefined && call !== undefined && !isHanded && after?.options.some(isAsked) !== true && !told.has(call)) {
      told.add(call);
      yield { option, call };
    }
  }
}

/** Libraries that check a token and what it says. */
const CHECKS =
  /^(?:\w+\.)?(?:jwt|jsonwebtoken|jose|JWT|PyJWT)\.(?:verify|verifyAsync|decode)$|^(?:jose\.)?jwtVerify$|jwtService\.verify(?:Async)?$/;

/** A demand that was a call of its own or a link of a chain: `.requireAudience("orders")`, `jwt.WithIssuer(issuer)`, `setJwtValidator(…)`. */
export function* lostDemandCalls(input: RuleInput): Iterable<{ readonly range: Range; readonly demand: string; readonly owner: string }> {
  const { removed, after } = input;
  const told = new Set<number>();
  for (const call of removed.calls) {
    const demand = lastName(call.callee);
    if (!DEMANDS.test(demand) || told.has(call.range.start.line)) continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || after === undefined || isExtracted(input, call)) continue;
    const isAsked = after.calls.some((other) => lastName(other.callee) === demand) || after.options.some(({ name }) => name === demand);
    const reads = after.calls.some((other) => within(other.scope, scope) && READS.test(lastName(other.callee)));
    if (isAsked || !reads || input.addedElsewhere().calls.some((other) => lastName(other.callee) === demand)) continue;
    told.add(call.range.start.line);
    yield { range: call.range, demand, owner: call.scope === '' ? 'the module' : lastName(call.scope) };
  }
}

const DEMANDS =
  /^(?:require(?:Audience|Issuer|Subject|Expiration|NotBefore)|setExpected(?:Audience|Issuer|Subject)|setRequire(?:ExpirationTime|Subject|JwtId)|setJwtValidator|with(?:Audience|Issuer|AnyOfAudience)|With(?:Audience|Issuer|ExpirationRequired|Subject)|set_(?:audience|issuer)|set_required_spec_claims)$/;

/** What takes a token apart or makes what does. */
const READS =
  /^(?:parse\w*|Parse\w*|decode|verify\w*|build|processToClaims|withJwkSetUri|withPublicKey|withSecretKey|fromIssuerLocation|NewParser|require|new)$/;

/** `if (session.expiresAt < Date.now()) return null`, `if token.RevokedAt != nil { return ErrRevoked }`: what has ended is good again. */
export function lostEnds(input: RuleInput): readonly Guard[] {
  const isLost = ({ exit, test, scope }: Guard): boolean =>
    (exit === 'return' && ENDS.test(words(test)) && OF_TOKEN.test(words(`${test} ${scope} ${input.path}`))) ||
    (IS_OLD.test(test) && /[<>]/.test(test) && verifies(input, scope));
  if (!input.removed.guards.some(isLost)) return [];
  // A query may ask for those alone that are still good.
  const asksNow = changedLines(input, 'after').some(
    ({ text }) => ENDS.test(words(text)) || IS_OLD.test(text) || /\b(?:live|active|valid|unexpired|current)\b/.test(words(text)),
  );
  return asksNow ? [] : lostGuards(input, isLost).filter((guard) => !isEndAskedInPart(input, guard));
}

/** What was signed long ago: `Math.abs(now - ts) > 300`, `time.Since(sent) > tolerance`. */
const IS_OLD = /\babs\(|\btime\.(?:Since|time\()|Date\.now\(|\bDuration\.between\(|\bnow\b\s?(?:\(\))?\s?-/i;

function verifies({ before, path }: RuleInput, scope: string): boolean {
  return (
    /\b(?:verify|verifies|signature|signed|webhook|hmac)\b/.test(words(`${scope} ${path}`)) &&
    before?.calls.some((call) => within(call.scope, scope) && isVerification(call)) === true
  );
}

const OF_TOKEN =
  /\b(?:sessions?|tokens?|invite|invitation|otp|magic link|reset|api key|credential|credentials|grant|auth|login|refresh|code|nonce)\b/;
