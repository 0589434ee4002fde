import type { Assessment } from '../model/assessment.ts';
import type { Policy } from '../model/policy.ts';
import type { Gap, TrustMaterial, VerificationResult } from '../model/result.ts';
import type { BlindReason, BlindSpot } from '../model/tree.ts';
import { coverFindings } from './coverage.ts';
import type { CoverageContext } from './entitlement.ts';
import { type ReadingLimits, selectRecords } from './select-records.ts';

/** Everything a verification is made of. The assessment was recomputed by the caller from the two trees; nothing here is a claim but `lines`. */
export interface VerificationInput {
  readonly assessment: Assessment;
  /** The base's policy, tightened by the head's (core/policy/tighten-policy.ts); the assessment was made with this one. */
  readonly policy: Policy;
  /** The base's allowed signers. */
  readonly trust: TrustMaterial;
  /** The union of all carriers: the trees of head and base, notes, bundles. All untrusted. */
  readonly lines: readonly string[];
  readonly context: CoverageContext;
  readonly limits?: ReadingLimits;
}

/** Reasons for which this machine, and not the change, is why something was not recomputed. */
const OWN_BLINDNESS: readonly BlindReason[] = ['missing-object', 'unreadable', 'grammar-missing', 'rule-crashed'];

/**
 * Compares what was recomputed with what was signed, and names every gap.
 *
 * Law 4, as far as it can hold with untrusted carriers: within the reading limits, taking away any set of `acknowledged` lines,
 * or adding or taking away junk, never turns FAIL into PASS, and neither does adding a rejection. Taking away a rejection can, and so can taking away
 * the revocation of an acknowledgement, because nothing proves the absence of a line. So the caller hands in the base's tree
 * and the notes beside the head's tree: what once reached the base is not lifted by deleting it in the head. Beyond the
 * reading limits, where a rejection may lie unread, the answer is FAIL. Stated and tried in
 * test/properties/removing-an-attestation.test.ts.
 */
export function verifyChange({ assessment, policy, trust, lines, context, limits }: VerificationInput): VerificationResult {
  const { records, warnings, mayHideRejection } = selectRecords(lines, assessment, trust, limits);
  const { gaps, covered } = coverFindings(assessment, records, policy, trust, context);
  const blind = blindGaps(assessment.blindSpots);
  const hidden = mayHideRejection
    ? [changeGap('', 'expected carriers within the reading limits, found more, in which a rejection may lie')]
    : [];
  const all = [...gaps, ...blind, ...hidden];
  return {
    passed: all.length === 0,
    gaps: all,
    covered,
    warnings: [...warnings, ...blindWarnings(assessment.blindSpots), ...policyWarnings(policy)],
  };
}

function blindGaps(blindSpots: readonly BlindSpot[]): readonly Gap[] {
  return blindSpots
    .filter(({ reason }) => OWN_BLINDNESS.includes(reason))
    .map(({ path, reason, detail }) =>
      changeGap(path, `expected to recompute the findings of this file, found ${reason}${detail === undefined ? '' : ` (${detail})`}`),
    );
}

function blindWarnings(blindSpots: readonly BlindSpot[]): readonly string[] {
  return blindSpots
    .filter(({ reason }) => !OWN_BLINDNESS.includes(reason))
    .map(({ path, reason, detail }) => `not analysed: ${path}: ${reason}${detail === undefined ? '' : ` (${detail})`}`);
}

function policyWarnings({ repositoryId }: Policy): readonly string[] {
  return repositoryId === undefined
    ? ['the policy of the base names no repository id: an acknowledgement of another repository would count here']
    : [];
}

/** A gap of the change as a whole: it has no finding, so no fingerprint and no rule. */
function changeGap(path: string, message: string): Gap {
  return {
    code: 'unverifiable',
    fingerprint: '',
    path,
    line: 1,
    rule: '',
    severity: 'high',
    message,
    remedy: 'run brakeline verify where every object and grammar can be read',
  };
}
