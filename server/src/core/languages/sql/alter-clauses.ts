import type { SqlAction } from '../../model/facts.ts';
import { readColumn, readConstraint, readElements, typeEndFrom, typeText } from './columns.ts';
import { bracketed, closing, nameFrom, readName, skipWords, splitAtCommas, wordAt } from './cursor.ts';
import type { SqlToken } from './tokens.ts';
import { action } from './verdict.ts';

/** The clauses of an ALTER TABLE, in Postgres', MySQL's, T-SQL's, Oracle's and SQLite's words. */
export function readClauses(tokens: readonly SqlToken[]): readonly SqlAction[] {
  const table = tokens.findIndex((_, at) => wordAt(tokens, at) === 'table');
  const name = nameFrom(tokens, skipWords(tokens, table + 1, ['if', 'exists', 'only']));
  if (name === undefined) return [];
  let verb: readonly SqlToken[] = [];
  return splitAtCommas(tokens.slice(name.end)).flatMap((clause) => {
    const stripped = clause.slice(tableOptions(clause));
    if (VERBS.has(wordAt(stripped, 0))) {
      verb = stripped.slice(0, headLength(stripped));
      return readClause(stripped);
    }
    // T-SQL says ADD and DROP COLUMN once, and then names columns.
    return verb.length === 0 ? [] : readClause([...verb, ...stripped]);
  });
}

const VERBS = new Set(
  'add drop alter modify change rename disable enable force no validate set owner with check nocheck convert replace attach detach cluster inherit reset engine comment auto_increment order algorithm lock default move'.split(
    ' ',
  ),
);

function headLength(clause: readonly SqlToken[]): number {
  return /^(column|columns)$/.test(wordAt(clause, 1)) ? 2 : 1;
}

/** T-SQL's `WITH NOCHECK ADD …` and `WITH CHECK ADD …` begin with how. */
function tableOptions(clause: readonly SqlToken[]): number {
  return wordAt(clause, 0) === 'with' &&
    /^(no)?check$/.test(wordAt(clause, 1)) &&
    VERBS.has(wordAt(clause, 2)) &&
    wordAt(clause, 1) === 'check'
    ? 2
    : 0;
}

function readClause(clause: readonly SqlToken[]): readonly SqlAction[] {
  const second = wordAt(clause, 1);
  switch (wordAt(clause, 0)) {
    case 'add':
      return readAdd(clause);
    case 'drop':
      return readDrop(clause);
    case 'alter':
      return readAlterColumn(clause);
    case 'modify':
      return readModify(clause);
    case 'change': {
      const at = second === 'column' ? 2 : 1;
      const old = nameFrom(clause, at);
      const [fresh] = old === undefined ? [] : readColumn('alter-type', clause, old.end);
      if (old === undefined || fresh === undefined) return [];
      const renamed = fresh.name === old.name ? [] : [action('rename-column', old.name, { to: fresh.name })];
      return [...renamed, { ...fresh, name: old.name }];
    }
    case 'rename':
      return readRename(clause);
    case 'validate':
      return [action('validate-constraint', readName(clause, 2))];
    case 'with':
    case 'nocheck':
      if (wordAt(clause, 0) === 'with' && second === 'nocheck' && wordAt(clause, 2) === 'add')
        return readAdd(clause.slice(2)).map((added) => ({ ...added, marks: [...added.marks, 'not-valid' as const] }));
      return second === 'constraint' ? [action('disable-constraint', readName(clause, 2))] : [];
    case 'disable':
    case 'enable':
    case 'force':
    case 'no':
      return readSwitch(clause);
    default:
      return [action('other', wordAt(clause, 0))];
  }
}

function readAdd(clause: readonly SqlToken[]): readonly SqlAction[] {
  const constraint = readConstraint(clause, 1);
  if (constraint !== undefined) return [constraint];
  if (/^(unique|fulltext|spatial)?$/.test(wordAt(clause, 1)) || /^(index|key)$/.test(wordAt(clause, 1))) {
    const index = skipWords(clause, 1, ['unique', 'fulltext', 'spatial', 'index', 'key']);
    const open = clause.findIndex((token) => token.text === '(');
    if (index > 1) return [action('add-index', open === index ? '' : readName(clause, index), { columns: bracketed(clause, open) })];
  }
  if (wordAt(clause, 1) === 'partition' || wordAt(clause, 1) === 'value') return [action('other', 'add-partition')];
  const at = skipWords(clause, 1, ['column', 'columns', 'if', 'not', 'exists']);
  if (clause[at]?.text === '(') return readElements(clause.slice(at + 1, closing(clause, at)));
  return readColumn('add-column', clause, at);
}

