import { describe, expect, it } from 'vitest';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { changeOf, check } from '../support/check.ts';
import { parseFixture } from '../support/fixture.ts';

const rulesIn = async (fixture: string): Promise<readonly string[]> =>
  (await check(changeOf(parseFixture(fixture)))).hunks.flatMap((hunk) => hunk.findings.map((finding) => `${hunk.path} ${finding.rule}`));

describe('what may cancel across files', () => {
  const guard = '  if (!request.session) return new Response(null, { status: 401 });';
  const kept = `//- app/orders/route.ts
 export async function POST(request) {
-${guard}
   return refund(request);
 }
`;

  it('a guard that is taken out does not cancel against the same guard in a new file', async () => {
    const copied = `//- app/notes/route.ts\n+export async function POST(request) {\n+${guard}\n+  return list(request);\n+}\n`;
    expect(await rulesIn(kept + copied)).toEqual(await rulesIn(kept));
    expect(await rulesIn(kept)).toContain('app/orders/route.ts access/auth-guard-removed');
  });

  it('a guard that moves with its function does', async () => {
    const moved = `//- app/old.ts
-export async function POST(request) {
-${guard}
-  return refund(request);
-}
//- app/new.ts
+export async function POST(request) {
+${guard}
+  return refund(request);
+}
`;
    expect((await rulesIn(moved)).filter((rule) => rule.includes('auth-guard'))).toEqual([]);
  });

  it('a command that moves between scripts does, and one that comes from a test does not', async () => {
    const move = (from: string) => `//- ${from}\n #!/bin/sh\n-rm -rf "$DIR"/\n//- ops/clean.sh\n #!/bin/sh\n+rm -rf "$DIR"/\n`;
    expect(await rulesIn(move('ops/old.sh'))).toEqual([]);
    expect(await rulesIn(move('test/old.sh'))).toEqual(['ops/clean.sh destroy/shell-rm-rf']);
  });
});

describe('a rename', () => {
  const script = '#!/bin/sh\nset -eu\nrm -rf "$DIR"/\n';
  // A fixture names its files itself; they are what RepoPath promises.
  const renamed = (from: string, to: string) =>
    changeOf({ before: new Map([[from as RepoPath, script]]), after: new Map([[to as RepoPath, script]]) });

  it('is followed where the engine judges both paths alike', async () => {
    expect((await check(renamed('ops/a.sh', 'ops/b.sh'))).hunkCount).toBe(0);
  });

  it.each([
    ['test/clean.sh', 'deploy/clean.sh'],
    ['dev/clean.sh', 'ops/clean.sh'],
    ['packaging/notes.txt', 'packaging/after-remove'],
  ])('from %s to %s is a new file there', async (from, to) => {
    const assessment = await check(renamed(from, to));
    expect(assessment.hunks.map((hunk) => hunk.path)).toContain(to);
  });
});

describe('a place that decides what a text does', () => {
  const drop = 'DROP TABLE orders;\n';
  const store = 'resource "aws_db_instance" "orders" {\n  identifier = "orders"\n}\n';
  const files = (texts: Readonly<Record<string, string>>) =>
    new Map(Object.entries(texts).map(([path, text]) => [path as RepoPath, text] as const));
  const rules = async (before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): Promise<readonly string[]> =>
    (await check(changeOf({ before: files(before), after: files(after) }))).hunks.flatMap((hunk) =>
      hunk.findings.map((finding) => `${hunk.path} ${finding.rule}`),
    );

  it('a script that is put among the migrations is a new migration', async () => {
    expect(await rules({ 'old/a.sql': drop }, { 'db/migrations/b.sql': drop })).toEqual(['db/migrations/b.sql destroy/drop-table']);
    expect(await rules({ 'db/archive/migrations/a.sql': drop }, { 'db/migrations/a.sql': drop })).toEqual([
      'db/migrations/a.sql destroy/drop-table',
    ]);
  });

  it('a migration that is put aside, or numbered anew, is none', async () => {
    expect(await rules({ 'db/migrations/a.sql': drop }, { 'old/a.sql': drop })).toEqual([]);
    expect(await rules({ 'db/migrations/1.sql': drop }, { 'db/migrations/2.sql': drop })).toEqual([]);
  });

  it('a store that leaves its folder leaves the state of Terraform', async () => {
    const rest = { 'prod/main.tf': 'terraform {}\n' };
    expect(await rules({ 'prod/db.tf': store, ...rest }, { 'archive/db.tf': store, ...rest })).toEqual([
      'prod/db.tf destroy/iac-stateful-removed',
    ]);
    expect(await rules({ 'prod/db.tf': store, ...rest }, { 'prod/store.tf': store, ...rest })).toEqual([]);
  });

  it('a folder of Terraform that goes as a whole takes its state with it', async () => {
    expect(await rules({ 'a/db.tf': store, 'a/main.tf': 'terraform {}\n' }, { 'b/db.tf': store, 'b/main.tf': 'terraform {}\n' })).toEqual(
      [],
    );
  });
});

it.each(['authors.lua', 'notices.kt', 'license.php'])('%s is no prose: without a language it is a blind spot', async (name) => {
  const path = name as RepoPath;
  const assessment = await check(changeOf({ before: new Map([[path, 'a\n']]), after: new Map([[path, 'b\n']]) }));
  expect(assessment.blindSpots).toEqual([{ path, reason: 'no-language' }]);
});

it('a description in JSON5 is one too: what is read of JSON knows no single quotes', async () => {
  const path = 'renovate.json5' as RepoPath;
  const assessment = await check(changeOf({ before: new Map([[path, "{a: 'b'}\n"]]), after: new Map([[path, "{a: 'c'}\n"]]) }));
  expect(assessment.blindSpots).toEqual([{ path, reason: 'no-language' }]);
});

describe('a name without an extension', () => {
  const path = 'packaging/after-remove' as RepoPath;
  const change = (before: string, after: string) => check(changeOf({ before: new Map([[path, before]]), after: new Map([[path, after]]) }));
  const rules = async (before: string, after: string): Promise<readonly string[]> =>
    (await change(before, after)).hunks.flatMap((hunk) => hunk.findings.map((finding) => finding.rule));

  it.each([
    ['#!/bin/sh\n', 'rm -rf "$DIR"/\n', 'destroy/shell-rm-rf'],
    ['#! /usr/bin/env -S A=1 bash -e\n', 'rm -rf "$DIR"/\n', 'destroy/shell-rm-rf'],
    ['#!/usr/bin/env python3\nimport shutil\n', 'shutil.rmtree(root)\n', 'destroy/fs-recursive-delete'],
  ])('is what its first line says: %j', async (head, danger, rule) => {
    expect(await rules(`${head}a = 1\n`, `${head}a = 1\n${danger}`)).toContain(rule);
  });

  it('is nothing that anybody reads where its first line says nothing, and a blind spot where it said something', async () => {
    const text = 'rm -rf "$DIR"/\n';
    expect(await rules('a\n', `a\n${text}`)).toEqual([]);
    expect((await change('#!/bin/sh\n', text)).blindSpots).toEqual([{ path, reason: 'no-language' }]);
    expect((await change('#!/bin/sh\n', '#!/usr/bin/perl\n')).blindSpots).toEqual([{ path, reason: 'no-language' }]);
  });
});
