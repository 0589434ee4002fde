import type { Call, SourceFacts, SymbolFact } from '../../../model/facts.ts';
import { fieldsOf, listOf, plain } from '../code/argument-text.ts';
import { lastName, literal } from '../code/call-names.ts';
import { groupBy } from '../code/kept.ts';
import { columnName, type MappedColumn, type MappedRule, type MappedTable, mappedColumn, mappedRule } from './mapped-table.ts';
import { sqlTypeOf } from './orm-types.ts';

/** Entities by decorators or annotations: TypeORM's and JPA's. A field belongs to the decorators right above it. */
export function entityTables(facts: SourceFacts): readonly MappedTable[] {
  const heads = facts.calls.filter(({ kind, callee }) => kind === 'decorator' && callee === 'Entity');
  if (heads.length === 0) return [];
  const decorators = groupBy(
    facts.calls.filter(({ kind }) => kind === 'decorator'),
    ({ scope }) => scope,
  );
  const fields = groupBy(
    facts.symbols.filter(({ kind }) => kind === 'property'),
    ({ scope }) => scope,
  );
  return heads.map((head) => {
    const own = decorators.get(head.scope) ?? [];
    const naming = own.find(({ callee }) => callee === 'Table') ?? head;
    const table = fieldsOf(naming.args).get('name');
    const { columns, rules } = readMembers(own, fields.get(head.scope) ?? []);
    return {
      name: columnName(plain(table ?? literal(head.args[0]) ?? lastName(head.scope))),
      model: head.scope,
      range: naming.range,
      makes: false,
      columns,
      rules: [...rules, ...own.flatMap(rulesOfClass)],
    };
  });
}

const RELATION = /^(?:OneToMany|ManyToMany|OneToOne|ManyToOne|Transient|ElementCollection|Embedded|Formula)$/;

function readMembers(decorators: readonly Call[], fields: readonly SymbolFact[]): Pick<MappedTable, 'columns' | 'rules'> {
  const columns: MappedColumn[] = [];
  const rules: MappedRule[] = [];
  const waiting = [...decorators].sort(byPlace);
  const first = [...fields].sort(byPlace);
  let from = 0;
  for (const [at, field] of first.entries()) {
    const above: Call[] = [];
    for (; from < waiting.length && byPlace(waiting[from] as Call, field) <= 0; from += 1) above.push(waiting[from] as Call);
    if (above.some(({ callee }) => RELATION.test(callee))) continue;
    const column = above.find(({ callee }) =>
      /^(?:Column|\w+DateColumn|PrimaryColumn|PrimaryGeneratedColumn|Id|Version|Enumerated|Lob)$/.test(callee),
    );
    if (column === undefined) continue;
    const said = above.find(({ callee }) => callee === 'Column') ?? column;
    const read = entityColumn(said, field, above);
    columns.push(read);
    // What stands above the first field may belong to the class.
    const isOwn = (call: Call): boolean => at > 0 || call.args.length === 0 || !/^\[/.test(call.args[0] ?? '');
    const index = above.find((call) => call.callee === 'Index' && isOwn(call) && !/columnList|\[/.test(call.args.join()));
    if (index !== undefined)
      rules.push(mappedRule(/unique\s*:\s*true/.test(index.args.join()) ? 'unique' : 'index', [read.action.name], index.range));
  }
  return { columns, rules };
}

function entityColumn(said: Call, field: SymbolFact, above: readonly Call[]): MappedColumn {
  const given = fieldsOf(said.args);
  const name = lastName(field.name);
  const written = literal(said.args[0]) ?? plain(given.get('type') ?? given.get('columnDefinition'));
  const bare = /^(?:[A-Za-z]\w*\.)?[A-Z]\w*$/.test(written) ? '' : written;
  const size = given.get('length') ?? given.get('precision');
  const scale = given.has('scale') ? `,${given.get('scale')}` : '';
  const base = /^[\w ]+/.exec(bare)?.[0] ?? FIELD_TYPES[field.type.split('|')[0]?.trim() ?? ''] ?? '';
  const isOrdinal = above.some(({ callee }) => callee === 'Enumerated');
  const sized =
    size !== undefined && /char|numeric|decimal/i.test(base) && !bare.includes('(')
      ? `${base.replace(/\(.*/, '')}(${size}${scale})`
      : bare || base;
  const type = isOrdinal ? '' : sqlTypeOf(sized) || sized;
  return mappedColumn(
    name,
    {
      name:
        given.has('name') && literal(said.args[0]) === undefined
          ? plain(given.get('name'))
          : given.has('name')
            ? plain(given.get('name'))
            : undefined,
      type: type.toLowerCase(),
      marks: [
        given.get('nullable') === 'false' && 'not-null',
        given.has('default') && 'default',
        given.get('unique') === 'true' && 'unique',
      ],
    },
    said.range,
  );
}

/** What the two take a field's type for. */
const FIELD_TYPES: Readonly<Record<string, string>> = {
  String: 'varchar(255)',
  Long: 'bigint',
  long: 'bigint',
  Integer: 'integer',
  int: 'integer',
  Short: 'smallint',
  short: 'smallint',
  BigDecimal: 'numeric',
  Double: 'double precision',
  double: 'double precision',
  Boolean: 'boolean',
  boolean: 'boolean',
  UUID: 'uuid',
  string: 'varchar(255)',
  number: 'integer',
};

/** `@Index(['a', 'b'], { unique: true })`, `@Unique(['a', 'b'])`, `@Index(columnList = "a, b")`, `@UniqueConstraint(columnNames = …)`. */
function rulesOfClass({ callee, args, range }: Call): readonly MappedRule[] {
  const given = fieldsOf(args);
  const list = args.find((argument) => argument.startsWith('['));
  if (callee === 'Index' && given.has('columnList'))
    return [mappedRule(given.get('unique') === 'true' ? 'unique' : 'index', plain(given.get('columnList')).split(','), range)];
  if (callee === 'UniqueConstraint') return [mappedRule('unique', listOf(given.get('columnNames')?.replace(/^\{(.*)\}$/s, '[$1]')), range)];
  if (!/^(?:Index|Unique)$/.test(callee) || list === undefined) return [];
  const isUnique = callee === 'Unique' || given.get('unique') === 'true';
  return [mappedRule(isUnique ? 'unique' : 'index', listOf(list), range)];
}

function byPlace(a: Call | SymbolFact, b: Call | SymbolFact): number {
  return a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character;
}
