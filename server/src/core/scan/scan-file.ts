import { type FileScan, type ModuleRecord, ScanMark } from '../model/file-scan.ts';
import type { RepoPath } from '../model/tree.ts';
import { lex } from './lexer.ts';
import { BACKSLASH, BEYOND, DIGIT, PLAIN, WORD } from './lexer-modes.ts';
import { scriptsOf } from './scan-file-scripts.ts';
import { ModuleReader } from './scan-modules.ts';
import { OFFSET, PRIME, WORD_UNITS } from './words.ts';
import { WordsSeen } from './words-seen.ts';

/** Reads whom a file asks and what it offers, out of its text. */
export type RecordReader = (path: RepoPath, text: string) => ModuleRecord | undefined;

/** Which files are read for their imports, by extension, besides those that the lexer reads in its one pass. */
const RECORD_READERS: Readonly<Record<string, RecordReader>> = {};

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

/**
 * One pass over a file: its words, and the module record of code. `content` is the text, or its bytes in UTF-8, which is quicker;
 * both give equal scans. Bytes are not kept.
 */
export function scanFile(path: RepoPath, content: string | Uint8Array): FileScan {
  const length = hold(content);
  const extension = extensionOf(path);
  seen.start();
  const lexed = LEXED[extension];
  if (lexed === undefined) {
    const marks = sweep(0, length);
    const read = RECORD_READERS[extension];
    const module = read?.(path, typeof content === 'string' ? content : held.toString('utf8', 0, length));
    return { words: seen.taken(), marks, module };
  }
  let marks = 0;
  const readers: ModuleReader[] = [];
  let at = 0;
  for (const { from, to, jsx } of lexed === 'scripts' ? scriptsOf(held, length) : [{ from: 0, to: length, jsx: lexed === 'jsx' }]) {
    marks |= sweep(at, from);
    const reader = new ModuleReader(held, from);
    const behind = held[to] as number;
    held[to] = 0;
    marks |= lex(held, from, to, jsx, seen, reader);
    held[to] = behind;
    readers.push(reader);
    at = to;
  }
  marks |= sweep(at, length);
  const records = readers.map((reader) => reader.taken());
  const [only] = records;
  const module =
    records.length === 1 && only !== undefined
      ? only
      : { imports: records.flatMap(({ imports }) => imports), exports: records.flatMap(({ exports }) => exports) };
  return { words: seen.taken(), marks, module };
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

/** Words between two places, whatever they stand in. */
function sweep(from: number, to: number): number {
  let marks = 0;
  for (let at = from; at < to; ) {
    const unit = held[at] as number;
    const action = PLAIN[unit] as number;
    if (action === WORD || action === DIGIT) {
      let digits = action === DIGIT;
      let hash = Math.imul(OFFSET ^ unit, PRIME);
      at += 1;
      for (let next = held[at] as number; WORD_UNITS[next] === 1; next = held[at] as number) {
        if (next < 0x30 || next > 0x39) digits = false;
        hash = Math.imul(hash ^ next, PRIME);
        at += 1;
      }
      if (!digits) seen.add(hash);
      continue;
    }
    if (action === BEYOND) marks |= ScanMark.beyondAscii;
    else if (action === BACKSLASH && held[at + 1] === 0x75) marks |= ScanMark.escapes;
    at += 1;
  }
  return marks;
}

function extensionOf(path: string): string {
  const dot = path.lastIndexOf('.');
  return dot < 0 ? '' : path.slice(dot).toLowerCase();
}
