import { expect, it } from 'vitest';
import { SEVERITIES } from '../../../server/src/core/model/finding.ts';
import { DEFAULT_POLICY } from '../../../server/src/core/policy/default-policy.ts';
import type { FolderAnswer } from '../../../server/src/doors/lsp/answer.ts';
import { toDiagnostics } from '../../../server/src/doors/lsp/to-lsp.ts';
import { renderGitlab } from '../../../server/src/doors/reporters/gitlab.ts';
import { renderJson } from '../../../server/src/doors/reporters/json.ts';
import { renderMarkdown } from '../../../server/src/doors/reporters/markdown.ts';
import type { ReviewReport } from '../../../server/src/doors/reporters/review-report.ts';
import { renderSarif } from '../../../server/src/doors/reporters/sarif.ts';
import { renderText } from '../../../server/src/doors/reporters/text.ts';
import { changeOf, check } from '../../support/check.ts';
import { parseFixture } from '../../support/fixture.ts';

/** Several findings in a hunk, two equal ones, two rules of one place, an option that two halves of a rule speak of, and a harmless hunk. */
const CHANGE = `//- src/pool.ts
 import pg from 'pg';
 export const pool = new pg.Pool({
-  max: 10,
-  connectionTimeoutMillis: 1000,
+  max: 500,
+  connectionTimeoutMillis: 100000,
 });
 
 export const twice = [
-  new pg.Pool({ max: 10 }), new pg.Pool({ max: 10 }),
+  new pg.Pool({ max: 500 }), new pg.Pool({ max: 500 }),
 ];
//- src/orders.ts
 export async function wipe(db: Db, id: string) {
-  await db.query(\`DELETE FROM orders WHERE id = \${id} AND tenant_id = ? AND state = ?\`);
+  await db.query('DELETE FROM orders');
 }
 
 export const a = 1;
 export const b = 1;
 export const c = 1;
-export const greeting = 'hello';
+export const greeting = 'hello!';
//- db/clean.sql
 SELECT 1;
+DROP TABLE carts;
+DELETE FROM carts;
`;

interface Totals {
  readonly hunks: number;
  readonly flagged: number;
  readonly findings: number;
  /** `2 critical, 1 high`. */
  readonly severities: string;
}

it('every reporter counts as many hunks and as many findings', async () => {
  const assessment = await check(changeOf(parseFixture(CHANGE)));
  const report: ReviewReport = { assessment, acknowledged: new Set(), stale: new Set() };
  const json = totalsOfJson(renderJson(report));
  expect(json.findings).toBeGreaterThan(json.flagged);
  expect(json.hunks).toBeGreaterThan(json.flagged);
  const text = renderText(report, { colour: false, columns: 200, isTerminal: false });
  expect(totalsOfWords(text)).toEqual(json);
  expect(totalsOfWords(renderMarkdown(report))).toEqual(json);
  expect(JSON.parse(renderSarif(report)).runs[0].results).toHaveLength(json.findings);
  expect(JSON.parse(renderGitlab(report))).toHaveLength(json.findings);
  expect(findingsInEditor(report)).toBe(json.findings);
  // Nothing is told in words that is not there, and nothing is there that is not told.
  for (const { findings } of assessment.hunks) for (const { fingerprint } of findings) expect(text).toContain(fingerprint.slice(0, 12));
});

it('tells one option once', async () => {
  const { hunks } = await check(changeOf(parseFixture(CHANGE)));
  const places = hunks.flatMap(({ path, findings }) =>
    findings.map(({ rule, side, range }) => `${rule} ${path} ${side} ${JSON.stringify(range)}`),
  );
  const twice = places.filter((place, index) => places.indexOf(place) !== index);
  // Two conditions of one statement are two things.
  expect(twice.filter((place) => !place.startsWith('data/filter-widened'))).toEqual([]);
});

function totalsOfJson(text: string): Totals {
  const { hunkCount, hunks } = JSON.parse(text);
  const counts = [...SEVERITIES]
    .reverse()
    .map((severity) => [hunks.filter((hunk: { severity: string }) => hunk.severity === severity).length, severity] as const);
  return {
    hunks: hunkCount,
    flagged: hunks.length,
    findings: hunks.flatMap((hunk: { findings: readonly unknown[] }) => hunk.findings).length,
    severities: counts
      .filter(([count]) => count > 0)
      .map((pair) => pair.join(' '))
      .join(', '),
  };
}

function totalsOfWords(text: string): Totals {
  const [, flagged, hunks, severities = '', findings] =
    /(\d+) of (\d+) hunks flagged: ([\w ,]+?)(?: · (\d+) findings)? · score/.exec(text) ?? [];
  return { hunks: Number(hunks), flagged: Number(flagged), findings: Number(findings ?? flagged), severities };
}

function findingsInEditor({ assessment }: ReviewReport): number {
  const answer: FolderAnswer = {
    revision: 1,
    places: { root: '/repository' },
    commonDir: '/repository/.git',
    baseline: assessment.before,
    assessment,
    states: {},
    policy: DEFAULT_POLICY,
    warnings: [],
  };
  const settings = { codeLens: true, criticalAsError: true };
  const diagnostics = assessment.hunks.flatMap((hunk) => toDiagnostics(answer, [hunk], `file:///repository/${hunk.path}`, settings));
  return diagnostics.reduce((sum, { message }) => sum + 1 + Number(/; and (\d+) more/.exec(String(message))?.[1] ?? 0), 0);
}
