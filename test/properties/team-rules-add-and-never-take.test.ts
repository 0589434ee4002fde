import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { changeOf, check } from '../support/check.ts';
import { repoPath } from '../support/git.ts';
import { worlds } from '../support/worlds.ts';

const RULES: Readonly<Record<string, string>> = {
  all: 'id: all\nlanguage: ts\non: changed\nseverity: low\nrule: { pattern: $A }\n',
  calls: 'id: calls\nlanguage: ts\nrule: { kind: call_expression, has: { stopBy: end, kind: identifier } }\n',
  shell: 'id: shell\nlanguage: bash\non: removed\nrule: { kind: command }\n',
  python: 'id: python\nlanguage: py\nmessage: $F is called\nrule: { pattern: $F($$$) }\n',
  terraform: 'id: terraform\nlanguage: terraform\non: changed\nrule: { kind: attribute, inside: { stopBy: end, kind: block } }\n',
  go: 'id: go\nlanguage: go\nrule: { any: [{ kind: call_expression }, { kind: if_statement }] }\n',
};
const FILES: readonly [RepoPath, string][] = Object.entries(RULES).map(([name, text]) => [repoPath(`.brakeline/rules/${name}.yaml`), text]);

it("a team's rules add findings and take none, in any order of files, the same each time", { timeout: 240_000 }, async () => {
  let added = 0;
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const plain = await check(changeOf(world));
      const change = changeOf({ before: new Map([...world.before, ...FILES]), after: new Map([...world.after, ...FILES]) });
      const judged = await check(change);
      expect(await check({ ...change, touched: [...change.touched].reverse() })).toEqual(judged);
      const findings = judged.hunks.flatMap((hunk) => hunk.findings);
      const shipped = findings.filter((finding) => !finding.rule.includes('/team-'));
      const before = plain.hunks.flatMap((hunk) => hunk.findings);
      expect(new Set(shipped.map((finding) => finding.fingerprint))).toEqual(new Set(before.map((finding) => finding.fingerprint)));
      expect(judged.score).toBeGreaterThanOrEqual(plain.score);
      expect(judged.engine.ruleset).not.toBe(plain.engine.ruleset);
      added += findings.length - shipped.length;
    }),
    { numRuns: 40, seed: 20260102 },
  );
  expect(added, 'the rules find something, else the law says nothing').toBeGreaterThan(20);
});
