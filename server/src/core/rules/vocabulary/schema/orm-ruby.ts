import type { Call, SourceFacts, SqlAction } from '../../../model/facts.ts';
import { fieldsOf, listOf, plain } from '../code/argument-text.ts';
import { receiver } from '../code/call-names.ts';
import { act, constraintKind, type Said, uniqueMark } from './orm-statement.ts';
import { sqlTypeOf } from './orm-types.ts';

/** Rails' migrations: `remove_column :orders, :note`, `t.remove :note` inside `change_table`, and `connection.truncate`. */
export function byActiveRecord(call: Call, name: string, facts: SourceFacts | undefined): Said | undefined {
  if (facts?.language !== 'ruby') return undefined;
  const by = receiver(call.callee);
  const positional = call.args.filter((argument) => !/^\w+: |^\*|^(do|\{)(\s|$)/.test(argument)).map(named);
  if (/^truncate(_tables)?$/.test(name) && /(^|\.)connection$/.test(by)) return { verb: 'truncate', targets: positional };
  if (!isMigration(facts)) return undefined;
  const fields = fieldsOf(call.args);
  const inTable = /^[a-z]\w{0,5}$/.test(by) ? tableAround(call, facts) : undefined;
  if (inTable !== undefined) return inBlock(inTable, name, positional, fields);
  return by === '' || /(^|\.)connection$/.test(by) ? byMethod(name, positional, fields) : undefined;
}

/** `:orders` and `"orders"` name the same; a variable names itself. */
function named(argument: string): string {
  return plain(argument).replace(/^:/, '');
}

function isMigration(facts: SourceFacts): boolean {
  return facts.symbols.some(({ type }) => /\bActiveRecord::Migration\b/.test(type));
}

/** The table of the `change_table` around a call; undefined inside `create_table`, whose columns are as new as the table. */
function tableAround(call: Call, facts: SourceFacts): string | undefined {
  const around = facts.calls.findLast(
    (other) =>
      /^(change_table|create_table|create_join_table)$/.test(other.callee) &&
      other.scope === call.scope &&
      other.range.start.line <= call.range.start.line,
  );
  return around?.callee === 'change_table' ? named(around.args[0] ?? '') : undefined;
}

type Fields = ReadonlyMap<string, string>;

function byMethod(name: string, args: readonly string[], fields: Fields): Said | undefined {
  const [table = '', first = '', second = ''] = args;
  const alter = (...actions: readonly SqlAction[]): Said => ({ verb: 'alter-table', targets: [table], actions });
  switch (name) {
    case 'drop_table':
    case 'drop_join_table':
      return { verb: 'drop-table', targets: args, flags: fields.get('force') === ':cascade' ? ['cascade'] : [] };
    case 'create_table':
      return { verb: 'create-table', targets: [table] };
    case 'rename_table':
      return alter(act('rename-to', '', { to: first }));
    case 'remove_column':
      return alter(act('drop-column', first));
    case 'remove_columns':
      return alter(...args.slice(1).map((column) => act('drop-column', column)));
    case 'remove_timestamps':
      return alter(act('drop-column', 'created_at'), act('drop-column', 'updated_at'));
    case 'remove_reference':
    case 'remove_belongs_to':
      return alter(act('drop-column', `${first}_id`));
    case 'rename_column':
      return alter(act('rename-column', first, { to: second }));
    case 'add_column':
      return alter(column('add-column', first, second, fields));
    case 'change_column':
      return alter(column('alter-type', first, second, fields));
    case 'change_column_null':
      return alter(act(second === 'false' ? 'set-not-null' : 'drop-not-null', first));
    case 'add_reference':
    case 'add_belongs_to':
      return alter(column('add-column', `${first}_id`, 'bigint', fields));
    case 'add_index':
      return {
        verb: 'create-index',
        targets: [table],
        flags: fields.get('algorithm') === ':concurrently' ? ['concurrently'] : [],
        actions: [
          act('add-index', named(fields.get('name') ?? ''), { columns: listOf(first).map(named), marks: uniqueMark(fields.get('unique')) }),
        ],
      };
    case 'remove_index':
      return {
        verb: 'drop-index',
        targets: [named(fields.get('name') ?? fields.get('column') ?? '') || first],
        actions: [act('other', 'on', { to: table })],
      };
    case 'add_foreign_key':
    case 'add_check_constraint':
    case 'add_unique_constraint': {
      const marks = fields.get('validate') === 'false' ? (['not-valid'] as const) : [];
      return alter(act('add-constraint', named(fields.get('name') ?? ''), { ...constraintKind(name), marks }));
    }
    case 'validate_foreign_key':
    case 'validate_check_constraint':
      return alter(act('validate-constraint', first));
    case 'remove_foreign_key':
    case 'remove_check_constraint':
    case 'remove_unique_constraint':
      return alter(act('drop-constraint', named(fields.get('name') ?? '') || first, { ...constraintKind(name) }));
    default:
      return undefined;
  }
}

/** What is said of a table inside its block: the methods lack the table, and types are methods. */
function inBlock(table: string, name: string, args: readonly string[], fields: Fields): Said | undefined {
  const alter = (...actions: readonly SqlAction[]): Said => ({ verb: 'alter-table', targets: [table], actions });
  const longer: Readonly<Record<string, string>> = {
    rename: 'rename_column',
    change: 'change_column',
    change_null: 'change_column_null',
    index: 'add_index',
    remove_index: 'remove_index',
    foreign_key: 'add_foreign_key',
    remove_foreign_key: 'remove_foreign_key',
    check_constraint: 'add_check_constraint',
    remove_check_constraint: 'remove_check_constraint',
    references: 'add_reference',
    belongs_to: 'add_reference',
    remove_references: 'remove_reference',
    remove_belongs_to: 'remove_reference',
    remove_timestamps: 'remove_timestamps',
    column: 'add_column',
  };
  if (name === 'remove') return alter(...args.map((own) => act('drop-column', own)));
  const method = Object.hasOwn(longer, name) ? longer[name] : undefined;
  if (method !== undefined) return byMethod(method, [table, ...args], fields);
  return sqlTypeOf(name) === '' ? undefined : alter(...args.map((own) => column('add-column', own, name, fields)));
}

function column(kind: 'add-column' | 'alter-type', name: string, type: string, fields: Fields): SqlAction {
  const marks: SqlAction['marks'][number][] = [];
  if (fields.get('null') === 'false') marks.push('not-null');
  if (fields.has('default') && fields.get('default') !== 'nil') marks.push('default');
  const [limit, precision, scale] = [fields.get('limit'), fields.get('precision'), fields.get('scale')];
  const size = type === 'decimal' && precision !== undefined ? `(${precision},${scale ?? '0'})` : limit === undefined ? '' : `(${limit})`;
  return act(kind, name, { type: sqlTypeOf(`${type}${/^(string|decimal|numeric)$/.test(type) ? size : ''}`) || type, marks });
}
