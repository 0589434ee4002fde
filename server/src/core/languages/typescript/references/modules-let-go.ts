import type { ExportRecord } from '../../../model/file-scan.ts';
import { readWord } from './bindings-by-words.ts';
import { stringAt } from './bindings-in-clauses.ts';
import type { Code } from './code.ts';
import { blankAt, closerOf, openerOf, tokenAfter, tokenBefore, wordEndingAt } from './code-around.ts';
import { findWord, mentionsOf } from './mentions.ts';

/** What a file does with a module that it holds, besides naming members of it. */
export interface LetGo {
  /** Where a member of it is chosen at run time, or a module of its own is handed on: the symbol may be used there. Rising. */
  readonly places: readonly { readonly start: number; readonly end: number }[];
  /** Whether code of the file may name its members in a way that is not followed. */
  readonly isHeld: boolean;
  /** Whether code of other files may: there its members are known by their names alone. */
  readonly isAway: boolean;
  /** Names of the functions that it is handed to, of the members that it is given to: who has these may hold it too. */
  readonly callees: readonly string[];
  readonly members: readonly string[];
}

export const KEPT: LetGo = { places: [], isHeld: false, isAway: false, callees: [], members: [] };
/** Held by this file alone. */
export const HELD: LetGo = { ...KEPT, isHeld: true };
/** Handed on as a type, or by what the file exports. */
const AWAY: LetGo = { ...HELD, isAway: true };

/** Functions that look at what they are given and hand it to nobody. */
const LOOKERS =
  /^(?:if|while|switch|return|typeof|expect|to(?:Be|Equal|StrictEqual|Have|Match|Contain)\w*|assert\w*|is[A-Z]\w*|spyOn|stub|mocked|(?:jest|vi|sinon|mock|t|td|sandbox|chai|console|JSON|assert|Reflect|Object|expect)\.\w+)$/;
/** Those of them that may look at every member. */
const COUNTERS = /^Object\.(?:values|entries|getOwnPropertyDescriptors)$/;
const SPREADERS = /^(?:Object\.(?:assign|create|freeze|defineProperties|setPrototypeOf)|return)$/;

/** Names that are followed in a file, and characters in which a parameter is looked for: a file chooses how many there are. */
const MOST_NAMES = 40;
const LONGEST_BODY = 20_000;

const FOUND = new WeakMap<Code, Map<string, LetGo>>();

/** What the file does with the module that it calls `root`. `exports` is what the file offers. */
export function letGoOf(code: Code, root: string, exports: readonly ExportRecord[]): LetGo {
  const found = FOUND.get(code) ?? new Map<string, LetGo>();
  FOUND.set(code, found);
  const known = found.get(root);
  if (known !== undefined) return known;
  if (found.size >= MOST_NAMES) return AWAY;
  // Names that hold each other add nothing to each other.
  found.set(root, HELD);
  const ways = findWord(code, root).map((start) => wayOf(code, start, start + root.length, exports));
  const way = together(ways);
  found.set(root, way);
  return way;
}

/** As `letGoOf`, of a name that means the module between two offsets alone. */
export function letGoWithin(code: Code, root: string, exports: readonly ExportRecord[], from: number, to: number): LetGo {
  if (to - from > LONGEST_BODY) return AWAY;
  const starts = mentionsOf(code.text.slice(from, to), root).map((start) => from + start);
  return together(starts.filter((start) => blankAt(code, start) < 0).map((start) => wayOf(code, start, start + root.length, exports)));
}

export function together(ways: readonly LetGo[]): LetGo {
  return {
    places: ways.flatMap(({ places }) => places).sort((a, b) => a.start - b.start),
    isHeld: ways.some(({ isHeld }) => isHeld),
    isAway: ways.some(({ isAway }) => isAway),
    callees: [...new Set(ways.flatMap(({ callees }) => callees))],
    members: [...new Set(ways.flatMap(({ members }) => members))],
  };
}

function wayOf(code: Code, start: number, end: number, exports: readonly ExportRecord[]): LetGo {
  const { text } = code;
  const after = afterMarks(code, tokenAfter(code, end));
  const next = text.charAt(after);
  if (next === '.' && !text.startsWith('...', after)) return KEPT;
  const before = tokenBefore(code, start);
  const word = wordEndingAt(code, before);
  const reading = readWord(code, start, end);
  const isType = word === 'typeof' && next !== '=';
  if (reading !== 'use' && reading !== 'call' && !isType) return KEPT;
  // A member that is named on the spot is found by its name (bindings-by-strings.ts).
  if (next === '[') return isNamedElement(code, after) ? KEPT : { ...HELD, places: [{ start, end }] };
  if (isType && text.charAt(tokenBefore(code, before - word.length + 1)) !== '(') return exports.length > 0 ? AWAY : HELD;
  const place = isWholeRead(code, before, word) ? { start, end } : undefined;
  return place === undefined ? handedOn(code, start, after, exports) : { ...HELD, places: [place] };
}

/** `for (const name in ns)`, `Object.values(ns)`: every member may be read. */
function isWholeRead(code: Code, before: number, word: string): boolean {
  if (word === 'in' || word === 'of') return true;
  return code.text.charAt(before) === '(' && COUNTERS.test(nameBefore(code, before));
}

