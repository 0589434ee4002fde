import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, literal, receiver, shorten } from '../vocabulary/code/call-names.ts';
import { cameAlong } from '../vocabulary/code/counterpart.ts';
import { entityOf } from '../vocabulary/code/store-names.ts';

/**
 * ## What it sees
 * A call of an object-relational mapper or a query builder that deletes every row: `deleteMany({})`, `destroy({ where: {} })`,
 * `repository.clear()`, a delete without a filter, `sync({ force: true })`, `dropDatabase()`.
 *
 * ## Why it matters
 * It reads like the filtered call beside it and empties the table, in a session or in all of production.
 *
 * ## When it is fine
 * Teardown of a test; those files keep it as a note. Scratch tables that are filled again.
 *
 * ## What it misses
 * A filter that is built elsewhere and comes out empty, and a condition whose value is undefined at run time.
 */
export default defineRule({
  id: 'destroy/orm-delete-all',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'A query deletes every row',
  reads: ['calls'],
  evidence: [
    { title: 'Replit agent deleted a production database, 2025-07', url: 'https://vibegraveyard.ai/story/saastr-replit-agent-db-wipe' },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const call of input.added.calls) {
      if (call.kind !== 'call' || !deletesAll(call, input) || cameAlong(input, call)) continue;
      const what = shorten(target(call), 40);
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${what}\` deletes every row${lostFilter(call, input) ? '; its filter was removed' : ''}`),
      };
    }
  },
});

