import type { Call } from '../../../model/facts.ts';
import { chainOf, plain, splitSource } from '../code/argument-text.ts';
import { act, type Said, uniqueMark } from './orm-statement.ts';

/** Gorm's migrator: `db.Migrator().DropColumn(&Booking{}, "Floor")`. */
export function byGorm(call: Call, name: string): Said | undefined {
  if (!/\.Migrator\(\)\.\w+$|\b[mM]igrator\.\w+$/.test(call.callee)) return undefined;
  const table = modelName(call.args[0]);
  const [first, second] = [snake(plain(call.args[1])), snake(plain(call.args[2]))];
  switch (name) {
    case 'DropTable':
      return { verb: 'drop-table', targets: call.args.map(modelName), flags: ['if-exists'] };
    case 'DropColumn':
      return { verb: 'alter-table', targets: [table], actions: [act('drop-column', first)] };
    case 'RenameColumn':
      return { verb: 'alter-table', targets: [table], actions: [act('rename-column', first, { to: second })] };
    case 'RenameTable':
      return { verb: 'alter-table', targets: [table], actions: [act('rename-to', '', { to: modelName(call.args[1]) })] };
    case 'DropIndex':
      return { verb: 'drop-index', targets: [first], actions: [act('other', 'on', { to: table })] };
    case 'DropConstraint':
      return { verb: 'alter-table', targets: [table], actions: [act('drop-constraint', first)] };
    default:
      return undefined;
  }
}

/** Bun's builders, told once where they run: `db.NewDropColumn().Table("bookings").Column("floor").Exec(ctx)`. */
export function byBun(call: Call, name: string): Said | undefined {
  if (name !== 'Exec' || !/\.New(Drop|Add|Create|Truncate|Rename)\w*\(\)/.test(call.callee)) return undefined;
  const links = chainOf(call.callee);
  const given = (pattern: RegExp): readonly string[] =>
    links.flatMap((link) => (pattern.test(link.name) && link.args !== undefined ? splitSource(link.args, ',') : []));
  const known = (source: string | undefined): string =>
    plain(source)
      .replace(/^bun\.(Ident|Safe)\((.*)\)$/, '$2')
      .replace(/["'`]/g, '');
  const [model] = given(/^Model$/);
  const [tableText] = given(/^(Table|TableExpr|ModelTableExpr)$/);
  const table = tableText === undefined ? modelName(model?.replace(/^\(\*(\w[\w.]*)\)\(nil\)$/, '$1')) : known(tableText);
  const columns = given(/^(Column|ColumnExpr)$/)
    .map(known)
    .filter((column) => column !== '?');
  const flags = links.some((link) => link.name === 'IfExists') ? (['if-exists'] as const) : [];
  switch (links.find((link) => /^New(Drop|Add|Create|Truncate|Rename)/.test(link.name))?.name) {
    case 'NewDropTable':
      return { verb: 'drop-table', targets: [table], flags };
    case 'NewTruncateTable':
      return { verb: 'truncate', targets: [table] };
    case 'NewDropColumn':
      return { verb: 'alter-table', targets: [table], actions: columns.map((column) => act('drop-column', column)) };
    case 'NewAddColumn': {
      const [text = ''] = given(/^ColumnExpr$/).map(plain);
      const [column = '', type = ''] = text.split(/\s+/);
      const marks = [
        ...(/\bnot null\b/i.test(text) ? (['not-null'] as const) : []),
        ...(/\b(default|generated)\b/i.test(text) ? (['default'] as const) : []),
      ];
      return { verb: 'alter-table', targets: [table], actions: [act('add-column', column, { type: type.toLowerCase(), marks })] };
    }
    case 'NewCreateTable':
      return { verb: 'create-table', targets: [table] };
    case 'NewDropIndex':
      return { verb: 'drop-index', targets: [known(given(/^Index$/)[0])], flags, actions: [act('other', 'on', { to: table })] };
    case 'NewCreateIndex':
      return {
        verb: 'create-index',
        targets: [table],
        flags: links.some((link) => link.name === 'Concurrently') ? ['concurrently'] : [],
        actions: [
          act('add-index', known(given(/^Index$/)[0]), {
            columns,
            marks: uniqueMark(String(links.some((link) => link.name === 'Unique'))),
          }),
        ],
      };
    default:
      return undefined;
  }
}

/** `&models.Booking{}`, `"bookings"`. */
function modelName(source: string | undefined): string {
  return snake(plain(source).replace(/^&/, '').replace(/\{\}$/, '').split('.').at(-1) ?? '');
}

function snake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}
