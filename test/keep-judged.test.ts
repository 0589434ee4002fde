import { expect, it } from 'vitest';
import { assess } from '../server/src/core/assess.ts';
import { createMemo } from '../server/src/core/facts/memo.ts';
import { prepareLanguages } from '../server/src/core/languages/prepare.ts';
import { DEFAULT_POLICY } from '../server/src/core/policy/default-policy.ts';
import type { Rule, RuleInput } from '../server/src/core/rules/define.ts';
import { changeOf, readAsset } from './support/check.ts';
import { repoPath } from './support/git.ts';

const [ONE, OTHER] = [repoPath('one.ts'), repoPath('other.ts')];

/** A rule that looks at what `look` looks at, and tells of every file it is asked about. */
function ruleThat(look: (input: RuleInput) => unknown, asked: string[]): Rule {
  return {
    id: 'runtime/test-only',
    version: '1.0.0',
    severity: 'low',
    confidence: 'high',
    title: 'for a test',
    reads: ['calls'],
    evidence: [],
    check(input) {
      asked.push(input.path);
      look(input);
      return [];
    },
  };
}

/** Paths that the rule was asked about for a keystroke in `one.ts`, while `other.ts` is changed too. */
async function askedAgain(look: (input: RuleInput) => unknown): Promise<readonly string[]> {
  await prepareLanguages([ONE], readAsset);
  const asked: string[] = [];
  const memo = createMemo();
  const rules = [ruleThat(look, asked)];
  const worldOf = (typed: string) => ({
    before: new Map([
      [ONE, 'start();\n'],
      [OTHER, 'start();\n'],
    ]),
    after: new Map([
      [ONE, `${typed}();\n`],
      [OTHER, 'ended();\n'],
    ]),
  });
  const { before } = changeOf(worldOf('a'));
  for (const typed of ['a', 'ab']) {
    asked.length = 0;
    assess({ ...changeOf(worldOf(typed)), before }, DEFAULT_POLICY, { memo, rules });
  }
  return asked;
}

it('a keystroke asks the rules about the file that was typed in and about no other', async () => {
  expect(await askedAgain(({ removed, added, before, after, trees }) => [removed, added, before, after, trees.before.paths()])).toEqual([
    ONE,
  ]);
});

it.each<readonly [string, (input: RuleInput) => unknown]>([
  ['the after tree', ({ trees }) => trees.after.paths()],
  ['what other files gained', ({ addedElsewhere }) => addedElsewhere()],
  ['what other files lost', ({ removedElsewhere }) => removedElsewhere()],
  ['another file as it is now', ({ factsAt }) => factsAt('after', ONE)],
])('a rule that looked at %s is asked again', async (_, look) => {
  expect(await askedAgain(look)).toEqual([ONE, OTHER]);
});
