import { readWord } from './bindings-by-words.ts';
import type { Code } from './code.ts';
import { blankAt, closerOf, tokenAfter, tokenBefore, wordEndingAt, wordStartingAt } from './code-around.ts';
import { findWord } from './mentions.ts';

/** By file, which names hold what the file makes itself. */
const MADE = new WeakMap<Code, Map<string, boolean>>();

/** Whether a name holds, wherever the file binds it, an object or a value that is made on the spot: that is no module. */
export function isMadeHere(code: Code, name: string): boolean {
  const known = MADE.get(code) ?? new Map<string, boolean>();
  MADE.set(code, known);
  const made = known.get(name) ?? readAll(code, name);
  known.set(name, made);
  return made;
}

function readAll(code: Code, name: string): boolean {
  let isBound = false;
  for (const start of findWord(code, name)) {
    const end = start + name.length;
    const reading = readWord(code, start, end);
    if (reading === 'member' || reading === 'other') continue;
    const equals = tokenAfter(code, end);
    const isGiven = code.text.charAt(equals) === '=' && !/[=>]/.test(code.text.charAt(equals + 1));
    if (reading === 'binding' || reading === 'clause' || isGiven) {
      if (!isGiven || isInPattern(code, start) || !isMade(code, tokenAfter(code, equals + 1))) return false;
      isBound = true;
    } else if (isFilled(code, start, end)) return false;
  }
  return isBound;
}

/** Of a list or a pattern, as `pay` in `({ pay = {} }) => …`: the value is that of whoever is given none. */
function isInPattern(code: Code, start: number): boolean {
  return !/^(?:const|let|var|using)$/.test(wordEndingAt(code, tokenBefore(code, start)));
}

/** `new Map()`, `{ pay: 1 }`, `'text'`, `5`; an object that takes in another one (`{ ...ns }`) may be that one. */
function isMade(code: Code, start: number): boolean {
  const unit = code.text.charAt(start);
  if (unit === '{') return !code.text.slice(start, closerOf(code, start)).includes('...');
  const word = wordStartingAt(code, start);
  // What stands in front of another thing (`new Proxy(ns, {})`) has its members.
  if (word === 'new') return wordStartingAt(code, tokenAfter(code, start + word.length)) !== 'Proxy';
  if (/['"`\d]/.test(unit) || word === 'function' || word === 'class') return true;
  return code.text.charAt(tokenAfter(code, start + word.length)) === '(' && isMaker(code, word);
}

/** By file, which functions of its own return nothing but what they make. */
const MAKERS = new WeakMap<Code, Map<string, boolean>>();

/** `function pay() { return new Map(); }`, however often the file declares it. */
function isMaker(code: Code, name: string): boolean {
  const known = MAKERS.get(code) ?? new Map<string, boolean>();
  MAKERS.set(code, known);
  let isOne = known.get(name);
  if (isOne === undefined) {
    // Who asks for itself on the way is none.
    known.set(name, false);
    isOne = name !== '' && readMaker(code, name);
    known.set(name, isOne);
  }
  return isOne;
}

function readMaker(code: Code, name: string): boolean {
  let isDeclared = false;
  for (const start of findWord(code, name)) {
    const reading = readWord(code, start, start + name.length);
    const next = tokenAfter(code, start + name.length);
    if (reading === 'member' || reading === 'other') continue;
    if (reading === 'binding' && wordEndingAt(code, tokenBefore(code, start)) === 'function') {
      if (!returnsMade(code, next)) return false;
      isDeclared = true;
    } else if (reading === 'binding' || reading === 'clause' || /^=[^=]/.test(code.text.slice(next, next + 2))) return false;
  }
  return isDeclared;
}

/** From the bracket of the parameters on; returns of functions inside count too. */
function returnsMade(code: Code, parameters: number): boolean {
  const closed = closerOf(code, parameters);
  const open = code.text.indexOf('{', closed);
  // A type with braces of its own is not read.
  if (code.text.charAt(parameters) !== '(' || open < 0 || !/^\)\s*(?::[\w\s$.<>[\]|]{0,200})?$/.test(code.text.slice(closed, open)))
    return false;
  const end = closerOf(code, open);
  const returns = findWord(code, 'return').filter((at) => open < at && at < end);
  return returns.length > 0 && returns.every((at) => isMade(code, tokenAfter(code, at + 'return'.length)));
}

/** `Object.assign(name, ns)` puts what the other has into it; what is called with more than the name and a text may. */
function isFilled(code: Code, start: number, end: number): boolean {
  const comma = tokenAfter(code, end);
  if (code.text.charAt(tokenBefore(code, start)) !== '(' || code.text.charAt(comma) !== ',') return false;
  const second = tokenAfter(code, comma + 1);
  const string = blankAt(code, second);
  return (
    !/['"]/.test(code.text.charAt(second)) ||
    string < 0 ||
    code.text.charAt(tokenAfter(code, code.blanks[2 * string + 1] ?? second)) !== ')'
  );
}
