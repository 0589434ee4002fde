import { expect, it } from 'vitest';
import type { RepoPath } from '../server/src/core/model/tree.ts';
import { defineRule } from '../server/src/core/rules/define.ts';
import { changeOf, check } from './support/check.ts';

const seen = { version: '1.0.0', severity: 'high', confidence: 'high', title: 'Sees a call', reads: ['calls'], evidence: [] } as const;
const ordinary = defineRule({ ...seen, id: 'runtime/ordinary', check: () => [] });
const rules = [
  defineRule({ ...ordinary, check: ({ added }) => added.calls.map(({ range }) => ({ side: 'after', range, message: 'seen' })) }),
  defineRule({
    ...ordinary,
    id: 'safeguard/of-tests',
    about: 'tests',
    check: ({ added }) => added.calls.map(({ range }) => ({ side: 'after', range, message: 'seen' })),
  }),
];

async function severities(path: string): Promise<readonly string[]> {
  const before = new Map([[path as RepoPath, 'export {};\n']]);
  const after = new Map([[path as RepoPath, 'export {};\nrun();\n']]);
  const { hunks } = await check(changeOf({ before, after }), { rules });
  return hunks.flatMap((hunk) => hunk.findings.map(({ rule, severity }) => `${rule} ${severity}`)).sort();
}

it('a rule about tests keeps its severity where tests live, and no other rule does', async () => {
  expect(await severities('test/cart.test.ts')).toEqual(['runtime/ordinary low', 'safeguard/of-tests high']);
});

it('a rule about tests is lowered like any other where examples live', async () => {
  expect(await severities('examples/cart.ts')).toEqual(['runtime/ordinary low', 'safeguard/of-tests low']);
});
