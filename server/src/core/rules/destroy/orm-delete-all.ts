import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, literal, receiver, shorten } from '../vocabulary/code/call-names.ts';
import { calleesOf } from '../vocabulary/code/facts-by-place.ts';
import { ownBody } from '../vocabulary/code/own-wrappers.ts';
import { cameAlong } from '../vocabulary/code/scope-changes.ts';
import { isBareTable, withBoundQuery } from '../vocabulary/queries/bound-queries.ts';
import { droppedFilters } from '../vocabulary/queries/dropped-filters.ts';
import { callsOfEmptied, emptiedCalls, withOwnCriteria } from '../vocabulary/queries/own-criteria.ts';
import { entityOf } from '../vocabulary/queries/store-names.ts';
import { lostCriteria, unprovenCriteria } from '../vocabulary/queries/unproven-criteria.ts';
import { isEmptyDocument, isGlobalDelete, isWholeQuerySet, withoutTrivial } from '../vocabulary/queries/whole-deletes.ts';
import { isTemporaryTable } from '../vocabulary/schema/sql-context.ts';

/**
 * ## What it sees
 * A call of an object-relational mapper or a query builder that deletes every row: `deleteMany({})`, `destroy({ where: {} })`,
 * `repository.clear()`, a delete without a filter, `sync({ force: true })`, `dropDatabase()`. Also where the empty filter stands in
 * a variable, where a function of the project does it, where nobody takes what a filter gives back (`stmt.where(…)` on a line of its
 * own), and where the check is gone that a value of the filter is there.
 *
 * ## Why it matters
 * It reads like the filtered call beside it and empties the table, in a session or in all of production.
 *
 * ## When it is fine
 * Teardown of a test; those files keep it as a note. Scratch tables that are filled again, which the acknowledgement then says.
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
  reads: ['calls', 'guards', 'options'],
  evidence: [
    { title: 'Replit agent deleted a production database, 2025-07', url: 'https://vibegraveyard.ai/story/saastr-replit-agent-db-wipe' },
  ],
  *check(input): Iterable<FindingDraft> {
    const dropped = droppedFilters(input.added.calls, input.after);
    const emptied = new Set(emptiedCalls(input).flatMap(({ call, does }) => (does === 'delete' ? [call] : [])));
    for (const written of input.added.calls) {
      const call = withBoundQuery(withOwnCriteria(written, input.after), input.after);
      if (
        call.kind !== 'call' ||
        !(emptied.has(written) || deletesAll(call, input) || deletesAll(withoutTrivial(call), input) || deletesWithin(call, input)) ||
        cameAlong(input, written) ||
        dropped.some((filter) => filter.call.scope === written.scope && receiver(filter.call.callee) === written.args[0])
      )
        continue;
      const what = shorten(target(call), 40);
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${what}\` deletes every row${lostFilter(call, input) ? '; its filter was removed' : ''}`),
      };
    }
    for (const { call, place } of callsOfEmptied(input))
      if (call.kind === 'call' && deletesAll(call, input))
        yield {
          side: 'after',
          range: place.range,
          message: fitMessage(`\`${shorten(target(call), 40)}\` deletes every row; its filter was removed`),
        };
    for (const { call, does, isWhole } of dropped)
      if (does === 'delete')
        yield {
          side: 'after',
          range: call.range,
          ...(isWhole ? {} : { severity: 'high' as const }),
          message: fitMessage(`nobody takes what \`${shorten(call.callee, 24)}\` gives back: ${isWhole ? 'every row' : 'more'} is deleted`),
        };
    yield* unprovenCriteria(input);
    yield* lostCriteria(input);
  },
});

const EMPTY = /^(undefined|null|\{\s*\}|\{ where: (\{\s*\}|undefined|null|\{ id: undefined \}),? \}|\{ filter: \{\s*\} \})$/;
const STORE =
  /(repo(sitory)?|model|collection|table|entity|dao|manager|orm|em|prisma|mongoose|sequelize|knex|db|database|datasource|connection|trx|tx|supabase|client)\b|\bgetRepository\(|^this\.\w*(repo(sitory)?|model|db|collection)\w*$/i;
/** All rows in pieces: `Cart.in_batches(of: 500)`. */
const WHOLE_RELATION = /^[A-Z]\w*(\.(all|unscoped|in_batches(\([^()]*\))?))+$/;
/** A model is a class, and so begins with a capital: `User.destroy()`. */
const MODEL = /^[A-Z]\w*$/;

function deletesAll(call: Call, input: RuleInput): boolean {
  const name = lastName(call.callee);
  const [first = ''] = call.args;
  const from = receiver(call.callee);
  if (isEmptyDocument(call) || isWholeQuerySet(call) || isGlobalDelete(call, input.after)) return true;
  switch (name) {
    case 'deleteMany':
      return from !== '' && (first === '' || EMPTY.test(first));
    case 'deleteAllInBatch':
    case 'deleteAll':
    case 'destroyAll':
    case 'delete_all':
    case 'destroy_all':
      return (
        from !== '' &&
        call.args.length === 0 &&
        (isStore(from) || isJavaStore(from, input) || WHOLE_RELATION.test(from) || entityOf(from, input.after) !== undefined)
      );
    case 'recursiveDelete':
      return /\bcollection\((['"`])[\w/]+\1\)$/.test(first);
    case 'deleteByQuery':
    case 'delete_by_query':
    case 'DeleteByQuery':
      return /\bmatch_?all\b/i.test(call.args.join());
    case 'destroy':
      return /^\{.*\btruncate: true\b/.test(first) || (isStore(from) && /^\{ where: \{\s*\}/.test(first));
    case 'truncate':
    case 'clear':
      // TypeORM's manager is told which entity; a manager that clears itself only forgets what it has loaded.
      if (/(^|\.)(manager|em|entityManager)$/i.test(from) || isManager(from, input))
        return name === 'clear' && call.args.length === 1 && MODEL.test(first);
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
      if (/(^|\.)(diesel::)?delete\([\w:]+::table\)$/.test(from) || isBareTable(from, call, input.after)) return true;
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

/** The project's own function does it, and nothing that it is given bounds what it deletes. */
function deletesWithin(call: Call, input: RuleInput): boolean {
  if (input.before !== undefined && calleesOf(input.before.calls).has(call.callee)) return false;
  const body = ownBody(input, call);
  return (
    body?.calls.some((inner) => inner.kind === 'call' && deletesAll(inner, input)) === true ||
    body?.statements.some(
      ({ verb, where, targets }) =>
        (verb === 'truncate' || (verb === 'delete' && (where === 'none' || where === 'trivial'))) &&
        !targets.some((target) => isTemporaryTable(target, input.after)),
    ) === true
  );
}

/** A value of the type EntityManager, whatever it is called, and what a transaction of TypeORM hands on. */
function isManager(from: string, { after }: RuleInput): boolean {
  return (
    after?.symbols.some(({ parameters }) => parameters.some(({ name, type }) => name === from && /\bEntityManager\b/.test(type))) ===
      true ||
    (/^\w{1,4}$|[mM]anager$/.test(from) &&
      (after?.tokens.some(({ text }) => /^["'`]typeorm["'`]$/.test(text)) === true ||
        after?.calls.some(({ callee }) => /(?:^|\.)(?:manager|dataSource|entityManager|em)\.transaction$/.test(callee)) === true) &&
      // What it was asked for is none: `const repo = tx.getRepository(Price)`.
      entityOf(from, after) === undefined)
  );
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
  // A mapper of Python takes the one thing that it is given away, `session.delete(harvest)`.
  const isTable =
    input.after?.language !== 'python' &&
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
