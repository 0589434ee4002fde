import type { Setting, SqlAction, SqlStatement } from '../../../model/facts.ts';
import { keepOf } from '../code/kept.ts';
import { act, constraintKind, type Said } from './orm-statement.ts';

/** A statement that a change log of Liquibase stands for, with the settings that say it. */
interface LoggedChange {
  readonly statement: SqlStatement;
  readonly settings: ReadonlySet<Setting>;
}

/**
 * The statements of a change log of Liquibase in YAML, JSON or XML, of which at least one setting is among `wanted`. What a
 * rollback says does not run by itself, and is left out.
 */
export function statementsOfLog(all: readonly Setting[], wanted: readonly Setting[]): readonly SqlStatement[] {
  if (wanted.length === 0 || all[0]?.path[0] !== 'databaseChangeLog') return [];
  const asked = new Set(wanted);
  return changesOf(all)
    .filter(({ settings }) => [...settings].some((setting) => asked.has(setting)))
    .map(({ statement }) => statement);
}

const changesOf = keepOf((all: readonly Setting[]): readonly LoggedChange[] => {
  const groups = new Map<string, { name: string; head: Setting; depth: number; settings: Setting[] }>();
  for (const setting of all) {
    const at = setting.path.findIndex((part) => CHANGES.has(part));
    if (at < 0 || setting.path.includes('rollback')) continue;
    const place = setting.path.slice(0, at + 1).join('/');
    const group = groups.get(place);
    if (group === undefined) groups.set(place, { name: setting.path[at] ?? '', head: setting, depth: at + 1, settings: [setting] });
    else group.settings.push(setting);
  }
  return [...groups.values()].flatMap(({ name, head, depth, settings }) => {
    const field = (key: string): string =>
      String(
        settings.find(({ path, value }) => value !== null && path.length === depth + 1 && path[depth] === key)?.value ??
          settings.find(({ path }) => path.at(-1) === 'text' && path.at(-2) === key)?.value ??
          '',
      ).toLowerCase();
    const said = readChange(name, field, columnsOf(settings, depth));
    if (said === undefined) return [];
    const statement: SqlStatement = {
      where: 'unknown',
      flags: [],
      actions: [],
      ...said,
      conditions: [],
      names: [],
      sets: [],
      limited: false,
      method: 'tokens',
      range: head.range,
      key: `${name} ${settings.map(({ value }) => String(value)).join(' ')}`,
      scope: head.scope,
    };
    return [{ statement, settings: new Set(settings) }];
  });
});

const CHANGES: ReadonlySet<string> = new Set([
  'dropTable',
  'createTable',
  'renameTable',
  'dropColumn',
  'addColumn',
  'renameColumn',
  'modifyDataType',
  'dropIndex',
  'createIndex',
  'addNotNullConstraint',
  'dropNotNullConstraint',
  'addForeignKeyConstraint',
  'addUniqueConstraint',
  'addPrimaryKey',
  'addCheckConstraint',
  'dropForeignKeyConstraint',
  'dropUniqueConstraint',
  'dropPrimaryKey',
  'dropCheckConstraint',
  'dropAllForeignKeyConstraints',
  'delete',
  'update',
  'addDefaultValue',
  'dropDefaultValue',
]);

/** Columns of a change, in YAML's `columns: - column: {…}` and XML's `<column><constraints/></column>` alike. */
function columnsOf(settings: readonly Setting[], depth: number): readonly SqlAction[] {
  const groups = new Map<string, Map<string, string>>();
  for (const { path, value } of settings) {
    const at = path.indexOf('column', depth);
    if (at < 0 || value === null) continue;
    const place = path.slice(depth, at + 1).join('/');
    const fields = groups.get(place) ?? new Map<string, string>();
    groups.set(place, fields.set(path.at(-1) ?? '', String(value)));
  }
  return [...groups.values()].map((fields) => {
    const marks: SqlAction['marks'][number][] = [];
    if (fields.get('nullable') === 'false' || fields.get('primaryKey') === 'true') marks.push('not-null');
    if ([...fields.keys()].some((name) => /^(defaultValue\w*|value\w*)$/.test(name))) marks.push('default');
    if (fields.get('autoIncrement') === 'true') marks.push('filled');
    if (fields.get('unique') === 'true') marks.push('unique');
    return act('add-column', fields.get('name') ?? '', { type: (fields.get('type') ?? '').toLowerCase(), marks });
  });
}

function readChange(name: string, field: (key: string) => string, columns: readonly SqlAction[]): Said | undefined {
  const table = field('tableName') || field('baseTableName');
  const alter = (...actions: readonly SqlAction[]): Said => ({ verb: 'alter-table', targets: [table], actions });
  const listed = (key: string): readonly string[] =>
    field(key)
      .split(/(?:(?<!\s)\s+)?,\s*/)
      .filter((column) => column !== '');
  switch (name) {
    case 'dropTable':
      return { verb: 'drop-table', targets: [table], flags: field('cascadeConstraints') === 'true' ? ['cascade'] : [] };
    case 'createTable':
      return { verb: 'create-table', targets: [table], actions: columns };
    case 'renameTable':
      return { verb: 'alter-table', targets: [field('oldTableName')], actions: [act('rename-to', '', { to: field('newTableName') })] };
    case 'dropColumn':
      return alter(...[...listed('columnName'), ...columns.map((column) => column.name)].map((column) => act('drop-column', column)));
    case 'addColumn':
      return alter(...columns);
    case 'renameColumn':
      return alter(act('rename-column', field('oldColumnName'), { to: field('newColumnName') }));
    case 'modifyDataType':
      return alter(act('alter-type', field('columnName'), { type: field('newDataType') }));
    case 'dropIndex':
      return { verb: 'drop-index', targets: [field('indexName')], actions: [act('other', 'on', { to: table })] };
    case 'createIndex':
      return {
        verb: 'create-index',
        targets: [table],
        actions: [act('add-index', field('indexName'), { columns: columns.map((column) => column.name) })],
      };
    case 'addNotNullConstraint':
      return alter(act('set-not-null', field('columnName')));
    case 'dropNotNullConstraint':
      return alter(act('drop-not-null', field('columnName')));
    case 'addForeignKeyConstraint':
    case 'addCheckConstraint':
    case 'addUniqueConstraint':
    case 'addPrimaryKey':
      return alter(
        act('add-constraint', field('constraintName'), {
          ...constraintKind(name),
          columns: listed(name === 'addForeignKeyConstraint' ? 'baseColumnNames' : 'columnNames'),
          marks: field('validate') === 'false' ? ['not-valid'] : [],
        }),
      );
    case 'dropForeignKeyConstraint':
    case 'dropUniqueConstraint':
    case 'dropPrimaryKey':
    case 'dropCheckConstraint':
    case 'dropAllForeignKeyConstraints':
      return alter(act('drop-constraint', field('constraintName'), { ...constraintKind(name) }));
    case 'delete':
    case 'update':
      return { verb: name, targets: [table], where: field('where') === '' ? 'none' : 'present' };
    default:
      return undefined;
  }
}
