import { type FileScan, type ModuleRecord, ScanMark } from '../model/file-scan.ts';
import type { RepoPath } from '../model/tree.ts';
import { blanksOfText } from './blanks-of-text.ts';
import { CODE_MODULES } from './code-modules.ts';
import { lex } from './lexer.ts';
import { PLAIN } from './lexer-modes.ts';
import { SAMPLES } from './lexer-sample.ts';
import { scriptsOf } from './scan-file-scripts.ts';
import { ModuleReader } from './scan-modules.ts';
import { type CopyWords, WordsSeen } from './words-seen.ts';

/** What the lexer reads: whether `<` may open an element, or that its code stands in `<script>`. */
const LEXED: Readonly<Record<string, 'code' | 'jsx' | 'scripts'>> = {
  '.ts': 'code',
  '.mts': 'code',
  '.cts': 'code',
  '.tsx': 'jsx',
  '.js': 'jsx',
  '.jsx': 'jsx',
  '.mjs': 'jsx',
  '.cjs': 'jsx',
  '.vue': 'scripts',
  '.svelte': 'scripts',
};

/** The file at hand, with a zero behind it; kept from file to file, since each is read through before the next one comes. */
let held = Buffer.alloc(1 << 20);
const seen = new WordsSeen();
let primed = false;
const ownCopy: CopyWords = (words) => words.slice();

/**
 * One pass over a file: its words, and the module record of code. `content` is the text, or its bytes in UTF-8, which is quicker;
 * both give equal scans. Bytes are not kept; words are, where `copy` puts them: a typed array of its own for each of many small
 * files is dear.
 */
export function scanFile(path: RepoPath, content: string | Uint8Array, copy: CopyWords = ownCopy): FileScan {
  if (!primed) prime();
  const length = hold(content);
  const extension = extensionOf(path);
  seen.start();
  const lexed = LEXED[extension];
  if (lexed === undefined) {
    const marks = sweep(0, length);
    const read = CODE_MODULES[extension];
    const module = read?.(typeof content === 'string' ? content : held.toString('utf8', 0, length));
    return { words: seen.taken(copy), marks, module };
  }
  if (lexed !== 'scripts') {
    const reader = new ModuleReader(held, 0);
    const marks = lex(held, 0, length, lexed === 'jsx', seen, reader);
    // Where an element seemed to begin that never ended, there may have been none.
    return lexed === 'jsx' && (marks & ScanMark.lost) !== 0
      ? again(length, marks, reader, copy)
      : { words: seen.taken(copy), marks, module: reader.taken() };
  }
  let marks = 0;
  let at = 0;
  const records: ModuleRecord[] = [];
  for (const { from, to, jsx } of scriptsOf(held, length)) {
    marks |= sweep(at, from);
    const reader = new ModuleReader(held, from);
    const behind = held[to] as number;
    held[to] = 0;
    marks |= lex(held, from, to, jsx, seen, reader);
    held[to] = behind;
    records.push(reader.taken());
    at = to;
  }
  marks |= sweep(at, length);
  const module = { imports: records.flatMap(({ imports }) => imports), exports: records.flatMap(({ exports }) => exports) };
  return { words: seen.taken(copy), marks, module };
}

/** Reads the file at hand without elements; the first answer stands where that is lost as well. */
function again(length: number, marks: number, first: ModuleReader, copy: CopyWords): FileScan {
  const reader = new ModuleReader(held, 0);
  const others = lex(held, 0, length, false, seen, reader);
  const better = (others & ScanMark.lost) === 0;
  return { words: seen.taken(copy), marks: better ? others : marks, module: (better ? reader : first).taken() };
}

/** Reads the samples as each kind of code, and as text. */
function prime(): void {
  primed = true;
  for (const sample of SAMPLES) {
    for (const path of ['sample.ts', 'sample.tsx', 'sample.txt']) scanFile(path as RepoPath, sample);
    blanksOfText(sample, true);
    scanFile('sample.vue' as RepoPath, Buffer.from(`<template>größe 12 \\u0041</template><script lang="ts">${sample}</script>`));
  }
}

/** Puts a file into `held`; returns its length in bytes. */
function hold(content: string | Uint8Array): number {
  const most = typeof content === 'string' ? content.length * 3 : content.length;
  if (most + 8 > held.length) held = Buffer.alloc(Math.max(most + 8, held.length * 2));
  let length = most;
  if (typeof content === 'string') length = held.write(content, 0, 'utf8');
  else held.set(content, 0);
  // A few zeros, since what looks ahead looks a few bytes ahead.
  held.fill(0, length, length + 8);
  return length;
}

/** Words between two places, whatever they stand in; returns marks. */
function sweep(from: number, to: number): number {
  let marks = 0;
  const behind = held[to] as number;
  held[to] = 0;
  for (let at = seen.sweep(held, from, PLAIN); at < to; at = seen.sweep(held, at + 1, PLAIN)) {
    if ((held[at] as number) >= 0x80) marks |= ScanMark.beyondAscii;
    else if (held[at] === 0x5c && held[at + 1] === 0x75) marks |= ScanMark.escapes;
  }
  held[to] = behind;
  return marks;
}

function extensionOf(path: string): string {
  const dot = path.lastIndexOf('.');
  return dot < 0 ? '' : path.slice(dot).toLowerCase();
}
