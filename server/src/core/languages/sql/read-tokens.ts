import { closing, namesAt, skipWords, stringText, wordAt } from './cursor.ts';
import type { SqlToken } from './tokens.ts';
import { type SqlVerdict, verdict } from './verdict.ts';

/** Reads a statement of a dialect that the grammar does not know. Less is seen than in a tree, and the fact says so. */
export function readByTokens(tokens: readonly SqlToken[]): readonly SqlVerdict[] {
  const first = wordAt(tokens, 0);
  if (first === 'with') return readWith(tokens);
  return [readOne(tokens)];
}

/**
 * Cuts what was one statement to the splitter at verbs that begin a line: T-SQL does not ask for semicolons.
 */
export function splitAtVerbs(tokens: readonly SqlToken[], startsLine: (token: SqlToken) => boolean): readonly (readonly SqlToken[])[] {
  const pieces: SqlToken[][] = [];
  let depth = 0;
  for (const [at, token] of tokens.entries()) {
    const previous = wordAt(tokens, at - 1);
    const begins =
      depth === 0 &&
      startsLine(token) &&
      /^(delete|update|drop|truncate|alter|create|insert)$/i.test(token.text) &&
      !NEVER_BEFORE_A_STATEMENT.has(previous) &&
      !isBareAlter(pieces.at(-1) ?? []);
    if (pieces.length === 0 || begins) pieces.push([]);
    pieces.at(-1)?.push(token);
    if (token.text === '(') depth++;
    else if (token.text === ')') depth--;
  }
  return pieces;
}

/** `ALTER TABLE shop.coupons`, whose first clause is still to come: `DROP INDEX …` on a line of its own. */
function isBareAlter(tokens: readonly SqlToken[]): boolean {
  if (wordAt(tokens, 0) !== 'alter' || wordAt(tokens, 1) !== 'table') return false;
  const name = tokens.slice(skipWords(tokens, 2, ['if', 'exists', 'only', 'ignore', 'online']));
  return (
    name.length > 0 && name.length <= 5 && name.every(({ text }, index) => (text === '.') === (index % 2 === 1)) && name.length % 2 === 1
  );
}

const NEVER_BEFORE_A_STATEMENT = new Set([
  'on',
  'for',
  'after',
  'before',
  'or',
  'do',
  'of',
  'then',
  'as',
  'grant',
  ',',
  'table',
  'no',
  'explain',
  'key',
  'with',
]);

function readWith(tokens: readonly SqlToken[]): readonly SqlVerdict[] {
  const found: SqlVerdict[] = [];
  let depth = 0;
  for (const [at, token] of tokens.entries()) {
    if (token.text === '(' && /^(delete|update)$/.test(wordAt(tokens, at + 1)))
      found.push(readOne(tokens.slice(at + 1, closing(tokens, at))));
    if (token.text === '(') depth++;
    else if (token.text === ')') depth--;
    else if (depth === 0 && /^(delete|update|insert|select|merge)$/.test(wordAt(tokens, at))) return [...found, readOne(tokens.slice(at))];
  }
  return [...found, verdict('select', [])];
}

function readOne(tokens: readonly SqlToken[]): SqlVerdict {
  const words = tokens.map((token) => (token.kind === 'word' ? token.text.toLowerCase() : token.text));
  switch (words[0]) {
    case 'drop':
      return readDrop(tokens, words);
    case 'truncate':
      return verdict('truncate', namesAt(tokens, words[1] === 'table' ? 2 : 1), { flags: flagsOf(words) });
    case 'delete': {
      const from = words.indexOf('from');
      return verdict('delete', namesAt(tokens, from < 0 ? 1 : from + 1).slice(0, 1), { where: whereOf(tokens) });
    }
    case 'update':
      return verdict(
        'update',
        namesAt(tokens, skip(words, 1, ['low_priority', 'ignore', 'only', 'or', 'replace', 'rollback', 'abort', 'fail'])).slice(0, 1),
        { where: whereOf(tokens) },
      );
    case 'insert':
    case 'replace':
      return verdict('insert', namesAt(tokens, words.indexOf('into') + 1).slice(0, 1));
    case 'alter':
      return readAlter(tokens, words);
    case 'create':
      return readCreate(tokens, words);
    case 'grant':
    case 'revoke':
      return verdict(words[0], namesAt(tokens, skip(words, words.indexOf('on') + 1, GRANT_NOISE)));
    case 'rename':
      return verdict('rename-table', namesAt(tokens, 2).slice(0, 1));
    case 'start':
      return verdict('begin', []);
    case 'end':
      return verdict('commit', []);
    case 'select':
      return verdict('select', readTables(tokens));
    case 'exec':
    case 'execute':
      return words.includes('sp_rename') ? verdict('alter-table', renamedTable(tokens)) : verdict('execute', []);
    default:
      return verdict(/^[a-z]+$/.test(words[0] ?? '') ? (words[0] ?? 'other') : 'other', []);
  }
}

const GRANT_NOISE = ['all', 'table', 'tables', 'in', 'schema', 'sequence', 'sequences', 'database', 'function', 'functions', 'routines'];

