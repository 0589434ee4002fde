import { describe, expect, it } from 'vitest';
import { ScanMark } from '../../server/src/core/model/file-scan.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { scanFile } from '../../server/src/core/scan/scan-file.ts';
import { hashOfWord, runsOf } from '../../server/src/core/scan/words.ts';
import { corpusFiles, readCorpusFile } from './corpora.ts';
import { hasSyntaxErrors, identifiersOf, parse, recordOf, sorted } from './syntax-tree.ts';

/**
 * Thousands of real files, each read by the scanner and by the compiler. Both questions stand in one test, since parsing is what
 * takes the time.
 */
describe('over every file of the corpora', () => {
  it('holds every identifier of the syntax tree, and the records that the tree holds', { timeout: 300_000 }, () => {
    const missing: string[] = [];
    const differing: string[] = [];
    const lost: string[] = [];
    const found = { files: 0, identifiers: 0, imports: 0, exports: 0 };
    for (const file of corpusFiles()) {
      const bytes = readCorpusFile(file);
      if (bytes === undefined) continue;
      const text = bytes.toString('utf8');
      const tree = parse(file, text);
      const scan = scanFile(file as RepoPath, bytes);
      const words = new Set(scan.words);
      found.files += 1;
      for (const name of identifiersOf(tree)) {
        found.identifiers += 1;
        if ((scan.marks & ScanMark.escapes) === 0 && !runsOf(name).every((run) => words.has(hashOfWord(run))))
          missing.push(`${file}: ${name}`);
      }
      // A tree with errors is a guess at what was meant, in which the compiler and the scanner may differ.
      if (hasSyntaxErrors(tree)) continue;
      if ((scan.marks & ScanMark.lost) !== 0) lost.push(file);
      const expected = recordOf(tree);
      found.imports += expected.imports.length;
      found.exports += expected.exports.length;
      const got = scan.module === undefined ? undefined : sorted(scan.module);
      if (JSON.stringify(got) !== JSON.stringify(expected)) differing.push(file);
    }
    expect(missing).toEqual([]);
    expect(lost).toEqual([]);
    expect(differing.filter((file) => EXPLAINED[file] === undefined)).toEqual([]);
    // Less would be another corpus than the one that this test was written for.
    expect(found.files).toBeGreaterThan(5_000);
    expect(found.imports).toBeGreaterThan(10_000);
    expect(found.exports).toBeGreaterThan(10_000);
  });
});

/** Files whose record is known to differ, and why that is right or cannot matter. */
const EXPLAINED: Readonly<Record<string, string>> = {};
