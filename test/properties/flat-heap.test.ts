import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, expect, it } from 'vitest';
import { assess } from '../../server/src/core/assess.ts';
import { createMemo } from '../../server/src/core/facts/memo.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { Change } from '../../server/src/core/model/change.ts';
import { DEFAULT_POLICY } from '../../server/src/core/policy/default-policy.ts';
import { assetFile } from '../../server/src/host/assets.ts';
import { repoPath } from '../support/git.ts';
import { memoryTree } from '../support/memory-tree.ts';

// An editor's server lives for days, and reviews with every keystroke.
const MB = 1_048_576;
const FILES = ['a.ts', 'a.py', 'a.go', 'a.java', 'a.rs', 'a.sql', 'a.sh', 'a.tf', 'a.yaml'].map(repoPath);

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

beforeAll(async () => {
  const resolve = createRequire(path.resolve('package.json')).resolve;
  await prepareLanguages(FILES, async (name) => readFileSync(assetFile(name, resolve)));
});

it('three hundred reviews hold no more than one hundred', { timeout: 480_000 }, async () => {
  const memo = createMemo();
  const review = (keystroke: number): void => {
    const before = new Map(FILES.map((file) => [file, textOf(file, 'kept', 0)]));
    const after = new Map(FILES.map((file) => [file, textOf(file, 'typed', keystroke)]));
    const change: Change = {
      before: memoryTree('before', before),
      after: memoryTree('after', after),
      touched: FILES,
      origin: { kind: 'unknown', evidence: 'none' },
    };
    assess(change, DEFAULT_POLICY, { memo });
  };
  for (let keystroke = 0; keystroke < 100; keystroke += 1) review(keystroke);
  const early = await heapInUse();
  for (let keystroke = 100; keystroke < 300; keystroke += 1) review(keystroke);
  expect(((await heapInUse()) - early) / MB).toBeLessThan(10);
});

/** Two collections and a turn between them, for what is only let go of at the end of a turn. */
async function heapInUse(): Promise<number> {
  collect();
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  return process.memoryUsage().heapUsed;
}

function textOf(file: string, word: string, keystroke: number): string {
  const name = `${word}${keystroke}`;
  const times = (line: (index: number) => string): string => Array.from({ length: 4 }, (_, index) => line(index)).join('\n');
  if (file.endsWith('.sql')) return times((index) => `DELETE FROM ${name} WHERE id = ${index};`);
  if (file.endsWith('.sh')) return times((index) => `rm -rf "./${name}/${index}"`);
  if (file.endsWith('.tf')) return times((index) => `resource "aws_s3_bucket" "${name}_${index}" {\n  bucket = "${name}"\n}`);
  if (file.endsWith('.yaml')) return times((index) => `${name}_${index}:\n  replicas: ${keystroke}`);
  const calls = times((index) => `${index === 0 ? '' : '    '}store.${name}(a, ${index});`);
  if (file.endsWith('.java')) return `class A { void g() { ${calls} } }`;
  if (file.endsWith('.py')) return `def g():\n    ${calls}\n`;
  if (file.endsWith('.go')) return `package a\n\nfunc g() {\n\t${calls}\n}\n`;
  return file.endsWith('.rs') ? `fn g() { ${calls} }\n` : `function g() { ${calls} }\n`;
}
