import { createHash } from 'node:crypto';
import { type VerdictContext, writeSvr, writeVsa } from '../../core/attest/write-verdict.ts';
import { VERSION } from '../../core/version.ts';
import { writeJson } from './json-text.ts';
import { renderVerificationJson, type VerificationReport } from './verification.ts';

/** What the verdict says of the repository, and when. */
export type VerdictSource = Pick<VerdictContext, 'resourceUri' | 'headTree' | 'base' | 'policies' | 'verifiedAt'>;

/**
 * The verdict as an unsigned in-toto statement, for whatever signs in CI. Its third subject is the report that `--format json`
 * prints for the same range.
 */
export function renderVerdict(report: VerificationReport, form: 'svr' | 'vsa', source: VerdictSource): string {
  const context: VerdictContext = {
    ...source,
    result: report.result,
    headCommit: report.head,
    reportDigest: createHash('sha256').update(renderVerificationJson(report)).digest('hex'),
    version: VERSION,
  };
  return writeJson(form === 'svr' ? writeSvr(context) : writeVsa(context));
}
