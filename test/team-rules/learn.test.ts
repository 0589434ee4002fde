import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { expect, it } from 'vitest';
import { fileChanges } from '../../server/src/core/hunks/file-changes.ts';
import { splitHunks } from '../../server/src/core/hunks/split-hunks.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { assetFile } from '../../server/src/host/assets.ts';
import { assessFixture } from '../../server/src/host/team-rules/check-rules.ts';
import { type LearnedRule, learnRule } from '../../server/src/host/team-rules/learn-rule.ts';
import { changeOf } from '../support/check.ts';
import { parseFixture } from '../support/fixture.ts';

async function readAsset(name: string): Promise<Uint8Array> {
  return readFileSync(assetFile(name, createRequire(path.join(process.cwd(), 'package.json')).resolve));
}

/** Learns from the last hunk of a picture: what it added, or what it removed where it added nothing. */
async function learn(picture: string, id?: string): Promise<LearnedRule> {
  const fixture = parseFixture(picture);
  const hunk = splitHunks(fileChanges(changeOf(fixture))).hunks.at(-1);
  if (hunk === undefined) throw new Error('expected a hunk');
  const side = hunk.after.lines > 0 ? 'after' : 'before';
  const span = hunk[side];
  const range = { start: { line: span.start, character: 0 }, end: { line: span.start + span.lines, character: 0 } };
  const texts = { before: fixture.before.get(hunk.path), after: fixture.after.get(hunk.path) };
  return learnRule(
    { hunk, side, range, ...texts, severity: 'high', family: 'safeguard', from: 'a..b' },
    { id, isTaken: () => false, readAsset },
  );
}

it.each([
  [
    'a python call',
    '//- a.py\n def f(path):\n     log(path)\n+    shutil.rmtree(path, ignore_errors=True)\n',
    'shutil.$A($$$, ignore_errors=True, $$$)',
    'no-shutil-ignore-errors-true',
  ],
  [
    'a local receiver',
    '//- a.py\n def f(path):\n     order = load(path)\n+    order.purge(force=1)\n',
    '$A.purge($$$, force=1, $$$)',
    'no-purge-force',
  ],
  [
    'a guard that went',
    '//- a.py\n def f(user):\n-    if not user.is_admin:\n-        raise Forbidden()\n     run(user)\n',
    undefined,
    undefined,
  ],
  [
    'an awaited call in a declaration',
    '//- a.ts\n async function f(db: Db, id: string) {\n+  const done = await db.orders.deleteAll({ tenant: id });\n }\n',
    '$A.deleteAll({ tenant: $B }, $$$)',
    'no-delete-all-tenant',
  ],
  [
    'a text that says it all',
    "//- a.ts\n function f(db: Db) {\n   db.query('SELECT 1');\n+  db.query('DELETE FROM orders');\n }\n",
    "$A.query('DELETE FROM orders')",
    'no-query-delete-from-orders',
  ],
  [
    'a property',
    '//- a.ts\n const agent = new Agent({\n   keepAlive: true,\n+  rejectUnauthorized: false,\n });\n',
    'rejectUnauthorized: false',
    'no-reject-unauthorized-false',
  ],
  ['a go call', '//- a.go\n package a\n func f(dir string) {\n+\tos.RemoveAll(dir)\n }\n', 'os.RemoveAll($A)', 'no-os-remove-all'],
  [
    'a java call',
    '//- A.java\n class A {\n   void f(Repository orders) {\n+    orders.deleteAllInBatch();\n   }\n }\n',
    '$A.deleteAllInBatch()',
    'no-delete-all-in-batch',
  ],
  [
    'a rust call',
    '//- a.rs\n fn f(dir: &Path) {\n+    fs::remove_dir_all(dir).unwrap();\n }\n',
    'fs::remove_dir_all($A).unwrap()',
    'no-fs-remove-dir-all',
  ],
  ['a command', '//- a.sh\n set -e\n+rsync -a --delete "$SRC"/ backup:/srv\n', 'rsync -a --delete $A $B', 'no-rsync-a-delete'],
  [
    'an attribute of a resource',
    '//- a.tf\n resource "aws_s3_bucket" "b" {\n   bucket = "b"\n+  force_destroy = true\n }\n',
    'force_destroy = true',
    'no-force-destroy-true',
  ],
  [
    'what changed of a longer piece',
    '//- a.ts\n export const opts = {\n-  ssl: { ca, rejectUnauthorized: true },\n+  ssl: { ca, rejectUnauthorized: false },\n };\n',
    'rejectUnauthorized: false',
    'no-reject-unauthorized-false',
  ],
  [
    'a setting among other arguments',
    '//- a.py\n import requests\n def f(url):\n+    return requests.get(url, verify=False, timeout=5)\n',
    'requests.$A($$$, verify=False, $$$)',
    'no-requests-verify-false',
  ],
  [
    'what a guard asks',
    "//- a.ts\n function f(amount: number) {\n-  if (amount > MAX_AMOUNT) throw new Error('too large');\n   charge(amount);\n }\n",
    'if ($A > MAX_AMOUNT) …',
    'keep-max-amount',
  ],
  [
    'keys of a go struct',
    '//- a.go\n package a\n func f() {\n+\tt := &tls.Config{InsecureSkipVerify: true}\n \tuse(t)\n }\n',
    'InsecureSkipVerify: true',
    'no-insecure-skip-verify-true',
  ],
  [
    'what a command does',
    '//- a.sh\n set -e\n+kubectl delete namespace "$NS" --force\n',
    'kubectl delete namespace $A --force',
    'no-kubectl-delete-namespace-force',
  ],
  ['a decorator that went', '//- a.py\n-@login_required\n def f(request):\n     pass\n', '@login_required', 'keep-login-required'],
])('learns %s', async (_, picture, shown, name) => {
  const learned = await learn(picture);
  if (shown !== undefined) expect([learned.shown, learned.rule.id]).toEqual([shown, `safeguard/team-${name}`]);
  expect(learned.alike).toBe(0);
  expect(learned.fixture.text).toMatch(/^~ *\^+ safeguard\/team-/m);
});