const EMPTY = /^(undefined|null|\{\s*\}|\{ where: (\{\s*\}|undefined|null|\{ id: undefined \}),? \}|\{ filter: \{\s*\} \})$/;
const STORE =
  /(repo(sitory)?|model|collection|table|entity|dao|manager|orm|em|prisma|mongoose|sequelize|knex|db|database|datasource|connection|trx|tx|supabase|client)\b|\bgetRepository\(|^this\.\w*(repo(sitory)?|model|db|collection)\w*$/i;
/** A model is a class, and so begins with a capital: `User.destroy()`. */
const MODEL = /^[A-Z]\w*$/;

function deletesAll(call: Call, input: RuleInput): boolean {
  const name = lastName(call.callee);
  const [first = ''] = call.args;
  const from = receiver(call.callee);
  if (isEmptyDocument(call) || isWholeQuerySet(call) || isGlobalDelete(call)) return true;
  switch (name) {
    case 'deleteMany':
      return from !== '' && (first === '' || EMPTY.test(first));
    case 'deleteAllInBatch':
    case 'deleteAll':
    case 'destroyAll':
    case 'delete_all':
    case 'destroy_all':
      return (
        from !== '' && call.args.length === 0 && (isStore(from) || isJavaStore(from, input) || entityOf(from, input.after) !== undefined)
      );
    case 'destroy':
      return /^\{.*\btruncate: true\b/.test(first) || (isStore(from) && /^\{ where: \{\s*\}/.test(first));
    case 'truncate':
    case 'clear':
      // TypeORM's manager is told which entity; a manager that clears itself only forgets what it has loaded.
      if (/(^|\.)(manager|em|entityManager)$/i.test(from)) return name === 'clear' && call.args.length === 1 && MODEL.test(first);
      return (
        call.args.length === 0 &&
        (entityOf(from, input.after) !== undefined ||
          (isStore(from) && !/cache|map|set|store|list|queue|timer|form|storage|mock|canvas|ctx|console|screen|input/i.test(from)))
      );
    case 'nativeDelete':
      return MODEL.test(first) && EMPTY.test(call.args[1] ?? '');
    case 'remove':
    case 'deleteOne':
      return name === 'remove' && (isStore(from) || entityOf(from, input.after) !== undefined) && EMPTY.test(first);
    case 'delete':
    case 'del':
      return isUnfilteredDelete(call, first, from, input);
    case 'execute':
      if (/(^|\.)(diesel::)?delete\([\w:]+::table\)$/.test(from)) return true;
      return /(\.delete\(|\.deleteFrom\()/.test(call.callee) && !/\.(where|andWhere|whereIn|using)\w*\(/.test(call.callee);
    case 'dropDatabase':
    case 'dropCollection':
    case 'dropSchema':
    case 'dropAllTables':
    case 'drop_all':
    case 'drop_all_tables':
    case 'drop_tables':
    case 'drop_database':
    case 'drop_collection':
      return true;
    case 'Drop':
      return /(coll|collection|database|db|mongo)\w*$/i.test(from);
    case 'drop':
      return isStore(from) && /(collection|sequelize|mongoose|connection|table|model)/i.test(from);
    case 'sync':
    case 'synchronize':
      return /^\{.*\bforce: true\b/.test(first) || (name === 'synchronize' && first === 'true');
    default:
      return false;
  }
}

/** A document database's delete with nothing to go by: `delete_many({})`, `DeleteMany(ctx, bson.M{})`. */
function isEmptyDocument(call: Call): boolean {
  const [first = '', second = ''] = call.args;
  if (lastName(call.callee) === 'delete_many') return /^(\{\s*\}|filter=\{\s*\}|dict\(\))$/.test(first);
  return (
    lastName(call.callee) === 'DeleteMany' && /^(bson\.[MD]\{\s*\}|bson\.D\(\)|map\[string\](any|interface\{\})\{\s*\}|nil)$/.test(second)
  );
}

/** Django's `objects.all().delete()`, SQLAlchemy's `query(Model).delete()` and `execute(delete(Model))` without a filter. */
function isWholeQuerySet(call: Call): boolean {
  const name = lastName(call.callee);
  const from = receiver(call.callee);
  if (name === 'delete' || name === '_raw_delete')
    return (
      /\.objects(\.using\([^()]*\))?(\.(all|filter)\(\))?$/.test(from) ||
      (/(^|\.)query\([\w.]+\)$/.test(from) && !/\b(filter|where)\w*\(/.test(from)) ||
      /^[A-Z]\w*\.query(\.all\(\))?$/.test(from)
    );
  if (name === 'execute' && /^[A-Z]\w*\.delete\(\)$/.test(from)) return true;
  return name === 'execute' && /^(?:sa\.|sqlalchemy\.)?delete\([\w.]+\)(\.execution_options\([^()]*\))?$/.test(call.args[0] ?? '');
}

/** gorm refuses a delete without a condition unless it is told not to; `1 = 1` tells it. ent deletes what no `Where` bounds. */
function isGlobalDelete({ callee, args }: Call): boolean {
  // SeaORM's `Entity::delete_many().exec(db)`, which a filter would stand before.
  if (lastName(callee) === 'exec') return /::delete_many\(\)$/.test(receiver(callee));
  if (lastName(callee) === 'Exec') return /\.Delete\(\)$/.test(receiver(callee)) && /^(ctx|context\.\w+\(\))$/.test(args[0] ?? '');
  if (lastName(callee) !== 'Delete') return false;
  return /AllowGlobalUpdate: true/.test(callee) || /\.Where\(['"`]\s*(1\s*=\s*1|true|TRUE)\s*['"`]\)$/.test(receiver(callee));
}

/** A repository of Spring Data is called by what it holds: `orders.deleteAll()`. */
function isJavaStore(from: string, input: RuleInput): boolean {
  return /\.(java|kt)$/.test(input.path) && !/(list|cache|map|set|queue|buffer|items|children|nodes)$/i.test(from);
}

function isStore(name: string): boolean {
  return STORE.test(name) || MODEL.test(name);
}

/** `repository.delete({})`, `knex('users').del()`, `db.delete(users)`, `supabase.from('users').delete()` that no filter follows. */
function isUnfilteredDelete(call: Call, first: string, from: string, input: RuleInput): boolean {
  if (EMPTY.test(first) && first !== '') return isStore(from) || entityOf(from, input.after) !== undefined;
  const isBuilder = /(^|\.)(knex|db|trx|tx|database)(\.\w+)?\(['"`]\w/.test(from) || /\.(from|table|into)\(['"`]\w+['"`]\)$/.test(from);
  const isTable =
    /(^|\.)(db|tx|trx|database|drizzle)$/.test(from) &&
    /^[A-Za-z_]\w*(\.\w+)?$/.test(first) &&
    call.args.length === 1 &&
    literal(first) === undefined &&
    !/^(id|key|path|name|url)$|Id$|Key$/.test(first);
  if ((isBuilder && call.args.length === 0) || isTable) {
    if (isBuilder && /\.(where|eq|in|match|filter|lt|gt|lte|gte|andWhere|whereIn|limit)\w*\(/.test(from)) return false;
    const whole = `${call.callee}(${call.args.join(', ')})`;
    return (
      input.after?.calls.some(
        (other) => other.callee.startsWith(`${whole}.`) && !/\.(returning|execute|then|catch|run)$/.test(other.callee),
      ) !== true
    );
  }
  return false;
}

/** The same call stood there with a filter. */
function lostFilter(call: Call, input: RuleInput): boolean {
  return input.removed.calls.some((other) => other.callee === call.callee && (other.args[0] ?? '').length > (call.args[0] ?? '').length);
}

function target(call: Call): string {
  return `${call.callee}(${call.args.join(', ')})`;
}