function readDrop(clause: readonly SqlToken[]): readonly SqlAction[] {
  const next = wordAt(clause, 1);
  const nameAt = skipWords(clause, 2, ['if', 'exists', 'key']);
  const name = readName(clause, nameAt);
  switch (next) {
    case 'constraint':
      return [action('drop-constraint', name)];
    case 'foreign':
      return [action('drop-constraint', name, { constraint: 'foreign-key' })];
    case 'check':
      return [action('drop-constraint', name, { constraint: 'check' })];
    case 'primary':
      return [action('drop-constraint', '', { constraint: 'primary-key' })];
    case 'unique':
      return [action('drop-constraint', name, { constraint: 'unique', columns: bracketed(clause, nameAt) })];
    case 'index':
    case 'key':
      return [action('drop-index', name)];
    case 'partition':
    case 'default':
    case 'system':
      return [action('other', `drop-${next}`)];
    default: {
      const at = skipWords(clause, 1, ['column', 'columns', 'if', 'exists']);
      const names = clause[at]?.text === '(' ? bracketed(clause, at) : [readName(clause, at)];
      return names.filter((column) => column !== '').map((column) => action('drop-column', column));
    }
  }
}

/** `ALTER [COLUMN] a TYPE b`, `… SET NOT NULL`, `… DROP DEFAULT`; T-SQL writes the type right behind the name. */
function readAlterColumn(clause: readonly SqlToken[]): readonly SqlAction[] {
  if (/^(index|constraint|check)$/.test(wordAt(clause, 1))) {
    const off = clause.some((_, at) => wordAt(clause, at) === 'not' && wordAt(clause, at + 1) === 'enforced');
    return [off ? action('disable-constraint', readName(clause, 2)) : action('other', 'alter-constraint')];
  }
  const name = nameFrom(clause, wordAt(clause, 1) === 'column' ? 2 : 1);
  if (name === undefined) return [];
  const [verb, object, third] = [0, 1, 2].map((step) => wordAt(clause, name.end + step));
  if (verb === 'drop') return [action(object === 'not' ? 'drop-not-null' : object === 'default' ? 'drop-default' : 'other', name.name)];
  if (verb === 'type' || (verb === 'set' && object === 'data')) {
    const from = name.end + (verb === 'type' ? 1 : third === 'type' ? 3 : 2);
    return [action('alter-type', name.name, { type: typeText(clause.slice(from, typeEndFrom(clause, from))) })];
  }
  if (verb === 'set') return [action(object === 'not' ? 'set-not-null' : object === 'default' ? 'set-default' : 'other', name.name)];
  if (/^(add|reset|restart|)$/.test(verb ?? '')) return [action('other', name.name)];
  return readColumn('alter-type', clause, name.end - 1).map((column) => ({ ...column, name: name.name }));
}

/** MySQL's `MODIFY [COLUMN] a type …` and Oracle's `MODIFY (a type, b type)`. */
function readModify(clause: readonly SqlToken[]): readonly SqlAction[] {
  const at = wordAt(clause, 1) === 'column' ? 2 : 1;
  if (clause[at]?.text !== '(') return modified(readColumn('alter-type', clause, at));
  return splitAtCommas(clause.slice(at + 1, closing(clause, at))).flatMap((part) => modified(readColumn('alter-type', part, 0)));
}

/** Oracle may leave the type out: `MODIFY a NOT NULL`. */
function modified(columns: readonly SqlAction[]): readonly SqlAction[] {
  return columns.map((column) =>
    column.type === '' ? action(column.marks.includes('not-null') ? 'set-not-null' : 'other', column.name) : column,
  );
}

function readRename(clause: readonly SqlToken[]): readonly SqlAction[] {
  const second = wordAt(clause, 1);
  const to = clause.findIndex((token, at) => token.kind === 'word' && /^(to|as)$/.test(wordAt(clause, at)));
  const fresh = readName(clause, to + 1);
  if (second === 'to' || second === 'as') return [action('rename-to', '', { to: fresh })];
  if (/^(constraint|index|key)$/.test(second)) return [action('other', `rename-${second}`)];
  if (to < 0) return [action('rename-to', '', { to: readName(clause, 1) })];
  return [action('rename-column', readName(clause, second === 'column' ? 2 : 1), { to: fresh })];
}

/** `DISABLE ROW LEVEL SECURITY`, `NO FORCE ROW LEVEL SECURITY`, `DISABLE TRIGGER ALL`, Oracle's `DISABLE CONSTRAINT a`. */
function readSwitch(clause: readonly SqlToken[]): readonly SqlAction[] {
  const words = clause.map((_, at) => wordAt(clause, at));
  const how = words[0] === 'no' ? 'no-force' : (words[0] ?? '');
  if (words.includes('row')) return [action('row-security', how)];
  if (how === 'disable' && /^(trigger|constraint|primary|unique)$/.test(words[1] ?? ''))
    return [action('disable-constraint', readName(clause, 2))];
  return [action('other', words.slice(0, 2).join('-'))];
}