/** Whether the rule that was learned says something of one added line. */
async function flags(learned: LearnedRule, file: string, line: string): Promise<boolean> {
  const fixture = { before: new Map([[file as RepoPath, '']]), after: new Map([[file as RepoPath, `${line}\n`]]) };
  return (await assessFixture(fixture, [learned.rule], readAsset)).hunks.length > 0;
}

it('learns of a text that a value was put into, and leaves fixed texts alone', async () => {
  const learned = await learn('//- a.py\n def f(cur, name):\n+    cur.execute(f"DELETE FROM users WHERE name = \'{name}\'")\n');
  expect(learned.ruleFile.text).toContain('constraints:\n  B:\n    has:\n      kind: interpolation');
  expect(learned.matches).toBe(
    'It matches calls of this form, $A being anything, $B any text that a variable is put into, $$$ any number of others.',
  );
  expect(await flags(learned, 'b.py', 'db.execute(f"DROP TABLE {table}")')).toBe(true);
  expect(await flags(learned, 'b.py', 'db.execute("DELETE FROM users")')).toBe(false);
});

it('matches and misses what it says it matches and misses', async () => {
  const learned = await learn('//- a.py\n import requests\n def f(url):\n+    return requests.get(url, verify=False, timeout=5)\n');
  expect(learned.misses).toBe(
    'It does not match the same setting in calls of another module, or another value in place of one that is written out.',
  );
  expect(learned.ruleFile.text).toContain(`# ${learned.matches}\n# ${learned.misses}\n# Widen it under \`rule\``);
  expect(await flags(learned, 'b.py', 'x = requests.get(a, b, verify=False)')).toBe(true);
  expect(await flags(learned, 'b.py', 'x = requests.post(a, verify=False)')).toBe(true);
  expect(await flags(learned, 'b.py', 'x = mirror.sync(a, verify=False)')).toBe(false);
  expect(await flags(learned, 'b.py', 'x = requests.get(a, verify=True)')).toBe(false);
});

