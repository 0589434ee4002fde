import type { Call, SqlAction } from '../../../model/facts.ts';
import { act, type Said } from './orm-statement.ts';

/** SeaORM's schema manager: `manager.alter_table(Table::alter().table(Orders::Table).drop_column(Orders::Ref).to_owned())`. */
export function bySeaOrm(call: Call, name: string): Said | undefined {
  if (!/^(alter_table|drop_table|drop_index|rename_table)$/.test(name)) return undefined;
  const said = call.args[0] ?? '';
  if (!/^(Table|Index)::/.test(said)) return undefined;
  const [table = '', to = ''] = [...said.matchAll(/\.table\((.*?)\)/g)].map((match) => nameOf(match[1] ?? '', true));
  if (name === 'drop_table') return { verb: 'drop-table', targets: [table], flags: said.includes('.if_exists()') ? ['if-exists'] : [] };
  if (name === 'drop_index')
    return {
      verb: 'drop-index',
      targets: [nameOf(/\.name\((.*?)\)/.exec(said)?.[1] ?? '', false)],
      actions: [act('other', 'on', { to: table })],
    };
  if (name === 'rename_table') return { verb: 'alter-table', targets: [table], actions: [act('rename-to', '', { to })] };
  const built = ['add_column', 'add_column_if_not_exists', 'modify_column'].flatMap((method) =>
    argumentsOf(said, method).flatMap((definition) => columnBy(definition, method === 'modify_column' ? 'alter-type' : 'add-column')),
  );
  const actions: SqlAction[] = [...said.matchAll(/\.(drop_column|rename_column)\(([^()]*)\)/g)].map((match) => {
    const [first = '', second = ''] = (match[2] ?? '').split(',').map((part) => nameOf(part.trim(), false));
    return match[1] === 'drop_column' ? act('drop-column', first) : act('rename-column', first, { to: second });
  });
  actions.push(...built);
  return actions.length === 0 ? undefined : { verb: 'alter-table', targets: [table], actions };
}

/** What stands in the brackets of each `.method(…)` of a chain, whatever brackets it holds itself. */
function argumentsOf(chain: string, method: string): readonly string[] {
  return chain
    .split(`.${method}(`)
    .slice(1)
    .map((rest) => {
      let depth = 1;
      const end = [...rest].findIndex((character) => {
        depth += character === '(' ? 1 : character === ')' ? -1 : 0;
        return depth === 0;
      });
      return end < 0 ? rest : rest.slice(0, end);
    });
}

/** `ColumnDef::new(Berth::Depth).integer().not_null()`, and the short `integer(Berth::Depth).default(0)`. */
function columnBy(definition: string, kind: 'add-column' | 'alter-type'): readonly SqlAction[] {
  const name = /^&?(?:mut )?(?:\w+::)*(?:new|\w+)\(([^(),]*(?:\([^()]*\))?)/.exec(definition)?.[1];
  if (name === undefined) return [];
  const isShort = !/^&?(?:mut )?ColumnDef(?:::|\w)/.test(definition);
  const isNull = /\.null\(|^\w+_null\(/.test(definition);
  const marks: SqlAction['marks'][number][] = [];
  if (/\.not_null\(/.test(definition) || (isShort && !isNull)) marks.push('not-null');
  if (/\.default\(/.test(definition)) marks.push('default');
  if (/\.(auto_increment|generated|extra)\(|^(pk_auto|big_pk_auto|timestamp\w*_now)\(/.test(definition)) marks.push('filled');
  const type = isShort ? (/^(\w+?)(?:_null|_uniq)?\(/.exec(definition)?.[1] ?? '') : (/\)\.(\w+)\(/.exec(definition)?.[1] ?? '');
  return [act(kind, nameOf(name.trim(), false), { type: TYPES[type] ?? '', marks })];
}

const TYPES: Readonly<Record<string, string>> = {
  tiny_integer: 'tinyint',
  small_integer: 'smallint',
  integer: 'integer',
  big_integer: 'bigint',
  string: 'varchar',
  string_len: 'varchar',
  text: 'text',
  boolean: 'boolean',
  float: 'real',
  double: 'double precision',
  decimal: 'decimal',
  uuid: 'uuid',
  date: 'date',
  timestamp: 'timestamp',
  timestamp_with_time_zone: 'timestamp with time zone',
  json: 'json',
  json_binary: 'jsonb',
};

/** `orders` of `Orders::Table`, `legacy_ref` of `Orders::LegacyRef` and of `Alias::new("legacy_ref")`. */
function nameOf(source: string, isTable: boolean): string {
  const quoted = /["']([^"']+)["']/.exec(source)?.[1];
  const parts = source.split('::');
  const name = quoted ?? (isTable && parts.at(-1) === 'Table' ? parts.at(-2) : parts.at(-1)) ?? '';
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}
