import type { Assessment } from '../model/assessment.ts';
import type { Policy } from '../model/policy.ts';
import type { Gap, TrustMaterial, VerificationResult } from '../model/result.ts';
import type { BlindReason, BlindSpot } from '../model/tree.ts';
import { coverFindings, type ExemptFinding } from './coverage.ts';
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
  /** Files that the head made unreadable, and why (host/hidden-files.ts); none where not given. */
  readonly hidden?: readonly BlindSpot[];
  readonly limits?: ReadingLimits;
}

/**
 * Reasons for which nobody can say that all findings were recomputed: this machine failed, or the two sides differ so much that
 * the comparison was cut short, or the head made a file deeper or longer than is read, which a head can bring about. Of the others some lie in what the base itself was, and are warnings;
 * a file that the head made unreadable comes as `hidden`. A `parse-error` is a warning: files with an error in them are common,
 * and what parses around it is analysed. A head can leave out a fact that way, in a file that its own build then refuses.
 */
const UNVERIFIABLE: readonly BlindReason[] = [
  'missing-object',
  'unreadable',
  'grammar-missing',
  'rule-crashed',
  'rules-not-read',
  'diff-capped',
  'too-complex',
  'stray-line-end',
];

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
export function verifyChange({ assessment, policy, trust, lines, context, hidden = [], limits }: VerificationInput): VerificationResult {
  const { records, warnings, mayHideRejection } = selectRecords(lines, assessment, trust, limits);
  const { gaps, covered, exempt } = coverFindings(assessment, records, policy, trust, context);
  const isHidden = (spot: BlindSpot): boolean => hidden.some((one) => one.path === spot.path && one.reason === spot.reason);
  const spots = assessment.blindSpots.filter((spot) => !isHidden(spot));
  const blind = spots.filter(({ reason }) => UNVERIFIABLE.includes(reason));
  const unread = mayHideRejection
    ? [changeGap('', 'expected carriers within the reading limits, found more, in which a rejection may lie')]
    : [];
  const all = [...gaps, ...hidden.map(hiddenGap), ...blind.map(blindGap), ...unread, ...pinGaps(policy, context)];
  return {
    passed: all.length === 0,
    gaps: all,
    covered,
    warnings: [
      ...warnings,
      ...spots.filter((spot) => !blind.includes(spot)).map(blindWarning),
      ...exempt.map(exemptWarning),
      ...policyWarnings(policy),
    ],
  };
}

function blindGap({ path, reason, detail }: BlindSpot): Gap {
  const gap = changeGap(
    path,
    `expected to recompute the findings of this file, found ${reason}${detail === undefined ? '' : ` (${detail})`}`,
  );
  if (reason === 'too-complex') return { ...gap, remedy: 'nest less, or split the file' };
  return reason === 'stray-line-end' ? { ...gap, remedy: 'end every line of the file in the same way' } : gap;
}

/** The gap that a file leaves which the head made unreadable. */
export function hiddenGap(spot: BlindSpot): Gap {
  return { ...blindGap(spot), remedy: 'keep the file readable, or let the base raise maxFileBytes or name the file in .gitattributes' };
}

/** Another rule set may find less; whoever pinned one asked that it be this one. */
function pinGaps({ rulesets }: Policy, { ruleset }: CoverageContext): readonly Gap[] {
  if (rulesets.length === 0 || (ruleset !== undefined && rulesets.includes(ruleset))) return [];
  const expected = `expected the rule set ${rulesets.map((one) => one.slice(0, 12)).join(' or ')} that the policy pins`;
  const gap = changeGap('', `${expected}, found ${ruleset?.slice(0, 12) ?? 'none'}`);
  return [
    { ...gap, remedy: 'run the version of Brakeline whose rules the policy pins: brakeline policy check names the rule set of each' },
  ];
}

function exemptWarning({ path, line, rule, exemption: { until, reason } }: ExemptFinding): string {
  return `exempt until ${until.slice(0, 10)}: ${path}:${line} ${rule} (${reason})`;
}

function blindWarning({ path, reason, detail }: BlindSpot): string {
  return `not analysed: ${path}: ${reason}${detail === undefined ? '' : ` (${detail})`}`;
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
