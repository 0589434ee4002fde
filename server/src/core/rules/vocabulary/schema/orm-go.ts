import type { Call } from '../../../model/facts.ts';
import { plain } from '../code/argument-text.ts';
import { act, type Said } from './orm-statement.ts';

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

/** `&models.Booking{}`, `"bookings"`. */
function modelName(source: string | undefined): string {
  return snake(plain(source).replace(/^&/, '').replace(/\{\}$/, '').split('.').at(-1) ?? '');
}

function snake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}