/** What happens to a module as a whole: `first` is where the expression that is it begins, `after` the token behind it. */
export function handedOn(code: Code, first: number, after: number, exports: readonly ExportRecord[]): LetGo {
  const { text } = code;
  const before = tokenBefore(code, first);
  const unit = text.charAt(before);
  const word = wordEndingAt(code, before);
  if (word === 'default' || word === 'void') return KEPT;
  if (unit === '(' || unit === ',') {
    const open = openerOf(code, first);
    const called = text.charAt(open) === '(' ? nameBefore(code, open) : '';
    // `(ns).pay`, `(ns as T).pay`
    const isInBrackets = called === '' && unit === '(' && text.charAt(after) === ')';
    if (isInBrackets && text.charAt(afterMarks(code, tokenAfter(code, after + 1))) === '.') return HELD;
    return LOOKERS.test(called) && !SPREADERS.test(called) ? HELD : takenAlong(code, first);
  }
  if (unit !== '=' || '=!<>'.includes(text.charAt(before - 1))) return isOffered(code, first, before) ? KEPT : takenAlong(code, first);
  const left = tokenBefore(code, before);
  if (text.charAt(left) === '}') {
    // Taken apart by name, it is held by nobody: `const { pay } = ns`.
    const pattern = text.slice(openerOf(code, left) + 1, left);
    return /^[^{}[\].]*$/.test(pattern) ? KEPT : AWAY;
  }
  const name = wordEndingAt(code, left);
  const owner = tokenBefore(code, left - name.length + 1);
  if (/^(?:exports|module)$/.test(name) || isExports(code, owner)) return KEPT;
  if (!/^(?:const|let|var|using)$/.test(wordEndingAt(code, owner))) return takenAlong(code, first);
  if (exports.some(({ local, exported }) => local === name || exported === name)) return AWAY;
  // Another name for it.
  return { ...letGoOf(code, name, exports), isHeld: true };
}

const DEEPEST_VALUE = 8;

/**
 * Out of lists, objects and calls, outwards: who is called with it, and what member it becomes. A body of code keeps what stands in
 * it, unless it is returned there or given to a name that others may know.
 */
function takenAlong(code: Code, first: number): LetGo {
  const callees: string[] = [];
  const members: string[] = [];
  let leaves = false;
  for (let at = first, depth = 0; at >= 0 && depth < DEEPEST_VALUE; depth += 1) {
    const before = tokenBefore(code, at);
    if (code.text.charAt(before) === '=') {
      const left = tokenBefore(code, before);
      const name = wordEndingAt(code, left);
      const isMember = name !== '' && code.text.charAt(tokenBefore(code, left - name.length + 1)) === '.';
      if (isMember) members.push(name);
      else leaves = true;
    }
    if (/^(?:return|yield|throw)$/.test(wordEndingAt(code, before))) leaves = true;
    const open = openerOf(code, at);
    if (open < 0 || (!leaves && isBody(code, open))) break;
    const called = code.text.charAt(open) === '(' ? nameBefore(code, open) : '';
    if (called === 'return') leaves = true;
    if (LOOKERS.test(called) && !SPREADERS.test(called) && !COUNTERS.test(called)) {
      if (callees.length + members.length === 0 && !leaves) return HELD;
      break;
    }
    if (called !== '') callees.push(called.split('.', 1)[0] ?? called);
    at = open;
  }
  return { ...AWAY, callees, members };
}

/** Whether a brace opens statements: `() => {`, `if (a) {`, `else {`. What may be anything else is none. */
function isBody(code: Code, open: number): boolean {
  if (code.text.charAt(open) !== '{') return false;
  const before = tokenBefore(code, open);
  if (code.text.charAt(before) === ')') return true;
  return code.text.startsWith('=>', before - 1) || /^(?:else|try|finally|do)$/.test(wordEndingAt(code, before));
}

/** `exports.` or `module.exports.` in front of a name. */
function isExports(code: Code, dot: number): boolean {
  return code.text.charAt(dot) === '.' && wordEndingAt(code, tokenBefore(code, dot)) === 'exports';
}

/** Whether a module stands in what `module.exports = { … }` offers under its name: that is followed as a re-export is. */
function isOffered(code: Code, first: number, before: number): boolean {
  const open = openerOf(code, first);
  if (open < 0 || code.text.charAt(open) !== '{' || !/[{,:]/.test(code.text.charAt(before))) return false;
  const equals = tokenBefore(code, open);
  if (code.text.charAt(equals) !== '=') return false;
  return wordEndingAt(code, tokenBefore(code, equals)) === 'exports';
}

/** The dotted name of what is called with the parenthesis at `open`; empty where it has none. */
function nameBefore(code: Code, open: number): string {
  const parts: string[] = [];
  for (let at = tokenBefore(code, open); at >= 0 && parts.length < 4; ) {
    const word = wordEndingAt(code, at);
    if (word === '') break;
    parts.unshift(word);
    const dot = tokenBefore(code, at - word.length + 1);
    if (code.text.charAt(dot) !== '.') break;
    at = tokenBefore(code, dot);
  }
  return parts.join('.');
}

/** Past the marks of TypeScript and of optional chaining: `ns!.pay`, `ns?.pay`. */
export function afterMarks(code: Code, at: number): number {
  const unit = code.text.charAt(at);
  if (unit !== '?' && unit !== '!') return at;
  const next = tokenAfter(code, at + 1);
  if (unit === '?' && code.text.charAt(next) === '.' && /[[(]/.test(code.text.charAt(tokenAfter(code, next + 1))))
    return tokenAfter(code, next + 1);
  return code.text.charAt(next) === '.' || code.text.charAt(next) === '[' ? next : at;
}

/** Whether a bracket holds a string and nothing else. */
export function isNamedElement(code: Code, open: number): boolean {
  const first = tokenAfter(code, open + 1);
  const name = stringAt(code, first);
  return name !== undefined && tokenAfter(code, first + name.length + 2) === closerOf(code, open);
}
