import type { Call, SourceFacts, SqlAction } from '../../../model/facts.ts';
import { type ChainLink, chainOf, fieldsOf, listOf, plain, splitSource } from '../code/argument-text.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { constantText } from '../code/named-lists.ts';
import { act, constraintKind, type Said, uniqueMark } from './orm-statement.ts';
import { sqlTypeOf } from './orm-types.ts';

/** TypeORM's `queryRunner` and Sequelize's `queryInterface`: one method a change, the table first. */
export function byQueryRunner(call: Call, name: string): Said | undefined {
  if (!/(runner|queryInterface|\bq[ir])$/i.test(receiver(call.callee))) return undefined;
  const [table, first, second] = [tableName(call.args[0]), plain(call.args[1]), plain(call.args[2])];
  const alter = (...actions: readonly SqlAction[]): Said => ({ verb: 'alter-table', targets: [table], actions });
  switch (name) {
    case 'dropTable':
      return { verb: 'drop-table', targets: [table], flags: /^true$|cascade/.test(call.args[1] ?? '') ? ['if-exists'] : [] };
    case 'dropAllTables':
    case 'clearDatabase':
    case 'dropDatabase':
    case 'dropSchema':
      return { verb: name === 'dropSchema' ? 'drop-schema' : 'drop-database', targets: [table || 'all tables'] };
    case 'clearTable':
      return { verb: 'truncate', targets: [table] };
    case 'createTable':
      return { verb: 'create-table', targets: [table], actions: columnsOf(call.args[1] ?? '') };
    case 'dropColumn':
    case 'dropColumns':
    case 'removeColumn':
      return alter(
        ...(name === 'dropColumns' ? listOf(call.args[1]) : [columnName(call.args[1])]).map((column) => act('drop-column', column)),
      );
    case 'renameColumn':
      return alter(act('rename-column', columnName(call.args[1]), { to: columnName(call.args[2]) }));
    case 'renameTable':
      return alter(act('rename-to', '', { to: tableName(call.args[1]) }));
    case 'changeColumn':
    case 'addColumn':
      return alter(column(name === 'addColumn' ? 'add-column' : 'alter-type', first, call.args));
    case 'createIndex':
    case 'addIndex': {
      const fields = fieldsOf([argumentOf(call.args[1] ?? ''), ...call.args.slice(2)]);
      const columns = listOf(fields.get('columnNames') ?? fields.get('fields') ?? (/^\[/.test(call.args[1] ?? '') ? call.args[1] : ''));
      const concurrent = fields.get('concurrently') === 'true' || fields.get('isConcurrent') === 'true';
      return {
        verb: 'create-index',
        targets: [table],
        flags: concurrent ? ['concurrently'] : [],
        actions: [
          act('add-index', plain(fields.get('name')), { columns, marks: uniqueMark(fields.get('isUnique') ?? fields.get('unique')) }),
        ],
      };
    }
    case 'dropIndex':
    case 'removeIndex':
      return { verb: 'drop-index', targets: [first], actions: [act('other', 'on', { to: table })] };
    case 'createForeignKey':
    case 'createCheckConstraint':
    case 'createUniqueConstraint':
    case 'addConstraint': {
      const fields = fieldsOf([argumentOf(call.args[1] ?? ''), ...call.args.slice(1)]);
      return alter(
        act('add-constraint', plain(fields.get('name')), {
          ...constraintKind(`${name} ${plain(fields.get('type'))}`),
          columns: listOf(fields.get('fields') ?? fields.get('columnNames')),
        }),
      );
    }
    case 'dropForeignKey':
    case 'dropCheckConstraint':
    case 'dropUniqueConstraint':
    case 'dropPrimaryKey':
    case 'removeConstraint':
      return alter(act('drop-constraint', /^[\w.-]+$/.test(first) ? first : second, { ...constraintKind(name) }));
    case 'bulkDelete':
      return { verb: 'delete', targets: [table], where: /^(\{\s*\}|null|undefined|)$/.test(call.args[1] ?? '') ? 'none' : 'present' };
    case 'bulkUpdate':
      return { verb: 'update', targets: [table], where: /^(\{\s*\}|null|undefined|)$/.test(call.args[2] ?? '') ? 'none' : 'present' };
    default:
      return undefined;
  }
}

/** knex' and Kysely's `schema`: `knex.schema.dropTable('orders')`, `db.schema.alterTable('orders').dropColumn('a')`. */
export function bySchemaBuilder(call: Call, name: string, facts: SourceFacts | undefined): Said | undefined {
  const links = chainOf(call.callee);
  const at = links.findIndex((link) => link.name === 'schema');
  if (at < 0) return undefined;
  const own = links.length - 1;
  if (own === at + 1) {
    const [table, second] = [plain(call.args[0]), plain(call.args[1])];
    if (/^dropTable(IfExists)?$/.test(name))
      return { verb: 'drop-table', targets: [table], flags: name === 'dropTable' ? [] : ['if-exists'] };
    if (/^dropSchema(IfExists)?$/.test(name)) return { verb: 'drop-schema', targets: [table] };
    if (/^createTable(IfNotExists|Like)?$/.test(name)) return { verb: 'create-table', targets: [table] };
    if (name === 'renameTable') return { verb: 'alter-table', targets: [table], actions: [act('rename-to', '', { to: second })] };
    if (name === 'dropIndex') return { verb: 'drop-index', targets: [table] };
    return undefined;
  }
  const table = links.find((link) => /^(alterTable|table)$/.test(link.name) && link.args !== undefined);
  return table?.args === undefined
    ? undefined
    : builderAction(constantText(facts, table.args) ?? plain(table.args), call, name, links.slice(at + 2), facts);
}

/** knex' callback: `t.dropColumn('a')` inside `alterTable('orders', (t) => …)`. */
export function byTableBuilder(call: Call, name: string, facts: SourceFacts | undefined): Said | undefined {
  const table = [...call.scope.matchAll(/\b(alterTable|createTable|createTableIfNotExists|table)\(["'`]([\w.]+)["'`]/g)].at(-1);
  if (table?.[1]?.startsWith('create') === true || !BUILDS.test(name)) return undefined;
  const named = table?.[2] ?? tableAround(call, facts);
  if (named === undefined) return undefined;
  return builderAction(named, call, name, chainOf(call.callee).slice(1), facts);
}

/** Methods that `builderAction` reads; only for these is it asked which table they are about. */
const BUILDS =
  /^(dropColumns?|dropTimestamps|renameColumn|renameTo|alter|notNullable|dropNullable|setNullable|dropForeign|dropUnique|dropPrimary|dropConstraint|dropIndex|index|check|foreign)$/;

/** The table of the `alterTable(name, (t) => …)` that holds a call, where a variable names it and its function has no name. */
function tableAround(call: Call, facts: SourceFacts | undefined): string | undefined {
  const around = facts?.calls.findLast(
    (other) =>
      /^(alterTable|createTable|createTableIfNotExists|table)$/.test(lastName(other.callee)) &&
      /\bschema\b/.test(other.callee) &&
      other.args.length === 2 &&
      other.scope === call.scope &&
      other.range.start.line <= call.range.start.line,
  );
  if (around === undefined || lastName(around.callee).startsWith('create')) return undefined;
  return constantText(facts, around.args[0] ?? '') ?? plain(around.args[0]);
}

function builderAction(
  table: string,
  call: Call,
  name: string,
  links: readonly ChainLink[],
  facts: SourceFacts | undefined,
): Said | undefined {
  const first = plain(call.args[0]);
  const alter = (...actions: readonly SqlAction[]): Said => ({ verb: 'alter-table', targets: [table], actions });
  const start = links[0];
  switch (name) {
    case 'dropColumn':
    case 'dropColumns':
      return alter(...call.args.flatMap((argument) => listOf(argument)).map((column) => act('drop-column', column)));
    case 'dropTimestamps':
      return alter(act('drop-column', 'created_at'), act('drop-column', 'updated_at'));
    case 'addColumn': {
      // Kysely says the rest in a function: `(col) => col.notNull().defaultTo(0)`.
      const inside =
        facts?.calls.filter(({ scope }) => scope.endsWith(`.addColumn('${first}')`) || scope === `addColumn('${first}')`) ?? [];
      const built = inside.map(({ callee }) => `.${callee}(`).join(' ');
      const marks: SqlAction['marks'][number][] = [];
      if (/\.(notNull|primaryKey)\(/.test(built)) marks.push('not-null');
      if (/\.defaultTo\(/.test(built)) marks.push('default');
      if (/\.(autoIncrement|generatedAlwaysAs|generatedByDefaultAsIdentity|generatedAlwaysAsIdentity|identity)\(/.test(built))
        marks.push('filled');
      return alter(act('add-column', first, { type: plain(call.args[1]).toLowerCase(), marks }));
    }
    case 'renameColumn':
      return alter(act('rename-column', first, { to: plain(call.args[1]) }));
    case 'renameTo':
      return alter(act('rename-to', '', { to: first }));
    case 'alter': {
      const type = sqlTypeOf(`${start?.name ?? ''}(${start?.args ?? ''})`);
      const notNull = links.some((link) => link.name === 'notNullable');
      return alter(act('alter-type', plain(splitSource(start?.args ?? '', ',')[0]), { type, marks: notNull ? ['not-null'] : [] }));
    }
    case 'notNullable':
      return start?.args === undefined
        ? undefined
        : alter(
            act('add-column', plain(splitSource(start.args, ',')[0]), {
              marks: hasDefault(call, facts) ? ['not-null', 'default'] : ['not-null'],
            }),
          );
    case 'dropNullable':
      return alter(act('set-not-null', first));
    case 'setNullable':
      return alter(act('drop-not-null', first));
    case 'dropForeign':
    case 'dropUnique':
    case 'dropPrimary':
    case 'dropConstraint':
      return alter(act('drop-constraint', listOf(call.args[0]).join('_'), { ...constraintKind(name) }));
    case 'dropIndex':
      return {
        verb: 'drop-index',
        targets: [plain(call.args[1]) || listOf(call.args[0]).join('_')],
        actions: [act('other', 'on', { to: table })],
      };
    case 'index':
      return {
        verb: 'create-index',
        targets: [table],
        actions: [act('add-index', plain(call.args[1]), { columns: listOf(call.args[0]) })],
      };
    case 'check':
    case 'foreign':
      return alter(act('add-constraint', '', { ...constraintKind(name), columns: listOf(call.args[0]) }));
    default:
      return undefined;
  }
}

/** `t.integer('a').notNullable()` may be the inner half of a chain that gives a default, or alters a column that is there. */
function hasDefault(call: Call, facts: SourceFacts | undefined): boolean {
  const chains = [
    call,
    ...(facts?.calls.filter((other) => other.scope === call.scope && other.callee.startsWith(`${call.callee}(`)) ?? []),
  ];
  return chains.some((chain) => /\b(defaultTo|default|alter)$/.test(chain.callee) || /\.(defaultTo|default)\(/.test(chain.callee));
}

/** A column by its options: Sequelize's object, TypeORM's `new TableColumn({ … })`. */
function column(kind: 'add-column' | 'alter-type', name: string, args: readonly string[]): SqlAction {
  const written = args.at(-1) ?? '';
  const fields = fieldsOf([argumentOf(/^(new TableColumn|\{)/.test(written) ? written : (args[2] ?? written))]);
  const type = fields.get('type') ?? '';
  const length = plain(fields.get('length'));
  const marks: SqlAction['marks'][number][] = [];
  if (fields.get('allowNull') === 'false' || (/TableColumn/.test(written) && fields.get('isNullable') !== 'true')) marks.push('not-null');
  if (fields.has('defaultValue') || fields.has('default')) marks.push('default');
  if (fields.get('isGenerated') === 'true' || fields.get('autoIncrement') === 'true' || fields.has('generationStrategy'))
    marks.push('filled');
  const written2 = /^["'`]/.test(type) ? plain(type).toLowerCase() : sqlTypeOf(type);
  const own = plain(fields.get('name'));
  return act(kind, (own || plain(name)).toLowerCase(), {
    type: length !== '' && !written2.includes('(') ? `${written2}(${length})` : written2,
    marks,
  });
}

/** Columns of a Sequelize `createTable`: an object of objects. */
function columnsOf(source: string): readonly SqlAction[] {
  return [...fieldsOf([source])].map(([name, value]) => column('add-column', name, [value]));
}

/** What stands in the brackets of `new Table({ … })`. */
function argumentOf(source: string): string {
  return /^new \w+\(([\s\S]*)\)$/.exec(source.trim())?.[1]?.trim() ?? source;
}

function tableName(source: string | undefined): string {
  const inner = argumentOf(source ?? '');
  return inner.startsWith('{') ? plain(fieldsOf([inner]).get('name') ?? fieldsOf([inner]).get('tableName')) : plain(inner);
}

function columnName(source: string | undefined): string {
  return tableName(source).toLowerCase();
}