/** The same mistake made by somebody else, and a neighbour of it that is fine. */
it.each([
  [
    'a guard, in a block or not, whatever it throws',
    "//- a.ts\n export function refund(user: User, id: string) {\n-  if (!user.isAdmin) {\n-    throw new ForbiddenError('admins only');\n-  }\n   pay(id);\n }\n",
    '//- b.ts\n function drop(req: Req) {\n-  if (!req.account.isAdmin) return deny(req);\n   go();\n }\n',
    '//- b.ts\n function drop(req: Req) {\n-  if (!req.account.isActive) return deny(req);\n-  if (!req.account.isAdmin) log(req);\n   go();\n }\n',
  ],
  [
    'a guard of python',
    "//- a.py\n def f(user, n):\n-    if not user.is_admin:\n-        raise Forbidden('x')\n     run(n)\n",
    '//- b.py\n def g(request):\n-    if not request.user.is_admin:\n-        return None\n     go()\n',
    '//- b.py\n def g(request):\n-    if not request.user.is_known:\n-        return None\n     go()\n',
  ],
  [
    'a guard that is a call, with other arguments',
    '//- a.ts\n async function refund(user: User, id: string) {\n-  await requireAdmin(user);\n   pay(id);\n }\n',
    "//- b.ts\n async function drop(req: Req) {\n-  const who = await requireAdmin(req.user, 'drop');\n   go();\n }\n",
    "//- b.ts\n async function drop(req: Req) {\n-  const who = await readAdmin(req.user, 'drop');\n   go();\n }\n",
  ],
  [
    'a call on another receiver',
    '//- a.ts\n async function f(db: Db) {\n+  await db.orders.deleteMany({});\n }\n',
    "//- b.ts\n import { prisma } from './prisma';\n async function g() {\n+  return prisma.invoices.deleteMany({});\n }\n",
    "//- b.ts\n import { prisma } from './prisma';\n async function g() {\n+  return prisma.invoices.deleteMany({ where: { id: 1 } });\n }\n",
  ],
  [
    'a setting that was put into a call',
    '//- a.py\n import requests\n def f(url):\n-    return requests.get(url)\n+    return requests.get(url, verify=False)\n',
    '//- b.py\n def g(session, u):\n+    session.post(u, json={}, verify=False)\n     log(u)\n',
    '//- b.py\n def g(session, u):\n+    session.post(u, json={}, verify=True)\n     log(u)\n',
  ],
  [
    'a text that a value is put into, among more arguments',
    '//- a.ts\n async function f(db: Db, id: string) {\n+  await db.query(`DELETE FROM orders WHERE id = ${id}`);\n }\n',
    "//- b.ts\n async function g(pool: Pool, who: string) {\n+  const rows = await pool.query(`SELECT * FROM users WHERE name = '${who}'`, []);\n }\n",
    "//- b.ts\n async function g(pool: Pool, who: string) {\n+  const rows = await pool.query('SELECT * FROM users WHERE name = ?', [who]);\n }\n",
  ],
  [
    'a header by its name',
    "//- a.ts\n export function f(res: Res) {\n+  res.setHeader('Access-Control-Allow-Origin', '*');\n }\n",
    "//- b.ts\n export function g(reply: Reply) {\n+  reply.setHeader('Access-Control-Allow-Origin', '*');\n }\n",
    "//- b.ts\n export function g(reply: Reply) {\n+  reply.setHeader('Content-Type', 'text/html');\n }\n",
  ],
  [
    'what was taken out of a call',
    '//- a.ts\n export function f(url: string) {\n-  return fetch(url, { signal: AbortSignal.timeout(5000) });\n+  return fetch(url);\n }\n',
    '//- b.ts\n export const g = (u: string) => {\n+  return fetch(u);\n };\n',
    '//- b.ts\n export const g = (u: string) => {\n+  return fetch(u, { signal });\n };\n',
  ],
  [
    'a setting that a call lost, whatever else it is given',
    '//- a.py\n import requests\n def f(url):\n-    return requests.get(url, timeout=5)\n+    return requests.get(url)\n',
    '//- b.py\n import requests\n def g(u, h):\n+    requests.get(u, headers=h)\n     log(u)\n',
    '//- b.py\n import requests\n def g(u, h):\n+    requests.get(u, headers=h, timeout=3)\n     log(u)\n',
  ],
  [
    'a key that the options of a call lost',
    "//- a.ts\n export function f(res: Res, v: string) {\n-  res.cookie('sid', v, { secure: true, httpOnly: true });\n+  res.cookie('sid', v, { httpOnly: true });\n }\n",
    "//- b.ts\n export function g(reply: Reply, id: string) {\n+  reply.cookie('session', id, { path: '/' });\n }\n",
    "//- b.ts\n export function g(reply: Reply, id: string, secure: boolean) {\n+  reply.cookie('session', id, { path: '/', secure });\n+  reply.cookie('other', id, { 'secure': true });\n }\n",
  ],
  [
    'options that a call lost as a whole, named short',
    '//- a.ts\n export function f(app: App, url: string, signal: AbortSignal) {\n-  return app.http.fetch(url, { signal });\n+  return app.http.fetch(url);\n }\n',
    "//- b.ts\n export function g(app: App, u: string) {\n+  return app.http.fetch(u, { method: 'POST' });\n }\n",
    "//- b.ts\n export function g(app: App, u: string) {\n+  return app.http.fetch(u, { method: 'POST', signal: AbortSignal.timeout(9) });\n }\n",
  ],
  [
    'a value on a line of its own, with the call that it is of',
    '//- a.ts\n export function f(work: Work) {\n   setTimeout(\n     work,\n-    5000,\n+    5,\n   );\n }\n',
    '//- b.ts\n export function g(job: Job) {\n+  setTimeout(job, 5);\n }\n',
    '//- b.ts\n export function g(job: Job) {\n+  retry(job, 5);\n+  setTimeout(job, 5000);\n }\n',
  ],
  [
    'a setting of a go struct',
    '//- a.go\n package a\n func f() {\n+\tt := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}\n \tuse(t)\n }\n',
    '//- b.go\n package b\n func g() {\n+\tcfg := tls.Config{RootCAs: pool, InsecureSkipVerify: true}\n \tuse(cfg)\n }\n',
    '//- b.go\n package b\n func g() {\n+\tcfg := tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}\n \tuse(cfg)\n }\n',
  ],
])('what was learned of %s is found elsewhere under other names, and a harmless neighbour is not', async (_, lesson, same, harmless) => {
  const { rule } = await learn(lesson);
  const found = async (picture: string): Promise<number> => (await assessFixture(parseFixture(picture), [rule], readAsset)).hunks.length;
  expect([await found(same), await found(harmless)]).toEqual([1, 0]);
});

it('refuses to learn a line of names alone, and says what would help', async () => {
  await expect(learn('//- a.ts\n-const limit = Math.min(requested, MAX_LIMIT);\n+const limit = requested;\n')).rejects.toThrow(
    'expected code that does something on the lines of a.ts that are to be learned, found none; --removed learns what was taken out',
  );
});
