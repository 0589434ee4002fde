import type { AssessedHunk } from '../../core/model/assessment.ts';
import type { Policy } from '../../core/model/policy.ts';
import { placeOf } from '../../core/place.ts';
import type { AcknowledgeForm } from '../../protocol.ts';
import { demandsOf, REASON_LENGTH } from '../reporters/demands.ts';
import { reachOf, refOf, widest } from './answer.ts';
import { requirementText } from './demands.ts';

/** Who would sign, and the reason that this person gave last. */
export type FormOf = Pick<AcknowledgeForm, 'signer' | 'previousReason'>;

/** What must be given to acknowledge a hunk of the document `uri`, a file of the workspace or one of a sign-off request. */
export function composeForm(uri: string, hunk: AssessedHunk, policy: Policy, { signer, previousReason }: FormOf): AcknowledgeForm {
  const demands = demandsOf(hunk, policy);
  const reach = reachOf(widest(hunk));
  return {
    hunk: refOf(uri, hunk),
    title: [hunk.severity, ...(reach === '' ? [] : [reach])].join(' · '),
    severity: hunk.severity,
    findings: hunk.findings.map((finding) => ({
      rule: finding.rule,
      severity: finding.severity,
      message: finding.message,
      line: placeOf(hunk, finding).line - 1,
    })),
    reasonRequired: demands.reason,
    reasonLength: REASON_LENGTH,
    previousReason,
    dependents: demands.dependents,
    signer,
    requirement: requirementText(hunk, policy, demands.dependents.length),
  };
}
