import { expect, it } from 'vitest';
import type { RepoPath } from '../server/src/core/model/tree.ts';
import { changeOf, check } from './support/check.ts';

const CALLERS = 120;

it('counts a caller beyond those that are listed as left', async () => {
  const { hunks } = await check(
    changeOf({ before: world('a: number', 'charge(1);'), after: world('a: number, b: number', 'charge(1, 2);') }),
  );
  const findings = hunks.flatMap((hunk) => hunk.findings);
  expect(findings.map((finding) => finding.rule)).toEqual(['contract/exported-signature-changed']);
  expect(findings[0]?.related).toHaveLength(10);
});

it.each([
  ["export const run = () =>\n  import('./pay.ts').then((m) => m.charge(1));\n", 'the line of a call begins with import('],
  ["import { charge } from './pay.ts'; charge(1);\n", 'a call stands behind an import in its line'],
])('sees the caller in %j', async (caller) => {
  const at = (parameters: string): ReadonlyMap<RepoPath, string> =>
    // Literal paths of a test are what RepoPath promises.
    new Map([
      ['src/pay.ts', `export function charge(${parameters}): void {}\n`],
      ['src/run.ts', caller],
    ] as [RepoPath, string][]);
  const { hunks } = await check(changeOf({ before: at('a: number'), after: at('a: number, b: number') }));
  expect(hunks.flatMap((hunk) => hunk.findings).map((finding) => finding.rule)).toEqual(['contract/exported-signature-changed']);
});

function world(parameters: string, call: string): ReadonlyMap<RepoPath, string> {
  const files = [['src/pay.ts', `export function charge(${parameters}): void {}\n`]];
  for (let index = 0; index < CALLERS; index += 1) files.push([`src/c${index}.ts`, `import { charge } from './pay.ts';\n${call}\n`]);
  // Literal paths of a test are what RepoPath promises.
  return new Map(files as [RepoPath, string][]);
}
