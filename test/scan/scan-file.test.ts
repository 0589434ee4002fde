import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScanMark } from '../../server/src/core/model/file-scan.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { AT } from '../../server/src/core/scan/pack-format.ts';
import { packScans } from '../../server/src/core/scan/pack-write.ts';
import { scanFile } from '../../server/src/core/scan/scan-file.ts';
import { SCANNER } from '../../server/src/core/scan/scan-version.ts';
import { hashOfWord, runsOf } from '../../server/src/core/scan/words.ts';

const PATHS = [
  'a.ts',
  'a.tsx',
  'a.mjs',
  'a.cjs',
  'a.vue',
  'a.svelte',
  'a.md',
  'a.json',
  'LICENSE',
  'a.PY',
] as readonly string[] as readonly RepoPath[];
const path = fc.constantFrom(...PATHS);

/** Texts out of what means something to a lexer, in every order. */
const PIECES = [
  ...[
    'import ',
    'export ',
    'from ',
    "'a'",
    '"b"',
    '`',
    '${',
    '}',
    '{',
    '(',
    ')',
    '[',
    ']',
    '<',
    '>',
    '</',
    '/>',
    '/',
    '//',
    '/*',
    '*/',
    '\\',
    '\\u0041',
  ],
  ...[
    "'",
    '"',
    '\n',
    '\r\n',
    '\u2028',
    ' ',
    '\t',
    ',',
    ';',
    '=',
    '=>',
    '.',
    '...',
    '*',
    'as ',
    'default ',
    'const ',
    'type ',
    'require',
    'module',
    'exports',
  ],
  ...[
    'größe',
    '日本',
    '😀',
    '\0',
    '\ufeff',
    '#',
    '@',
    '!',
    '+',
    '-',
    '12',
    '0x1f',
    '1e3',
    '$',
    '_',
    'a',
    'return ',
    '<script>',
    '</script>',
    'jest.mock',
    'import.meta',
  ],
];
const text = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.string({ unit: 'binary-ascii', maxLength: 200 }),
);

describe('the scan of a file', () => {
  it('holds the words of the text and no others, whatever the text is', () => {
    fc.assert(
      fc.property(path, text, (file, content) => {
        const expected = new Set(runsOf(content).map(hashOfWord));
        const { words } = scanFile(file, content);
        expect(words.length).toBe(new Set(words).size);
        expect(new Set(words)).toEqual(expected);
      }),
      { numRuns: 3_000 },
    );
  });

  it('marks bytes beyond ASCII and escapes wherever they stand', () => {
    fc.assert(
      fc.property(path, text, (file, content) => {
        const { marks } = scanFile(file, content);
        expect((marks & ScanMark.beyondAscii) !== 0).toBe(/[^\0-\x7f]/.test(content));
        expect((marks & ScanMark.escapes) !== 0).toBe(content.includes('\\u'));
      }),
      { numRuns: 3_000 },
    );
  });

  it('is the same for a text and for its bytes, and for what was scanned before it', () => {
    fc.assert(
      fc.property(path, text, path, text, (file, content, otherFile, other) => {
        const scan = scanFile(file, content);
        scanFile(otherFile, other);
        const bytes = Buffer.from(`xx${content}`).subarray(2);
        const before = Buffer.from(bytes);
        expect(scanFile(file, bytes)).toEqual(scan);
        expect(scanFile(file, new Uint8Array(bytes))).toEqual(scan);
        expect(bytes).toEqual(before);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is no longer or shorter for a file of many words', () => {
    const words = Array.from({ length: 100_000 }, (_, index) => `w${index}`);
    expect(new Set(scanFile('a.ts' as RepoPath, words.join(' ')).words)).toEqual(new Set(words.map(hashOfWord)));
    expect(scanFile('a.ts' as RepoPath, 'a b a').words).toEqual(Uint32Array.of(hashOfWord('a'), hashOfWord('b')));
  });

  it('has a new name for its maker when it says something else of a file', () => {
    // Where this fails and the difference is meant: give SCANNER another name, and put what came out here.
    const scans = FILES.map(([file, content]) => [file, scanFile(file as RepoPath, content)] as const);
    const numbers = new Uint32Array(packScans(scans).buffer);
    expect([SCANNER, numbers[AT.checksum]]).toEqual(['scanner 2', 2963472721]);
  });
});

/** One of each thing that scans hold. */
const FILES: readonly (readonly [string, string])[] = [
  ['a.ts', "import a, { b as c } from './b';\nexport const d = a / c; // größe\nexport default d;\nexport * from 'e';\n"],
  ['b.tsx', "import type { A } from 'a';\nconst b = <p title='q'>don't {c}</p>;\nconst { d } = await import('./d');\n"],
  ['c.cjs', "module.exports = { a, b: c };\nexports.d = require('e').f;\nrequire('g').h();\n"],
  ['d.vue', "<template>x</template><script setup>import a from 'a';</script>"],
  ['e.md', 'words \\u0041 12 0x1f\n'],
  ['f.py', 'from a.b import c as d\nimport e\n\ndef f(): pass\n'],
  ['g.go', 'package g\n\nimport "fmt"\n\nfunc F() {}\n'],
  ['H.java', 'package h;\n\nimport a.b.C;\n\npublic class H {}\n'],
  ['i.rs', 'use a::b::{c, d as e};\n\npub fn f() {}\n'],
];
