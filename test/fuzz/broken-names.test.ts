import { expect, it } from 'vitest';
import { check } from '../support/check.ts';
import { repoPath } from '../support/git.ts';
import { memoryTree } from '../support/memory-tree.ts';

const PATH = repoPath('src/berths/write.ts');

const text = (head: string, column: string): string => `${head}

export async function rename(table: Berths, id: string, name: string) {
  const [row] = await db
    .update(table)
    .set({ name, renamed: sql\`${column} + 1\` })
    .where(and(eq(table.id,`;

// Found by the fuzzer: what stands where a name is expected may be any words, brackets among them.
it('a query that ends in the middle of a name crashes no rule', async () => {
  const before = text("import { and, eq } from 'drizzle-orm';\nimport { db } from '../db.js';", '${table.renamed}');
  const after = text("import { and, eq } from 'drizzlom '../db.js';", '${{table.renamed}');
  const { blindSpots } = await check({
    before: memoryTree('before', new Map([[PATH, before]])),
    after: memoryTree('after', new Map([[PATH, after]])),
    touched: [PATH],
    origin: { kind: 'unknown', evidence: 'none' },
  });
  expect(blindSpots.filter(({ reason }) => reason === 'rule-crashed')).toEqual([]);
});
