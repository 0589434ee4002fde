import type { AssessedHunk, Assessment } from '../../core/model/assessment.ts';
import type { GapCode } from '../../core/model/result.ts';
import type { Coverage, FindingCoverage } from '../../core/verify/coverage.ts';

/** Where a hunk stands with the people. `stale`: the same place was acknowledged, and edited since. */
export interface HunkState {
  readonly kind: 'waiting' | 'acknowledged' | 'stale';
  /** Who acknowledged, where somebody did. */
  readonly by: string;
}

/**
 * By hunk id. A hunk is acknowledged where every finding that asks somebody is covered (one that a newer rule added asks again),
 * and at least one was asked for or is covered; stale where one was acknowledged in another form. A finding asks where the
 * policy does, or where somebody rejected it; one that asks nobody never makes a hunk open.
 */
export function hunkStates({ hunks }: Assessment, coverage: Coverage): Readonly<Record<string, HunkState>> {
  const gapsOf = (code: GapCode): ReadonlySet<string> =>
    new Set(coverage.gaps.filter((gap) => gap.code === code).map((gap) => gap.fingerprint));
  const [stale, rejected] = [gapsOf('stale'), gapsOf('rejected')];
  const entries = new Map<string, FindingCoverage[]>();
  for (const finding of coverage.findings) entries.set(finding.hunkId, [...(entries.get(finding.hunkId) ?? []), finding]);
  return Object.fromEntries(hunks.map((hunk) => [hunk.id, stateOf(hunk, entries.get(hunk.id) ?? [], stale, rejected)]));
}

function stateOf(
  hunk: AssessedHunk,
  findings: readonly FindingCoverage[],
  stale: ReadonlySet<string>,
  rejected: ReadonlySet<string>,
): HunkState {
  const by = [...new Set(findings.flatMap((finding) => finding.by))].sort().join(', ');
  const isOpen = findings.some((one) => (one.required && !one.acknowledged) || rejected.has(one.fingerprint));
  if (!isOpen && findings.some((one) => one.required || one.acknowledged)) return { kind: 'acknowledged', by };
  return { kind: hunk.findings.some((finding) => stale.has(finding.fingerprint)) ? 'stale' : 'waiting', by: '' };
}
