import type { SqlAction } from '../../model/facts.ts';
import { bracketed, closing, nameFrom, readName, skipWords, splitAtCommas, wordAt } from './cursor.ts';
import type { SqlToken } from './tokens.ts';

/** What stands between the brackets of a CREATE TABLE: a column or a constraint an element. */
export function readElements(tokens: readonly SqlToken[]): readonly SqlAction[] {
  return splitAtCommas(tokens).flatMap((element) => {
    const constraint = readConstraint(element, 0);
    if (constraint !== undefined) return [constraint];
    if (/^(like|period|partition|exclude)$/.test(wordAt(element, 0))) return [];
    return readColumn('add-column', element, 0);
  });
}

/** A column's name, type and marks; the constraints that it brings along follow it as clauses of their own. */
export function readColumn(kind: 'add-column' | 'alter-type', tokens: readonly SqlToken[], at: number): readonly SqlAction[] {
  const name = nameFrom(tokens, at);
  if (name === undefined) return [];
  const typeEnd = typeEndFrom(tokens, name.end);
  const type = typeText(tokens.slice(name.end, typeEnd));
  const column: Mutable = { kind, name: name.name, type, marks: [] };
  if (/^(big|small)?serial\d?$|^(row)?version$|^timestamp$/.test(type) && (type !== 'timestamp' || isTransact(tokens)))
    column.marks.push('filled');
  readMarks(tokens, typeEnd, column);
  return [column];
}

/** A type's words in lower case, brackets tight: `character varying(20)`, `enum('a','b')`. */
export function typeText(tokens: readonly SqlToken[]): string {
  let text = '';
  for (const token of tokens) {
    const part = token.kind === 'string' ? token.text : token.kind === 'quoted' ? readName([token], 0) : token.text.toLowerCase();
    const tight = /^[(),.[\]:]/.test(part) || /[(,.[:]$/.test(text) || text === '';
    text += tight ? part : ` ${part}`;
  }
  return text;
}

/** Where a type that starts at `at` ends: at the first word that says something else of the column. */
export function typeEndFrom(tokens: readonly SqlToken[], at: number): number {
  let depth = 0;
  for (let next = at; next < tokens.length; next++) {
    const text = tokens[next]?.text;
    if (text === '(') depth++;
    else if (text === ')') depth--;
    else if (depth === 0 && tokens[next]?.kind === 'word' && AFTER_TYPE.has(wordAt(tokens, next)) && !isZone(tokens, next)) return next;
  }
  return tokens.length;
}

const AFTER_TYPE = new Set(
  'not null default primary unique references check constraint collate generated identity auto_increment autoincrement comment on after first as key encode storage compression using virtual stored invisible visible sparse enable disable with deferrable initially set character charset'.split(
    ' ',
  ),
);

/** `timestamp with time zone`, and MySQL's and Postgres' `character varying`. */
function isZone(tokens: readonly SqlToken[], at: number): boolean {
  const word = wordAt(tokens, at);
  return (word === 'with' && /^(time|local)$/.test(wordAt(tokens, at + 1))) || (word === 'character' && wordAt(tokens, at + 1) !== 'set');
}

function readMarks(tokens: readonly SqlToken[], from: number, column: Mutable): void {
  for (let at = from; at < tokens.length; at++) {
    const word = wordAt(tokens, at);
    if (word === '(') at = closing(tokens, at);
    else if (word === 'not' && wordAt(tokens, at + 1) === 'null') column.marks.push('not-null');
    else if (word === 'not' && wordAt(tokens, at + 1) === 'valid') column.marks.push('not-valid');
    else if (word === 'default' && wordAt(tokens, at + 1) !== 'null') column.marks.push('default');
    else if (word === 'primary') column.constraint = 'primary-key';
    else if (word === 'unique') column.marks.push('unique');
    else if (/^(generated|identity|auto_increment|autoincrement|as)$/.test(word)) column.marks.push('filled');
    else if (word === 'check' && column.constraint === undefined) column.constraint = 'check';
    else if (word === 'references') {
      const table = nameFrom(tokens, at + 1);
      if (table !== undefined) column.references = { table: table.name, columns: bracketed(tokens, table.end) };
    } else if (word === 'delete' && wordAt(tokens, at + 1) === 'cascade') column.marks.push('cascade');
  }
}

/** A table constraint from `at` on, with or without a name; undefined for anything else. */
export function readConstraint(tokens: readonly SqlToken[], at: number): SqlAction | undefined {
  let next = at;
  let name = '';
  if (wordAt(tokens, next) === 'constraint') {
    const given = nameFrom(tokens, skipWords(tokens, next + 1, ['if', 'not', 'exists']));
    if (given === undefined) return undefined;
    const isKind = /^(foreign|check|unique|primary)$/.test(wordAt(tokens, next + 1));
    name = isKind ? '' : given.name;
    next = isKind ? next + 1 : given.end;
  }
  const constraint = CONSTRAINTS[wordAt(tokens, next)];
  if (constraint === undefined) return undefined;
  // MySQL's UNIQUE KEY name (…), and FOREIGN KEY name (…).
  const open = tokens.findIndex((token, place) => place > next && token.text === '(');
  const own = skipWords(tokens, next + 1, ['key', 'index', 'nonclustered', 'clustered', 'not', 'for', 'replication']);
  if (name === '' && open > own) name = readName(tokens, own);
  const found: Mutable = {
    kind: 'add-constraint',
    name,
    constraint,
    columns: constraint === 'check' ? wordsWithin(tokens, open) : bracketed(tokens, open),
    marks: [],
  };
  readMarks(tokens, open < 0 ? next + 1 : closing(tokens, open) + 1, found);
  if (tokens.slice(next).some((_, place, rest) => wordAt(rest, place) === 'using' && wordAt(rest, place + 1) === 'index'))
    found.marks.push('using-index');
  found.constraint = constraint;
  return found;
}

const CONSTRAINTS: Readonly<Record<string, NonNullable<SqlAction['constraint']>>> = {
  check: 'check',
  foreign: 'foreign-key',
  unique: 'unique',
  primary: 'primary-key',
  exclude: 'exclusion',
};

/** Names inside a bracket, of columns and functions alike. */
function wordsWithin(tokens: readonly SqlToken[], open: number): readonly string[] {
  if (open < 0) return [];
  const names = tokens.slice(open, closing(tokens, open)).filter((token) => token.kind === 'word' || token.kind === 'quoted');
  return [...new Set(names.map((token) => readName([token], 0)))].filter(
    (name) => !/^(and|or|not|is|null|in|between|like|true|false)$/.test(name),
  );
}

/** T-SQL's `timestamp` is a row version; there quoted names stand in square brackets. */
function isTransact(tokens: readonly SqlToken[]): boolean {
  return tokens.some((token) => token.kind === 'quoted' && token.text.startsWith('['));
}

type Mutable = { -readonly [K in keyof SqlAction]: SqlAction[K] extends readonly (infer Item)[] ? Item[] : SqlAction[K] };
