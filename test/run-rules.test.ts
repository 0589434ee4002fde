import { expect, it } from 'vitest';
import { defineRule, type Rule, type RuleInput } from '../server/src/core/rules/define.ts';
import { usersOf } from '../server/src/core/rules/vocabulary/settings/terraform-values.ts';
import { changeOf, check } from './support/check.ts';
import { parseFixture } from './support/fixture.ts';
import { repoPath } from './support/git.ts';

const fixture = parseFixture('//- ops/clean.sh\n+rm -rf "$DIR"/\n');
const values = { version: '1.0.0', severity: 'high', confidence: 'high', title: 'x', reads: ['commands'], evidence: [] } as const;
const speaks: Rule = defineRule({
  ...values,
  id: 'destroy/speaks',
  *check({ added }) {
    for (const command of added.commands) yield { side: 'after', range: command.range, message: 'seen' };
  },
});
const crashes: Rule = defineRule({
  ...values,
  id: 'destroy/crashes',
  // biome-ignore lint/correctness/useYield: it throws before it could.
  *check() {
    throw new Error('no such fact');
  },
});

it('a rule that throws costs its own result, is named as a blind spot, and raises the score', async () => {
  const whole = await check(changeOf(fixture), { rules: [speaks] });
  const broken = await check(changeOf(fixture), { rules: [crashes, speaks] });
  expect(broken.hunks.flatMap((hunk) => hunk.findings)).toEqual(whole.hunks.flatMap((hunk) => hunk.findings));
  expect(broken.blindSpots).toEqual([
    ...whole.blindSpots,
    { path: 'ops/clean.sh', reason: 'rule-crashed', detail: 'destroy/crashes: no such fact' },
  ]);
  expect(broken.score).toBeGreaterThan(whole.score);
});

it('a rule is not asked about a hunk without the facts that it reads', async () => {
  const assessment = await check(changeOf(parseFixture('//- ops/clean.sh\n+# a remark\n')), { rules: [crashes] });
  expect(assessment.blindSpots).toEqual([]);
});

it('a value whose name is no word is looked for as it is written, and crashes nothing', () => {
  const file = repoPath('infra/locals.tf');
  const trees = changeOf({ before: new Map(), after: new Map([[file, 'locals {}\n']]) });
  // What the grammar takes for a name where it found no sense.
  const users = usersOf({ trees, path: file } as unknown as RuleInput, 'local.region - - a ]) {[');
  expect(users).toEqual([]);
});
