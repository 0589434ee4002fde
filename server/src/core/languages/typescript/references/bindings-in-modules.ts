import { findWord, mentionsOf, readWord } from './bindings-by-words.ts';
import { stringAt } from './bindings-in-clauses.ts';
import type { Code } from './code.ts';
import { blankAt, closerOf, openerOf, tokenAfter, tokenBefore, wordEndingAt, wordStartingAt } from './code-around.ts';
import type { Chain, Meaning } from './export-walk.ts';
import { isClause, mayBind } from './word-lists.ts';

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

/** Names that hold a module which was asked for on the spot: `const pay = await import('./pay')`, wherever in the file. */
export function chainsOfSpots(code: Code, meaning: Meaning): readonly Chain[] {
  return meaning.spots.flatMap(({ specifier, path }) => {
    const roots = new Set(callsOf(code, specifier).map((call) => holderOf(code, call)));
    return [...roots].flatMap((root) => (root === undefined ? [] : [{ root, path }]));
  });
}

/** Offsets of `import` and `require` where they ask for `specifier`. */
function callsOf(code: Code, specifier: string): readonly number[] {
  const calls: number[] = [];
  for (let at = code.text.indexOf(specifier); at >= 0; at = code.text.indexOf(specifier, at + 1)) {
    const blank = blankAt(code, at);
    if (blank < 0 || code.blanks[2 * blank] !== at - 1 || stringAt(code, at - 1) !== specifier) continue;
    const open = tokenBefore(code, at - 1);
    if (code.text.charAt(open) !== '(') continue;
    const last = tokenBefore(code, open);
    const word = wordEndingAt(code, last);
    if (word === 'import' || word === 'require') calls.push(last - word.length + 1);
  }
  return calls;
}

function holderOf(code: Code, call: number): string | undefined {
  let before = tokenBefore(code, call);
  if (wordEndingAt(code, before) === 'await') before = tokenBefore(code, before - 4);
  if (code.text.charAt(before) !== '=') return undefined;
  const name = tokenBefore(code, before);
  return wordEndingAt(code, name) || undefined;
}