/** Tables that a query reads: those behind FROM and JOIN, of its sub-selects too. */
function readTables(tokens: readonly SqlToken[]): readonly string[] {
  const found = new Set<string>();
  for (const at of tokens.keys()) {
    if (!/^(from|join)$/.test(wordAt(tokens, at)) || wordAt(tokens, at - 1) === 'distinct') continue;
    const [name] = namesAt(tokens, skipWords(tokens, at + 1, ['only', 'lateral']));
    if (name !== undefined) found.add(name);
  }
  return [...found];
}

/** The table of `sp_rename 'orders.total', 'amount', 'COLUMN'`, or of `sp_rename 'orders', 'purchases'`. */
function renamedTable(tokens: readonly SqlToken[]): readonly string[] {
  const [from = '', , kind = ''] = tokens.filter((token) => token.kind === 'string').map((token) => stringText(token).toLowerCase());
  return [kind === 'column' ? from.slice(0, Math.max(0, from.lastIndexOf('.'))) : from];
}

function readDrop(tokens: readonly SqlToken[], words: readonly string[]): SqlVerdict {
  const kindAt = skip(words, 1, ['temporary', 'temp', 'materialized', 'global', 'unique']);
  const kind = words[kindAt] ?? 'other';
  const nameAt = kind === 'policy' ? words.indexOf('on') + 1 : skip(words, kindAt + 1, ['concurrently', 'if', 'exists', 'by']);
  return verdict(`drop-${kind}`, namesAt(tokens, nameAt), { flags: flagsOf(words) });
}

function readCreate(tokens: readonly SqlToken[], words: readonly string[]): SqlVerdict {
  const kindAt = skip(words, 1, [
    'or',
    'replace',
    'global',
    'local',
    'temporary',
    'temp',
    'unlogged',
    'unique',
    'clustered',
    'nonclustered',
    'fulltext',
    'spatial',
    'materialized',
    'external',
  ]);
  const kind = words[kindAt] ?? 'other';
  if (kind === 'policy') return verdict('create-policy', namesAt(tokens, words.indexOf('on') + 1).slice(0, 1));
  // A text that breaks off before its table makes no index: it is put together, or searched for.
  if (kind === 'index' && words.includes('on'))
    return verdict('create-index', namesAt(tokens, words.indexOf('on') + 1).slice(0, 1), { flags: flagsOf(words) });
  if (kind === 'index') return verdict('other', [], { flags: flagsOf(words) });
  return verdict(`create-${kind}`, namesAt(tokens, skip(words, kindAt + 1, ['if', 'not', 'exists'])).slice(0, 1), {
    flags: flagsOf(words),
  });
}

function readAlter(tokens: readonly SqlToken[], words: readonly string[]): SqlVerdict {
  const kindAt = skip(words, 1, ['online', 'offline', 'ignore']);
  const nameAt = skip(words, kindAt + 1, ['if', 'exists', 'only', 'all', 'in', 'tablespace']);
  const kind = words[kindAt] ?? 'other';
  const on = words.indexOf('on');
  const at = kind === 'policy' && on > 0 ? on + 1 : kind === 'default' ? words.indexOf('schema') + 1 || tokens.length : nameAt;
  const targets = namesAt(tokens, at).slice(0, 1);
  return verdict(`alter-${kind}`, targets, { flags: flagsOf(words) });
}

function whereOf(tokens: readonly SqlToken[]): SqlVerdict['where'] {
  let depth = 0;
  for (const [at, token] of tokens.entries()) {
    if (token.text === '(') depth++;
    else if (token.text === ')') depth--;
    else if (depth === 0 && wordAt(tokens, at) === 'where') return isAlwaysTrue(tokens.slice(at + 1)) ? 'trivial' : 'present';
  }
  // A join restricts what it meets, by how much we cannot say.
  return tokens.some((token) => token.kind === 'word' && /^(join|using)$/i.test(token.text)) ? 'unknown' : 'none';
}

function isAlwaysTrue(condition: readonly SqlToken[]): boolean {
  const end = condition.findIndex((token) => token.kind === 'word' && /^(limit|order|returning|option)$/i.test(token.text));
  const words = condition
    .slice(0, end < 0 ? undefined : end)
    .map((token) => token.text.toLowerCase())
    .filter((word) => word !== '(' && word !== ')');
  if (words.length === 1) return words[0] === 'true' || words[0] === '1';
  return words.length === 3 && words[1] === '=' && words[0] === words[2] && /^['\d]/.test(words[0] ?? '');
}

function flagsOf(words: readonly string[]): SqlVerdict['flags'] {
  const flags: SqlVerdict['flags'][number][] = [];
  if (words.includes('cascade')) flags.push('cascade');
  if (words.some((word, at) => word === 'if' && words[at + 1] === 'exists')) flags.push('if-exists');
  if (words.some((word, at) => word === 'if' && words[at + 1] === 'not' && words[at + 2] === 'exists')) flags.push('if-not-exists');
  if (words.includes('concurrently')) flags.push('concurrently');
  if (words.slice(0, 4).some((word) => word === 'temporary' || word === 'temp') || words.some((word, at) => at < 6 && word.startsWith('#')))
    flags.push('temporary');
  return flags;
}

function skip(words: readonly string[], from: number, noise: readonly string[]): number {
  let at = from;
  while (noise.includes(words[at] ?? '')) at++;
  return at;
}
