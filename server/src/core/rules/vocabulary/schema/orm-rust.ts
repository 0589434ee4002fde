import type { Call } from '../../../model/facts.ts';
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
  const actions = [...said.matchAll(/\.(drop_column|rename_column)\(([^()]*)\)/g)].map((match) => {
    const [first = '', second = ''] = (match[2] ?? '').split(',').map((part) => nameOf(part.trim(), false));
    return match[1] === 'drop_column' ? act('drop-column', first) : act('rename-column', first, { to: second });
  });
  return actions.length === 0 ? undefined : { verb: 'alter-table', targets: [table], actions };
}

/** `orders` of `Orders::Table`, `legacy_ref` of `Orders::LegacyRef` and of `Alias::new("legacy_ref")`. */
function nameOf(source: string, isTable: boolean): string {
  const quoted = /["']([^"']+)["']/.exec(source)?.[1];
  const parts = source.split('::');
  const name = quoted ?? (isTable && parts.at(-1) === 'Table' ? parts.at(-2) : parts.at(-1)) ?? '';
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}
