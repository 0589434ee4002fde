import type { SqlAction } from '../../model/facts.ts';
import { readClauses } from './alter-clauses.ts';
import { readElements } from './columns.ts';
import { bracketed, closing, nameFrom, readName, skipWords, splitAtCommas, stringText, wordAt } from './cursor.ts';
import type { SqlToken } from './tokens.ts';
import { action } from './verdict.ts';

/** What the clauses of one statement do, by its tokens, in every dialect. `verb` is the statement's kind. */
export function readActions(verb: string, tokens: readonly SqlToken[]): readonly SqlAction[] {
  switch (verb) {
    case 'create-table':
      return readTable(tokens);
    case 'alter-table':
      return wordAt(tokens, 0) === 'alter' ? readClauses(tokens) : readRenameProcedure(tokens);
    case 'create-index':
      return readIndex(tokens);
    case 'drop-index': {
      const on = tokens.findIndex((_, at) => wordAt(tokens, at) === 'on');
      return on < 0 ? [] : [action('other', 'on', { to: readName(tokens, on + 1) })];
    }
    case 'rename-table':
    case 'alter-index':
    case 'alter-view':
    case 'alter-sequence':
    case 'alter-schema':
    case 'alter-database':
      return readRenames(tokens);
    case 'create-type':
    case 'alter-type':
      return readType(tokens);
    case 'grant':
    case 'revoke':
    case 'alter-default':
      return readGrant(tokens);
    case 'create-role':
    case 'alter-role':
    case 'create-user':
    case 'alter-user':
    case 'alter-server':
      return readRole(tokens);
    case 'create-function':
    case 'create-procedure':
    case 'alter-function':
    case 'alter-procedure':
      return readRoutine(tokens);
    case 'create-policy':
    case 'alter-policy':
      return readPolicy(tokens);
    case 'begin':
    case 'set':
      return readSetting(tokens);
    case 'select':
      return readLock(tokens);
    default:
      return [];
  }
}

function readTable(tokens: readonly SqlToken[]): readonly SqlAction[] {
  const open = tokens.findIndex((token) => token.text === '(');
  if (open < 0 || /^(as|select)$/.test(wordAt(tokens, open - 1))) return [];
  return readElements(tokens.slice(open + 1, closing(tokens, open)));
}

function readIndex(tokens: readonly SqlToken[]): readonly SqlAction[] {
  const on = tokens.findIndex((token, at) => token.kind === 'word' && wordAt(tokens, at) === 'on');
  const index = tokens.findIndex((_, at) => wordAt(tokens, at) === 'index');
  const nameAt = skipWords(tokens, index + 1, ['concurrently', 'if', 'not', 'exists']);
  const open = tokens.findIndex((token, at) => at > on && token.text === '(');
  const marks: SqlAction['marks'] = tokens.slice(0, index).some((_, at) => wordAt(tokens, at) === 'unique') ? ['unique'] : [];
  return [action('add-index', nameAt < on ? readName(tokens, nameAt) : '', { columns: bracketed(tokens, open), marks })];
}

/** MySQL's `RENAME TABLE a TO b, c TO d` gives a clause each; `to` of the first is the new name of the first target. */
function readRenames(tokens: readonly SqlToken[]): readonly SqlAction[] {
  return splitAtCommas(tokens).flatMap((part) => {
    const to = part.findIndex((token, at) => token.kind === 'word' && wordAt(part, at) === 'to');
    const rename = part.findIndex((_, at) => wordAt(part, at) === 'rename');
    if (to < 0 || (rename < 0 && wordAt(tokens, 0) !== 'rename')) return [];
    return [action('rename-to', readName(part, to - 1), { to: readName(part, to + 1) })];
  });
}

function readType(tokens: readonly SqlToken[]): readonly SqlAction[] {
  const as = tokens.findIndex((_, at) => wordAt(tokens, at) === 'enum');
  if (as > 0) {
    const values = tokens.slice(as + 1).filter((token) => token.kind === 'string');
    return values.map((value) => action('enum-value', stringText(value)));
  }
  const strings = tokens.filter((token) => token.kind === 'string').map(stringText);
  const has = (word: string): boolean => tokens.some((token, at) => token.kind === 'word' && wordAt(tokens, at) === word);
  if (has('rename')) {
    if (has('value')) return [action('rename-value', strings[0] ?? '', { to: strings[1] ?? '' })];
    return has('attribute') ? [action('other', 'rename-attribute')] : readRenames(tokens);
  }
  if (has('add') && has('value')) return [action('enum-value', strings[0] ?? '', strings[1] === undefined ? {} : { to: strings[1] })];
  return [];
}

function readGrant(tokens: readonly SqlToken[]): readonly SqlAction[] {
  const at = (word: string, from: number): number =>
    tokens.findIndex((token, place) => place >= from && token.kind === 'word' && wordAt(tokens, place) === word);
  const start = Math.max(0, at('grant', 0), wordAt(tokens, 0) === 'revoke' ? 0 : -1);
  const on = at('on', start);
  const to = at('to', start);
  const end = on >= 0 && (to < 0 || on < to) ? on : to;
  const privileges = splitAtCommas(tokens.slice(start + 1, end < 0 ? undefined : end))
    .map((part) =>
      part[0]?.kind === 'quoted'
        ? readName(part, 0)
        : wordAt(part, 0) + (/^(any|option)$/.test(wordAt(part, 1)) ? ` ${wordAt(part, 1)}` : ''),
    )
    .filter((name) => name !== '');
  const grantees = to < 0 ? [] : splitAtCommas(tokens.slice(to + 1)).map(grantee);
  const option = tokens.some(
    (_, place) => place > to && wordAt(tokens, place) === 'option' && /^(grant|admin)$/.test(wordAt(tokens, place - 1)),
  );
  return [
    ...privileges.map((name) => action('privilege', name)),
    ...grantees.filter((name) => name !== '').map((name) => action('grantee', name)),
    ...(option ? [action('option', 'with-grant-option')] : []),
  ];
}

