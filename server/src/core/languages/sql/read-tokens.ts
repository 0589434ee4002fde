import { nameOf, type SqlToken } from './tokens.ts';
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
      !NEVER_BEFORE_A_STATEMENT.has(previous);
    if (pieces.length === 0 || begins) pieces.push([]);
    pieces.at(-1)?.push(token);
    if (token.text === '(') depth++;
    else if (token.text === ')') depth--;
  }
  return pieces;
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

function closing(tokens: readonly SqlToken[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    if (tokens[at]?.text === '(') depth++;
    else if (tokens[at]?.text === ')' && --depth === 0) return at;
  }
  return tokens.length;
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
      return verdict(words[0], namesAt(tokens, words.indexOf('on') + 1), { actions: grantActions(words) });
    default:
      return verdict(/^[a-z]+$/.test(words[0] ?? '') ? (words[0] ?? 'other') : 'other', []);
  }
}

function readDrop(tokens: readonly SqlToken[], words: readonly string[]): SqlVerdict {
  const kindAt = skip(words, 1, ['temporary', 'temp', 'materialized', 'global', 'unique']);
  const nameAt = skip(words, kindAt + 1, ['concurrently', 'if', 'exists']);
  return verdict(`drop-${words[kindAt] ?? 'other'}`, namesAt(tokens, nameAt), { flags: flagsOf(words) });
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
  if (kind === 'index') return verdict('create-index', namesAt(tokens, words.indexOf('on') + 1).slice(0, 1), { flags: flagsOf(words) });
  return verdict(`create-${kind}`, namesAt(tokens, skip(words, kindAt + 1, ['if', 'not', 'exists'])).slice(0, 1), {
    flags: flagsOf(words),
  });
}

function readAlter(tokens: readonly SqlToken[], words: readonly string[]): SqlVerdict {
  const kindAt = skip(words, 1, ['online', 'offline', 'ignore']);
  const nameAt = skip(words, kindAt + 1, ['if', 'exists', 'only']);
  const targets = namesAt(tokens, nameAt).slice(0, 1);
  return verdict(`alter-${words[kindAt] ?? 'other'}`, targets, { flags: flagsOf(words), actions: alterActions(tokens, words, nameAt) });
}

/** `DROP COLUMN a`, MySQL's and Oracle's `DROP a`, `RENAME TO b`; one entry per comma-separated action. */
function alterActions(tokens: readonly SqlToken[], words: readonly string[], from: number): readonly string[] {
  const actions: string[] = [];
  for (let at = from; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === 'drop') {
      const next = words[at + 1] ?? '';
      const kind = /^(column|constraint|index|key|primary|foreign|partition|check|default|not)$/.test(next) ? next : 'column';
      const nameAt = skip(words, kind === next ? at + 2 : at + 1, ['if', 'exists', 'key', 'null']);
      actions.push(`drop-${kind === 'not' ? 'not-null' : kind} ${namesAt(tokens, nameAt)[0] ?? ''}`.trim());
    } else if (word === 'rename') {
      const column = words[at + 1] === 'column';
      actions.push(
        column
          ? `rename-column ${namesAt(tokens, at + 2)[0] ?? ''}`
          : `rename-to ${namesAt(tokens, skip(words, at + 1, ['to', 'as']))[0] ?? ''}`,
      );
    } else if (word === 'add' || word === 'modify' || word === 'change') {
      actions.push(`${word}-column ${namesAt(tokens, skip(words, at + 1, ['column', 'if', 'not', 'exists']))[0] ?? ''}`.trim());
    }
  }
  return actions;
}

function grantActions(words: readonly string[]): readonly string[] {
  const on = words.indexOf('on');
  const to = words.indexOf('to');
  const privileges = words.slice(1, on < 0 ? to : on).filter((word) => word !== ',' && word !== 'privileges');
  const grantees = to < 0 ? [] : words.slice(to + 1).filter((word) => /^[\w"'`@.]+$/.test(word) && !/^(with|grant|option)$/.test(word));
  return [...privileges, ...grantees.map((grantee) => `to ${grantee}`), ...(words.includes('option') ? ['with-grant-option'] : [])];
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
  if (words.includes('concurrently')) flags.push('concurrently');
  if (words.slice(0, 4).some((word) => word === 'temporary' || word === 'temp') || words.some((word, at) => at < 6 && word.startsWith('#')))
    flags.push('temporary');
  return flags;
}

/** Dotted names from `at` on, as long as commas join them. */
function namesAt(tokens: readonly SqlToken[], at: number): readonly string[] {
  const names: string[] = [];
  let next = at;
  for (;;) {
    const first = tokens[next];
    if (first === undefined || (first.kind !== 'word' && first.kind !== 'quoted')) return names;
    let name = nameOf(first);
    next++;
    while (tokens[next]?.text === '.') {
      const part = tokens[next + 1];
      if (part === undefined) break;
      name += `.${nameOf(part)}`;
      next += 2;
    }
    names.push(name);
    if (tokens[next]?.text !== ',') return names;
    next++;
  }
}

function skip(words: readonly string[], from: number, noise: readonly string[]): number {
  let at = from;
  while (noise.includes(words[at] ?? '')) at++;
  return at;
}

function wordAt(tokens: readonly SqlToken[], at: number): string {
  return tokens[at]?.text.toLowerCase() ?? '';
}
