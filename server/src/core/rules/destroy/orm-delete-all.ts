import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { lastName, literal, receiver, shorten } from '../call-names.ts';
import { cameAlong } from '../counterpart.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';

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
  switch (name) {
    case 'deleteMany':
      return from !== '' && (first === '' || EMPTY.test(first));
    case 'deleteAll':
    case 'destroyAll':
    case 'delete_all':
    case 'destroy_all':
      return from !== '' && call.args.length === 0 && isStore(from);
    case 'destroy':
      return /^\{.*\btruncate: true\b/.test(first) || (isStore(from) && /^\{ where: \{\s*\}/.test(first));
    case 'truncate':
    case 'clear':
      return (
        isStore(from) &&
        call.args.length === 0 &&
        !/cache|map|set|store|list|queue|timer|form|storage|mock|canvas|ctx|console|screen|input/i.test(from)
      );
    case 'remove':
    case 'deleteOne':
      return name === 'remove' && isStore(from) && EMPTY.test(first);
    case 'delete':
    case 'del':
      return isUnfilteredDelete(call, first, from, input);
    case 'execute':
      return /(\.delete\(|\.deleteFrom\()/.test(call.callee) && !/\.(where|andWhere|whereIn|using)\w*\(/.test(call.callee);
    case 'dropDatabase':
    case 'dropCollection':
    case 'dropSchema':
    case 'dropAllTables':
      return true;
    case 'drop':
      return isStore(from) && /(collection|sequelize|mongoose|connection|table|model)/i.test(from);
    case 'sync':
    case 'synchronize':
      return /^\{.*\bforce: true\b/.test(first) || (name === 'synchronize' && first === 'true');
    default:
      return false;
  }
}

function isStore(name: string): boolean {
  return STORE.test(name) || MODEL.test(name);
}

/** `repository.delete({})`, `knex('users').del()`, `db.delete(users)`, `supabase.from('users').delete()` that no filter follows. */
function isUnfilteredDelete(call: Call, first: string, from: string, input: RuleInput): boolean {
  if (EMPTY.test(first) && first !== '') return isStore(from);
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
