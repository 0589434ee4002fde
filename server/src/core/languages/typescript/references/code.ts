import { blanksOfText } from '../../../scan/blanks-of-text.ts';
import { indexLines, type LineIndex } from '../../positions.ts';
import type { Part } from './script-parts.ts';

/** A file's text, and where in it there is no code. Made by one pass without a syntax tree. */
export interface Code {
  readonly text: string;
  /** Starts and ends, in turn, of comments, strings, template text, regular expressions, JSX text and JSX attribute names; rising. */
  readonly blanks: Int32Array;
  /** Where brackets stand in code, rising; a template's substitutions count as braces. */
  readonly brackets: Int32Array;
  /** True where the pass lost its place, or a name may be written with escapes: the compiler has to look. */
  readonly lost: boolean;
  /** Set where only these were read (Vue, Svelte): a name outside of them is used by the template. */
  readonly scripts?: readonly Part[];
}

/** Reads a whole file. `jsx` says that elements may stand in it. Never throws. */
export function readCode(text: string, jsx: boolean): Code {
  const { blanks, brackets, isDoubtful } = blanksOfText(text, jsx);
  return { text, blanks, brackets, lost: isDoubtful };
}

const LINES = new WeakMap<Code, LineIndex>();

/** Where the lines of a file begin: made once, for a file may be asked about a thousand names. */
export function linesOf(code: Code): LineIndex {
  const known = LINES.get(code);
  if (known !== undefined) return known;
  const lines = indexLines(code.text);
  LINES.set(code, lines);
  return lines;
}
