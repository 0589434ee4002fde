import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { readFacts } from '../../server/src/core/facts/read-facts.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import { mayMention } from '../../server/src/core/rules/vocabulary/code/mentions.ts';
import { readAsset } from '../support/check.ts';
import { repoPath } from '../support/git.ts';
import { FIXTURE_WORLDS } from '../support/worlds.ts';

// A rule asks the text of a file whether it holds a word at all, before it goes through its tokens.
const OWN = path.join(import.meta.dirname, '../../server/src/core/languages/typescript');
const TEXTS: readonly (readonly [string, string])[] = [
  ...readdirSync(OWN)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => [name, readFileSync(path.join(OWN, name), 'utf8')] as const),
  ...FIXTURE_WORLDS.filter((_, at) => at % 20 === 0).flatMap((world) => [...world.after]),
  ['escapes.ts', 'const \\u0065xec = 1_000;\nexec(`a ${b} ${\'c\'}`, "d", /e f/g);\n'],
  ['escapes.py', 'a = """x\ny"""; b = f"{c}"\nexec(a)\n'],
];

beforeAll(async () => {
  await prepareLanguages(
    TEXTS.map(([name]) => repoPath(name)),
    readAsset,
  );
});

it('where facts come with their text, each word of a token stands in it, and the tokens stand in order', () => {
  let count = 0;
  for (const [name, text] of TEXTS) {
    const facts = readFacts(repoPath(name), text);
    if (facts?.text === undefined) continue;
    expect(facts.text).toBe(text);
    const wordsOf = facts.tokens.flatMap((token) => token.text.match(/\b[A-Za-z_]\w*/g) ?? []);
    for (const word of new Set(wordsOf)) if (!mayMention(facts, word)) expect(`${name} without ${word}`).toBe('');
    expect(facts.tokens.every(({ line }, at) => at === 0 || (facts.tokens[at - 1]?.line ?? 0) <= line)).toBe(true);
    count += 1;
  }
  expect(count).toBeGreaterThan(100);
});

it('tells words from parts of words', () => {
  const facts = readFacts(repoPath('a.ts'), 'export const executed = execSync(spawn);\n');
  if (facts === undefined) throw new Error('expected facts, found none');
  expect([mayMention(facts, 'exec'), mayMention(facts, 'exec', 'Sync'), mayMention(facts, 'spawn')]).toEqual([false, true, true]);
  const { text: _, ...unknown } = facts;
  expect(mayMention(unknown, 'exec')).toBe(true);
});
