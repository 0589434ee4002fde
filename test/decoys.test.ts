import { expect, it } from 'vitest';
import { tellKeptBack } from '../server/src/core/decoys/tell-kept-back.ts';
import { analyseChange } from '../server/src/core/facts/analyse-change.ts';
import { NO_MEMO } from '../server/src/core/facts/memo.ts';
import { fileChanges } from '../server/src/core/hunks/file-changes.ts';
import { splitHunks } from '../server/src/core/hunks/split-hunks.ts';
import { changeOf, check } from './support/check.ts';
import { parseFixture } from './support/fixture.ts';

/** A route that lost its guard, and so many functions that ask for the same and are never called. */
const withDecoys = (count: number): string => `//- src/accounts.ts
 export async function close(request: Request, store: Store) {
-  if (!request.user.isOwner) throw new Forbidden();
   await store.deleteAccount(request.params.id);
 }
${Array.from({ length: count }, (_, at) => `+export function demand${at}(request: Request) {\n+  if (!request.user.isOwner) throw new Forbidden();\n+}\n`).join('')}`;

it('a decoy keeps nothing back', async () => {
  const { hunks, blindSpots } = await check(changeOf(parseFixture(withDecoys(1))));
  expect(hunks.flatMap(({ findings }) => findings.map(({ severity }) => severity))).not.toEqual([]);
  expect(blindSpots).toEqual([]);
});

it('what is not followed for lack of room is named', async () => {
  const { blindSpots } = await check(changeOf(parseFixture(withDecoys(62))));
  expect(blindSpots).toEqual([{ path: 'src/accounts.ts', reason: 'calls-capped', detail: '2 new functions, limit 60 in a change' }]);
});

it('a throw costs the second look alone, and is named', async () => {
  const change = changeOf(parseFixture(withDecoys(1)));
  await check(change);
  const analysed = analyseChange(fileChanges(change), splitHunks, NO_MEMO);
  const judged = analysed.files.map(() => ({ hunks: [], blindSpots: [] }));
  const told = tellKeptBack(change, analysed, judged, () => {
    throw new Error('no such fact');
  });
  expect(told.judged).toBe(judged);
  expect(told.blindSpots).toEqual([{ path: 'src/accounts.ts', reason: 'rule-crashed', detail: 'decoys: no such fact' }]);
});

it('one helper out of hundreds of functions is followed to each of them without delay', async () => {
  // Each call against each loss, and each of these against every name of the file, took 40 seconds.
  const functions = (count: number): string =>
    Array.from(
      { length: count },
      (_, at) => ` export function close${at}(user, order) {
-  if (order.ownerId !== user.id) throw new Forbidden('not yours');
+  requireOwner(user, order);
   store.orders.delete(order.part${at});
 }
`,
    ).join('');
  const helper = `+function requireOwner(user, order) {\n+  if (order.ownerId !== user.id) throw new Forbidden('not yours');\n+}\n`;
  const { hunks, blindSpots } = await check(changeOf(parseFixture(`//- src/orders.ts\n${helper}${functions(400)}`)));
  expect([hunks.flatMap(({ findings }) => findings), blindSpots]).toEqual([[], []]);
}, 20_000);
