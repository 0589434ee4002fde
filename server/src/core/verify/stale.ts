import type { AckRecord } from '../attest/records.ts';
import type { AcknowledgedFinding } from '../model/acknowledgement.ts';
import type { AssessedHunk, Assessment } from '../model/assessment.ts';
import type { Finding } from '../model/finding.ts';
import { parseInstant } from '../model/instant.ts';
import type { CoverageContext, Obstacle } from './entitlement.ts';

/** One finding that somebody acknowledged in another form than any that it has now. */
interface Older {
  readonly one: AcknowledgedFinding;
  readonly record: AckRecord;
  readonly at: number;
  readonly line: number;
}

/**
 * Explains uncovered findings by acknowledgements of the same rule, path and scope whose lines have since changed. It covers
 * nothing; it only tells a person why they are asked again, and so it must not be said of a finding that merely stands beside one
 * that was acknowledged. Of the records of a place these explain nothing: one that covers another finding of the change, one that
 * was given anew for the same line later, and one whose lines an earlier change took in. The others explain the finding that is
 * nearest to where they were given, each as many as it counted, and no other (test/verify/stale.test.ts).
 */
export function staleRecords(
  { hunks }: Pick<Assessment, 'hunks'>,
  records: readonly AckRecord[],
  { isLanded }: Pick<CoverageContext, 'isLanded'>,
): (finding: Finding) => Obstacle | undefined {
  const places = new Map<string, { readonly hunk: AssessedHunk; readonly findings: Finding[] }>();
  const current = new Set<string>();
  for (const hunk of hunks) {
    for (const finding of hunk.findings) {
      current.add(finding.fingerprint);
      const key = placeOf(finding, hunk.path);
      const place = places.get(key) ?? { hunk, findings: [] };
      place.findings.push(finding);
      places.set(key, place);
    }
  }
  const olders = new Map<string, Older[]>();
  for (const record of records) {
    const { acknowledgement, signatureValid } = record;
    if (!signatureValid || acknowledgement.decision !== 'acknowledged') continue;
    const at = parseInstant(acknowledgement.at) ?? Number.POSITIVE_INFINITY;
    for (const one of acknowledgement.findings) {
      const key = placeOf(one, one.path);
      if (places.has(key)) olders.set(key, [...(olders.get(key) ?? []), { one, record, at, line: lineOf(one.lines) }]);
    }
  }
  const explained = new Map<Finding, Obstacle>();
  for (const [key, all] of olders) {
    const { hunk, findings } = places.get(key) ?? { hunk: undefined, findings: [] };
    for (const older of all) {
      if (hunk === undefined || current.has(older.one.fingerprint) || isGivenAnew(older, all)) continue;
      const near = [...findings].sort((a, b) => distance(a, older) - distance(b, older)).slice(0, older.one.count);
      if (isLanded?.(older.one, hunk.path, near) === true) continue;
      for (const finding of near) if (!explained.has(finding)) explained.set(finding, obstacleOf(finding, older));
    }
  }
  return (finding) => explained.get(finding);
}

function obstacleOf({ fingerprint }: Finding, { one, record: { acknowledgement } }: Older): Obstacle {
  const found = `found ${one.fingerprint.slice(0, 12)} of ${acknowledgement.at} by ${acknowledgement.by.id}: its lines changed since`;
  return { code: 'stale', message: `expected an acknowledgement of ${fingerprint.slice(0, 12)}, ${found}` };
}

/** Whoever edits a line and acknowledges it again has answered for what it was before. */
function isGivenAnew(older: Older, all: readonly Older[]): boolean {
  return all.some(({ one, at, line }) => one.fingerprint !== older.one.fingerprint && line === older.line && at > older.at);
}

function distance({ range }: Finding, { line }: Older): number {
  return Math.abs(range.start.line - line);
}

/** `after 12-14` as this version writes it, `12-14` as the first did; 0 where a statement says nothing of lines. */
function lineOf(lines: string): number {
  return Number(/\d{1,9}/.exec(lines)?.[0] ?? 0);
}

/** What makes an acknowledgement an older one of a finding rather than of another. */
function placeOf({ rule, scope }: { readonly rule: string; readonly scope: string }, path: string): string {
  return JSON.stringify([rule, path, scope]);
}
