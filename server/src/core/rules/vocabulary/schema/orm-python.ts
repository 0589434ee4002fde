import type { Call, SourceFacts, SqlAction } from '../../../model/facts.ts';
import { fieldsOf, listOf, plain, splitSource } from '../code/argument-text.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { keepOf } from '../code/kept.ts';
import { act, constraintKind, type Said, uniqueMark } from './orm-statement.ts';
import { sqlTypeOf } from './orm-types.ts';

/** Alembic: `op.drop_column('orders', 'a')`, and `batch_op` inside `batch_alter_table`. */
export function byAlembic(call: Call, name: string, facts: SourceFacts | undefined): Said | undefined {
  const by = receiver(call.callee);
  if (by !== 'op' && !/^[A-Za-z_]\w*$/.test(by)) return undefined;
  const fields = fieldsOf(call.args);
  const positional = call.args.filter((argument) => !/^\w+\s*=(?!=)/.test(argument)).map(plain);
  const batch = by === 'op' ? undefined : batchTable(call, by, facts);
  if (by !== 'op' && batch === undefined) return undefined;
  const arg = (at: number, key: string): string => plain(fields.get(key)) || (positional[batch === undefined ? at : at - 1] ?? '');
  const table = batch ?? arg(0, 'table_name');
  const alter = (...actions: readonly SqlAction[]): Said => ({ verb: 'alter-table', targets: [table], actions });
  switch (name) {
    case 'drop_table':
      return { verb: 'drop-table', targets: [table] };
    case 'create_table':
      return {
        verb: 'create-table',
        targets: [table],
        actions: call.args.slice(1).flatMap((argument) => alembicColumn('add-column', argument)),
      };
    case 'rename_table':
      return alter(act('rename-to', '', { to: plain(positional[1]) }));
    case 'drop_column':
      return alter(act('drop-column', arg(1, 'column_name')));
    case 'add_column':
      return alter(...call.args.flatMap((argument) => alembicColumn('add-column', argument)));
    case 'alter_column': {
      const column = arg(1, 'column_name');
      const found: SqlAction[] = [];
      const type = fields.get('type_');
      if (type !== undefined)
        found.push(
          act('alter-type', column, { type: sqlTypeOf(type) || type.toLowerCase(), to: sqlTypeOf(fields.get('existing_type') ?? '') }),
        );
      if (fields.get('nullable') === 'False') found.push(act('set-not-null', column));
      if (fields.get('nullable') === 'True') found.push(act('drop-not-null', column));
      if (fields.has('new_column_name')) found.push(act('rename-column', column, { to: plain(fields.get('new_column_name')) }));
      return alter(...found);
    }
    case 'drop_constraint':
      return {
        verb: 'alter-table',
        targets: [batch ?? (positional[1] || plain(fields.get('table_name')))],
        actions: [act('drop-constraint', positional[0] ?? '', { ...constraintKind(plain(fields.get('type_'))) })],
      };
    case 'create_foreign_key':
    case 'create_check_constraint':
    case 'create_unique_constraint': {
      const marks = fields.get('postgresql_not_valid') === 'True' ? (['not-valid'] as const) : [];
      return {
        verb: 'alter-table',
        targets: [batch ?? (positional[1] || plain(fields.get('source_table') ?? fields.get('table_name')))],
        actions: [act('add-constraint', positional[0] ?? '', { ...constraintKind(name), marks })],
      };
    }
    case 'create_index':
      return {
        verb: 'create-index',
        targets: [batch ?? (positional[1] || plain(fields.get('table_name')))],
        flags: fields.get('postgresql_concurrently') === 'True' ? ['concurrently'] : [],
        actions: [
          act('add-index', positional[0] ?? '', {
            columns: listOf(positional[batch === undefined ? 2 : 1]),
            marks: uniqueMark(fields.get('unique')),
          }),
        ],
      };
    case 'drop_index':
      return {
        verb: 'drop-index',
        targets: [positional[0] ?? ''],
        flags: fields.get('postgresql_concurrently') === 'True' ? ['concurrently'] : [],
        actions: [act('other', 'on', { to: batch ?? plain(fields.get('table_name') ?? positional[1]) })],
      };
    default:
      return undefined;
  }
}

