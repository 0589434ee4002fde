import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { BLIND_REASONS } from '../../../server/src/doors/reporters/blind-reasons.ts';

const PAGE = readFileSync(path.resolve(import.meta.dirname, '../../../docs/blind-spots.md'), 'utf8');

test('docs/blind-spots.md has one row for every reason, in the words of the reports, and no other', () => {
  const rows = [...PAGE.matchAll(/^\| `([^`]+)` \| ([^|]+) \| [^|]+ \|$/gm)].map((row) => [row[1], row[2]]);
  expect(rows).toEqual(Object.entries(BLIND_REASONS));
});

test('the reasons of the page are those of the model', () => {
  const model = readFileSync(path.resolve(import.meta.dirname, '../../../server/src/core/model/tree.ts'), 'utf8');
  const union = /export type BlindReason =([^;]+);/.exec(model)?.[1] ?? '';
  expect(Object.keys(BLIND_REASONS).sort()).toEqual([...union.matchAll(/'([^']+)'/g)].map((match) => match[1]).sort());
});
