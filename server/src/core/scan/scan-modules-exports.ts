import { readPattern } from './scan-modules-bindings.ts';
import type { Cursor } from './scan-modules-cursor.ts';
import { WORD_UNITS } from './words.ts';

export type Offer = (exported: string, local: string | undefined) => void;

const MODIFIERS = new Set(['declare', 'abstract', 'async', 'accessor']);
const VALUES = new Set(['const', 'let', 'var', 'using']);

/**
 * Reads the declaration behind `export`: a function, class, enum, interface, type, namespace or variables. Returns whether a
 * comma may bring another one (`export const a = 1, b = 2`).
 */
export function readDeclaration(cursor: Cursor, offer: Offer): boolean {
  let word = cursor.name();
  while (word !== undefined && MODIFIERS.has(word)) word = cursor.name();
  if (word === 'const' && cursor.eatWord('enum')) word = 'enum';
  if (word === undefined) return false;
  if (VALUES.has(word)) return readDeclarator(cursor, offer, true);
  if (word === 'function') cursor.eat(0x2a);
  else if (!['class', 'enum', 'interface', 'type', 'namespace', 'module'].includes(word)) return false;
  const name = cursor.name();
  if (name !== undefined) offer(name, name);
  return false;
}

/** Reads the name or pattern of one variable; behind a comma only where `=`, `:` or the end of the statement follows. */
export function readDeclarator(cursor: Cursor, offer: Offer, first: boolean): boolean {
  const unit = cursor.peek();
  const names: string[] = [];
  if (unit === 0x7b || unit === 0x5b) {
    for (const { local } of readPattern(cursor) ?? []) names.push(local);
  } else {
    const name = cursor.name();
    if (name !== undefined) names.push(name);
  }
  const next = cursor.peek();
  if (!first && next !== 0x3d && next !== 0x3a && next !== 0x2c && next !== 0x3b && !cursor.lineEnded) return true;
  for (const name of names) offer(name, name);
  return true;
}

/** Reads what stands behind `export default`, `export =` or `module.exports =`: the name of it, where it has one. */
export function readValue(cursor: Cursor): string | undefined {
  let word = cursor.name();
  if (word === 'abstract' && !endsValue(cursor)) word = cursor.name();
  if (word === 'async' && !endsValue(cursor)) {
    word = cursor.name();
    if (word !== 'function') return undefined;
  }
  if (word === 'function' || word === 'class' || (word === 'interface' && !endsValue(cursor))) {
    if (word === 'function') cursor.eat(0x2a);
    const name = cursor.name();
    return name === 'extends' || name === 'implements' ? undefined : name;
  }
  if (word === undefined || NO_NAMES.has(word) || !endsValue(cursor)) return undefined;
  return word;
}

const NO_NAMES = new Set(['null', 'true', 'false', 'this', 'undefined', 'super', 'new', 'void', 'typeof', 'await', 'yield', 'delete']);
const CONTINUING = new Set(['in', 'instanceof']);

/** Whether a value ends behind a name: at punctuation that ends it, or where a line or a type begins. Moves nothing. */
function endsValue(cursor: Cursor): boolean {
  const before = cursor.at;
  const unit = cursor.peek();
  const { lineEnded } = cursor;
  const next = cursor.name();
  const ends =
    next === undefined
      ? unit === 0x3b ||
        unit === 0x2c ||
        unit === 0x7d ||
        unit === 0x29 ||
        unit === 0x3a ||
        unit === 0x5d ||
        unit === 0 ||
        (lineEnded && beginsStatement(unit))
      : !CONTINUING.has(next) && (lineEnded || next === 'as' || next === 'satisfies');
  cursor.at = before;
  return ends;
}

/** Whether a byte at the beginning of a line begins a statement, behind a value that may end there. */
export function beginsStatement(unit: number): boolean {
  // " ' @ { # ~ and words; a bracket, an operator or a template goes on with the value.
  return WORD_UNITS[unit] === 1 || unit >= 0x80 || [0x22, 0x27, 0x40, 0x7b, 0x23, 0x7e].includes(unit);
}

/** Reads one property of `module.exports = { … }`. */
export function readProperty(cursor: Cursor, offer: Offer): void {
  let key = cursor.name() ?? cursor.string();
  if (key === undefined) return;
  let unit = cursor.peek();
  if (unit === 0x2a) {
    cursor.at += 1;
    key = cursor.name();
    if (key === undefined) return;
    unit = cursor.peek();
  } else if ((key === 'get' || key === 'set' || key === 'async') && unit !== 0x3a && unit !== 0x2c && unit !== 0x7d && unit !== 0x28) {
    cursor.eat(0x2a);
    key = cursor.name() ?? cursor.string();
    if (key === undefined) return;
    unit = cursor.peek();
  }
  if (unit === 0x3a) {
    cursor.at += 1;
    offer(key, readValue(cursor));
  } else if (unit === 0x28) offer(key, undefined);
  else if (unit === 0x2c || unit === 0x7d) offer(key, key);
}
