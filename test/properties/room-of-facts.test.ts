import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, expect, it } from 'vitest';
import { draftFacts } from '../../server/src/core/languages/facts-draft.ts';
import { languageOf, prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import { assetFile } from '../../server/src/host/assets.ts';
import { repoPath } from '../support/git.ts';

// An editor's server lives for days, and keeps the facts of what it read.
const MB = 1_048_576;
const CODE = ['a.ts', 'a.py', 'a.go', 'a.java', 'a.rs'].map(repoPath);

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

beforeAll(async () => {
  const resolve = createRequire(path.resolve('package.json')).resolve;
  await prepareLanguages(CODE, async (name) => readFileSync(assetFile(name, resolve)));
});

it.each(CODE)('facts of calls inside calls take no more room than their words, in %s', async (file) => {
  const body = `${'f('.repeat(390)}1${')'.repeat(390)}`;
  const text = file.endsWith('.java') ? `class A { void g() { ${body}; } }` : inFunction(file, body);
  const read = () => languageOf(file)?.facts(file, text, () => draftFacts('none'));
  expect(read()?.calls.length).toBe(390);
  const empty = await heapInUse();
  const kept = Array.from({ length: 10 }, read);
  const used = (await heapInUse()) - empty;
  expect(kept.length).toBe(10);
  expect(used / MB / 10).toBeLessThan(3);
});

/** Two collections and a turn between them, for what is only let go of at the end of a turn. */
async function heapInUse(): Promise<number> {
  collect();
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  return process.memoryUsage().heapUsed;
}

function inFunction(file: string, body: string): string {
  if (file.endsWith('.py')) return `def g():\n    ${body}\n`;
  if (file.endsWith('.go')) return `package a\n\nfunc g() {\n\t${body}\n}\n`;
  return file.endsWith('.rs') ? `fn g() { ${body}; }\n` : `function g() { ${body}; }\n`;
}
