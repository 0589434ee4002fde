import type { Coverage } from '../core/verify/coverage.ts';

/**
 * What a person's own ledger and the trusted carriers cover together. Either suffices; a rejection on either side beats both,
 * and the gaps of what neither covers are those of the ledger, which names the person's own next step. Both are of one
 * assessment, so their findings come in one order.
 */
export function uniteCoverage(own: Coverage, trusted: Coverage): Coverage {
  const rejections = [...own.gaps, ...trusted.gaps].filter((gap) => gap.code === 'rejected');
  const rejected = new Set(rejections.map((gap) => gap.fingerprint));
  const findings = own.findings.map((finding, index) => {
    const other = trusted.findings[index];
    const counted = [...new Set([...finding.counted, ...(other?.counted ?? [])])].sort();
    const acknowledged = !rejected.has(finding.fingerprint) && (finding.acknowledged || other?.acknowledged === true);
    return { ...finding, acknowledged, counted, by: acknowledged ? [...new Set([...finding.by, ...(other?.by ?? [])])].sort() : [] };
  });
  const open = new Set(findings.filter((finding) => !finding.acknowledged).map((finding) => finding.fingerprint));
  // An override that another person put on record is one here too.
  const recorded = trusted.gaps.filter((gap) => gap.code === 'overridden');
  const onRecord = new Set(recorded.map((gap) => gap.fingerprint));
  const covered = [...own.covered, ...trusted.covered].filter((one) => !open.has(one.fingerprint));
  return {
    findings,
    gaps: [
      ...own.gaps.filter((gap) => gap.code !== 'rejected' && open.has(gap.fingerprint) && !onRecord.has(gap.fingerprint)),
      ...recorded.filter((gap) => open.has(gap.fingerprint)),
      ...rejections,
    ],
    covered: [...new Map(covered.map((one) => [one.fingerprint, one])).values()],
    exempt: own.exempt,
  };
}
