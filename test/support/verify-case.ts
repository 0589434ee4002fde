import { expect } from 'vitest';
import type { Acknowledgement } from '../../server/src/core/model/acknowledgement.ts';
import type { Finding } from '../../server/src/core/model/finding.ts';
import type { Policy, Requirement } from '../../server/src/core/model/policy.ts';
import type { GapCode, VerificationResult } from '../../server/src/core/model/result.ts';
import { DEFAULT_POLICY } from '../../server/src/core/policy/default-policy.ts';
import { type VerificationInput, verifyChange } from '../../server/src/core/verify/verify.ts';
import {
  makeAcknowledgement,
  makeAssessment,
  makeFinding,
  makeKey,
  makeSigner,
  NOW,
  publicLine,
  REPOSITORY_ID,
  sealLine,
  trustOf,
} from './attest.ts';

/** Cases of the verifier's tests: three keys, two of them trusted, one finding of `src/pay.ts`. */
export const ADA = makeKey(1);
export const BOB = makeKey(2);
export const EVE = makeKey(3);
export const NAMES = new Map([
  [ADA, 'ada@example.invalid'],
  [BOB, 'bob@example.invalid'],
  [EVE, 'eve@example.invalid'],
]);
export const TRUST = trustOf(['ada@example.invalid', publicLine(ADA)], ['bob@example.invalid', publicLine(BOB)]);
export const POLICY: Policy = { ...DEFAULT_POLICY, repositoryId: REPOSITORY_ID };
export const FINDING = makeFinding('a');

export function line(
  key = ADA,
  findings: readonly Finding[] = [FINDING],
  more: Partial<Acknowledgement> = {},
  repositoryId = REPOSITORY_ID,
): Promise<string> {
  return sealLine(makeAcknowledgement(findings, { by: { id: NAMES.get(key) ?? '' }, ...more }), makeSigner(key), { repositoryId });
}

export function verify(lines: readonly string[], more: Partial<VerificationInput> = {}): VerificationResult {
  return verifyChange({
    assessment: makeAssessment([FINDING]),
    policy: POLICY,
    trust: TRUST,
    lines,
    context: { now: NOW, authors: [{ name: 'Ada', email: 'ADA@example.invalid' }] },
    ...more,
  });
}

export function codes(result: VerificationResult): readonly GapCode[] {
  expect(result.passed).toBe(result.gaps.length === 0);
  return result.gaps.map(({ code }) => code);
}

export function demanding(high: Partial<Requirement>, more: Partial<Policy> = {}): Policy {
  return { ...POLICY, severities: { ...POLICY.severities, high: { ...POLICY.severities.high, ...high } }, ...more };
}