/** `reporting`, `GROUP staff`, MySQL's `'app'@'%'`. */
function grantee(tokens: readonly SqlToken[]): string {
  const at = skipWords(tokens, 0, ['group', 'role', 'user']);
  const first = tokens[at];
  const name = first?.kind === 'string' ? stringText(first) : readName(tokens, at);
  const host = tokens.findIndex((token) => token.text === '@');
  if (host > 0) return `${name}@${stringText(tokens[host + 1]) || readName(tokens, host + 1)}`;
  const glued = tokens[at + 1];
  return glued?.text.startsWith('@') === true ? `${name}${glued.text}` : name;
}

function readRole(tokens: readonly SqlToken[]): readonly SqlAction[] {
  const options = tokens
    .slice(3)
    .filter((token) => token.kind === 'word')
    .map((token) => token.text.toLowerCase())
    .filter((word) => /^(superuser|bypassrls|createrole|createdb|replication)$/.test(word))
    .map((word) => action('option', word));
  // T-SQL adds people to a role by altering it.
  const member = tokens.findIndex((_, at) => wordAt(tokens, at) === 'member' && wordAt(tokens, at - 1) === 'add');
  return member < 0
    ? options
    : [action('privilege', readName(tokens, skipWords(tokens, 2, ['role']))), action('grantee', readName(tokens, member + 1))];
}

function readRoutine(tokens: readonly SqlToken[]): readonly SqlAction[] {
  const found: SqlAction[] = [];
  for (const at of tokens.keys()) {
    if (wordAt(tokens, at) === 'security' && wordAt(tokens, at + 1) === 'definer') found.push(action('option', 'security-definer'));
    if (wordAt(tokens, at) === 'search_path') found.push(action('setting', 'search_path'));
    if (wordAt(tokens, at) === 'returns' && wordAt(tokens, at + 1) === 'trigger') found.push(action('option', 'returns-trigger'));
  }
  return found;
}

function readPolicy(tokens: readonly SqlToken[]): readonly SqlAction[] {
  const name = readName(tokens, 2);
  const forAt = tokens.findIndex((token, at) => token.kind === 'word' && wordAt(tokens, at) === 'for');
  const restrictive = tokens.some((token, at) => token.kind === 'word' && wordAt(tokens, at) === 'restrictive');
  const command = forAt < 0 ? 'all' : wordAt(tokens, forAt + 1);
  return [action('other', name, { to: restrictive ? `restrictive ${command}` : command })];
}

/** `SET lock_timeout = '5s'`, `SET TRANSACTION ISOLATION LEVEL …`, `BEGIN ISOLATION LEVEL …`. */
function readSetting(tokens: readonly SqlToken[]): readonly SqlAction[] {
  const level = tokens.findIndex((_, at) => wordAt(tokens, at) === 'level');
  if (level > 0) {
    const next = wordAt(tokens, level + 1);
    return [action('isolation', next === 'read' || next === 'repeatable' ? `${next} ${wordAt(tokens, level + 2)}` : next)];
  }
  if (wordAt(tokens, 0) !== 'set') return [];
  const name = nameFrom(tokens, skipWords(tokens, 1, ['local', 'session', 'global']));
  const value = name === undefined ? undefined : tokens[skipWords(tokens, name.end, ['=', 'to'])];
  return name === undefined ? [] : [action('setting', name.name, { to: stringText(value) || (value?.text.toLowerCase() ?? '') })];
}

/** `FOR UPDATE`, `FOR NO KEY UPDATE`, `FOR SHARE`; T-SQL's `WITH (UPDLOCK)`. */
function readLock(tokens: readonly SqlToken[]): readonly SqlAction[] {
  for (const at of tokens.keys()) {
    const isFor = wordAt(tokens, at) === 'for' && /^(update|no|share|key)$/.test(wordAt(tokens, at + 1));
    if (isFor || /^(updlock|xlock|holdlock)$/.test(wordAt(tokens, at))) return [action('lock', wordAt(tokens, isFor ? at + 1 : at))];
  }
  return [];
}

/** T-SQL: `EXEC sp_rename 'orders.total', 'amount', 'COLUMN'`. */
function readRenameProcedure(tokens: readonly SqlToken[]): readonly SqlAction[] {
  const at = tokens.findIndex((_, place) => wordAt(tokens, place) === 'sp_rename');
  if (at < 0) return [];
  const [from = '', to = '', kind = ''] = tokens
    .slice(at + 1)
    .filter((token) => token.kind === 'string')
    .map((token) => stringText(token).toLowerCase());
  if (/index|userdatatype/.test(kind)) return [];
  if (kind !== 'column') return [action('rename-to', '', { to })];
  return [action('rename-column', from.slice(from.lastIndexOf('.') + 1), { to })];
}
