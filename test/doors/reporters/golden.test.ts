import { expect, test } from 'vitest';
import { renderGitlab } from '../../../server/src/doors/reporters/gitlab.ts';
import { renderJson } from '../../../server/src/doors/reporters/json.ts';
import { renderMarkdown } from '../../../server/src/doors/reporters/markdown.ts';
import { renderSarif } from '../../../server/src/doors/reporters/sarif.ts';
import { renderText } from '../../../server/src/doors/reporters/text.ts';
import { renderVerificationJson, type VerificationReport } from '../../../server/src/doors/reporters/verification.ts';
import { renderVerificationMarkdown, renderVerificationText } from '../../../server/src/doors/reporters/verification-text.ts';
import { EMPTY_REPORT, OPEN_REPORT, REPORT } from './sample.ts';

const PLAIN = { colour: false, columns: 80 };
const COLOUR = { colour: true, columns: 80 };

const FAILED: VerificationReport = {
  base: '0123456789abcdef0123456789abcdef01234567',
  head: '89abcdef0123456789abcdef0123456789abcdef',
  result: {
    passed: false,
    gaps: [
      {
        code: 'uncovered',
        fingerprint: 'b2'.repeat(32),
        path: 'migrations/7|clean.sql',
        line: 1,
        rule: 'destroy/delete-without-where',
        severity: 'critical',
        message: 'expected an acknowledgement, found none',
        remedy: 'brakeline ack b2b2b2b2b2b2 && brakeline export',
      },
    ],
    covered: [
      { fingerprint: 'a1'.repeat(32), rule: 'safeguard/limit-check-removed', path: 'src/checkout/service.ts', by: ['ada@example.com'] },
    ],
    warnings: ['line 3 of the bundle is no record'],
  },
};

const PASSED: VerificationReport = { ...FAILED, result: { ...FAILED.result, passed: true, gaps: [], warnings: [] } };

const GOLDEN: readonly (readonly [file: string, text: () => string])[] = [
  ['review', () => renderText(REPORT, PLAIN)],
  ['review-stale', () => renderText(OPEN_REPORT, PLAIN)],
  ['review-colour', () => renderText(REPORT, COLOUR)],
  ['review-nothing', () => renderText(EMPTY_REPORT, PLAIN)],
  ['review.json', () => renderJson(REPORT)],
  ['review.sarif.json', () => renderSarif(REPORT)],
  ['review.gitlab.json', () => renderGitlab(OPEN_REPORT)],
  ['review.md', () => renderMarkdown(REPORT)],
  ['verify-fail', () => renderVerificationText(FAILED, PLAIN)],
  ['verify-pass', () => renderVerificationText(PASSED, PLAIN)],
  ['verify-fail.json', () => renderVerificationJson(FAILED)],
  ['verify-fail.md', () => renderVerificationMarkdown(FAILED)],
];

// The files end in .txt whatever they hold, so that no formatter touches them.
test.each(GOLDEN)('%s is what it was', async (file, text) => {
  await expect(text()).toMatchFileSnapshot(`golden/${file}.txt`);
});

test('every line of text keeps within the columns it is given', () => {
  for (const columns of [40, 60, 80, 120]) {
    const long = renderText(OPEN_REPORT, { colour: false, columns })
      .split('\n')
      .filter((line) => line.length > columns);
    expect(long).toEqual([]);
  }
});

test('without colour no escape sequence is printed', () => {
  for (const text of [renderText(REPORT, PLAIN), renderVerificationText(FAILED, PLAIN)]) expect(text).not.toContain('\x1b');
});
