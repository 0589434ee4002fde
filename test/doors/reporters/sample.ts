import type { AssessedHunk, Assessment } from '../../../server/src/core/model/assessment.ts';
import type { Finding } from '../../../server/src/core/model/finding.ts';
import type { RepoPath } from '../../../server/src/core/model/tree.ts';
import type { ReviewReport } from '../../../server/src/doors/reporters/review-report.ts';

/** Written by hand, so that a reporter's golden file moves only when the reporter does. */
export const REFUND: Finding = {
  rule: 'safeguard/limit-check-removed',
  ruleVersion: '1.0.0',
  family: 'safeguard',
  severity: 'high',
  confidence: 'medium',
  fingerprint: 'a1'.repeat(32),
  message: '`cents > order.paid` no longer stops `refund`',
  side: 'before',
  range: { start: { line: 41, character: 2 }, end: { line: 41, character: 60 } },
  scope: 'refund',
  related: [
    { path: repoPath('src/api/routes.ts'), line: 14, message: 'calls refund' },
    { path: repoPath('src/jobs/charge backs.ts'), line: 4, message: 'calls refund' },
  ],
  blastRadius: {
    references: 14,
    files: 9,
    transitiveFiles: 21,
    packages: 2,
    tests: 1,
    exported: true,
    method: 'types',
    atMost: false,
    dependents: [],
  },
  region: { removed: '  if (cents > order.paid) throw new RefundTooLarge();\n', added: '' },
};

const DELETE: Finding = {
  rule: 'destroy/delete-without-where',
  ruleVersion: '1.0.0',
  family: 'destroy',
  severity: 'critical',
  confidence: 'high',
  fingerprint: 'b2'.repeat(32),
  message: '`DELETE FROM carts` has no WHERE: every row goes',
  side: 'after',
  range: { start: { line: 1, character: 0 }, end: { line: 1, character: 18 } },
  scope: '',
  related: [],
  blastRadius: null,
  region: { removed: '', added: 'DELETE FROM carts;\n' },
};

export const REFUND_HUNK: AssessedHunk = {
  id: '11'.repeat(32),
  path: repoPath('src/checkout/service.ts'),
  previousPath: repoPath('src/checkout.ts'),
  before: { start: 40, lines: 3 },
  after: { start: 38, lines: 2 },
  removed: ['  const order = await load(id);\n', '  if (cents > order.paid) throw new RefundTooLarge();\n', '  await send(order);\n'],
  added: ['  const order = await load(id)\n', '  await send(order)\n'],
  severity: 'high',
  score: 61,
  origin: { kind: 'ai', evidence: 'exact', tool: 'assistant' },
  findings: [REFUND],
};

const DELETE_HUNK: AssessedHunk = {
  id: '22'.repeat(32),
  path: repoPath('migrations/7|clean.sql'),
  before: { start: 0, lines: 0 },
  after: { start: 1, lines: 1 },
  removed: [],
  added: ['DELETE FROM carts;\n'],
  severity: 'critical',
  score: 86,
  origin: { kind: 'unknown', evidence: 'none' },
  findings: [DELETE, DELETE],
};

export const ASSESSMENT: Assessment = {
  before: '0123456789abcdef0123456789abcdef01234567',
  after: 'worktree',
  score: 90,
  severity: 'critical',
  hunkCount: 31,
  hunks: [REFUND_HUNK, DELETE_HUNK],
  blindSpots: [
    { path: repoPath('media/logo.png'), reason: 'binary' },
    { path: repoPath('data/dump.sql'), reason: 'too-large', detail: '2.1 MB, limit 1 MB' },
    { path: repoPath('data/more.sql'), reason: 'too-large', detail: '3.0 MB, limit 1 MB' },
  ],
  circumstances: [],
  engine: { name: 'brakeline', version: '0.1.0', ruleset: 'c3'.repeat(32) },
  policyDigest: 'd4'.repeat(32),
};

export const REPORT: ReviewReport = { assessment: ASSESSMENT, acknowledged: new Set([REFUND_HUNK.id]), stale: new Set() };

export const OPEN_REPORT: ReviewReport = { assessment: ASSESSMENT, acknowledged: new Set(), stale: new Set([REFUND_HUNK.id]) };

export const EMPTY_REPORT: ReviewReport = {
  assessment: { ...ASSESSMENT, score: 3, severity: 'none', hunks: [] },
  acknowledged: new Set(),
  stale: new Set(),
};

const at = (line: number): Finding['range'] => ({ start: { line, character: 0 }, end: { line, character: 30 } });

/** One long migration: two rules at one place, a weaker finding further down, equal ones on two lines, one fingerprint said two ways. */
const MIGRATION_HUNK: AssessedHunk = {
  ...DELETE_HUNK,
  id: '33'.repeat(32),
  path: repoPath('migrations/8_orders.sql'),
  after: { start: 1, lines: 6 },
  added: [
    'UPDATE orders SET state = 1;\n',
    'ALTER TABLE orders ADD a int;\n',
    'LOCK TABLE carts;\n',
    'LOCK TABLE carts;\n',
    'DROP INDEX a;\n',
    'DROP INDEX b;\n',
  ],
  findings: [
    {
      ...DELETE,
      range: at(1),
      rule: 'data/update-without-where',
      message: 'UPDATE of `orders` has no WHERE',
      fingerprint: 'c1'.repeat(32),
    },
    {
      ...DELETE,
      range: at(1),
      rule: 'data/lock-timeout-missing',
      family: 'data',
      severity: 'high',
      confidence: 'medium',
      message: 'waits for `orders` without a lock_timeout',
      fingerprint: 'c2'.repeat(32),
      blastRadius: REFUND.blastRadius,
    },
    ...[3, 4].map((line) => ({
      ...DELETE,
      range: at(line),
      message: 'locks `carts`',
      fingerprint: 'c3'.repeat(32),
      severity: 'medium' as const,
    })),
    ...[5, 6].map((line) => ({ ...DELETE, range: at(line), message: `drops index on line ${line}`, fingerprint: 'c4'.repeat(32) })),
  ],
};

export const LEADS_REPORT: ReviewReport = {
  assessment: {
    ...ASSESSMENT,
    hunks: [MIGRATION_HUNK],
    blindSpots: [
      {
        path: repoPath('.brakeline/rules/no-eval.yaml'),
        reason: 'rules-not-read',
        detail: 'line 4: expected a pattern of the language python, found one that does not parse; its rules were not applied',
      },
    ],
  },
  acknowledged: new Set(),
  stale: new Set(),
};

/** Samples name their paths themselves; they are what RepoPath promises. */
export function repoPath(text: string): RepoPath {
  return text as RepoPath;
}
