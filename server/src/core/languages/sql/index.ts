import type { Guard, Scope, SqlStatement } from '../../model/facts.ts';
import type { RepoPath } from '../../model/tree.ts';
import { draftFacts } from '../facts-draft.ts';
import type { Language } from '../language.ts';
import { indexLines, type LineIndex } from '../positions.ts';
import { aboutOf } from './about.ts';
import { readByTokens, splitAtVerbs } from './read-tokens.ts';
import { readParse } from './read-tree.ts';
import { type Routine, routineCalls } from './routine-calls.ts';
import { routineGuards } from './routine-guards.ts';
import { isRoutine, SECTION, splitBody, splitStatements } from './split.ts';
import { EXECUTABLE, readTokens, type SqlToken } from './tokens.ts';
import { type SqlVerdict, verdict } from './verdict.ts';

let parse: ((statement: string) => unknown) | undefined;

/**
 * SQL scripts. Statements are cut apart by our own tokens and parsed one by one with Postgres' grammar, so that one statement
 * of another dialect does not cost the file; what the grammar refuses is read by its tokens and says so. Statements in the
 * body of a routine or a DO block count as well.
 *
 * The parser's loader finds `libpg-query.wasm` beside the file that holds its code: a bundle must place it in its own folder.
 */
const language: Language = {
  id: 'sql',
  owns: (path) => /\.(sql|pgsql|psql|mysql|ddl)$/i.test(path),
  async prepare() {
    const module = await import('libpg-query');
    await module.loadModule();
    parse = module.parseSync;
  },
  facts(path: RepoPath, text: string) {
    const draft = draftFacts('sql');
    const lines = indexLines(text);
    const tokens = readTokens(text);
    draft.tokens.push(...codeTokens(tokens, lines));
    const reading: Reading = { text, lines, statements: [], guards: [], scopes: [], routines: [], refused: [] };
    for (const { tokens: statement, section } of splitStatements(tokens)) readStatement(statement, section, reading);
    draft.statements.push(...reading.statements);
    draft.guards.push(...reading.guards);
    draft.scopes.push(...reading.scopes);
    const { calls, symbols } = routineCalls(reading.routines, lines);
    draft.calls.push(...calls);
    draft.symbols.push(...symbols);
    if (parse === undefined) draft.blindSpots.push({ reason: 'grammar-missing', detail: 'libpg-query.wasm' });
    const first = reading.refused[0];
    // In a string of a program, placeholders and pieces are the rule: the facts say `tokens`, and that is all there is to say.
    if (first !== undefined && path !== 'embedded.sql') {
      const count = reading.refused.length;
      draft.blindSpots.push({
        reason: 'parse-error',
        detail: `${count} statement${count === 1 ? '' : 's'} read by tokens, first on line ${first}`,
      });
    }
    return draft;
  },
};

export default language;

interface Reading {
  readonly text: string;
  readonly lines: LineIndex;
  readonly statements: SqlStatement[];
  /** What stops a routine, and where the routines stand. */
  readonly guards: Guard[];
  readonly scopes: Scope[];
  readonly routines: Routine[];
  /** Lines of statements that the grammar refused. */
  readonly refused: number[];
}

function readStatement(tokens: readonly SqlToken[], section: string, reading: Reading): void {
  const first = tokens[0];
  if (first === undefined || !tokens.some((token) => token.kind === 'word')) return;
  if (says(tokens, SIMPLE)) {
    add(tokens, readByTokens(tokens), 'tokens', section, reading);
    return;
  }
  const parsed = parseStatement(tokens, reading.text);
  if (parsed !== undefined) add(tokens, parsed, 'tree', section, reading);
  else {
    if (parse !== undefined) reading.refused.push(reading.lines.lineAt(first.start));
    const startsLine = (token: SqlToken): boolean =>
      reading.text.slice(reading.lines.startOf(reading.lines.lineAt(token.start)), token.start).trim() === '';
    for (const piece of splitAtVerbs(tokens, startsLine)) add(piece, readByTokens(piece), 'tokens', section, reading);
  }
  if (isRoutine(tokens) || tokens[0]?.text.toLowerCase() === 'do') readBodies(tokens, section, reading);
}

