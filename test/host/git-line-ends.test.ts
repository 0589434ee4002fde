import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LineEndAction, lineEndAction, toBlobLineEnds } from '../../server/src/host/git/line-ends.ts';
import { makeRepository } from '../support/git.ts';

/** Longer than the 128 printable characters that excuse one that is not. */
const LONG = 'x'.repeat(130);

const TELLING = [`${LONG}\0\r\n`, `${LONG}\x01\r\n`, '\x01\r\n', '\r\n\x1a', 'a\x1a\r\n', `${LONG}\r\r\n`, 'a\x7f\r\n', '\x1b\f\b\t\r\n'];

describe('line ends on the way into a blob', () => {
  test('equal what git itself stores', () => {
    const work = makeRepository();
    work.write('.gitattributes', '*.text text\n*.auto text=auto\n*.binary -text\n');
    const piece = fc.constantFrom('a', '\n', '\r\n', '\r', '\0', '\x01', '\x1a', 'word', 'ü', '\t', '\x7f', LONG);
    const file = fc.array(piece, { maxLength: 12 }).map((pieces) => Buffer.from(pieces.join('')));
    fc.assert(
      fc.property(file, fc.constantFrom<LineEndAction>('text', 'auto', 'binary'), (bytes, action) => {
        const stored = execFileSync('git', ['hash-object', '--stdin', `--path=f.${action}`], {
          cwd: work.dir,
          input: bytes,
          stdio: 'pipe',
        });
        const ours = toBlobLineEnds(bytes, action, () => undefined);
        const plain = execFileSync('git', ['hash-object', '--stdin', '--no-filters'], { cwd: work.dir, input: ours, stdio: 'pipe' });
        expect(plain.toString()).toBe(stored.toString());
      }),
      {
        numRuns: 60,
        examples: TELLING.map((text): [Buffer<ArrayBuffer>, LineEndAction] => [Buffer.from(text), 'auto']),
      },
    );
    work.dispose();
  });

  test('stay where the index already holds CRLF, and only under auto', () => {
    const bytes = Buffer.from('one\r\ntwo\r\n');
    const crlf = (): Uint8Array => Buffer.from('one\r\n');
    expect(toBlobLineEnds(bytes, 'auto', crlf)).toBe(bytes);
    expect(Buffer.from(toBlobLineEnds(bytes, 'text', crlf)).toString()).toBe('one\ntwo\n');
    expect(Buffer.from(toBlobLineEnds(bytes, 'auto', () => Buffer.from('one\n'))).toString()).toBe('one\ntwo\n');
  });

  test.each<[Record<string, string>, boolean, LineEndAction]>([
    [{}, false, 'binary'],
    [{}, true, 'auto'],
    [{ text: 'set' }, false, 'text'],
    [{ text: 'unset', eol: 'lf' }, true, 'binary'],
    [{ text: 'auto', eol: 'crlf' }, false, 'auto'],
    [{ text: 'unspecified', eol: 'lf' }, false, 'text'],
    [{ text: 'unspecified', crlf: 'input' }, false, 'text'],
    [{ text: 'unspecified', crlf: 'unset' }, true, 'binary'],
  ])('%j with autocrlf %s are %s', (attributes, autocrlf, action) => {
    expect(lineEndAction(new Map(Object.entries(attributes)), autocrlf)).toBe(action);
  });
});
