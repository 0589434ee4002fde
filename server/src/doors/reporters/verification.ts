import type { Gap, VerificationResult } from '../../core/model/result.ts';
import { writeJson } from './json-text.ts';

/** A verification as reporters take it, with the two commits it was about. */
export interface VerificationReport {
  readonly result: VerificationResult;
  /** Object ids. */
  readonly base: string;
  readonly head: string;
  /** The revisions as they were named, where no file differs between them. */
  readonly nothingBetween?: { readonly base: string; readonly head: string };
}

/** The verdict for scripts, schema version 1 (docs/cli.md). Written by hand for the same reason as the review's. */
export function renderVerificationJson({ result, base, head }: VerificationReport): string {
  const document = {
    schemaVersion: 1,
    base,
    head,
    passed: result.passed,
    gaps: result.gaps.map(gapJson),
    covered: result.covered.map(({ fingerprint, rule, path, by, reasons }) => ({
      fingerprint,
      rule,
      path,
      by: [...by],
      reasons: reasons.map(({ by: person, reason }) => ({ by: person, reason })),
    })),
    warnings: [...result.warnings],
  };
  return writeJson(document);
}

function gapJson(gap: Gap): object {
  return {
    code: gap.code,
    fingerprint: gap.fingerprint,
    path: gap.path,
    line: gap.line,
    ...(gap.removedAt === undefined ? {} : { removedAt: gap.removedAt }),
    rule: gap.rule,
    severity: gap.severity,
    ...(gap.finding === undefined ? {} : { finding: gap.finding }),
    message: gap.message,
    remedy: gap.remedy,
  };
}
