import type { Call, SourceFacts, SymbolFact } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import { fieldsOf, listOf, plain, splitSource } from '../code/argument-text.ts';
import { lastName, literal } from '../code/call-names.ts';
import { type MappedColumn, type MappedRule, type MappedTable, mappedColumn, mappedRule } from './mapped-table.ts';
import { sqlTypeOf } from './orm-types.ts';

const COLUMN = /^(?:\w+\.)*(?:Column|mapped_column)$/;
/** SQLModel's, which pydantic has as well and means no column by. */
const BARE_FIELD = /^(?:sqlmodel\.)?Field$/;
const FIELD = /^(?:\w+\.)*(?:[A-Z]\w*Field|ForeignKey|OneToOneField)$/;
const NAMED_KEYWORD = /^\w+\s*=(?!=)/;

/** SQLAlchemy's and Django's models: classes whose fields are columns. */
export function pythonTables(facts: SourceFacts): readonly MappedTable[] {
  if (!facts.calls.some(({ callee, scope }) => scope !== '' && (COLUMN.test(callee) || FIELD.test(callee) || BARE_FIELD.test(callee))))
    return [];
  const models = new Map(
    facts.symbols.filter(({ kind, type }) => kind === 'class' && /Model\b|Base\b/.test(type)).map(({ name }) => [name, emptyTable(name)]),
  );
  const bare = new Set(facts.symbols.filter(({ kind, type }) => kind === 'class' && /\bSQLModel\b/.test(type)).map(({ name }) => name));
  for (const { name, value, scope, range } of facts.options) {
    const model = models.get(scope);
    if (name !== '__tablename__' || model === undefined) continue;
    model.name = plain(value);
    model.range = range;
  }
  const fields = new Map<string, SymbolFact>(
    facts.symbols.filter(({ kind }) => kind === 'property').map((field) => [`${field.scope} ${field.range.start.line}`, field] as const),
  );
  for (const call of facts.calls) {
    const model = models.get(call.scope.replace(/\.Meta$/, ''));
    if (model === undefined) continue;
    const rule = ruleOf(call);
    if (rule !== undefined) model.rules.push(rule);
    const place = `${call.scope} ${call.range.start.line}`;
    const field = fields.get(place);
    if (
      field === undefined ||
      !(COLUMN.test(call.callee) || FIELD.test(call.callee) || (bare.has(call.scope) && BARE_FIELD.test(call.callee)))
    )
      continue;
    // What stands inside is no column of its own: `Column(ForeignKey("customers.id"))`.
    fields.delete(place);
    const column = columnOf(lastName(field.name), field.type, call);
    model.columns.push(column);
    if (/\b(?:index|db_index)\s*=\s*True\b/.test(call.args.join())) model.rules.push(mappedRule('index', [column.action.name], call.range));
  }
  for (const { name, value, scope, range } of facts.options) {
    const model = models.get(scope.replace(/\.Meta$/, ''));
    if (name !== 'unique_together' || model === undefined) continue;
    const inner = value.trim().replace(/^[[(]([\s\S]*)[\])]$/, '$1');
    const sets = /^[[(]/.test(inner) ? splitSource(inner, ',').map(listOf) : [listOf(value)];
    model.rules.push(...sets.map((columns) => mappedRule('unique', columns, range)));
  }
  return [...models.values()].filter(({ columns }) => columns.length > 0);
}

interface OpenTable {
  name: string;
  range?: Range;
  readonly model: string;
  readonly makes: false;
  readonly columns: MappedColumn[];
  readonly rules: MappedRule[];
}

function emptyTable(name: string): OpenTable {
  return { name: name.toLowerCase(), model: name, makes: false, columns: [], rules: [] };
}

function columnOf(field: string, annotation: string, { callee, args, range }: Call): MappedColumn {
  const given = fieldsOf(args);
  const positional = args.filter((argument) => !NAMED_KEYWORD.test(argument));
  const isTrue = (name: string): boolean => given.get(name) === 'True';
  if (FIELD.test(callee)) {
    const type = sqlTypeOf(`${callee}(${args.join(', ')})`);
    return mappedColumn(
      field,
      {
        name: given.has('db_column') ? plain(given.get('db_column')) : undefined,
        type,
        marks: [
          !isTrue('null') && 'not-null',
          (given.has('default') || /^auto_now/.test(args.join())) && 'default',
          isTrue('unique') && 'unique',
        ],
      },
      range,
    );
  }
  // `Mapped[str]` demands a value by itself, `Mapped[str | None]` does not.
  const isRequired =
    given.get('nullable') === 'False' ||
    isTrue('primary_key') ||
    (!given.has('nullable') && (/^Mapped\[/.test(annotation) || BARE_FIELD.test(callee)) && !/\bNone\b|Optional/.test(annotation));
  const said = positional.find((argument) => literal(argument) === undefined && !/ForeignKey|Identity|Computed|Sequence/.test(argument));
  return mappedColumn(
    field,
    {
      name: literal(positional[0]) ?? (given.has('name') ? plain(given.get('name')) : undefined),
      type: said === undefined ? '' : sqlTypeOf(said),
      references: /ForeignKey\(["']([\w.]+)\.\w+["']/.exec(args.join())?.[1],
      marks: [isRequired && 'not-null', given.has('server_default') && 'default', isTrue('unique') && 'unique'],
    },
    range,
  );
}

/** `UniqueConstraint("show_id", "number")`, `models.Index(fields=["guest"])`, `CheckConstraint("number > 0")`. */
function ruleOf({ callee, args, range }: Call): MappedRule | undefined {
  const kind = /^(?:\w+\.)*(UniqueConstraint|CheckConstraint|Index)$/.exec(callee)?.[1];
  if (kind === undefined) return undefined;
  const given = fieldsOf(args);
  if (kind === 'CheckConstraint') return mappedRule('check', [plain(given.get('name') ?? args[0])], range);
  const literals = args.flatMap((argument) => literal(argument) ?? []);
  const isUnique = kind === 'UniqueConstraint' || given.get('unique') === 'True';
  // The first word of an Index is its name.
  const fields = given.has('fields') ? listOf(given.get('fields')) : kind === 'Index' ? literals.slice(1) : literals;
  return fields.length === 0
    ? undefined
    : mappedRule(
        isUnique ? 'unique' : 'index',
        fields.map((name) => name.replace(/^-/, '')),
        range,
      );
}
