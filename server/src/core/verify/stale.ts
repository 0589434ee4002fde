import type { AckRecord } from '../attest/records.ts';
import type { AssessedHunk } from '../model/assessment.ts';
import type { Finding } from '../model/finding.ts';
import type { Obstacle } from './entitlement.ts';

/**
 * Explains an uncovered finding by an acknowledgement of the same rule, path and scope whose lines have since changed. It
 * covers nothing; it only tells a person why they are asked again. Records that cover another finding of the change are none.
 */
export function staleRecord(
  hunk: AssessedHunk,
  finding: Finding,
  records: readonly AckRecord[],
  current: ReadonlySet<string>,
): Obstacle | undefined {
  for (const { acknowledgement, signatureValid } of records) {
    if (!signatureValid || acknowledgement.decision !== 'acknowledged') continue;
    const older = acknowledgement.findings.find(
      (one) => isSamePlace(one, hunk.path, finding) && one.fingerprint !== finding.fingerprint && !current.has(one.fingerprint),
    );
    if (older === undefined) continue;
    const found = `found ${older.fingerprint.slice(0, 12)} of ${acknowledgement.at} by ${acknowledgement.by.id}: its lines changed since`;
    return { code: 'stale', message: `expected an acknowledgement of ${finding.fingerprint.slice(0, 12)}, ${found}` };
  }
  return undefined;
}

/** What makes an acknowledgement an older one of this finding rather than of another. */
function isSamePlace(
  one: { readonly rule: string; readonly path: string; readonly scope: string },
  path: string,
  finding: Pick<Finding, 'rule' | 'scope'>,
): boolean {
  return one.rule === finding.rule && one.path === path && one.scope === finding.scope;
}
