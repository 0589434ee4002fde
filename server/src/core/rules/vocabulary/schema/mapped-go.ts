import type { SourceFacts } from '../../../model/facts.ts';
import { lastName } from '../code/call-names.ts';
import { groupBy } from '../code/kept.ts';
import { columnName, type MappedColumn, type MappedRule, type MappedTable, mappedColumn, mappedRule } from './mapped-table.ts';

/** gorm's models: structs with a tag of gorm's on some field. */
export function gormTables({ symbols }: SourceFacts): readonly MappedTable[] {
  if (!symbols.some(({ kind, type }) => kind === 'property' && type.includes('gorm:"'))) return [];
  const fields = groupBy(
    symbols.filter(({ kind }) => kind === 'property'),
    ({ scope }) => scope,
  );
  return [...fields].flatMap(([model, own]) => {
    if (!own.some(({ type }) => type.includes('gorm:"'))) return [];
    const columns: MappedColumn[] = [];
    const sets = new Map<string, { readonly kind: 'unique' | 'index'; readonly names: string[]; readonly range: MappedRule['range'] }>();
    for (const { name, type, range } of own) {
      const tag = new Map((/gorm:"([^"]*)"/.exec(type)?.[1] ?? '').split(';').map((part) => keyAndValue(part)));
      const go = /^\*?([\w.]+)/.exec(type)?.[1] ?? '';
      if (tag.has('-') || (GO_TYPES[go] === undefined && !tag.has('type'))) continue;
      const field = lastName(name);
      const size = tag.get('size');
      const column = mappedColumn(
        field,
        {
          name: tag.get('column'),
          type: tag.get('type') ?? (go === 'string' && size !== undefined ? `varchar(${size})` : (GO_TYPES[go] ?? '')),
          marks: [tag.has('not null') && 'not-null', tag.has('default') && 'default', tag.has('unique') && 'unique'],
        },
        range,
      );
      columns.push(column);
      for (const [key, kind] of [
        ['index', 'index'],
        ['uniqueindex', 'unique'],
      ] as const) {
        const named = tag.get(key)?.split(',')[0];
        if (named === undefined) continue;
        const id = `${kind} ${named === '' ? column.action.name : named}`;
        const set = sets.get(id) ?? { kind, names: [], range };
        set.names.push(column.action.name);
        sets.set(id, set);
      }
    }
    return [
      {
        name: columnName(model),
        makes: false,
        columns,
        rules: [...sets.values()].map(({ kind, names, range }) => mappedRule(kind, names, range)),
      },
    ];
  });
}

function keyAndValue(part: string): readonly [string, string] {
  const [key = '', ...rest] = part.split(':');
  return [key.trim().toLowerCase(), rest.join(':').trim()];
}

const GO_TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'bigint',
  int64: 'bigint',
  int32: 'integer',
  int16: 'smallint',
  int8: 'smallint',
  uint: 'bigint',
  uint64: 'bigint',
  uint32: 'bigint',
  uint16: 'integer',
  uint8: 'smallint',
  float64: 'double precision',
  float32: 'real',
  bool: 'boolean',
  'time.Time': 'timestamptz',
};
