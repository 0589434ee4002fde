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
  ])('from %s to %s is a new file there', async (from, to) => {
    const assessment = await check(renamed(from, to));
    expect(assessment.hunks.map((hunk) => hunk.path)).toContain(to);
  });
});

it.each(['authors.rb', 'notices.kt', 'license.php'])('%s is no prose: without a language it is a blind spot', async (name) => {
  const path = name as RepoPath;
  const assessment = await check(changeOf({ before: new Map([[path, 'a\n']]), after: new Map([[path, 'b\n']]) }));
  expect(assessment.blindSpots).toEqual([{ path, reason: 'no-language' }]);
});
