import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { createDocuments, shiftLine } from '../../../server/src/doors/lsp/documents.ts';

const MARK = 'the marked line';
const URI = 'file:///a.txt';

describe('documents', () => {
  it('give the edits after a version', () => {
    const documents = createDocuments();
    documents.open(URI, 'plaintext', 1, 'a\nb\n');
    documents.change(URI, 2, [{ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: 'x\n' }]);
    documents.change(URI, 3, [{ range: { start: { line: 2, character: 0 }, end: { line: 2, character: 1 } }, text: 'y' }]);
    expect(documents.get(URI)?.getText()).toBe('x\na\ny\n');
    expect(documents.editsSince(URI, 1).map(({ version }) => version)).toEqual([2, 3]);
    expect(documents.editsSince(URI, 2).map(({ version }) => version)).toEqual([3]);
    documents.close(URI);
    expect(documents.get(URI)).toBeUndefined();
  });

  it('take a whole new text', () => {
    const documents = createDocuments();
    documents.open(URI, 'plaintext', 1, 'a');
    documents.change(URI, 2, [{ text: 'b' }]);
    expect(documents.get(URI)?.getText()).toBe('b');
  });
});

describe('a line', () => {
  it('keeps its place under every edit that does not touch it', () => {
    const edit = fc.record({
      line: fc.nat(12),
      character: fc.nat(6),
      lines: fc.nat(3),
      endCharacter: fc.nat(6),
      text: fc.constantFrom('', 'x', '\n', 'x\ny', '\n\n', 'end\n'),
    });
    fc.assert(
      fc.property(fc.nat(10), fc.array(edit, { maxLength: 6 }), (at, edits) => {
        const text = Array.from({ length: 12 }, (_, line) => (line === at ? MARK : `line ${line}`)).join('\n');
        const documents = createDocuments();
        documents.open(URI, 'plaintext', 1, text);
        let version = 1;
        for (const { line, character, lines, endCharacter, text: inserted } of edits) {
          const before = documents.get(URI) ?? TextDocument.create(URI, 'plaintext', 0, '');
          const from = Math.min(before.offsetAt({ line, character }), before.offsetAt({ line: line + lines, character: endCharacter }));
          const to = Math.max(before.offsetAt({ line, character }), before.offsetAt({ line: line + lines, character: endCharacter }));
          const marked = before.getText().indexOf(MARK);
          // An edit inside the marked line, or one that joins it with another, leaves nothing to compare with.
          if (from < marked + MARK.length + 1 && to > marked - 1 && !(from === to && from === marked)) continue;
          if (from === to && from === marked && !inserted.endsWith('\n')) continue;
          version += 1;
          documents.change(URI, version, [{ range: { start: before.positionAt(from), end: before.positionAt(to) }, text: inserted }]);
        }
        const now = documents.get(URI)?.getText().split('\n').indexOf(MARK);
        expect(shiftLine(at, documents.editsSince(URI, 1))).toBe(now);
      }),
    );
  });
});
