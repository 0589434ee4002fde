import { describeSigner } from '../../../host/sign-session.ts';
import type { AcknowledgeForm, HunkRef, PlaceRef } from '../../../protocol.ts';
import { demandsOf, REASON_LENGTH } from '../../reporters/demands.ts';
import { placeOf } from '../../reporters/place.ts';
import { reachOf, refOf, widest } from '../answer.ts';
import { type Context, expectFolder, signingPlace } from '../context.ts';
import { requirementText } from '../demands.ts';
import { findHunk, folderOf } from '../find-hunk.ts';

/** What must be given to acknowledge a hunk, computed on the buffers as they are now; null where there is no such hunk. */
export async function acknowledgeForm({ loop, env, reasons }: Context, ref: HunkRef | PlaceRef): Promise<AcknowledgeForm | null> {
  const folder = expectFolder(folderOf(loop.folders, ref.uri), ref.uri);
  const answer = await folder.latest();
  const hunk = findHunk(answer, ref);
  if (hunk === undefined) return null;
  const demands = demandsOf(hunk, answer.policy);
  const reach = reachOf(widest(hunk));
  return {
    hunk: refOf(ref.uri, hunk),
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
    previousReason: reasons.get(folder.uri) ?? '',
    dependents: demands.dependents,
    signer: await describeSigner(signingPlace(answer, env)),
    requirement: requirementText(hunk, answer.policy, demands.dependents.length),
  };
}
