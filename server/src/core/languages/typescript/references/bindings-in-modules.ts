import { stringAt } from './bindings-in-clauses.ts';
import type { Code } from './code.ts';
import { blankAt, closerOf, openerOf, tokenAfter, tokenBefore, wordEndingAt, wordStartingAt } from './code-around.ts';
import type { Chain, Meaning } from './export-walk.ts';

/** Words under which a meaning may be written in its file. */
export function wordsOf(meaning: Meaning): ReadonlySet<string> {
  const words = new Set([...meaning.names, ...meaning.aliases]);
  for (const { path } of [...meaning.chains, ...meaning.spots]) {
    const last = path.at(-1);
    if (last !== undefined) words.add(last);
  }
  for (const names of meaning.clauses.values()) for (const name of names) words.add(name);
  return words;
}

/** Whether the last name of a chain stands at `[start, end)`: `ns.X`, `{ X } = ns`, `require('./x').X`, `import('./x').X`. */
export function isChained(code: Code, start: number, end: number, chains: readonly Chain[], meaning: Meaning): boolean {
  const word = code.text.slice(start, end);
  const dot = tokenBefore(code, start);
  if (code.text.charAt(dot) === '.' && blankAt(code, dot) < 0) {
    const spot = spotBefore(code, dot);
    if (spot !== undefined && meaning.spots.some(({ specifier, path }) => specifier === spot && path.length === 1 && path[0] === word))
      return true;
    // `const pay = require('./pay').charge`
    if (spot !== undefined && meaning.clauses.get(spot)?.has(word) === true) return true;
    return chains.some(({ root, path }) => path.at(-1) === word && isPath(code, dot, [root, ...path.slice(0, -1)]));
  }
  // A pattern that takes a namespace apart.
  const open = openerOf(code, start);
  if (open < 0 || code.text.charAt(open) !== '{' || !/[{,]/.test(code.text.charAt(dot))) return false;
  const equals = tokenAfter(code, closerOf(code, open) + 1);
  if (code.text.charAt(equals) !== '=') return false;
  const right = tokenAfter(code, equals + 1);
  if (chains.some(({ root, path }) => path.length === 1 && path[0] === word && wordStartingAt(code, right) === root)) return true;
  const argument = specifierAt(code, right);
  return (
    argument !== undefined && meaning.spots.some(({ specifier, path }) => specifier === argument && path.length === 1 && path[0] === word)
  );
}

/**
 * Whether a word is a name that takes a module apart or holds it (`{ a: b } = require('./x')`, `x = await import('./x')`) and means the
 * symbol by that; undefined where it is none.
 */
export function isTaken(code: Code, start: number, end: number, meaning: Meaning): boolean | undefined {
  const open = openerOf(code, start);
  const isPattern = open >= 0 && code.text.charAt(open) === '{';
  const equals = tokenAfter(code, isPattern ? closerOf(code, open) + 1 : end);
  const specifier = code.text.charAt(equals) === '=' ? specifierAt(code, tokenAfter(code, equals + 1)) : undefined;
  if (specifier === undefined) return undefined;
  const word = code.text.slice(start, end);
  if (!isPattern) return meaning.names.has(word);
  const colon = tokenBefore(code, start);
  const key = code.text.charAt(colon) === ':' ? wordEndingAt(code, tokenBefore(code, colon)) : word;
  return meaning.clauses.get(specifier)?.has(key) === true;
}

/** The specifier of `require('./x')`, `import('./x')` or `await import('./x')` that starts at this offset. */
function specifierAt(code: Code, start: number): string | undefined {
  const first = wordStartingAt(code, start) === 'await' ? tokenAfter(code, start + 5) : start;
  const called = wordStartingAt(code, first);
  if (called !== 'import' && called !== 'require') return undefined;
  return stringAt(code, tokenAfter(code, tokenAfter(code, first + called.length) + 1));
}

/** The specifier of `require('./x')`, `import('./x')` or `(await import('./x'))` in front of a dot. */
export function spotBefore(code: Code, dot: number): string | undefined {
  let close = tokenBefore(code, dot);
  // `?.` and `!.`
  if (/[?!]/.test(code.text.charAt(close))) close = tokenBefore(code, close);
  if (code.text.charAt(close) !== ')') return undefined;
  let open = openerOf(code, close);
  if (open < 0) return undefined;
  let first = tokenAfter(code, open + 1);
  if (wordStartingAt(code, first) === 'await') {
    first = tokenAfter(code, first + 5);
    if (wordStartingAt(code, first) !== 'import') return undefined;
    open = tokenAfter(code, first + 6);
    first = tokenAfter(code, open + 1);
  } else if (!/^(?:import|require)$/.test(wordEndingAt(code, tokenBefore(code, open)))) return undefined;
  return stringAt(code, first);
}

/** Whether the names of `path` stand in front of the dot, joined by dots, and nothing in front of them. */
export function isPath(code: Code, dot: number, path: readonly string[]): boolean {
  let at = dot;
  for (let index = path.length - 1; index >= 0; index -= 1) {
    let last = tokenBefore(code, at);
    if (/[?!]/.test(code.text.charAt(last))) last = tokenBefore(code, last);
    const word = wordEndingAt(code, last);
    if (word !== path[index]) return false;
    at = tokenBefore(code, last - word.length + 1);
    const isDot = code.text.charAt(at) === '.' && blankAt(code, at) < 0 && !code.text.startsWith('...', at - 2);
    if (isDot !== index > 0) return false;
  }
  return true;
}
