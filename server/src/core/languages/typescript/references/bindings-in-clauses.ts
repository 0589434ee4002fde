import type { Code } from './code.ts';
import { blankAt, closerOf, openerOf, tokenAfter, tokenBefore, wordEndingAt, wordStartingAt } from './code-around.ts';
import type { Meaning } from './export-walk.ts';
import { isClause } from './word-lists.ts';

/**
 * What a name in an import or export clause does for the symbol; undefined where it names something else. Both sides of `as` count,
 * as they do in an editor.
 */
export function readClause(code: Code, start: number, end: number, meaning: Meaning): 'import' | 'reexport' | undefined {
  const word = code.text.slice(start, end);
  const open = openerOf(code, start);
  if (open < 0 || !isClause(code, open)) return meaning.names.has(word) ? 'import' : undefined;
  const close = closerOf(code, open);
  const from = tokenAfter(code, close + 1);
  const specifier = wordStartingAt(code, from) === 'from' ? stringAt(code, tokenAfter(code, from + 4)) : undefined;
  const isImport = keywordOf(code, open) === 'import';
  const imported = importedBy(code, start, end);
  const isAsked = specifier === undefined || isImport ? meaning.names.has(localOf(code, start, end, imported)) : false;
  // A specifier may be written with escapes, an imported name as a string.
  const asked = specifier?.includes('\\') ? [...meaning.clauses.values()] : [meaning.clauses.get(specifier ?? '')];
  const isNamed = specifier !== undefined && asked.some((names) => names?.has(imported) === true);
  if (isImport) return isNamed && isAsked ? 'import' : undefined;
  if (specifier !== undefined) return isNamed ? 'reexport' : undefined;
  // `export { a as b }` of the file's own: the side that is bound here decides.
  return meaning.names.has(imported) ? 'reexport' : undefined;
}

function keywordOf(code: Code, open: number): string {
  let before = tokenBefore(code, open);
  if (code.text.charAt(before) === ',') return 'import';
  let word = wordEndingAt(code, before);
  while (word !== '' && word !== 'import' && word !== 'export') {
    before = tokenBefore(code, before - word.length + 1);
    word = wordEndingAt(code, before);
  }
  return word;
}

/** The name on the left of `as`, for a word on either side of it. */
function importedBy(code: Code, start: number, end: number): string {
  const before = tokenBefore(code, start);
  if (wordEndingAt(code, before) === 'as' && !/[{,]/.test(code.text.charAt(tokenBefore(code, before - 1)))) {
    const left = tokenBefore(code, before - 1);
    return stringEndingAt(code, left) ?? wordEndingAt(code, left);
  }
  return code.text.slice(start, end);
}

/** The name on the right of `as`, for a word on either side of it. */
function localOf(code: Code, start: number, end: number, imported: string): string {
  const word = code.text.slice(start, end);
  if (word !== imported) return word;
  const after = tokenAfter(code, end);
  if (wordStartingAt(code, after) !== 'as') return word;
  return wordStartingAt(code, tokenAfter(code, after + 2)) || word;
}

/** The value of the string that starts at this offset. */
export function stringAt(code: Code, start: number): string | undefined {
  const blank = blankAt(code, start);
  if (blank < 0 || code.blanks[2 * blank] !== start) return undefined;
  return code.text.slice(start + 1, (code.blanks[2 * blank + 1] ?? 0) - 1);
}

function stringEndingAt(code: Code, last: number): string | undefined {
  const blank = blankAt(code, last);
  return blank < 0 ? undefined : stringAt(code, code.blanks[2 * blank] ?? 0);
}
