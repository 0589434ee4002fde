import { expect, test } from 'vitest';
import type { RepoPath } from '../../../server/src/core/model/tree.ts';
import { renderGitlab } from '../../../server/src/doors/reporters/gitlab.ts';
import { renderJson } from '../../../server/src/doors/reporters/json.ts';
import { writeJson } from '../../../server/src/doors/reporters/json-text.ts';
import { renderSarif } from '../../../server/src/doors/reporters/sarif.ts';
import { renderVerificationJson } from '../../../server/src/doors/reporters/verification.ts';
import { OPEN_REPORT } from './sample.ts';

/** Turns what follows around, hides, ends the line of some readers, and steers a terminal. */
const MARKS = 'a\u202eb\u2066c\u200bd\ufeffe\u2028f\u0085g\u009bh\u{e0041}i';
const RAW = /[\u202e\u2066\u200b\ufeff\u2028\u0085\u009b]|\u{e0041}/u;

test('marks that reorder or hide text are escapes, and everything else is as it was', () => {
  const json = writeJson({ text: MARKS, plain: 'größe 日本語 🎉\t"' });
  expect(json).not.toMatch(RAW);
  expect(json).toContain('a\\u202eb');
  expect(json).toContain('\\udb40\\udc41');
  expect(json).toContain('größe 日本語 🎉\\t\\"');
  expect(JSON.parse(json)).toEqual({ text: MARKS, plain: 'größe 日本語 🎉\t"' });
});

test('no JSON for scripts holds such a mark, wherever the repository put it', () => {
  const { assessment } = OPEN_REPORT;
  const hunks = assessment.hunks.map((hunk) => ({
    ...hunk,
    path: MARKS as RepoPath,
    findings: hunk.findings.map((finding) => ({ ...finding, message: MARKS })),
  }));
  const report = {
    ...OPEN_REPORT,
    assessment: { ...assessment, hunks, blindSpots: [{ path: MARKS as RepoPath, reason: 'binary' as const }] },
  };
  const gap = {
    code: 'uncovered',
    fingerprint: 'f',
    path: MARKS as RepoPath,
    line: 1,
    rule: 'data/drop-column',
    severity: 'high',
    message: MARKS,
    remedy: MARKS,
  };
  const result = { passed: false, gaps: [gap], covered: [], warnings: [MARKS] };
  const verification = { result, base: 'b', head: 'h' } as unknown as Parameters<typeof renderVerificationJson>[0];
  for (const text of [renderJson(report), renderSarif(report), renderGitlab(report), renderVerificationJson(verification)]) {
    expect(text).not.toMatch(RAW);
    expect(text).toContain('\\u202e');
    expect(() => JSON.parse(text)).not.toThrow();
  }
});
