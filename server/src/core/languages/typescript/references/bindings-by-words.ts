import type { Code } from './code.ts';
import { blankAt, closerOf, openerOf, tokenAfter, tokenBefore, wordEndingAt, wordStartingAt } from './code-around.ts';
import {
  ASKS,
  DECLARES,
  isClause,
  isComputedKey,
  isDeclaredList,
  isEnum,
  isInterface,
  isTypeParameterList,
  isValue,
  LONGEST_GAP,
  lineBefore,
  MODIFIES,
  mayBind,
} from './word-lists.ts';

/**
 * What a word in code is, told by what stands around it:
 * - `use`, `call`, `heir`: it means whatever the file binds by that name;
 * - `member`: it stands behind a dot;
 * - `clause`: a name in `import { … }`, `export { … }` or in front of their `from`;
 * - `other`: a property's key, a label, a method's name: it means nothing bound;
 * - `binding`: it declares the name, perhaps anew in a smaller scope, or only the syntax tree can tell.
 */
export type Reading = 'use' | 'call' | 'heir' | 'member' | 'clause' | 'other' | 'binding';

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
    if (bracket === '[' && next === ']' && unit === '[' && isComputedKey(code, open, after)) return 'use';
    return mayBind(code, open) ? 'binding' : 'use';
  }
  if (/\b(?:extends|implements)\b[^={};]*$/.test(lineBefore(code, start))) return 'heir';
  // `const a = 1, L = 2` at any depth.
  return isDefault || next === ':' || (unit === ',' && (next === ';' || next === ',')) ? 'binding' : 'use';
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
