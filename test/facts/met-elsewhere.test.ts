import { expect, it } from 'vitest';
import { changeOf, check } from '../support/check.ts';
import { parseFixture } from '../support/fixture.ts';

const ROUTES = `//- src/boats/routes.ts
 import { Router } from 'express';
 import { db } from '../db';
+import { member } from './access';

 export const boats = Router();

-boats.delete('/:id', async (req, res) => {
-  if (!req.session.memberId) {
-    return res.status(401).json({ error: 'sign in' });
-  }
+boats.delete('/:id', HANDLERS async (req, res) => {
   await db.boat.delete({ where: { id: req.params.id } });
   res.status(204).end();
 });
`;
const ACCESS = `//- src/boats/access.ts
+import type { RequestHandler } from 'express';
+
+export const member: RequestHandler = (req, res, next) => {
+  if (!req.session.memberId) {
+    res.status(401).json({ error: 'sign in' });
+    return;
+  }
+  next();
+};
`;

it('a guard that went into a new file is found where its route asks it', async () => {
  expect(await rulesOf(ROUTES.replace('HANDLERS', 'member,') + ACCESS)).toEqual([]);
});

it('and is lost where the route only imports it', async () => {
  expect(await rulesOf(ROUTES.replace('HANDLERS ', '') + ACCESS)).toEqual(['access/auth-guard-removed']);
});

it('or where the new file asks for less', async () => {
  const weaker = ACCESS.replace('!req.session.memberId', 'req.session.isBanned');
  expect(await rulesOf(ROUTES.replace('HANDLERS', 'member,') + weaker)).toEqual(['access/auth-guard-removed']);
});

it('or where another route alone asks it', async () => {
  const other = ROUTES.replace('HANDLERS ', '').replace(
    /\n$/,
    "\n+boats.get('/mine', member, (req, res) => res.json(req.session.memberId));\n",
  );
  expect(await rulesOf(other + ACCESS)).toEqual(['access/auth-guard-removed']);
});

it('a file that declares the same function once more vouches for nothing', async () => {
  const change = `//- src/fees.ts
 import { gateway } from './gateway';
+import { settleAll } from './settle';

 export async function refund(order: Order, cents: number) {
-  if (cents > order.paidCents) throw new RefundTooLarge();
   await gateway.refund(order.id, cents);
+  settleAll(order);
 }
//- src/settle.ts
+export function settleAll(order: Order) {
+  order.settled = true;
+}
+
+export function refund(order: Order, cents: number) {
+  if (cents > order.paidCents) throw new RefundTooLarge();
+}
`;
  expect(await rulesOf(change)).toContain('safeguard/limit-check-removed');
});

/** Rules that ask for a person (medium and above), in order, each once. */
async function rulesOf(diff: string): Promise<readonly string[]> {
  const { hunks } = await check(changeOf(parseFixture(diff)));
  const found = hunks.flatMap(({ findings }) => findings).filter(({ severity }) => severity !== 'low');
  return [...new Set(found.map(({ rule }) => rule))].sort();
}
