import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { carrierPath } from '../../server/src/host/carriers/carrier-path.ts';
import { groupLines } from '../../server/src/host/carriers/group-lines.ts';
import { readBundle } from '../../server/src/host/carriers/read-bundle.ts';
import { readCarriers } from '../../server/src/host/carriers/read-carriers.ts';
import { NOTES_REF, readNotes } from '../../server/src/host/carriers/read-notes.ts';
import { writeCarriers } from '../../server/src/host/carriers/write-carriers.ts';
import { digestOf, makeAcknowledgement, makeFinding, makeKey, makeSigner, sealLine } from '../support/attest.ts';
import { makeRepository, repoPath, type TestRepository } from '../support/git.ts';
import { memoryTree } from '../support/memory-tree.ts';

const A = digestOf('a');
const B = digestOf('b');
let repository: TestRepository;

beforeEach(() => {
  repository = makeRepository();
});
afterEach(() => repository.dispose());

function fileOf(fingerprint: string): string {
  return path.join(repository.dir, carrierPath(fingerprint));
}

describe('writeCarriers', () => {
  it('writes one sorted file for each fingerprint and stages it', async () => {
    const paths = await writeCarriers(
      repository.dir,
      new Map([
        [B, ['{"b":1}']],
        [A, ['{"z":1}', '{"a":1}', '{"z":1}']],
      ]),
    );
    expect(paths).toEqual([carrierPath(A), carrierPath(B)].sort());
    expect(carrierPath(A)).toBe(`.brakeline/acks/${A.slice(0, 2)}/${A}.jsonl`);
    expect(readFileSync(fileOf(A), 'utf8')).toBe('{"a":1}\n{"z":1}\n');
    expect(repository.git('diff', '--cached', '--name-only').split('\n')).toEqual(paths);
  });

  it('adds what is missing at the end, and nothing twice', async () => {
    await writeCarriers(repository.dir, new Map([[A, ['{"m":1}']]]));
    writeFileSync(fileOf(A), '{"theirs":1}\r\n{"m":1}');
    await writeCarriers(repository.dir, new Map([[A, ['{"m":1}', '{"theirs":1}', '{"a":1}']]]));
    expect(readFileSync(fileOf(A), 'utf8')).toBe('{"theirs":1}\r\n{"m":1}\n{"a":1}\n');
    const before = readFileSync(fileOf(A));
    await writeCarriers(repository.dir, new Map([[A, ['{"a":1}']]]));
    expect(readFileSync(fileOf(A))).toEqual(before);
  });

  it('stages what an ignore rule would swallow, and leaves everything else alone', async () => {
    repository.write('.gitignore', '.brakeline/\n*.jsonl\n');
    repository.write('other.txt', 'x');
    await writeCarriers(repository.dir, new Map([[A, ['{"a":1}']]]));
    expect(repository.git('diff', '--cached', '--name-only')).toBe(carrierPath(A));
  });

  it('stages what a sparse checkout leaves out', async () => {
    repository.write('src/a.ts', 'x');
    repository.write('docs/b.md', 'x');
    repository.commit();
    repository.git('sparse-checkout', 'set', '--cone', 'src');
    const paths = await writeCarriers(repository.dir, new Map([[A, ['{"a":1}']]]));
    expect(repository.git('diff', '--cached', '--name-only').split('\n')).toEqual(paths);
  });

  it('stages nothing where there is nothing', async () => {
    expect(await writeCarriers(repository.dir, new Map([[A, []]]))).toEqual([]);
    expect(repository.git('status', '--porcelain')).toBe('');
  });

  it('follows no link out of the repository', async () => {
    const outside = makeRepository();
    symlinkSync(outside.dir, path.join(repository.dir, '.brakeline'));
    await expect(writeCarriers(repository.dir, new Map([[A, ['{}']]]))).rejects.toMatchObject({
      code: 'bad-usage',
      message: expect.stringContaining('found a link'),
    });
    rmSync(path.join(repository.dir, '.brakeline'));
    mkdirSync(path.dirname(fileOf(A)), { recursive: true });
    symlinkSync(path.join(outside.dir, 'x'), fileOf(A));
    await expect(writeCarriers(repository.dir, new Map([[A, ['{}']]]))).rejects.toMatchObject({ code: 'bad-usage' });
    outside.dispose();
  });

  it.each([
    ['../../x', ['{}']],
    [A, ['{}\n{}']],
    [A.toUpperCase(), ['{}']],
  ])('refuses %j', async (fingerprint, lines) => {
    await expect(writeCarriers(repository.dir, new Map([[fingerprint, lines]]))).rejects.toMatchObject({ code: 'bad-usage' });
  });
});

