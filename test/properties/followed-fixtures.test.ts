import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { assess } from '../../server/src/core/assess.ts';
import { createMemo } from '../../server/src/core/facts/memo.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import { DEFAULT_POLICY } from '../../server/src/core/policy/default-policy.ts';
import { changeOf, readAsset } from '../support/check.ts';
import { parseFixture } from '../support/fixture.ts';

/** Of some thousand fixtures every so many, another one each time that one is added before it. */
const EVERY = 7;

const fixtures = readdirSync('test/rules', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.diff'))
  .map((entry) => path.join(entry.parentPath, entry.name))
  .sort();

it('a change whose second side is read as what became of the first is judged as one that is read afresh', {
  timeout: 240_000,
}, async () => {
  const followed = fixtures.flatMap((file) => {
    const change = changeOf(parseFixture(readFileSync(file, 'utf8')));
    return change.touched.some((one) => /\.[cm]?[jt]sx?$/.test(one)) ? [{ file, change }] : [];
  });
  expect(followed.length).toBeGreaterThan(300);
  for (const { file, change } of followed.filter((_, index) => index % EVERY === 0)) {
    await prepareLanguages(change.touched, readAsset);
    const [fresh, warm] = [assess(change, DEFAULT_POLICY), assess(change, DEFAULT_POLICY, { memo: createMemo(1) })];
    expect({ file, ...warm }).toEqual({ file, ...fresh });
  }
});
