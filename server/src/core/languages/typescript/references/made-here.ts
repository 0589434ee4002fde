import { readWord } from './bindings-by-words.ts';
import type { Code } from './code.ts';
import { closerOf, tokenAfter, tokenBefore, wordEndingAt, wordStartingAt } from './code-around.ts';
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
  return /['"`\d]/.test(unit) || word === 'function' || word === 'class';
}

/** `Object.assign(name, ns)` puts what the other has into it; what is called with more than the name may. */
function isFilled(code: Code, start: number, end: number): boolean {
  return code.text.charAt(tokenBefore(code, start)) === '(' && code.text.charAt(tokenAfter(code, end)) === ',';
}
