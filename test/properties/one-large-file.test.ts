import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { assess } from '../../server/src/core/assess.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { Change } from '../../server/src/core/model/change.ts';
import type { FileFacts } from '../../server/src/core/model/facts.ts';
import { DEFAULT_POLICY } from '../../server/src/core/policy/default-policy.ts';
import type { Rule, RuleInput } from '../../server/src/core/rules/define.ts';
import { RULES } from '../../server/src/core/rules/index.ts';
import { assetFile } from '../../server/src/host/assets.ts';
import { repoPath } from '../support/git.ts';
import { memoryTree } from '../support/memory-tree.ts';

// Counted in facts that a rule looks at, and not in time, so that every machine gives the same answer: a file of twice the length
// may cost twice as much and a little more, but not four times.
const SMALL = 150;
const MOST_GROWTH = 3;
/** Below this a rule is cheap whatever it does. */
const FEW = 20_000;

const FILES = ['a.py', 'a.go', 'a.java', 'a.rs', 'a.ts'].map(repoPath);
type File = (typeof FILES)[number];

beforeAll(async () => {
  const resolve = createRequire(path.resolve('package.json')).resolve;
  await prepareLanguages(FILES, async (name) => readFileSync(assetFile(name, resolve)));
});

const times = (count: number, make: (index: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** Bodies of one function, of `count` parts. */
const SHAPES: Readonly<Record<string, (count: number, file: File) => readonly string[]>> = {
  'calls inside calls': (count) => [`${'f('.repeat(count)}${')'.repeat(count)}`],
  'a chain of calls': (count) => [`a${'.b(1, c)'.repeat(count)}`],
  'calls one after the other': (count) => times(count, (index) => `store.save(a, ${index})`),
  'conditions one after the other': (count, file) => times(count, (index) => guard(file, index)),
};

function guard(file: File, index: number): string {
  if (file.endsWith('.py')) return `if a > ${index}: raise Error(a)`;
  if (file.endsWith('.go')) return `if a > ${index} { panic(a) }`;
  return file.endsWith('.rs') ? `if a > ${index} { panic!("too large") }` : `if (a > ${index}) { throw new Failure(a); }`;
}

function wrap(file: File, body: readonly string[]): string {
  const lines = (end: string): string => ['before(a)', ...body, 'after(a)'].map((line) => `    ${line}${end}\n`).join('');
  if (file.endsWith('.py')) return `def work(a):\n${lines('')}`;
  if (file.endsWith('.go')) return `package a\n\nfunc work(a int) {\n${lines('')}}\n`;
  if (file.endsWith('.java')) return `class A {\n  void work(int a) {\n${lines(';')}  }\n}\n`;
  return file.endsWith('.rs') ? `fn work(a: i32) {\n${lines(';')}}\n` : `export function work(a: number) {\n${lines(';')}}\n`;
}

it.each(Object.entries(SHAPES))('no rule takes the square of a file with %s', { timeout: 240_000 }, (_, shape) => {
  const steep = FILES.flatMap((file) => {
    const texts = (count: number) => ({ without: wrap(file, []), whole: wrap(file, shape(count, file)) });
    const kinds: readonly (readonly [string, (count: number) => readonly [string, string]])[] = [
      ['added', (count) => [texts(count).without, texts(count).whole]],
      ['removed', (count) => [texts(count).whole, texts(count).without]],
      ['edited beside', (count) => [texts(count).whole, texts(count).whole.replace('before(a)', 'other(a, 3)')]],
    ];
    return kinds.flatMap(([kind, make]) => {
      const [small, large] = [looksOf(file, ...make(SMALL)), looksOf(file, ...make(2 * SMALL))];
      return [...large]
        .filter(([rule, looks]) => looks > FEW && looks > MOST_GROWTH * (small.get(rule) ?? 0))
        .map(([rule, looks]) => `${rule} on ${file}, ${kind}: ${small.get(rule) ?? 0} and ${looks}`);
    });
  });
  expect(steep).toEqual([]);
});

/** How many facts each rule looks at while a change of one file is reviewed. */
function looksOf(file: File, before: string, after: string): ReadonlyMap<string, number> {
  const looks = new Map<string, number>();
  let asked = '';
  const counted = countLooks(() => looks.set(asked, (looks.get(asked) ?? 0) + 1));
  const rules = RULES.map(
    (rule): Rule => ({
      ...rule,
      check(input) {
        asked = rule.id;
        return [...rule.check(counted(input))];
      },
    }),
  );
  const change: Change = {
    before: memoryTree('before', new Map([[file, before]])),
    after: memoryTree('after', new Map([[file, after]])),
    touched: [file],
    origin: { kind: 'unknown', evidence: 'none' },
  };
  assess(change, DEFAULT_POLICY, { rules });
  return looks;
}

/** The same input, of which each look at a fact is told. The same facts stay the same thing, as what rules keep needs it. */
function countLooks(tell: () => void): (input: RuleInput) => RuleInput {
  const known = new WeakMap<object, object>();
  const list = <T extends object>(facts: T): T =>
    new Proxy(facts, {
      get(target, key) {
        if (typeof key === 'string' && /^\d+$/.test(key)) tell();
        return Reflect.get(target, key);
      },
    });
  const facts = <T extends FileFacts | undefined>(side: T): T => {
    if (side === undefined) return side;
    const made =
      known.get(side) ?? Object.fromEntries(Object.entries(side).map(([kind, each]) => [kind, Array.isArray(each) ? list(each) : each]));
    known.set(side, made);
    // Built key by key of what it stands for.
    return made as T;
  };
  return (input) => ({
    ...input,
    removed: facts(input.removed),
    added: facts(input.added),
    before: facts(input.before),
    after: facts(input.after),
  });
}
