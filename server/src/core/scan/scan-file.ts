import { type FileScan, ScanMark } from '../model/file-scan.ts';
import type { RepoPath } from '../model/tree.ts';
import { hashOfWord, runsOf } from './words.ts';

/** One pass over a file. */
export function scanFile(_path: RepoPath, text: string): FileScan {
  const words = Uint32Array.from(new Set(runsOf(text).map(hashOfWord)));
  const marks = (/[^\0-\x7f]/.test(text) ? ScanMark.beyondAscii : 0) | (text.includes('\\u') ? ScanMark.escapes : 0);
  return { words, marks, module: undefined };
}
