import type { Code } from './code.ts';
import { blankAt } from './code-around.ts';
import { isWordUnit } from './text-units.ts';

/**
 * Offsets at which `word` stands in a text as a whole word, rising: in code, comments and strings alike. A declaration that was broken
 * off has no name, and nobody mentions it.
 */
export function mentionsOf(text: string, word: string): readonly number[] {
  if (word === '') return [];
  const found: number[] = [];
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length))
    if (!(at > 0 && isWordUnit(text.charCodeAt(at - 1))) && !isWordUnit(text.charCodeAt(at + word.length))) found.push(at);
  return found;
}

/** The word that was looked for last in a file: each is asked for in strings, in clauses and in code. */
const LATEST = new WeakMap<Code, { readonly word: string; readonly found: readonly number[] }>();

/** As `mentionsOf`, of a file's text. */
export function mentionsIn(code: Code, word: string): readonly number[] {
  const latest = LATEST.get(code);
  if (latest?.word === word) return latest.found;
  const found = mentionsOf(code.text, word);
  LATEST.set(code, { word, found });
  return found;
}

/** Those of them that stand in code. `#name` is a private member's and another word. */
export function findWord(code: Code, word: string): readonly number[] {
  return mentionsIn(code, word).filter((at) => blankAt(code, at) < 0 && code.text.charCodeAt(at - 1) !== 35);
}