/** Whether the last name of a chain stands at `[start, end)`: `ns.X`, `{ X } = ns`, `require('./x').X`, `import('./x').X`. */
export function isChained(code: Code, start: number, end: number, chains: readonly Chain[], meaning: Meaning): boolean {
  const word = code.text.slice(start, end);
  const dot = tokenBefore(code, start);
  if (code.text.charAt(dot) === '.' && blankAt(code, dot) < 0) {
    const spot = spotBefore(code, dot);
    if (spot !== undefined && meaning.spots.some(({ specifier, path }) => specifier === spot && path.length === 1 && path[0] === word))
      return true;
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
function spotBefore(code: Code, dot: number): string | undefined {
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
function isPath(code: Code, dot: number, path: readonly string[]): boolean {
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

/** Whether the file asks for the module somewhere that nobody can follow: then a member of that name may be the symbol. */
export function mayBeSpot(code: Code, start: number, end: number, meaning: Meaning): boolean {
  const word = code.text.slice(start, end);
  if (!meaning.spots.some(({ path }) => path.at(-1) === word)) return false;
  const dot = tokenBefore(code, start);
  if (code.text.charAt(dot) !== '.')
    return !/^\s*=\s*(?:await\s+)?(?:import|require)\s*\(/.test(code.text.slice(closerOf(code, openerOf(code, start)) + 1).slice(0, 80));
  const root = wordEndingAt(code, tokenBefore(code, dot));
  if (root === '') return true;
  return !holdsModule(code, root);
}

/**
 * Whether a member of this name may be the symbol because the file lets go of a namespace that holds it: hands it on, or says
 * `typeof ns` of something else. Whoever holds it then is known by types alone.
 */
export function mayBeHeld(code: Code, start: number, end: number, chains: readonly Chain[]): boolean {
  const dot = tokenBefore(code, start);
  const word = code.text.slice(start, end);
  const open = openerOf(code, start);
  const isKey = open >= 0 && code.text.charAt(open) === '{' && /[{,]/.test(code.text.charAt(dot)) && mayBind(code, open);
  if (!isKey && (code.text.charAt(dot) !== '.' || blankAt(code, dot) >= 0)) return false;
  if (!chains.some(({ root, path }) => path.at(-1) === word && isLetGo(code, root))) return false;
  if (isKey) return true;
  const last = tokenBefore(code, dot);
  const holder = wordEndingAt(code, last);
  const isMember = code.text.charAt(tokenBefore(code, last - holder.length + 1)) === '.';
  return holder === '' || isMember || !holdsModule(code, holder);
}

/** A string that says the last name of a chain: `ns['charge']`, and where it may be a key of the namespace, `isVague`. */
export interface NamedByString {
  readonly start: number;
  readonly end: number;
  readonly isVague: boolean;
}

/** Names written as strings in clauses: `import { 'charge' as pay } from './pay'`. */
export function stringsInClauses(code: Code, { clauses }: Meaning): readonly { readonly start: number; readonly end: number }[] {
  const names = new Set([...clauses.values()].flatMap((some) => [...some]));
  return [...names].flatMap((name) =>
    mentionsOf(code.text, name).flatMap((start) => {
      const open = stringAt(code, start - 1) === name ? openerOf(code, start - 1) : -1;
      if (open < 0 || !isClause(code, open)) return [];
      const from = tokenAfter(code, closerOf(code, open) + 1);
      const specifier = wordStartingAt(code, from) === 'from' ? stringAt(code, tokenAfter(code, from + 4)) : undefined;
      return clauses.get(specifier ?? '')?.has(name) === true ? [{ start, end: start + name.length }] : [];
    }),
  );
}

/** Strings that name a member of a namespace or a module: for sure in its brackets, perhaps where it is taken apart or let go of. */
export function readStrings(code: Code, chains: readonly Chain[], { spots }: Meaning): readonly NamedByString[] {
  const words = new Set([...chains, ...spots].flatMap(({ path }) => path.at(-1) ?? []));
  return [...words].flatMap((word) =>
    mentionsOf(code.text, word).flatMap((start): readonly NamedByString[] => {
      if (stringAt(code, start - 1) !== word) return [];
      const end = start + word.length;
      const found = [{ start, end, isVague: true }];
      const bracket = tokenBefore(code, start - 1);
      const close = tokenAfter(code, end + 1);
      const isBracketed = code.text.charAt(bracket) === '[' && code.text.charAt(close) === ']';
      if (isBracketed) {
        const front = tokenBefore(code, bracket);
        const at = code.text.charAt(front) === '.' ? front : bracket;
        const spot = spotBefore(code, at);
        const isNamed =
          chains.some(({ root, path }) => path.at(-1) === word && isPath(code, at, [root, ...path.slice(0, -1)])) ||
          spots.some(({ specifier, path }) => specifier === spot && path.length === 1 && path[0] === word);
        if (isNamed) return [{ start, end, isVague: false }];
      }
      const open = openerOf(code, isBracketed ? bracket : start - 1);
      const next = code.text.charAt(isBracketed ? tokenAfter(code, close + 1) : close);
      if (next === ':' && open >= 0 && mayBind(code, open)) return found;
      if (spots.some(({ path }) => path.at(-1) === word)) return found;
      return chains.some(({ root, path }) => path.at(-1) === word && isLetGo(code, root)) ? found : [];
    }),
  );
}

const LET_GO = new WeakMap<Code, Map<string, boolean>>();

/** Whether a namespace is named somewhere else than in front of a dot. */
function isLetGo(code: Code, root: string): boolean {
  const known = LET_GO.get(code) ?? new Map<string, boolean>();
  LET_GO.set(code, known);
  const found =
    known.get(root) ??
    findWord(code, root).some((start) => {
      const end = start + root.length;
      const reading = readWord(code, start, end);
      const isType = wordEndingAt(code, tokenBefore(code, start)) === 'typeof';
      // A member that is named on the spot is found by its name (`readStrings`).
      if (/^\s*(?:\?\.\s*)?\[\s*(?:'[^'\\]*'|"[^"\\]*")\s*\]/.test(code.text.slice(end, end + 80))) return false;
      if ((reading !== 'use' && reading !== 'call' && !isType) || /^\s*[?!]?\./.test(code.text.slice(end, end + 80))) return false;
      // Taken apart by name, it is held by nobody: `const { pay } = ns`.
      return !/\{[^{}.]*\}\s*=\s*$/.test(code.text.slice(Math.max(0, start - 400), start));
    });
  known.set(root, found);
  return found;
}

const HOLDERS = new WeakMap<Code, Map<string, boolean>>();

/** Whether a name holds a module somewhere in the file: one that holds another module holds not this one. */
function holdsModule(code: Code, root: string): boolean {
  const known = HOLDERS.get(code) ?? new Map<string, boolean>();
  HOLDERS.set(code, known);
  const name = root.replace(/\$/g, '\\$&');
  const holds =
    known.get(root) ??
    new RegExp(`(?<![\\w$.])${name}\\s*=\\s*(?:await\\s+)?(?:import|require)\\s*\\(|\\bimport\\b[^;'"]{0,2000}[\\s{,]${name}[\\s},]`).test(
      code.text,
    );
  known.set(root, holds);
  return holds;
}