/** Rows and remarks make up most of a long script, and their tokens say all there is to say. */
const SIMPLE = /^(insert|comment)$/;

/** True for a statement that begins with such a word and has no second one inside. */
function says(tokens: readonly SqlToken[], head: RegExp): boolean {
  if (!head.test(tokens[0]?.text.toLowerCase() ?? '')) return false;
  return !tokens.some(
    (token, at) => at > 0 && token.kind !== 'string' && /^(insert|delete|update|with|drop|truncate|alter|create|go)$/i.test(token.text),
  );
}

/** Undefined where the grammar refuses it. Placeholders of other drivers stand in for values of the same length. */
function parseStatement(tokens: readonly SqlToken[], text: string): readonly SqlVerdict[] | undefined {
  // Names between these marks are another dialect's, and a refusal costs more than a reading.
  if (tokens.some((token) => token.kind === 'quoted' && !token.text.startsWith('"'))) return undefined;
  const start = tokens[0]?.start ?? 0;
  const statement = text.slice(start, tokens.at(-1)?.end);
  // To the grammar these are comments, to their own dialect they are part of the statement.
  if (/\/\*M?!/.test(statement)) return undefined;
  const read = parseOnce(statement, tokens);
  return read?.map((found) => found ?? readByTokens(tokens).at(-1) ?? verdict('other', []));
}

type Verdicts = readonly (SqlVerdict | undefined)[];

/**
 * A keystroke changes one statement of a script: the others are known. A function of the tokens alone, and of bounded size; the
 * words are joined anew, because a slice would keep the whole script alive.
 */
const known = new Map<string, Verdicts | null>();
const MOST_KNOWN = 4_096;
const LONGEST_KNOWN = 4_000;

function parseOnce(statement: string, tokens: readonly SqlToken[]): Verdicts | undefined {
  if (parse === undefined || statement.length > LONGEST_KNOWN) return parseEither(statement);
  const key = tokens.map((token) => token.text).join(' ');
  const found = known.get(key);
  if (found !== undefined) return found ?? undefined;
  const read = parseEither(statement);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, read ?? null);
  return read;
}

function parseEither(statement: string): Verdicts | undefined {
  const once = tryParse(statement);
  if (once !== undefined || !/[?:@%]/.test(statement)) return once;
  return tryParse(statement.replace(/(?<![\w:])(?:[:@]\w+|%\(\w+\)s|%s)|\?(?!\|)/g, (placeholder) => '0'.padEnd(placeholder.length)));
}

function tryParse(statement: string): Verdicts | undefined {
  if (parse === undefined) return undefined;
  try {
    return readParse(parse(statement));
  } catch {
    // The grammar's refusal is an answer: the caller reads the tokens and counts the statement as a blind spot.
    return undefined;
  }
}

function add(
  tokens: readonly SqlToken[],
  verdicts: readonly SqlVerdict[],
  method: SqlStatement['method'],
  section: string,
  reading: Reading,
): void {
  const first = tokens[0];
  const last = tokens.at(-1);
  if (first === undefined || last === undefined) return;
  const range = reading.lines.rangeOf(first.start, last.end);
  const key = `${section === 'down' ? 'down: ' : ''}${tokens.map(canonical).join(' ')}`;
  for (const [at, found] of verdicts.entries()) {
    const about = aboutOf(found.verb, tokens);
    reading.statements.push({ ...found, ...about, method, range, scope: section, key: at === 0 ? key : `${key} #${at}` });
  }
}