function alembicColumn(kind: 'add-column', source: string): readonly SqlAction[] {
  const inner = /^(?:sa|sqlalchemy)?\.?Column\(([\s\S]*)\)$/.exec(source)?.[1];
  if (inner === undefined) return [];
  const parts = splitSource(inner, ',');
  const fields = fieldsOf(parts);
  const marks: SqlAction['marks'][number][] = [];
  if (fields.get('nullable') === 'False') marks.push('not-null');
  if (fields.has('server_default')) marks.push('default');
  if (/\b(Identity|Computed|Sequence)\(/.test(inner) || fields.get('autoincrement') === 'True') marks.push('filled');
  const foreign = /ForeignKey\(\s*["']([\w.]+)\.(\w+)["']/.exec(inner);
  const references = foreign?.[1] === undefined ? {} : { references: { table: foreign[1].toLowerCase(), columns: [foreign[2] ?? ''] } };
  return [
    act(kind, plain(parts[0]), {
      type: sqlTypeOf(parts[1] ?? ''),
      marks,
      ...references,
      ...(fields.get('primary_key') === 'True' ? { constraint: 'primary-key' as const } : {}),
    }),
  ];
}

/** The table of the `batch_alter_table(…) as NAME` that stands nearest above, in the same function. */
function batchTable(call: Call, by: string, facts: SourceFacts | undefined): string | undefined {
  if (facts === undefined) return undefined;
  const nearest = batchesIn(facts).findLast(
    (other) =>
      other.scope === call.scope &&
      other.range.start.line <= call.range.start.line &&
      (/batch|^b?op$/.test(by) || isBoundAs(facts, other, by)),
  );
  return nearest === undefined ? undefined : plain(nearest.args[0]);
}

/** Asked for each call of a file, and few have any. */
const batchesIn = keepOf(({ calls }: SourceFacts): readonly Call[] =>
  calls.filter(({ callee }) => lastName(callee) === 'batch_alter_table'),
);

function isBoundAs(facts: SourceFacts, batch: Call, name: string): boolean {
  const line = tokensOn(facts, batch.range.end.line, batch.range.end.line).map(({ text }) => text);
  return line.some((text, at) => text === 'as' && line[at + 1] === name);
}

/** Django's operations. What only the state of a migration says changes no table. */
export function byDjango(call: Call, name: string, facts: SourceFacts | undefined): Said | undefined {
  if (receiver(call.callee) !== 'migrations' && !/^(AddIndexConcurrently|RemoveIndexConcurrently|AddConstraintNotValid)$/.test(name))
    return undefined;
  if (isStateOnly(call, facts)) return undefined;
  const fields = fieldsOf(call.args);
  const positional = call.args.filter((argument) => !/^\w+\s*=(?!=)/.test(argument));
  const arg = (at: number, key: string): string => plain(fields.get(key) ?? positional[at]);
  const table = arg(0, 'model_name');
  const alter = (...actions: readonly SqlAction[]): Said => ({ verb: 'alter-table', targets: [table], actions });
  switch (name) {
    case 'DeleteModel':
      return { verb: 'drop-table', targets: [arg(0, 'name')] };
    case 'CreateModel':
      return { verb: 'create-table', targets: [arg(0, 'name')], actions: djangoColumns(fields.get('fields') ?? positional[1] ?? '') };
    case 'RenameModel':
      return { verb: 'alter-table', targets: [arg(0, 'old_name')], actions: [act('rename-to', '', { to: arg(1, 'new_name') })] };
    case 'AlterModelTable':
      return { verb: 'alter-table', targets: [arg(0, 'name')], actions: [act('rename-to', '', { to: arg(1, 'table') })] };
    case 'RemoveField':
      return alter(act('drop-column', arg(1, 'name')));
    case 'RenameField':
      return alter(act('rename-column', arg(1, 'old_name'), { to: arg(2, 'new_name') }));
    case 'AddField':
      return alter(...djangoColumn('add-column', arg(1, 'name'), fields.get('field') ?? positional[2] ?? ''));
    case 'AlterField':
      return alter(...djangoColumn('alter-type', arg(1, 'name'), fields.get('field') ?? positional[2] ?? ''));
    case 'AddIndex':
    case 'AddIndexConcurrently': {
      const index = fields.get('index') ?? positional[1] ?? '';
      const inside = fieldsOf(splitSource(/^[^(]*\(([\s\S]*)\)$/.exec(index)?.[1] ?? '', ','));
      return {
        verb: 'create-index',
        targets: [table],
        flags: name === 'AddIndex' ? [] : ['concurrently'],
        actions: [act('add-index', plain(inside.get('name')), { columns: listOf(inside.get('fields')) })],
      };
    }
    case 'RemoveIndex':
    case 'RemoveIndexConcurrently':
      return {
        verb: 'drop-index',
        targets: [arg(1, 'name')],
        flags: name === 'RemoveIndex' ? [] : ['concurrently'],
        actions: [act('other', 'on', { to: table })],
      };
    case 'AddConstraint':
    case 'AddConstraintNotValid': {
      const source = fields.get('constraint') ?? positional[1] ?? '';
      return alter(
        act('add-constraint', plain(/\bname\s*=\s*("[^"]*"|'[^']*')/.exec(source)?.[1]), {
          ...constraintKind(source),
          marks: name === 'AddConstraint' ? [] : ['not-valid'],
        }),
      );
    }
    case 'RemoveConstraint':
      return alter(act('drop-constraint', arg(1, 'name')));
    default:
      return undefined;
  }
}

function isStateOnly(call: Call, facts: SourceFacts | undefined): boolean {
  const { start, end } = call.range;
  return (
    facts?.options.some(
      ({ name, range }) =>
        name === 'state_operations' &&
        range.start.line <= start.line &&
        range.end.line >= end.line &&
        (range.start.line < start.line || range.start.character <= start.character),
    ) ?? false
  );
}

function djangoColumns(source: string): readonly SqlAction[] {
  const inner = /^\[([\s\S]*)\]$/.exec(source.trim())?.[1] ?? '';
  return splitSource(inner, ',').flatMap((pair) => {
    const [name, field] = splitSource(/^\(([\s\S]*)\)$/.exec(pair)?.[1] ?? '', ',');
    return name === undefined || field === undefined ? [] : djangoColumn('add-column', plain(name), field);
  });
}

function djangoColumn(kind: 'add-column' | 'alter-type', name: string, field: string): readonly SqlAction[] {
  const match = /^([\w.]+)\(([\s\S]*)\)$/.exec(field.trim());
  const type = match?.[1]?.split('.').at(-1) ?? '';
  if (match === null || type === 'ManyToManyField') return [];
  const fields = fieldsOf(splitSource(match[2] ?? '', ','));
  const marks: SqlAction['marks'][number][] = [];
  if (fields.get('null') !== 'True') marks.push('not-null');
  if (fields.has('default') || fields.has('db_default') || fields.get('auto_now') === 'True' || fields.get('auto_now_add') === 'True')
    marks.push('default');
  if (/Auto/.test(type) || fields.get('primary_key') === 'True') marks.push('filled');
  if (fields.get('unique') === 'True') marks.push('unique');
  return [act(kind, name, { type: sqlTypeOf(field), marks })];
}
