import type { FieldReader } from '../policy/field-reader.ts';
import { describe, type Located } from '../policy/yaml-reader.ts';

/** The keys of an ast-grep rule object, as its reference lists them. */
export const MATCHER_KEYS = [
  'pattern',
  'kind',
  'regex',
  'nthChild',
  'range',
  'inside',
  'has',
  'precedes',
  'follows',
  'all',
  'any',
  'not',
  'matches',
] as const;
const RELATIONS: readonly string[] = ['inside', 'has', 'precedes', 'follows'];
export const STRICTNESS = ['cst', 'smart', 'ast', 'relaxed', 'signature', 'template'] as const;
/** Rules inside rules; deeper ones are a slip or an attack. */
const MOST_DEPTH = 30;

/**
 * Checks a rule object of ast-grep and gives it as plain data. Every error names its line; what only ast-grep can know (a kind
 * that the grammar has not, a pattern that does not parse) is asked of it later.
 */
export function readMatcher(value: Located, what: string, reader: FieldReader, more: readonly string[] = [], depth = 0): unknown {
  if (depth > MOST_DEPTH) return refuse(value, what, `rules nested at most ${MOST_DEPTH} deep`, reader);
  const fields = reader.map(value, what, [...MATCHER_KEYS, ...more]);
  if (fields === undefined) return undefined;
  if (![...fields.keys()].some((key) => MATCHER_KEYS.some((known) => known === key)))
    reader.errors.push({ line: value.line, message: `${what}: expected one of ${MATCHER_KEYS.join(', ')}, found none` });
  return Object.fromEntries([...fields].map(([key, entry]) => [key, readField(key, entry.value, `${what}.${key}`, reader, depth)]));
}

function readField(key: string, value: Located, what: string, reader: FieldReader, depth: number): unknown {
  if (key === 'pattern') return value.kind === 'scalar' ? reader.text(value, what) : readPattern(value, what, reader);
  if (key === 'all' || key === 'any') {
    if (value.kind !== 'list') return refuse(value, what, 'a list of rules', reader);
    return value.items.map((item, index) => readMatcher(item, `${what}[${index}]`, reader, [], depth + 1));
  }
  if (key === 'not') return readMatcher(value, what, reader, [], depth + 1);
  if (RELATIONS.includes(key)) return readMatcher(value, what, reader, ['stopBy', 'field'], depth + 1);
  if (key === 'stopBy') {
    return value.kind === 'scalar' ? reader.choice(value, what, ['neighbor', 'end']) : readMatcher(value, what, reader, [], depth + 1);
  }
  if (key === 'nthChild' || key === 'range') return plainOf(value);
  return reader.text(value, what);
}

function readPattern(value: Located, what: string, reader: FieldReader): unknown {
  const fields = reader.map(value, what, ['context', 'selector', 'strictness']);
  if (fields === undefined) return undefined;
  if (!fields.has('context')) reader.errors.push({ line: value.line, message: `${what}: expected the key context, found none` });
  reader.text(fields.get('context')?.value, `${what}.context`);
  reader.text(fields.get('selector')?.value, `${what}.selector`);
  reader.choice(fields.get('strictness')?.value, `${what}.strictness`, STRICTNESS);
  return plainOf(value);
}

/** A located value without its places. */
export function plainOf(value: Located): unknown {
  if (value.kind === 'list') return value.items.map(plainOf);
  if (value.kind === 'map') return Object.fromEntries(value.entries.map((entry) => [entry.key, plainOf(entry.value)]));
  return value.value;
}

function refuse(value: Located, what: string, expected: string, reader: FieldReader): undefined {
  reader.errors.push({ line: value.line, message: `${what}: expected ${expected}, found ${describe(value)}` });
  return undefined;
}
