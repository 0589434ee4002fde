import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { lastName, receiver, shorten, words } from '../call-names.ts';
import { counterpartScope, isExtracted, lostGuards, movedText, newCallsIn, within } from '../counterpart.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { callsInside, guardKind } from '../guard-kinds.ts';
import { fitMessage } from '../quote.ts';

/**
 * ## What it sees
 * A token or a message whose signature is no longer verified: `verify` became `decode`, the comparison of an HMAC is gone, an
 * option ignores the signature or its expiry.
 *
 * ## Why it matters
 * Whoever can write a token may now say who they are; whoever knows the address may send the webhook.
 *
 * ## When it is fine
 * The check moved to middleware or another library's check took its place. These are not flagged.
 *
 * ## What it misses
 * A verification that is kept with the wrong key.
 */
export default defineRule({
  id: 'access/signature-check-removed',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'A signature is no longer verified',
  reads: ['calls', 'guards', 'options'],
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
    for (const guard of lostGuards(input, (candidate) => guardKind(candidate, callsInside(candidate, before)) === 'signature')) {
      if ([...flagged].some((line) => line >= guard.range.start.line && line <= guard.range.end.line)) continue;
      const scope = counterpartScope(input, guard.scope);
      if (scope !== undefined && stillVerifies(input, scope)) continue;
      yield {
        side: 'before',
        range: guard.range,
        message: fitMessage(`\`${shorten(guard.test, 34)}\` no longer stops \`${shorten(guard.scope, 24) || 'the module'}\``),
      };
    }
    for (const option of input.added.options) {
      const isBlind =
        (/^(ignoreExpiration|ignoreNotBefore|ignoreSignature|skipVerification|skipSignature)$/.test(option.name) &&
          option.value === 'true') ||
        (/^(verify_signature|verifySignature|requireSignature)$/.test(option.name) && /^false$/i.test(option.value)) ||
        (/^algorithms?$/.test(option.name) && /['"]none['"]/i.test(option.value));
      if (isBlind)
        yield {
          side: 'after',
          range: option.range,
          message: fitMessage(`\`${shorten(option.name, 24)}: ${shorten(option.value, 16)}\` lets forged tokens pass`),
        };
    }
  },
});

function isVerification(call: Call): boolean {
  const name = lastName(call.callee);
  if (name === 'verify')
    return /\b(jwt|jws|jose|token|jsonwebtoken|webhook|wh|svix|crypto|signer|verifier|hmac|signature|client)\b/.test(
      words(receiver(call.callee)),
    );
  if (/^(timingSafeEqual|constructEvent|compareDigest|compare_digest|jwtVerify|jwtVerifyAsync|safeCompare|verifyAsync)$/.test(name))
    return true;
  return /^(verify|validate|check|assert)\w*(signature|webhook|hmac|jwt|idtoken|checksum)\w*$/i.test(name);
}

function stillVerifies(input: RuleInput, scope: string): boolean {
  return input.after?.calls.some((call) => within(call.scope, scope) && isVerification(call)) ?? false;
}