/** Bodies are strings of their own (`$$ … $$`), or stand open between BEGIN and END. */
function readBodies(tokens: readonly SqlToken[], section: string, reading: Reading): void {
  const name = routineName(tokens);
  const guard = (body: readonly SqlToken[]): void => {
    reading.guards.push(...routineGuards(body, name, reading.lines));
    if (name !== '') reading.routines.push({ name, head: tokens, body });
  };
  const [first, last] = [tokens[0], tokens.at(-1)];
  if (name !== '' && first !== undefined && last !== undefined)
    reading.scopes.push({ name, startLine: reading.lines.lineAt(first.start), endLine: reading.lines.lineAt(last.end) });
  const begin = tokens.findIndex((token) => token.kind === 'word' && /^begin$/i.test(token.text));
  if (begin > 0) addPieces(tokens.slice(begin), section, reading);
  if (begin > 0) guard(tokens.slice(begin));
  for (const token of tokens) {
    const tag = token.kind === 'string' ? /^\$\w*\$/.exec(token.text)?.[0] : undefined;
    if (tag === undefined) continue;
    const inner = readTokens(token.text.slice(tag.length, -tag.length)).map((part) => ({
      ...part,
      start: part.start + token.start + tag.length,
      end: part.end + token.start + tag.length,
    }));
    addPieces(inner, section, reading);
    guard(inner);
  }
}

/** `app.apply_credit` of `CREATE OR REPLACE FUNCTION app.apply_credit(…)`; empty for a DO block. */
function routineName(tokens: readonly SqlToken[]): string {
  const at = tokens.findIndex(({ kind, text }) => kind === 'word' && /^(procedure|proc|function|trigger)$/i.test(text));
  const end = tokens.findIndex(
    ({ text, kind }, place) => place > at && (text === '(' || (kind === 'word' && /^(as|is|before|after|on|returns)$/i.test(text))),
  );
  return at < 0 || end < 0
    ? ''
    : tokens
        .slice(at + 1, end)
        .filter(({ text }) => !/^(if|not|exists)$/i.test(text))
        .map(canonical)
        .join('')
        .replace(/["`[\]]/g, '');
}

function addPieces(tokens: readonly SqlToken[], section: string, reading: Reading): void {
  addDynamic(tokens, section, reading);
  for (const whole of splitBody(tokens)) {
    const piece = whole.slice(steeringWords(whole));
    if (!/^(delete|update|drop|truncate|alter|insert|create|with|grant|revoke|select|perform|rename)$/i.test(piece[0]?.text ?? ''))
      continue;
    const parsed = parseStatement(piece, reading.text);
    add(piece, parsed ?? readByTokens(piece), parsed === undefined ? 'tokens' : 'tree', section, reading);
  }
}

/** `EXECUTE 'DROP TABLE a'`, `EXECUTE format('…')`: what a routine puts together and runs. */
function addDynamic(tokens: readonly SqlToken[], section: string, reading: Reading): void {
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== 'word' || !/^(execute|exec)$/i.test(token.text)) continue;
    const text = tokens.slice(at + 1, at + 4).find((next) => next.kind === 'string');
    if (text === undefined || !text.text.startsWith("'") || text.text.length < 3) continue;
    const start = text.start + 1;
    const inner = readTokens(text.text.slice(1, -1)).map((part) => ({ ...part, start: part.start + start, end: part.end + start }));
    addPieces(inner, section, reading);
  }
}

/** Words before a query that say what becomes of it: `RETURN QUERY`, `FOR r IN`, `OPEN c FOR`, `IF EXISTS (`. */
function steeringWords(tokens: readonly SqlToken[]): number {
  if (!/^(return|for|open|if|perform|execute)$/i.test(tokens[0]?.text ?? '')) return 0;
  const at = tokens.findIndex(
    (token, place) =>
      token.kind === 'word' &&
      /^(select|with|delete|update)$/i.test(token.text) &&
      // `PERFORM 1 FROM … FOR UPDATE` holds rows and changes none.
      !/^(for|key)$/i.test(tokens[place - 1]?.text ?? ''),
  );
  return at < 0 ? 0 : at;
}

function canonical(token: SqlToken): string {
  return token.kind === 'word' ? token.text.toLowerCase() : token.text;
}

// Comments that steer stay: what opens a comment that MySQL runs, hints that choose a plan, markers between the halves of a migration.
function codeTokens(tokens: readonly SqlToken[], lines: LineIndex): { text: string; line: number }[] {
  return tokens
    .filter((token) => token.kind !== 'comment' || /^\/\*\+/.test(token.text) || EXECUTABLE.test(token.text) || SECTION.test(token.text))
    .map((token) => ({ text: token.kind === 'meta' ? `\n${token.text}` : canonical(token), line: lines.lineAt(token.start) }));
}
