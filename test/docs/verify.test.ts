import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { READING_LIMITS } from '../../server/src/core/verify/select-records.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const page = (name: string): string => readFileSync(path.join(ROOT, 'docs', name), 'utf8');

/** The codes as the type lists them: a type is gone when a test runs. */
const CODES = [
  ...(/export type GapCode =([^;]*);/
    .exec(readFileSync(path.join(ROOT, 'server/src/core/model/result.ts'), 'utf8'))?.[1]
    ?.matchAll(/'([a-z-]+)'/g) ?? []),
].map(([, code]) => code ?? '');

test.each(['verify.md', 'cli.md'])('docs/%s tells of every code of a gap', (name) => {
  expect(CODES.length).toBeGreaterThan(12);
  for (const code of CODES) expect(page(name), code).toContain(`\`${code}\``);
});

test('docs/verify.md has the limits as they are', () => {
  const text = page('verify.md').replaceAll(',', '');
  for (const number of [READING_LIMITS.lines, READING_LIMITS.checks]) expect(text).toContain(String(number));
  expect(text).toContain(`${READING_LIMITS.characters / 1_048_576} MiB`);
});
