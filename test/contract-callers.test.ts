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

function world(parameters: string, call: string): ReadonlyMap<RepoPath, string> {
  const files = [['src/pay.ts', `export function charge(${parameters}): void {}\n`]];
  for (let index = 0; index < CALLERS; index += 1) files.push([`src/c${index}.ts`, `import { charge } from './pay.ts';\n${call}\n`]);
  // Literal paths of a test are what RepoPath promises.
  return new Map(files as [RepoPath, string][]);
}
