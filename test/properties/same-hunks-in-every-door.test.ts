import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { fileChanges } from '../../server/src/core/hunks/file-changes.ts';
import { splitHunks } from '../../server/src/core/hunks/split-hunks.ts';
import type { Change } from '../../server/src/core/model/change.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { openRepository } from '../../server/src/host/repository.ts';
import { makeRepository, repoPath, type TestRepository } from '../support/git.ts';

/** Law 2: an unsaved buffer, the saved file, the staged tree and the commit made of it give equal hunks. */
const made: TestRepository[] = [];
afterAll(() => {
  for (const repository of made) repository.dispose();
});

interface Scenario {
  readonly config?: Readonly<Record<string, string>>;
  /** Set after the first commit. */
  readonly laterConfig?: Readonly<Record<string, string>>;
  readonly before: Readonly<Record<string, string>>;
  /** What an editor would show and save; null deletes the file. */
  readonly edit: Readonly<Record<string, string | null>>;
  /** How many hunks there are, to be sure that there are some. */
  readonly hunks: number;
}

const LINES = Array.from({ length: 12 }, (_, i) => `line ${i}`);
const crlf = (text: string): string => text.replace(/\n/g, '\r\n');

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'an edited line': { before: { 'a.ts': 'one\ntwo\nthree\n' }, edit: { 'a.ts': 'one\n2\nthree\n' }, hunks: 1 },
  'CRLF with eol=crlf': {
    before: { '.gitattributes': '*.ts text eol=crlf\n', 'a.ts': crlf('one\ntwo\nthree\n') },
    edit: { 'a.ts': crlf('one\n2\nthree\nfour\n') },
    hunks: 2,
  },
  'CRLF with text=auto': {
    before: { '.gitattributes': '* text=auto\n', 'a.ts': 'one\ntwo\n' },
    edit: { 'a.ts': crlf('one\n2\n'), 'new.ts': crlf('x\ny\n') },
    hunks: 2,
  },
  'CRLF with core.autocrlf': {
    config: { 'core.autocrlf': 'true' },
    before: { 'a.ts': 'one\ntwo\n' },
    edit: { 'a.ts': crlf('one\n2\n') },
    hunks: 1,
  },
  'CRLF with core.autocrlf=input': {
    config: { 'core.autocrlf': 'input' },
    before: { 'a.ts': 'one\n' },
    edit: { 'b.ts': crlf('x\n') },
    hunks: 1,
  },
  'CRLF that git stores': { before: { 'a.ts': crlf('one\ntwo\n') }, edit: { 'a.ts': crlf('one\n2\n') }, hunks: 1 },
  'CRLF that git stores and goes on storing under core.autocrlf': {
    laterConfig: { 'core.autocrlf': 'true' },
    before: { 'a.ts': crlf('one\ntwo\n') },
    edit: { 'a.ts': crlf('one\n2\n') },
    hunks: 1,
  },
  'CRLF that becomes LF': { before: { 'a.ts': crlf('one\ntwo\n') }, edit: { 'a.ts': 'one\ntwo\n' }, hunks: 1 },
  'a byte-order mark': { before: { 'a.ts': '\ufeffone\ntwo\n' }, edit: { 'a.ts': '\ufeff1\ntwo\n' }, hunks: 1 },
  'no final newline': { before: { 'a.ts': 'one\ntwo' }, edit: { 'a.ts': 'one\ntwo\nthree' }, hunks: 1 },
  'a file that becomes empty': { before: { 'a.ts': 'one\n' }, edit: { 'a.ts': '' }, hunks: 1 },
  'unusual paths': {
    before: { 'ünï/datei mit leerzeichen.ts': 'one\n', 'quo"te\nline.ts': 'one\n', '-dash.ts': 'one\n', '*.ts': 'one\n' },
    edit: { 'ünï/datei mit leerzeichen.ts': '1\n', 'quo"te\nline.ts': '1\n', '-dash.ts': '1\n', '*.ts': '1\n', '日本/新.ts': 'x\n' },
    hunks: 5,
  },
  'a rename with an edit': {
    before: { 'old/a.ts': `${LINES.join('\n')}\n`, 'b.ts': 'b\n' },
    edit: { 'old/a.ts': null, 'new/a.ts': `${LINES.join('\n').replace('line 5', 'line five')}\n` },
    hunks: 1,
  },
  'a deleted and an untracked file': {
    before: { 'a.ts': 'one\n', 'b.ts': 'two\n' },
    edit: { 'a.ts': null, 'sub/c.ts': 'something else\nentirely\n' },
    hunks: 2,
  },
  twins: { before: { 'a.ts': 'a\nb\na\nb\n' }, edit: { 'a.ts': 'a\nx\nb\na\nx\nb\n' }, hunks: 2 },
};

