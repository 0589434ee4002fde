import { expect, test } from 'vitest';
import { renderGitlab } from '../../../server/src/doors/reporters/gitlab.ts';
import { renderJson } from '../../../server/src/doors/reporters/json.ts';
import { renderMarkdown } from '../../../server/src/doors/reporters/markdown.ts';
import { renderSarif } from '../../../server/src/doors/reporters/sarif.ts';
import { renderText } from '../../../server/src/doors/reporters/text.ts';
import { renderVerificationJson, type VerificationReport } from '../../../server/src/doors/reporters/verification.ts';
import { renderVerificationGithub } from '../../../server/src/doors/reporters/verification-github.ts';
import { renderVerificationGitlab } from '../../../server/src/doors/reporters/verification-gitlab.ts';
import { renderVerificationSarif } from '../../../server/src/doors/reporters/verification-sarif.ts';
import { renderVerificationMarkdown, renderVerificationText } from '../../../server/src/doors/reporters/verification-text.ts';
import { EMPTY_REPORT, LEADS_REPORT, OPEN_REPORT, REPORT } from './sample.ts';

const PLAIN = { colour: false, columns: 80, isTerminal: true };
/** As `brakeline review | cat` prints it. */
const PIPE = { colour: false, columns: 80, isTerminal: false };
const NARROW = { ...PLAIN, columns: 40 };
const COLOUR = { colour: true, columns: 80, isTerminal: true };

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
        finding: '`DELETE FROM carts` has no WHERE: every row goes',
        message: 'expected an acknowledgement, found none',
        remedy: 'brakeline ack b2b2b2b2b2b2 --base main && brakeline export --base main && git commit',
      },
      {
        code: 'self-approval',
        fingerprint: 'e5'.repeat(32),
        path: 'ops/deploy.sh',
        line: 4,
        rule: 'destroy/shell-rm-rf',
        severity: 'high',
        finding: '`rm -rf` on `$OLD/`',
        message: 'expected somebody other than the author, found ada',
        remedy:
          'let somebody other than the author run: brakeline ack e5e5e5e5e5e5 --base main && brakeline export --base main && git commit',
      },
      {
        code: 'unverifiable',
        fingerprint: '',
        path: 'src/deep.ts',
        line: 1,
        rule: '',
        severity: 'high',
        message: 'expected to recompute the findings of this file, found too-complex',
        remedy: 'nest less, or split the file',
      },
    ],
    covered: [
      {
        fingerprint: 'a1'.repeat(32),
        rule: 'safeguard/limit-check-removed',
        path: 'src/checkout/service.ts',
        by: ['ada@example.com'],
        reasons: [
          {
            by: 'ada@example.com',
            reason: 'the gateway refuses a refund above\nwhat was paid, |tried| against its sandbox on the first of May',
          },
        ],
      },
      {
        fingerprint: 'a2'.repeat(32),
        rule: 'data/drop-index',
        path: 'migrations/9.sql',
        by: ['ada@example.com', 'bob@example.com'],
        reasons: [{ by: 'bob@example.com', reason: 'nobody reads by it' }],
      },
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
  ['review-leads', () => renderText(LEADS_REPORT, PLAIN)],
  ['review-leads-piped', () => renderText(LEADS_REPORT, PIPE)],
  ['review-leads.md', () => renderMarkdown(LEADS_REPORT)],
  ['review.json', () => renderJson(REPORT)],
  ['review.sarif.json', () => renderSarif(REPORT)],
  ['review.gitlab.json', () => renderGitlab(OPEN_REPORT)],
  ['review.md', () => renderMarkdown(REPORT)],
  ['verify-fail', () => renderVerificationText(FAILED, PLAIN)],
  ['verify-fail-narrow', () => renderVerificationText(FAILED, NARROW)],
  ['verify-fail-piped', () => renderVerificationText(FAILED, PIPE)],
  ['verify-pass', () => renderVerificationText(PASSED, PLAIN)],
  ['verify-fail.json', () => renderVerificationJson(FAILED)],
  ['verify-fail.sarif.json', () => renderVerificationSarif(FAILED)],
  ['verify-fail.github', () => renderVerificationGithub(FAILED)],
  ['verify-fail.gitlab.json', () => renderVerificationGitlab(FAILED)],
  ['verify-fail.md', () => renderVerificationMarkdown(FAILED)],
];

// The files end in .txt whatever they hold, so that no formatter touches them.
test.each(GOLDEN)('%s is what it was', async (file, text) => {
  await expect(text()).toMatchFileSnapshot(`golden/${file}.txt`);
});

test('every line of text keeps within the columns it is given', () => {
  for (const columns of [40, 60, 80, 120]) {
    const long = renderText(OPEN_REPORT, { colour: false, columns, isTerminal: true })
      .split('\n')
      .filter((line) => line.length > columns);
    expect(long).toEqual([]);
  }
});

test('a command that closes a gap is one line, however narrow the terminal', () => {
  for (const columns of [40, 80]) {
    const text = renderVerificationText(FAILED, { ...PLAIN, columns });
    for (const { remedy } of FAILED.result.gaps.filter(({ fingerprint }) => fingerprint !== ''))
      expect(text).toContain(`${remedy.slice(remedy.indexOf('brakeline ack'))}\n`);
  }
});

test('why a file was not read is told whole', () => {
  for (const columns of [40, 80, 120]) {
    const text = renderText(LEADS_REPORT, { ...PLAIN, columns });
    expect(text.replace(/\n +/g, ' ')).toContain('its rules were not applied)');
    expect(text.split('\n').filter((line) => line.length > columns)).toEqual([]);
  }
});

test('without colour no escape sequence is printed', () => {
  for (const text of [renderText(REPORT, PLAIN), renderVerificationText(FAILED, PLAIN)]) expect(text).not.toContain('\x1b');
});
