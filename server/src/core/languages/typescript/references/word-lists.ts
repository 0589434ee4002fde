import type { Code } from './code.ts';
import { closerOf, openerOf, tokenAfter, tokenBefore, wordEndingAt, wordStartingAt } from './code-around.ts';

export const DECLARES = new Set(['function', 'class', 'const', 'let', 'var', 'interface', 'enum', 'infer', 'catch', 'using']);
export const MODIFIES = new Set([
  'get',
  'set',
  'static',
  'public',
  'private',
  'protected',
  'readonly',
  'abstract',
  'override',
  'declare',
  'accessor',
]);
export const ASKS = new Set([
  'if',
  'while',
  'switch',
  'with',
  'for',
  'await',
  'return',
  'typeof',
  'of',
  'in',
  'new',
  'throw',
  'case',
  'else',
  'do',
  'void',
  'delete',
  'yield',
  'instanceof',
  'as',
  'satisfies',
  'extends',
  'implements',
  'keyof',
  'default',
  'is',
  'asserts',
]);

const DEEPEST_PATTERN = 20;
/** Characters that are looked back over in a line, and over between two tokens: a file may be one line. */
const LONGEST_LOOK = 200;
export const LONGEST_GAP = 2_000;

/** What stands in front of an offset in its line, as far as is looked. */
export function lineBefore({ text }: Code, at: number): string {
  const near = text.slice(Math.max(0, at - LONGEST_LOOK), at);
  return near.slice(near.lastIndexOf('\n') + 1);
}

/** Whether the brace at `open` is that of `import {`, `import x, {`, `export {` or `export type {`. */
export function isClause(code: Code, open: number): boolean {
  if (code.text.charAt(open) !== '{') return false;
  let before = tokenBefore(code, open);
  if (code.text.charAt(before) === ',') {
    before = tokenBefore(code, before);
    const name = wordEndingAt(code, before);
    if (name === '') return false;
    before = tokenBefore(code, before - name.length + 1);
  }
  const word = wordEndingAt(code, before);
  if (word === 'import' || word === 'export') return code.text.charAt(before - word.length) !== '.';
  if (word !== 'type' && word !== 'typeof' && word !== 'defer') return false;
  const front = wordEndingAt(code, tokenBefore(code, before - word.length + 1));
  return front === 'import' || front === 'export';
}

