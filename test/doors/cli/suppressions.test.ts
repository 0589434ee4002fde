import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runCli, typeCli } from '../../support/cli.ts';
import { makeRepository, type TestRepository } from '../../support/git.ts';

// Each call is a process of its own, and machines differ.
vi.setConfig({ testTimeout: 120_000 });

const REMARK = '# brakeline-ignore destroy/shell-rm-rf: the folder is made by this script';
const SCRIPT = '#!/bin/sh\nset -e\necho clean\n';

let repository: TestRepository;

beforeEach(() => {
  repository = makeRepository();
  repository.git('config', 'user.email', 'ada@example.invalid');
  repository.git('config', 'user.name', 'Ada');
  expect(runCli(repository.dir, ['init']).status).toBe(0);
  repository.write('ops/clean.sh', SCRIPT);
  repository.commit('base');
  repository.git('checkout', '--quiet', '-b', 'work');
});

afterEach(() => repository.dispose());

function gaps(base: string): readonly string[] {
  const { gaps: found } = JSON.parse(runCli(repository.dir, ['verify', '--base', base, '--format', 'json']).stdout);
  return found.map((gap: { rule: string; severity: string }) => `${gap.severity} ${gap.rule}`);
}

test('a suppression that comes with its danger passes no verification by itself; acknowledged, it quiets the next edit of its line', async () => {
  repository.write('ops/clean.sh', `${SCRIPT}${REMARK}\nrm -rf "$OUT"/tmp\n`);
  repository.commit('harmless enough');
  expect(gaps('main')).toEqual(['critical safeguard/suppression-added']);
  repository.write('ops/clean.sh', `${SCRIPT}${REMARK}\nrm -rf "$OUT"/\n`);
  repository.commit('risky');
  expect(gaps('main')).toEqual(['critical safeguard/suppression-added', 'critical destroy/shell-rm-rf']);

  const { status, screen } = await typeCli(
    repository.dir,
    ['ack', '--base', 'main'],
    [{ wait: 'Why is it fine?', type: 'OUT is set four lines above, see the script' }],
  );
  expect(status, screen).toBe(0);
  expect(runCli(repository.dir, ['export', '--base', 'main']).status).toBe(0);
  repository.commit('acknowledged');
  expect(gaps('main')).toEqual([]);

  repository.git('checkout', '--quiet', 'main');
  repository.git('merge', '--quiet', '--ff-only', 'work');
  repository.git('checkout', '--quiet', '-b', 'next');
  repository.write('ops/clean.sh', `${SCRIPT}${REMARK}\nrm -rf "$ELSEWHERE"/\n`);
  repository.commit('another folder');
  expect(gaps('main')).toEqual(['critical destroy/shell-rm-rf']);
  repository.write('ops/clean.sh', `${SCRIPT}${REMARK}\nrm -rf -- "$OUT"/\n`);
  repository.commit('spelled otherwise');
  expect(gaps('main')).toEqual([]);
  const [hunk] = JSON.parse(runCli(repository.dir, ['review', '--base', 'main', '--head', 'HEAD', '--format', 'json']).stdout).hunks;
  expect(hunk.findings).toMatchObject([
    {
      rule: 'destroy/shell-rm-rf',
      severity: 'low',
      related: [{ path: 'ops/clean.sh', line: 4, message: 'suppressed: the folder is made by this script' }],
    },
  ]);
});

test('a suppression that the base took back quiets nothing on a branch that left before', () => {
  repository.git('checkout', '--quiet', 'main');
  repository.write('ops/clean.sh', `${SCRIPT}${REMARK}\nrm -rf "$OUT"/tmp\n`);
  repository.commit('suppressed');
  repository.git('checkout', '--quiet', '-b', 'old');
  repository.write('ops/clean.sh', `${SCRIPT}${REMARK}\nrm -rf "$OUT"/\n`);
  repository.commit('risky');
  expect(gaps('main')).toEqual([]);
  repository.git('checkout', '--quiet', 'main');
  repository.write('ops/clean.sh', `${SCRIPT}rm -rf "$OUT"/tmp\n`);
  repository.commit('taken back');
  repository.git('checkout', '--quiet', 'old');
  expect(gaps('main')).toEqual(['critical destroy/shell-rm-rf']);
});

test('review --suppressions lists all of a tree, and whether each is still needed', () => {
  repository.write('ops/clean.sh', `${SCRIPT}${REMARK}\nrm -rf "$OUT"/\n`);
  repository.write('ops/Dockerfile', 'FROM scratch\n# brakeline-ignore deploy/image-unpinned: nothing is pulled\nCOPY a /a\n');
  repository.write('src/a.ts', 'const text = "brakeline-ignore destroy/truncate: no";\n// brakeline-ignore destroy/truncate\nrun(text);\n');
  repository.write('src/b.ts', 'run(); // brakeline-ignore destroy/no-such: why\n');
  const { status, stdout } = runCli(repository.dir, ['review', '--suppressions']);
  expect(status).toBe(0);
  expect(stdout).toBe(`ops/Dockerfile:2  deploy/image-unpinned
  nothing is pulled
  finds nothing on its line now

ops/clean.sh:4  destroy/shell-rm-rf
  the folder is made by this script
  still needed

src/a.ts:2  destroy/truncate
  (no reason)
  without a reason: not heeded

src/b.ts:1  destroy/no-such
  why
  of no rule that can be suppressed: not heeded

4 suppressions: 1 still needed, 1 finds nothing on its line now, 1 without a reason, 1 of no rule that can be suppressed
`);
  const document = JSON.parse(runCli(repository.dir, ['review', '--suppressions', '--format', 'json']).stdout);
  expect(document).toMatchObject({ schemaVersion: 1, tree: 'worktree' });
  expect(document.suppressions[1]).toEqual({
    path: 'ops/clean.sh',
    line: 4,
    rule: 'destroy/shell-rm-rf',
    reason: 'the folder is made by this script',
    state: 'needed',
  });
  expect(
    JSON.parse(runCli(repository.dir, ['review', '--suppressions', '--head', 'HEAD', '--format', 'json']).stdout).suppressions,
  ).toEqual([]);
  expect(runCli(repository.dir, ['review', '--suppressions', '--format', 'sarif']).status).toBe(2);
});
