import { type Code, isWordUnit } from './code.ts';
import { blankAt, closerOf, openerOf, tokenAfter, tokenBefore, wordEndingAt, wordStartingAt } from './code-around.ts';

/**
 * What a word in code is, told by what stands around it:
 * - `use`, `call`, `heir`: it means whatever the file binds by that name;
 * - `member`: it stands behind a dot;
 * - `clause`: a name in `import { … }`, `export { … }` or in front of their `from`;
 * - `other`: a property's key, a label, a method's name: it means nothing bound;
 * - `binding`: it declares the name, perhaps anew in a smaller scope, or only the syntax tree can tell.
 */
export type Reading = 'use' | 'call' | 'heir' | 'member' | 'clause' | 'other' | 'binding';

const DECLARES = new Set(['function', 'class', 'const', 'let', 'var', 'interface', 'enum', 'infer', 'catch', 'using']);
const MODIFIES = new Set([
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
const ASKS = new Set([
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
const LONGEST_GAP = 2_000;

/** What stands in front of an offset in its line, as far as is looked. */
function lineBefore({ text }: Code, at: number): string {
  const near = text.slice(Math.max(0, at - LONGEST_LOOK), at);
  return near.slice(near.lastIndexOf('\n') + 1);
}

/** Offsets at which `word` stands in a text as a whole word, rising: in code, comments and strings alike. */
export function mentionsOf(text: string, word: string): readonly number[] {
  const found: number[] = [];
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length))
    if (!(at > 0 && isWordUnit(text.charCodeAt(at - 1))) && !isWordUnit(text.charCodeAt(at + word.length))) found.push(at);
  return found;
}

/** Those of them that stand in code. `#name` is a private member's and another word. */
export function findWord(code: Code, word: string): readonly number[] {
  return mentionsOf(code.text, word).filter((at) => blankAt(code, at) < 0 && code.text.charCodeAt(at - 1) !== 35);
}

/** Reads the word at `[start, end)`. */
export function readWord(code: Code, start: number, end: number): Reading {
  const { text } = code;
  const before = tokenBefore(code, start);
  const after = tokenAfter(code, end);
  const unit = before < 0 ? '' : blankAt(code, before) >= 0 ? '"' : text.charAt(before);
  const next = blankAt(code, after) >= 0 ? '"' : text.charAt(after);
  if (unit === '.') return text.startsWith('...', before - 2) ? readSpread(code, before - 2, after) : 'member';
  const word = /[\w$]/.test(unit) ? wordEndingAt(code, before) : '';
  if (word !== '') {
    const decided = behindWord(code, before, word, after, next);
    if (decided !== undefined) return decided;
  }
  if (next === '=' && text.charAt(after + 1) === '>') return 'binding';
  if (unit === '{' || unit === ',' || unit === '(' || unit === '[' || unit === '<') return inList(code, start, before, unit, after, next);
  if (next === ':') return behindColon(code, start, before, unit, word);
  if (unit === ':' && (next === ',' || next === '}' || (next === '=' && text.charAt(after + 1) !== '='))) {
    // `{ key: L } = …` binds what `{ key: L }` uses.
    const open = openerOf(code, start);
    if (open >= 0 && text.charAt(open) === '{' && mayBind(code, open)) return 'binding';
  }
  if (unit === '*' && wordEndingAt(code, tokenBefore(code, before)) === 'function') return 'binding';
  if (next === '?' && /[:,)=]/.test(text.charAt(tokenAfter(code, after + 1)))) return isInBraces(code, start) ? 'other' : 'binding';
  if (next === '!' && text.charAt(tokenAfter(code, after + 1)) === ':') return behindColon(code, start, before, unit, word);
  if (next === '(') return maybeMethod(code, start, unit, word, after);
  const startsStatement =
    isBehindType(code, before) ||
    unit === ';' ||
    unit === '}' ||
    unit === '' ||
    (word !== '' && !ASKS.has(word)) ||
    unit === ')' ||
    unit === ']' ||
    unit === '"';
  if (startsStatement && next === '<') return isInBraces(code, start) ? 'binding' : 'use';
  // A field of a class or a member of an enum, or an assignment; a field without a value stands alone between line ends.
  if (startsStatement && (next === '=' || next === ';' || next === '}') && text.charAt(after + 1) !== '=')
    return openerOf(code, start) < 0 ? 'use' : 'binding';
  return word === 'extends' || word === 'implements' ? 'heir' : 'use';
}

/** Decides by a keyword in front, where that is enough. */
function behindWord(code: Code, before: number, word: string, after: number, next: string): Reading | undefined {
  if (word === 'import') return 'clause';
  if (word === 'as') {
    const star = tokenBefore(code, before - 1);
    return code.text.charAt(star) === '*' && code.text.charAt(after) !== '*' ? 'clause' : clauseOrUndefined(code, before);
  }
  if (word === 'type' || word === 'typeof') {
    const front = tokenBefore(code, before - word.length + 1);
    const frontWord = wordEndingAt(code, front);
    if (frontWord === 'import') return 'clause';
    if (word === 'typeof') return undefined;
    // `type` is a name as well: `type = L`, but `type L` declares unless it stands in a clause.
    return clauseOrUndefined(code, before) ?? 'binding';
  }
  if (DECLARES.has(word)) return 'binding';
  if ((word === 'namespace' || word === 'module' || word === 'asserts') && next !== '(') return 'binding';
  if (word === 'async') return 'binding';
  // `readonly L[]` is a type.
  if (MODIFIES.has(word) && ':?!=;(<'.includes(next))
    return next === '(' || next === '<' || openerUnit(code, before) === '(' ? 'binding' : 'other';
  if (next === '(' || next === '<') {
    if (word === 'new') return 'call';
    if (word === 'extends' || word === 'implements') return 'heir';
  }
  return undefined;
}

function clauseOrUndefined(code: Code, at: number): Reading | undefined {
  const open = openerOf(code, at);
  return open >= 0 && isClause(code, open) ? 'clause' : undefined;
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

function openerUnit(code: Code, at: number): string {
  const open = openerOf(code, at);
  return open < 0 ? '' : code.text.charAt(open);
}

function isInBraces(code: Code, at: number): boolean {
  return openerUnit(code, at) === '{';
}

function readSpread(code: Code, dots: number, after: number): Reading {
  const open = openerOf(code, dots);
  const next = code.text.charAt(after);
  if (next === '.' || next === '[') return 'use';
  if (next === '(') return 'call';
  return open >= 0 && mayBind(code, open) ? 'binding' : 'use';
}

/** A word in front of `:` that is in no list with commas in front of it. */
function behindColon(code: Code, start: number, before: number, unit: string, word: string): Reading {
  if (word === 'case' || (ASKS.has(word) && word !== 'in' && word !== 'of' && word !== 'is')) return 'use';
  if (word !== '' || unit === ';' || unit === '}' || unit === '')
    return isInBraces(code, start) || openerOf(code, start) < 0 ? 'other' : 'binding';
  // `a ? b : L` ends a case or a further choice; `@Input() L: string` declares.
  if (
    (unit === ')' || unit === ']' || unit === '"' || isBehindType(code, before)) &&
    code.text.slice(before, Math.min(start, before + LONGEST_GAP)).includes('\n')
  )
    return 'other';
  return unit === ')' ? 'binding' : 'use';
}

/** A word behind an opening bracket or a comma. */
function inList(code: Code, start: number, before: number, unit: string, after: number, next: string): Reading {
  const { text } = code;
  const nextWord = wordStartingAt(code, after);
  if ((unit === '<' || unit === ',') && nextWord === 'extends') return 'binding';
  if (unit === '[' && nextWord === 'in') return 'binding';
  if (unit === '<') return next === '=' || isDeclaredList(code, before) ? 'binding' : 'use';
  const open = unit === ',' ? openerOf(code, start) : before;
  const bracket = open < 0 ? '' : text.charAt(open);
  const isEnd = next === ',' || next === ')' || next === '}' || next === ']';
  const isDefault = next === '=' && text.charAt(after + 1) !== '=';
  const isOptional = next === '?' && /[:,)=]/.test(text.charAt(tokenAfter(code, after + 1)));
  if (bracket === '{' && isClause(code, open)) return 'clause';
  if (bracket === '{') {
    if (next === ':' || isOptional) return 'other';
    if (next === '(') return maybeMethod(code, start, unit, '', after);
    if (next === '<') return 'binding';
    if (next === ';' && unit === ',') return 'binding';
    if (isEnd && isEnum(code, open)) return 'other';
    if (isEnd || isDefault || next === ';')
      return isEnd && isValue(code, open) ? 'use' : isDefault || mayBind(code, open) ? 'binding' : 'use';
    return 'use';
  }
  if (next === '(') return 'call';
  if (unit === ',' && isTypeParameterList(code, start, after)) return 'binding';
  if (bracket === '(' || bracket === '[') {
    if (!isEnd && !isDefault && !isOptional && next !== ':') return 'use';
    if (bracket === '[' && next === ':') return 'other';
    return mayBind(code, open) ? 'binding' : 'use';
  }
  // `const a = 1, L = 2` at any depth.
  return isDefault || next === ':' || (unit === ',' && (next === ';' || next === ',')) ? 'binding' : 'use';
}

/** Whether `<` at this offset opens the type parameters of a declaration: `function f<`, `class A<`, `type T<`. */
function isDeclaredList(code: Code, less: number): boolean {
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
  const end = code.text.indexOf('>', less);
  return end >= 0 && code.text.charAt(tokenAfter(code, end + 1)) !== '(';
}

/** `<T, L extends X>` or `<T, L>(` behind a declaration's name. Rare, so that a look at the line is enough to ask the tree. */
function isTypeParameterList(code: Code, start: number, after: number): boolean {
  const next = code.text.charAt(after);
  if (next !== '>' && next !== ',' && next !== '=' && wordStartingAt(code, after) !== 'extends') return false;
  return /\b(function|class|interface|type)\s+[\w$]+\s*<[^()>]*$|[=(]\s*<[^()>]*$/.test(lineBefore(code, start));
}

/** Whether a list in these brackets may declare names: a pattern, or the parameters of a function. */
function mayBind(code: Code, open: number, depth = 0): boolean {
  const { text } = code;
  // The tree may tell what nests as deep as nobody writes.
  if (depth > DEEPEST_PATTERN) return true;
  const close = closerOf(code, open);
  const next = tokenAfter(code, close + 1);
  const behind = text.charAt(next);
  const before = tokenBefore(code, open);
  const word = wordEndingAt(code, before);
  if (text.charAt(open) === '(') {
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

function isInterface(code: Code, open: number): boolean {
  const around = openerOf(code, open);
  return around >= 0 && /\b(interface|type|class)\b[^;{}]*$/.test(code.text.slice(Math.max(0, around - 200), around));
}

/** Whether braces hold an object's value for sure: `return {`, `= {` with no `=` behind it, `=> ({`. */
function isValue(code: Code, open: number): boolean {
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

function isEnum(code: Code, open: number): boolean {
  const name = tokenBefore(code, open);
  return wordEndingAt(code, tokenBefore(code, name - wordEndingAt(code, name).length + 1)) === 'enum';
}

function isEnumOrType(code: Code, equals: number): boolean {
  return /^\s*(export\s+)?(declare\s+)?type\b/.test(lineBefore(code, equals));
}

/** Whether a type's `>` ends the line before: a field or a signature without a semicolon. */
function isBehindType({ text }: Code, before: number): boolean {
  return text.charAt(before) === '>' && text.charAt(before - 1) !== '=' && /^[^\S\n]*\n/.test(text.slice(before + 1, before + 80));
}

/** `L(…)`: a call, or in braces a method's head. */
function maybeMethod(code: Code, start: number, unit: string, word: string, open: number): Reading {
  if (ASKS.has(word)) return word === 'extends' || word === 'implements' ? 'heir' : 'call';
  if (!isInBraces(code, start)) return 'call';
  const startsMember =
    isBehindType(code, tokenBefore(code, start)) ||
    unit === '{' ||
    unit === ',' ||
    unit === ';' ||
    unit === '}' ||
    unit === '*' ||
    unit === ')' ||
    unit === '"' ||
    word !== '' ||
    unit === ']';
  if (!startsMember) return 'call';
  const after = tokenAfter(code, closerOf(code, open) + 1);
  const next = code.text.charAt(after);
  if (next === '{' || next === ':') return 'other';
  return isInterface(code, start) ? 'binding' : 'call';
}
