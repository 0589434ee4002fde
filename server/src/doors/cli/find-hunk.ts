import type { AssessedHunk } from '../../core/model/assessment.ts';
import type { Finding } from '../../core/model/finding.ts';
import { AppError } from '../../host/app-error.ts';
import { shortFingerprint } from '../reporters/review-report.ts';

/** Hex digits below which a prefix is a guess. */
const LEAST_DIGITS = 4;

export interface FoundFinding {
  readonly hunk: AssessedHunk;
  readonly finding: Finding;
}

/**
 * The finding whose fingerprint starts with `prefix`; of equal findings the first. Errors: `bad-usage` where the prefix is
 * none, fits no finding, or fits two that differ.
 */
export function findByFingerprint(hunks: readonly AssessedHunk[], prefix: string): FoundFinding {
  const wanted = checkedPrefix(prefix);
  const found = hunks.flatMap((hunk) =>
    hunk.findings.filter((finding) => finding.fingerprint.startsWith(wanted)).map((finding) => ({ hunk, finding })),
  );
  const distinct = [...new Set(found.map(({ finding }) => finding.fingerprint))];
  const [first] = found;
  if (first === undefined) throw new AppError('bad-usage', `expected the fingerprint of a finding in this change, found ${wanted}`);
  if (distinct.length > 1)
    throw new AppError(
      'bad-usage',
      `expected an unambiguous fingerprint, found ${wanted}, which fits ${distinct.map(shortFingerprint).join(' ')}`,
    );
  return first;
}

/** Errors: `bad-usage` where the text is no start of a fingerprint. */
function checkedPrefix(text: string): string {
  const prefix = text.toLowerCase();
  if (!/^[0-9a-f]+$/.test(prefix) || prefix.length < LEAST_DIGITS || prefix.length > 64) {
    throw new AppError('bad-usage', `expected ${LEAST_DIGITS} to 64 hex digits of a fingerprint, found ${JSON.stringify(text)}`);
  }
  return prefix;
}
