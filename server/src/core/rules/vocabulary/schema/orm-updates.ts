import type { Call, SourceFacts } from '../../../model/facts.ts';
import { type ChainLink, chainOf, fieldsOf, plain, splitSource } from '../code/argument-text.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { isGlobalWrite } from '../queries/global-sessions.ts';
import { entityOf } from '../queries/store-names.ts';

/** A call of an object mapper or a query builder that writes to every row. */
export interface WholeUpdate {
  /** The model, the table or the receiver, as written. */
  readonly target: string;
  /** Columns it writes, as far as the call says them. */
  readonly sets: readonly string[];
}

/**
 * The update that no filter bounds, in the words of Prisma, MongoDB, Sequelize, TypeORM, knex, Drizzle, Django, SQLAlchemy,
 * peewee, gorm, ent, Diesel, SeaORM, jOOQ and Rails; undefined for every other call. `facts` are the call's own file.
 */
export function wholeUpdate(call: Call, facts: SourceFacts | undefined): WholeUpdate | undefined {
  if (call.kind !== 'call') return undefined;
  const name = lastName(call.callee);
  const from = receiver(call.callee).replace(/ (?=\.|$)/g, '');
  const [first = '', second = ''] = call.args;
  const found = (target: string, sets: readonly string[] = []): WholeUpdate => ({ target, sets });
  switch (name) {
    case 'updateMany':
    case 'update_many':
      if (from === '') return undefined;
      if (call.args.length > 1) return isNothing(first) ? found(from) : undefined;
      return fieldsOf([first]).has('data') && isNothing(fieldsOf([first]).get('where') ?? '') ? found(from) : undefined;
    case 'UpdateMany':
      return /^(bson\.[MD]\{\s*\}|nil)$/.test(second) ? found(from) : undefined;
    case 'nativeUpdate':
      return isNothing(second) ? found(first) : undefined;
    case 'update':
      return ofDjango(call, from) ?? ofTable(call, from, facts) ?? ofModel(call, from, facts);
    case 'update_all':
      return facts?.language === 'ruby' ? ofActiveRecord(call, from) : undefined;
    case 'execute':
      return ofExecute(call, from);
    case 'values':
    case 'set':
      return ofSet(call, from, facts);
    case 'Update':
    case 'Updates':
    case 'UpdateColumn':
    case 'UpdateColumns':
      return isGlobalWrite(call, facts) ? found(modelOf(from)) : undefined;
    case 'Save':
    case 'SaveX':
    case 'Exec':
    case 'ExecX':
      // ent: `client.User.Update().SetPlan(…).Save(ctx)`.
      return /\.Update\(\)\.(Set|Clear|Add)\w*\(/.test(from) && !/\.Where\(/.test(from)
        ? found(from.slice(0, from.indexOf('.Update(')))
        : undefined;
    case 'exec':
      return /::update_many\(\)\./.test(from) && !/\.filter\(/.test(from) ? found(from.slice(0, from.indexOf('::update_many'))) : undefined;
    default:
      return undefined;
  }
}

function isNothing(source: string): boolean {
  return /^(\{\s*\}|dict\(\)|undefined|null|None|filter=\{\s*\}|)$/.test(source);
}

/** Rails' `Customer.update_all(plan: "free")`, with nothing but `all` and an order between. */
function ofActiveRecord(call: Call, from: string): WholeUpdate | undefined {
  const target = /^([A-Z][\w:]*)(\.(all|unscoped|(order|reorder)\([^()]*\)))*$/.exec(from)?.[1];
  return target === undefined || call.args.length === 0 ? undefined : { target, sets: [...fieldsOf(call.args).keys()] };
}

/** `Customer.objects.update(plan='free')`, with nothing but `all()` between. */
function ofDjango(call: Call, from: string): WholeUpdate | undefined {
  const model = /(?<!\w)\d*([A-Za-z_]\w*(?:\([^()]*\))?)\.objects(?:\.using\([^()]*\))?(?:\.(?:all|filter|select_for_update)\(\))*$/.exec(
    from,
  )?.[1];
  const query = /(?:^|\.)query\(([\w.]+)\)$/.exec(from)?.[1] ?? /^([A-Z]\w*)\.query(?:\.all\(\))?$/.exec(from)?.[1];
  const target = model ?? query;
  if (target === undefined || call.args.length === 0) return undefined;
  return { target, sets: [...fieldsOf(call.args).keys()] };
}

const FILTERS = /\.(where|eq|neq|in|is|match|filter|lt|gt|lte|gte|andWhere|orWhere|whereIn|whereNull|whereRaw|contains|limit)\w*\(/;

/** `knex('users').update({…})` and `supabase.from('users').update({…})` that no filter stands before or behind. */
function ofTable(call: Call, from: string, facts: SourceFacts | undefined): WholeUpdate | undefined {
  const table = /(?:^|\.)(?:knex|db|trx|tx|database|from|table|into)(?:<[^<>]*>)?\(['"`]([\w.]+)['"`]\)$/.exec(from)?.[1];
  if (table === undefined || !first(call).startsWith('{') || isFiltered(call, facts)) return undefined;
  return { target: table, sets: [...fieldsOf([first(call)]).keys()] };
}

/** Sequelize's `User.update(values, { where: {} })` and TypeORM's `users.update({}, values)`. */
function ofModel(call: Call, from: string, facts: SourceFacts | undefined): WholeUpdate | undefined {
  const [values = '', options = ''] = call.args;
  if (call.args.length < 2 || from === '' || /^(this|self|crypto|hash|hmac)$/.test(from)) return undefined;
  if (/^\{\s*\}$/.test(values) && (options.startsWith('{') || entityOf(from, facts) !== undefined))
    return { target: from, sets: [...fieldsOf([options]).keys()] };
  const where = fieldsOf([options]).get('where');
  return values.startsWith('{') && where !== undefined && isNothing(where)
    ? { target: from, sets: [...fieldsOf([values]).keys()] }
    : undefined;
}

/** `session.execute(update(User).values(…))`, `createQueryBuilder().update(User).set(…).execute()`, Diesel, jOOQ, peewee. */
function ofExecute(call: Call, from: string): WholeUpdate | undefined {
  const given = first(call).replace(/(?<!\s)\s+\./g, '.');
  const core = /^(?:sa\.|sqlalchemy\.)?update\(([\w.]+)\)\.values\(/.exec(given) ?? /^([A-Za-z_]\w*)\.update\(\)\.values\(/.exec(given);
  if (core?.[1] !== undefined) return FILTERS.test(given) ? undefined : { target: core[1], sets: valuesOf(given) };
  const links = chainOf(from);
  const at = links.findIndex((link) => /^((diesel::)?update|updateTable)$/.test(link.name) && link.args !== undefined);
  const update = links[at];
  const isFilter = (link: ChainLink): boolean => link.args !== undefined && FILTERS.test(`.${link.name}(`);
  if (update === undefined || links.some(isFilter) || /\.(filter|find)\(/.test(update.args ?? '')) return undefined;
  const [, model = ''] = /^([A-Z]\w*)\.update\(/.exec(from) ?? [];
  const isBuilder = links.slice(at + 1).some((link) => link.name === 'set' && link.args !== undefined);
  if (!isBuilder && model === '') return undefined;
  const set = links.slice(at + 1).find((link) => link.name === 'set')?.args ?? update.args ?? '';
  return {
    target: isBuilder && update.args !== '' ? plain(update.args) : model || links[0]?.name || '',
    sets: [...fieldsOf(splitSource(set, ',')).keys()],
  };
}

/** Drizzle's `db.update(users).set({…})`, which runs by itself unless a filter follows, and SQLAlchemy's `update(User).values(…)`. */
function ofSet(call: Call, from: string, facts: SourceFacts | undefined): WholeUpdate | undefined {
  const core = /^(?:sa\.|sqlalchemy\.)?update\(([A-Za-z_][\w.]*)\)$/.exec(from)?.[1];
  if (core !== undefined && facts?.language === 'python' && lastName(call.callee) === 'values')
    return isFiltered(call, facts) || isFilteredLater(call, facts) || isExecutedThere(call, facts)
      ? undefined
      : { target: core, sets: [...fieldsOf(call.args).keys()] };
  const table = /(?:^|\.)(?:db|tx|trx|database|drizzle)\.update\(([A-Za-z_]\w*(?:\.\w+)?)\)$/.exec(from)?.[1];
  return table === undefined || isFiltered(call, facts) ? undefined : { target: table, sets: [...fieldsOf([first(call)]).keys()] };
}

/** Inside the brackets of an `execute`, which is judged itself. */
function isExecutedThere({ callee, range }: Call, facts: SourceFacts): boolean {
  return facts.calls.some(
    ({ callee: outer, args, range: place }) =>
      lastName(outer) === 'execute' && place.start.line <= range.start.line && args[0]?.startsWith(callee) === true,
  );
}

/** `stmt = stmt.where(…)` further down. */
function isFilteredLater({ scope, range }: Call, facts: SourceFacts): boolean {
  return facts.calls.some(
    ({ callee, scope: other, range: place }) =>
      other === scope && place.start.line >= range.start.line && /^\w+(\.\w+\([^()]*\))*\.(where|filter|filter_by)$/.test(callee),
  );
}

function isFiltered(call: Call, facts: SourceFacts | undefined): boolean {
  if (FILTERS.test(call.callee)) return true;
  // A chain may be broken in front of any of its dots.
  const joined = (text: string): string => text.replace(/ (?=\.)/g, '');
  const whole = joined(`${call.callee}(${call.args.join(', ')})`);
  return (
    facts?.calls.some(({ callee }) => {
      const other = joined(callee);
      return other.startsWith(`${whole}.`) && FILTERS.test(`${other.slice(whole.length)}(`);
    }) === true
  );
}

function valuesOf(source: string): readonly string[] {
  const inner = /\.values\(([\s\S]*)\)$/.exec(source)?.[1];
  return inner === undefined ? [] : [...fieldsOf(splitSource(inner, ',')).keys()];
}

function modelOf(from: string): string {
  return /\.Model\(&?([\w.]+)/.exec(from)?.[1] ?? from;
}

function first(call: Call): string {
  return call.args[0] ?? '';
}