describe('readCarriers', () => {
  it('reads the files asked for first, then others, which explain', () => {
    const tree = memoryTree(
      't',
      new Map([
        [carrierPath(B), '{"b":1}\n'],
        [carrierPath(A), '{"a":1}\n\n{"a":2}\r\n'],
        [repoPath('.brakeline/acks/readme.md'), 'x'],
        [repoPath('a.jsonl'), '{}'],
      ]),
    );
    expect(readCarriers(tree, [B])).toEqual({ lines: ['{"b":1}', '{"a":1}', '{"a":2}'], warnings: [] });
    expect(readCarriers(tree, [digestOf('c')]).warnings).toEqual([]);
  });

  it('names a file it cannot read', () => {
    const tree = memoryTree('t', new Map([[carrierPath(A), { kind: 'unread', reason: 'too-large', detail: '2 MB' } as const]]));
    expect(readCarriers(tree, [A])).toEqual({ lines: [], warnings: [`carrier ${carrierPath(A)} not read: too-large (2 MB)`] });
  });

  it('reads a bounded amount', () => {
    const line = `{"x":"${'x'.repeat(1_000_000)}"}\n`;
    const many = Array.from({ length: 40 }, (_, index) => digestOf(`many ${index}`));
    const { lines, warnings } = readCarriers(
      memoryTree('t', new Map(many.map((one) => [carrierPath(one), { kind: 'text', text: line } as const]))),
      many,
    );
    expect(lines.length).toBe(33);
    expect(warnings).toEqual([expect.stringContaining('expected at most 33554432 characters, found more')]);
  });
});

describe('groupLines', () => {
  it('puts a line under every fingerprint it is about, of whatever decision, and leaves junk behind', async () => {
    const signer = makeSigner(makeKey(1));
    const both = await sealLine(makeAcknowledgement([makeFinding('a'), makeFinding('b')]), signer);
    const undo = await sealLine(makeAcknowledgement([makeFinding('a')], { decision: 'revoked' }), signer);
    expect(groupLines([both, 'junk', undo], [A, digestOf('c')])).toEqual(new Map([[A, [both, undo]]]));
  });
});

describe('readNotes', () => {
  it('reads the notes of the commits of a range, and of no others', () => {
    const commits = ['one', 'two', 'three'].map((word) => {
      repository.write('a.txt', word);
      return repository.commit(word);
    });
    const [base = '', middle = '', head = ''] = commits;
    expect(readNotes({ cwd: repository.dir }, { base, head })).toEqual({ lines: [], warnings: [] });
    for (const [commit, note] of [
      [base, '{"base":1}'],
      [middle, '{"a":1}\n\n{"a":2}'],
      [head, '{"ü":1}'],
    ] as const) {
      repository.git('notes', `--ref=${NOTES_REF}`, 'add', '-m', note, commit);
    }
    expect([...readNotes({ cwd: repository.dir }, { base, head }).lines].sort()).toEqual(['{"a":1}', '{"a":2}', '{"ü":1}']);
    expect(readNotes({ cwd: repository.dir }, { head: base }).lines).toEqual(['{"base":1}']);
    const bare = makeRepository('--bare');
    bare.git('fetch', '--quiet', repository.dir, 'main', `${NOTES_REF}:${NOTES_REF}`);
    expect(readNotes({ cwd: bare.dir }, { base: middle, head }).lines).toEqual(['{"ü":1}']);
    bare.dispose();
  });

  it('refuses what is no object id', () => {
    expect(() => readNotes({ cwd: repository.dir }, { head: '--all' })).toThrowError(expect.objectContaining({ code: 'bad-revision' }));
  });

  it('names a note whose object is gone', () => {
    repository.write('a.txt', 'x');
    const head = repository.commit();
    repository.git('notes', `--ref=${NOTES_REF}`, 'add', '-m', '{"a":1}', head);
    const blob = repository.git('notes', `--ref=${NOTES_REF}`, 'list', head);
    rmSync(path.join(repository.dir, '.git/objects', blob.slice(0, 2), blob.slice(2)));
    expect(readNotes({ cwd: repository.dir }, { head })).toEqual({
      lines: [],
      warnings: [expect.stringContaining(`note ${blob.slice(0, 12)} not read: expected a blob, found missing`)],
    });
  });
});

describe('readBundle', () => {
  it('reads a file or a stream', async () => {
    repository.write('bundle.jsonl', '{"a":1}\r\n\n{"b":2}');
    expect(await readBundle({ kind: 'file', path: path.join(repository.dir, 'bundle.jsonl') })).toEqual({
      lines: ['{"a":1}', '{"b":2}'],
      warnings: [],
    });
    expect(await readBundle({ kind: 'stream', stream: Readable.from(['{"a', '":1}\n']) })).toEqual({ lines: ['{"a":1}'], warnings: [] });
  });

  it('says what is wrong with a bundle that was named', async () => {
    const missing = path.join(repository.dir, 'nothing.jsonl');
    await expect(readBundle({ kind: 'file', path: missing })).rejects.toMatchObject({
      code: 'bad-usage',
      message: expect.stringMatching(/^expected a bundle in .*nothing\.jsonl, found no such file$/),
    });
  });

  it('stops at its limit', async () => {
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(1_048_576, 0x20);
      })(),
    );
    expect((await readBundle({ kind: 'stream', stream: endless })).warnings).toEqual([
      expect.stringContaining('expected at most 67108864 bytes, found more'),
    ]);
  });
});

it('git shows carriers as plain text', async () => {
  await writeCarriers(repository.dir, new Map([[A, ['{"a":1}']]]));
  expect(execFileSync('git', ['diff', '--cached'], { cwd: repository.dir, encoding: 'utf8' })).toContain('+{"a":1}');
});
