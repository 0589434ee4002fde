import type { Gap } from '../../core/model/result.ts';
import { placeOf } from '../../core/place.ts';
import { createLedgerReader } from '../../host/ledger-records.ts';
import type { Review, ReviewRequest, Session } from '../../host/session.ts';
import { needsAnother, requestCommand } from '../reporters/remedy.ts';
import { plural, shortFingerprint } from '../reporters/review-report.ts';
import { printable } from '../reporters/terminal.ts';
import type { Output } from './output.ts';

/** What went out, what of it was taken back, and what a verification will still ask, as it will say it. */
export async function summarise(
  session: Session,
  review: Review,
  written: string,
  { request, to }: { readonly request: ReviewRequest; readonly to: Output },
): Promise<void> {
  const revoked = await revokedFingerprints(session, review);
  const refused = refusedByBase(review);
  const open = new Set([...review.coverage.gaps.map((gap) => gap.fingerprint), ...refused.keys()]);
  const parts = [
    `${written} written`,
    ...(revoked.size === 0 ? [] : [`${revoked.size} of them revoked`]),
    open.size === 0 ? 'nothing left open' : `${plural(open.size, 'finding')} still open`,
  ];
  to.write(`${parts.join(', ')}\n`);
  for (const hunk of review.assessment.hunks) {
    for (const finding of hunk.findings) {
      const wasOpen = open.delete(finding.fingerprint);
      const wasRevoked = revoked.delete(finding.fingerprint);
      if (!wasOpen && !wasRevoked) continue;
      const place = `${printable(hunk.path)}:${placeOf(hunk, finding).line}`;
      const fields = [shortFingerprint(finding.fingerprint), finding.severity, place, finding.rule, ...(wasRevoked ? ['revoked'] : [])];
      to.write(`  ${fields.join('  ')}  ${printable(finding.message)}\n`);
      for (const { code, message } of refused.get(finding.fingerprint) ?? []) to.write(`    ${code}: ${printable(message)}\n`);
    }
  }
  if ([...refused.values()].flat().some(needsAnother)) to.write(`  to ask somebody else: ${printable(requestCommand(request))}\n`);
}

/** Gaps that a verification by the base will name of findings for which there is something on record, by fingerprint. */
function refusedByBase({ coverage, byBase }: Review): ReadonlyMap<string, readonly Gap[]> {
  const answered = new Set(coverage.findings.filter(({ by, counted }) => by.length + counted.length > 0).map((one) => one.fingerprint));
  const gaps = new Map<string, Gap[]>();
  for (const gap of byBase()?.gaps ?? []) {
    if (answered.has(gap.fingerprint)) gaps.set(gap.fingerprint, [...(gaps.get(gap.fingerprint) ?? []), gap]);
  }
  return gaps;
}

/** Findings of the change whose last word in the ledger takes an acknowledgement back. */
async function revokedFingerprints({ repository }: Session, { assessment }: Review): Promise<Set<string>> {
  const last = new Map<string, string>();
  for (const { acknowledgement, signatureValid } of await createLedgerReader()(repository.commonDir)) {
    if (!signatureValid) continue;
    for (const { fingerprint } of acknowledgement.findings) last.set(fingerprint, acknowledgement.decision);
  }
  const findings = assessment.hunks.flatMap((hunk) => hunk.findings.map(({ fingerprint }) => fingerprint));
  return new Set(findings.filter((fingerprint) => last.get(fingerprint) === 'revoked'));
}