describe('a buffer, a saved file, the index and a commit give equal hunks', () => {
  test.each(Object.entries(SCENARIOS))('%s', (_, scenario) => {
    const seen = seenByEveryDoor(scenario);
    expect(seen.buffer.hunks).toHaveLength(scenario.hunks);
    expect(seen.buffer.blindSpots).toEqual([]);
    expect(seen.saved).toEqual(seen.buffer);
    expect(seen.staged).toEqual(seen.buffer);
    expect(seen.committed).toEqual(seen.buffer);
  });

  test('whatever the texts, line ends and attributes', { timeout: 120_000 }, async () => {
    const line = fc.constantFrom('a', '  b', '}', '', 'c\t', 'ü');
    const ends = fc.constantFrom('\n', '\r\n');
    const text = fc
      .tuple(fc.array(fc.tuple(line, ends), { maxLength: 12 }), fc.boolean(), fc.constantFrom('', 'last', '\r'))
      .map(([lines, marked, last]) => (marked ? '\ufeff' : '') + lines.map(([body, end]) => body + end).join('') + last);
    const attributes = fc.constantFrom(
      '',
      '* text=auto\n',
      '* text\n',
      '* -text\n',
      '*.ts eol=crlf\n',
      '*.ts crlf=input\n',
      '*.ts text=auto eol=lf\n',
    );
    const autocrlf = fc.constantFrom('true', 'false', 'input');
    await fc.assert(
      fc.asyncProperty(attributes, autocrlf, text, text, text, async (given, setting, before, after, fresh) => {
        // Lets the threads of the run before end.
        await new Promise((resolve) => setImmediate(resolve));
        // An editor never takes a mark off that a person did not, see bufferTree: a buffer has the mark of its file.
        const marked = before.startsWith('\ufeff') && !after.startsWith('\ufeff') ? `\ufeff${after}` : after;
        const seen = seenByEveryDoor({
          config: { 'core.autocrlf': setting },
          before: { '.gitattributes': given, 'a.ts': before },
          edit: { 'a.ts': marked, 'b.ts': fresh },
          hunks: 0,
        });
        expect(seen.saved).toEqual(seen.buffer);
        expect(seen.staged).toEqual(seen.buffer);
        expect(seen.committed).toEqual(seen.buffer);
      }),
      { numRuns: 25 },
    );
  });
});

function seenByEveryDoor(scenario: Scenario) {
  const work = makeRepository();
  made.push(work);
  for (const [name, value] of Object.entries(scenario.config ?? {})) work.git('config', name, value);
  for (const [file, text] of Object.entries(scenario.before)) work.write(file, text);
  const base = work.commit();
  for (const [name, value] of Object.entries(scenario.laterConfig ?? {})) work.git('config', name, value);
  const repository = openRepository(work.dir);
  try {
    const buffers = new Map<RepoPath, string>();
    for (const [file, text] of Object.entries(scenario.edit)) {
      if (text === null) work.remove(file);
      else buffers.set(repoPath(file), text);
    }
    const buffer = hunksOf(repository.worktreeChange(undefined, buffers));
    for (const [file, text] of buffers) work.write(file, text);
    const saved = hunksOf(repository.worktreeChange());
    work.git('add', '--all');
    const staged = hunksOf(repository.stagedChange());
    const committed = hunksOf(repository.commitChange(base, work.commit()));
    return { buffer, saved, staged, committed };
  } finally {
    repository.close();
    work.dispose();
  }
}

function hunksOf(change: Change) {
  return splitHunks(fileChanges(change));
}
