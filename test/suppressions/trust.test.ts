import { expect, it } from 'vitest';
import { changeOf, check } from '../support/check.ts';
import { parseFixture } from '../support/fixture.ts';
import { repoPath } from '../support/git.ts';
import { memoryTree } from '../support/memory-tree.ts';

const REMARK = '# brakeline-ignore destroy/shell-rm-rf: the folder is made by this script';

async function found(picture: string, trusted?: string): Promise<readonly string[]> {
  const change = changeOf(parseFixture(picture));
  const tip = trusted === undefined ? undefined : memoryTree('tip', new Map([[repoPath('ops/clean.sh'), trusted]]));
  const { hunks } = await check(change, tip === undefined ? {} : { trusted: tip });
  return hunks.flatMap((hunk) => hunk.findings.map(({ severity, rule, side, range }) => `${severity} ${rule} ${side}:${range.start.line}`));
}

it('the head adds a suppression and the danger in one commit: both stand, at full weight', async () => {
  expect(await found(`//- ops/clean.sh\n set -e\n+${REMARK}\n+rm -rf "$OUT"/\n`)).toEqual([
    'critical safeguard/suppression-added after:2',
    'critical destroy/shell-rm-rf after:3',
  ]);
  expect(await found(`//- ops/clean.sh\n set -e\n+rm -rf "$OUT"/ ${REMARK}\n`)).toEqual([
    'critical destroy/shell-rm-rf after:2',
    'critical safeguard/suppression-added after:2',
  ]);
});

it('a suppression of the base makes a note of its own line when that is edited', async () => {
  expect(await found(`//- ops/clean.sh\n set -e\n ${REMARK}\n-rm -rf "$OUT"/tmp/\n+rm -rf "$OUT"/\n`)).toEqual([
    'low destroy/shell-rm-rf after:3',
  ]);
  expect(await found(`//- ops/clean.sh\n set -e\n-rm -rf "$OUT"/tmp/ ${REMARK}\n+rm -rf "$OUT"/ ${REMARK}\n`)).toEqual([
    'low destroy/shell-rm-rf after:2',
  ]);
});

it('a line that is put under it is another line', async () => {
  expect(await found(`//- ops/clean.sh\n set -e\n ${REMARK}\n+rm -rf "$DATA"/\n rm -rf "$OUT"/tmp/\n`)).toContain(
    'critical destroy/shell-rm-rf after:3',
  );
});

it('another reason, another rule, or a remark that is taken away quiets nothing', async () => {
  const edit = (before: string, after: string): string =>
    `//- ops/clean.sh\n set -e\n-${before}\n-rm -rf "$OUT"/tmp/\n+${after}\n+rm -rf "$OUT"/\n`;
  expect(await found(edit(REMARK, `${REMARK} and empty`))).toContain('critical destroy/shell-rm-rf after:3');
  expect(await found(edit(REMARK.replace('shell-rm-rf', 'truncate'), REMARK))).toContain('critical destroy/shell-rm-rf after:3');
  expect(await found(edit(REMARK, '# nothing'))).toEqual(['critical destroy/shell-rm-rf after:3']);
  expect(await found(edit(REMARK.replace(/:.*/, ''), REMARK.replace(/:.*/, '')))).toContain('critical destroy/shell-rm-rf after:3');
});

it('what the base took back since quiets nothing', async () => {
  const picture = `//- ops/clean.sh\n set -e\n ${REMARK}\n-rm -rf "$OUT"/tmp/\n+rm -rf "$OUT"/\n`;
  expect(await found(picture, 'set -e\nrm -rf "$OUT"/tmp/\n')).toEqual(['critical destroy/shell-rm-rf after:3']);
  expect(await found(picture, `set -e\necho more\n${REMARK}\nrm -rf "$OUT"/tmp/\n`)).toEqual(['low destroy/shell-rm-rf after:3']);
});

it('a remark inside a text quiets nothing, and is asked about when it becomes a remark', async () => {
  const text = `cat <<EOF\n${REMARK}\nEOF`.replace(/^/gm, ' ');
  expect(await found(`//- ops/clean.sh\n${text}\n+ls\n`)).toEqual([]);
  const freed = `//- ops/clean.sh\n-cat <<EOF\n ${REMARK}\n-EOF\n rm -f x\n`;
  expect(await found(freed)).toEqual(['critical safeguard/suppression-added after:1']);
});

it('a remark in a file that does not parse is asked about, and not heeded', async () => {
  expect(await found(`//- src/a.json\n-{ "a": 1 }\n+{ "a": 1 // brakeline-ignore deploy/limit-changed: fine\n`)).toContain(
    'high safeguard/suppression-added after:1',
  );
});

it('a policy floor stands above a suppression', async () => {
  const change = changeOf(parseFixture(`//- ops/clean.sh\n set -e\n ${REMARK}\n-rm -rf "$OUT"/tmp/\n+rm -rf "$OUT"/\n`));
  const { DEFAULT_POLICY } = await import('../../server/src/core/policy/default-policy.ts');
  const { hunks } = await check(change, { policy: { ...DEFAULT_POLICY, paths: [{ match: 'ops/**', atLeast: 'high' }] } });
  expect(hunks.flatMap((hunk) => hunk.findings.map((finding) => finding.severity))).toEqual(['high']);
});

it.each([
  [
    'a block of YAML',
    '//- .github/workflows/a.yml\n jobs:\n   a:\n     steps:\n+      - run: |-\n+          # brakeline-ignore destroy/truncate: no\n+      - run: ls\n',
    0,
  ],
  ['a string of several lines', '//- src/a.ts\n+const a = `\n+// brakeline-ignore destroy/truncate: no\n+`;\n', 0],
  ['a docstring', '//- a.py\n+def f():\n+    """\n+    brakeline-ignore destroy/truncate: no\n+    """\n+    return 1\n', 0],
  [
    'a remark under a text that speaks of it',
    "//- src/a.ts\n+const a = 'brakeline-ignore destroy/truncate: no';\n+// brakeline-ignore destroy/truncate: yes\n+run();\n",
    1,
  ],
  ['a remark of python', '//- a.py\n+run()  # brakeline-ignore destroy/truncate: yes\n', 1],
  ['a remark of go', '//- a.go\n package a\n+// brakeline-ignore destroy/truncate: yes\n+var A = 1\n', 1],
  ['a remark of terraform', '//- a.tf\n resource "a" "b" {\n+  c = 1 # brakeline-ignore destroy/truncate: yes\n }\n', 1],
  ['a remark of a Dockerfile', '//- Dockerfile\n FROM a:1\n+# brakeline-ignore destroy/truncate: yes\n+RUN ls\n', 1],
  ['a block comment', '//- src/a.ts\n+/* brakeline-ignore destroy/truncate: yes */ run();\n', 1],
])('%s', async (_, picture, count) => {
  const { hunks } = await check(changeOf(parseFixture(picture)));
  const own = hunks.flatMap((hunk) => hunk.findings).filter((finding) => finding.rule === 'safeguard/suppression-added');
  expect(own.map((finding) => finding.message.endsWith('suppressed: yes'))).toEqual(Array.from({ length: count }, () => true));
});