/** Whether `<` at this offset opens the type parameters of a declaration: `function f<`, `class A<`, `type T<`. */
export function isDeclaredList(code: Code, less: number): boolean {
  const name = tokenBefore(code, less);
  const word = wordEndingAt(code, name);
  if (word === '') return code.text.charAt(name) !== '"' && /[=(:,;{}>]/.test(code.text.charAt(name)) && !isElement(code, less);
  const front = wordEndingAt(code, tokenBefore(code, name - word.length + 1));
  if (DECLARES.has(front) || front === 'type' || word === 'function') return true;
  // `find<T>(…): …` and `find<T>(…) {` declare where `find<T>(…)` calls.
  const open = tokenAfter(code, closingAngle(code.text, less) + 1);
  return code.text.charAt(open) === '(' && /[:{]/.test(code.text.charAt(tokenAfter(code, closerOf(code, open) + 1)));
}

/** Offset of the `>` for the `<` here, arrows left out; the text's length where none is near. */
function closingAngle(text: string, less: number): number {
  let depth = 0;
  for (let at = less; at < Math.min(text.length, less + 2_000); at += 1) {
    if (text.charAt(at) === '<') depth += 1;
    else if (text.charAt(at) === '>' && text.charAt(at - 1) !== '=') depth -= 1;
    if (depth === 0) return at;
  }
  return text.length;
}

function isElement(code: Code, less: number): boolean {
  // Elements end their tags; of type parameters `>` is followed by `(`.
  const end = code.text.slice(less, less + LONGEST_GAP).indexOf('>');
  return end >= 0 && code.text.charAt(tokenAfter(code, less + end + 1)) !== '(';
}

/** `<T, L extends X>` or `<T, L>(` behind a declaration's name. Rare, so that a look at the line is enough to ask the tree. */
export function isTypeParameterList(code: Code, start: number, after: number): boolean {
  const next = code.text.charAt(after);
  if (next !== '>' && next !== ',' && next !== '=' && wordStartingAt(code, after) !== 'extends') return false;
  return /\b(function|class|interface|type)\s+[\w$]+\s*<[^()>]*$|[=(]\s*<[^()>]*$/.test(lineBefore(code, start));
}

/** Whether a list in these brackets may declare names: a pattern, or the parameters of a function. */
export function mayBind(code: Code, open: number, depth = 0): boolean {
  const { text } = code;
  // The tree may tell what nests as deep as nobody writes.
  if (depth > DEEPEST_PATTERN) return true;
  const close = closerOf(code, open);
  const next = tokenAfter(code, close + 1);
  const behind = text.charAt(next);
  const before = tokenBefore(code, open);
  const word = wordEndingAt(code, before);
  if (text.charAt(open) === '(') {
    // `new Bill({ pay: 1 })` makes one, where `new (a: number)` may be a signature.
    if (word !== '' && wordEndingAt(code, tokenBefore(code, before - word.length + 1)) === 'new') return false;
    if (behind === '=' && text.charAt(next + 1) === '>') return true;
    if (behind === '{') return !ASKS.has(word) || word === 'catch';
    if (behind === ':') return text.charAt(tokenBefore(code, before - word.length + 1)) !== '?';
    return word === 'function' || word === 'constructor' || (behind === ';' && isInterface(code, open));
  }
  if (behind === '=' && text.charAt(next + 1) !== '=') return true;
  if (word === 'of' || word === 'in') return true;
  if (DECLARES.has(word)) return true;
  // A pattern inside another list: of a parameter, or of a pattern.
  const around = openerOf(code, open);
  const unit = text.charAt(before);
  if (around < 0) return false;
  if (unit === '(' || unit === ',' || unit === '[' || (unit === ':' && text.charAt(around) === '{')) {
    if (text.charAt(around) === '{' && isClause(code, around)) return false;
    return (behind === ':' && text.charAt(around) === '(') || mayBind(code, around, depth + 1);
  }
  return unit === '{' && text.charAt(open) === '{' ? false : wordStartingAt(code, next) === 'of' || wordStartingAt(code, next) === 'in';
}

/** Whether brackets hold the name of a property of an object or of its pattern, `{ [L]: 1 }`: it is worked out, and binds nothing. */
export function isComputedKey(code: Code, open: number, close: number): boolean {
  if (code.text.charAt(tokenAfter(code, close + 1)) !== ':') return false;
  const around = openerOf(code, open);
  if (around < 0 || code.text.charAt(around) !== '{') return false;
  const before = tokenBefore(code, open);
  if (before === around) return true;
  // `const a = 1, [L]: T = …` stands in braces that no value is.
  const front = tokenBefore(code, around);
  return code.text.charAt(before) === ',' && ('(=,['.includes(code.text.charAt(front)) || wordEndingAt(code, front) === 'return');
}

export function isInterface(code: Code, open: number): boolean {
  const around = openerOf(code, open);
  return around >= 0 && /\b(interface|type|class)\b[^;{}]*$/.test(code.text.slice(Math.max(0, around - 200), around));
}

/** Whether braces hold an object's value for sure: `return {`, `= {` with no `=` behind it, `=> ({`. */
export function isValue(code: Code, open: number): boolean {
  const before = tokenBefore(code, open);
  const unit = code.text.charAt(before);
  const word = wordEndingAt(code, before);
  const next = tokenAfter(code, closerOf(code, open) + 1);
  const isAssigned = code.text.charAt(next) === '=' && !'=>'.includes(code.text.charAt(next + 1));
  if (isAssigned) return false;
  return word === 'return' || unit === '?' || (unit === '=' && !isEnumOrType(code, before)) || (unit === '(' && isArrowBody(code, before));
}

/** `=> (`, with no further arrow behind the bracket. */
function isArrowBody(code: Code, open: number): boolean {
  const arrow = tokenBefore(code, open);
  return code.text.startsWith('=>', arrow - 1) && !code.text.startsWith('=>', tokenAfter(code, closerOf(code, open) + 1));
}

export function isEnum(code: Code, open: number): boolean {
  const name = tokenBefore(code, open);
  return wordEndingAt(code, tokenBefore(code, name - wordEndingAt(code, name).length + 1)) === 'enum';
}

function isEnumOrType(code: Code, equals: number): boolean {
  return /^\s*(export\s+)?(declare\s+)?type\b/.test(lineBefore(code, equals));
}
