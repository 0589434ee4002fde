import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { chainOf, fieldsOf, plain, splitSource } from '../code/argument-text.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { workScopes } from '../code/own-parts.ts';
import { isExtracted } from '../code/scope-changes.ts';
import { tokensOf } from '../code/token-lines.ts';
import { escaped } from '../presence/presence-asked.ts';
import { withOwnCriteria } from './own-criteria.ts';
import { entityOf } from './store-names.ts';
import { negations, turnedCondition } from './turned-conditions.ts';

/** A query of an object mapper or a query builder that asks for less than before. */
export interface NarrowedQuery {
  readonly callee: string;
  readonly lost: string;
  /** True where it asks for the opposite of `lost`. */
  readonly isTurned?: true;
  readonly side: Side;
  readonly range: Range;
}

/** What a query says: what it reads from, what it asks for, and whether a limit bounds it. */
export interface Query {
  readonly call: Call;
  /** `Order.objects`, `prisma.session`, `db.orders`, `repository`. */
  readonly source: string;
  readonly conditions: readonly string[];
  readonly limited: boolean;
  /** What it goes on to do: `delete`, `update`; empty where it only selects. */
  readonly writes: boolean;
}

/** Queries of this hunk that lost a condition or a limit while they stay, in functions that write. */
export function widenedQueries(input: RuleInput): readonly NarrowedQuery[] {
  const found: NarrowedQuery[] = [];
  const used = new Set<Query>();
  for (const old of outermost(input.removed.calls)) {
    if (old.conditions.length === 0 && !old.limited) continue;
    const kept = counterpartScope(input, old.call.scope);
    if (input.after === undefined) continue;
    const fresh = outermost(input.added.calls.map((call) => withOwnCriteria(call, input.after))).filter((query) => !used.has(query));
    const successor =
      fresh
        .filter((query) => kept !== undefined && within(query.call.scope, kept) && query.source.toLowerCase() === old.source.toLowerCase())
        .sort((a, b) => shared(b, old) - shared(a, old))[0] ?? rewritten(input, old, used);
    // One that went into a function of its own is compared with what stands there now; in another file it is taken as it was.
    if (successor === undefined || (isExtracted(input, old.call) && successor.source !== old.source)) continue;
    if (isLookedUpInPart(input, old, successor)) continue;
    used.add(successor);
    const scope = kept !== undefined && within(successor.call.scope, kept) ? kept : successor.call.scope;
    // The query may have gone into a function of its own, and what is done to the rows stayed.
    if (!(old.writes || successor.writes || writesIn(input, scope) || (kept !== undefined && kept !== '' && writesIn(input, kept))))
      continue;
    // What was asked before the rewrite may be asked in a variable now.
    const { after } = input;
    const elsewhere = [...allConditions(after, scope), ...askedOfResult(after, scope)];
    const lost = old.conditions.filter(
      (condition) => !elsewhere.some((other) => nameOf(other) === nameOf(condition)) && !mentions(successor, condition, after),
    );
    const first = lost[0];
    const turned = turnedIn(old, successor);
    if (turned !== undefined) {
      found.push({ callee: old.call.callee, lost: turned, isTurned: true, side: 'before', range: old.call.range });
      continue;
    }
    if (isOpaque(successor)) continue;
    if (first !== undefined) found.push({ callee: old.call.callee, lost: nameOf(first), side: 'before', range: old.call.range });
    else if (old.limited && !successor.limited && !limits(input.after, scope))
      found.push({ callee: old.call.callee, lost: 'a limit', side: 'before', range: old.call.range });
  }
  return found;
}

/** A comparison of the query that was turned round, or a filter that became what it keeps out. */
function turnedIn(old: Query, now: Query): string | undefined {
  const turned = turnedCondition(old.conditions, now.conditions);
  if (turned !== undefined) return nameOf(turned);
  const isSame = old.conditions.length > 0 && old.conditions.join('\u0000') === now.conditions.join('\u0000');
  const names = ({ call }: Query): readonly string[] => [...chainOf(call.callee)].map(({ name }) => name);
  return isSame && negations(names(old)) !== negations(names(now)) ? nameOf(old.conditions[0] ?? '') : undefined;
}

/** The lookup went as it was into a function that the own one calls now, and what that found is handed to the write. */
function isLookedUpInPart(input: RuleInput, old: Query, successor: Query): boolean {
  if (old.writes || !successor.writes || !successor.call.args.some((argument) => /^[\w.]+\(|^\w+$/.test(argument))) return false;
  const inner = input.before?.calls.filter(
    (call) =>
      call.scope === old.call.scope && call.range.start.line === old.call.range.start.line && old.call.callee.startsWith(`${call.callee}(`),
  );
  return inner?.some((call) => readQuery(call)?.conditions.join() === old.conditions.join() && isExtracted(input, call)) === true;
}

/**
 * The query that took the place of one in a function or under a name that is gone: the only one of the change that writes the
 * rows of the same entity in the same way.
 */
function rewritten(input: RuleInput, old: Query, used: ReadonlySet<Query>): Query | undefined {
  const verb = verbOf(old);
  const entity = entityOfQuery(old, input.before);
  if (verb === '' || entity === undefined || entity === 'rows') return undefined;
  const isLike = (query: Query, facts: SourceFacts | undefined): boolean =>
    verbOf(query) === verb && entityOfQuery(query, facts) === entity;
  // A rewrite is cut into several hunks: the query may stand in another one.
  const known = new Set(input.before?.calls.map(({ key }) => key));
  const fresh = outermost(
    (input.after?.calls ?? []).filter(({ key }) => !known.has(key)).map((call) => withOwnCriteria(call, input.after)),
  );
  const [only, ...others] = fresh.filter((query) => !used.has(query) && isLike(query, input.after));
  const rivals = outermost(input.before?.calls ?? []).filter((query) => isLike(query, input.before));
  return others.length === 0 && rivals.length === 1 ? only : undefined;
}

/** `Delete(&Visit{})`, `query(Visit)`, `db('visits')`, `prisma.visit`, or what the file says of the receiver. */
function entityOfQuery({ call, source }: Query, facts: SourceFacts | undefined): string | undefined {
  const text = `${call.callee}(${call.args.join(', ')})`;
  const named =
    /\b(?:query|delete|update|from|Model|Delete|Update|select|from_|delete_from)\(&?(?:\w+[.:]+)*([A-Z]\w*)(?:\{\})?[,)]/.exec(text)?.[1] ??
    /\b(?:knex|db|trx|tx|database|from|table|into|collection|Collection|deleteFrom|updateTable)\(['"`](\w+)['"`]\)/.exec(text)?.[1] ??
    /^([A-Z][a-z]\w*)$/.exec(source)?.[1];
  const segments = source.split('.');
  const last = segments.length > 1 && /^[a-z]\w*$/.test(segments.at(-1) ?? '') && /^(prisma|db|tx|client|em)$/.test(segments.at(-2) ?? '');
  return named?.toLowerCase() ?? entityOf(source, facts) ?? (last ? segments.at(-1)?.toLowerCase() : undefined);
}

/** What a query does to rows, whatever the library calls it; empty where it only reads. */
function verbOf({ call }: Query): string {
  const names = [...chainOf(call.callee)].map((link) => link.name);
  if (
    names.some((name) =>
      /^(delete|deleteMany|deleteAll|destroy|remove|del|deleteOne|DeleteMany|delete_many|Delete|(?:delete|remove)(?:All)?By[A-Z]\w*)$/.test(
        name,
      ),
    )
  )
    return 'delete';
  return names.some((name) => /^(update|updateMany|updateAll|UpdateMany|update_many|update_all|Update|Updates|softDelete)$/.test(name))
    ? 'update'
    : names.some((name) => /^(findMany|findAll|find|list|objects|filter|filter_by|select|Find|where|Where)$/.test(name))
      ? 'select'
      : '';
}

/** The longest chain of each query: `a.filter(x).exclude(y).delete()`, and not its beginnings. */
export function outermost(calls: readonly Call[]): readonly Query[] {
  const queries = calls.flatMap((call) => readQuery(call) ?? []);
  return queries.filter(
    (query) =>
      !queries.some(
        (other) => other !== query && other.call.scope === query.call.scope && other.call.callee.startsWith(`${query.call.callee}(`),
      ),
  );
}

function readQuery(call: Call): Query | undefined {
  if (call.kind !== 'call') return undefined;
  const links = [...chainOf(call.callee)];
  const last = links.pop();
  if (last === undefined) return undefined;
  const chain = [...links, { name: last.name, args: call.args.join(', ') }];
  const first = chain.findIndex(
    (link) =>
      link.args !== undefined &&
      (FILTERS.test(link.name) || DERIVED.test(link.name) || BULK.test(link.name) || LIMITS.test(link.name) || SELECTS.test(link.name)),
  );
  if (first < 0) return undefined;
  const reader = chain
    .slice(0, first)
    .map((link) => link.name + (link.args === undefined || link.args === '' ? '' : `(${link.args})`))
    .filter((name) => !/^(objects|query\(?\)?|createQueryBuilder.*|this|self)$/.test(name))
    .join('.');
  const start = chain[first];
  const table = /^(delete|update|select|from)$/i.test(start?.name ?? '') && /^[\w.]+$/.test(start?.args ?? '') ? (start?.args ?? '') : '';
  const source = [reader, table].filter(Boolean).join('.');
  // A list has no `deleteByExpiresAtBefore`, whatever it is called.
  if (source === '' || (NOT_ROWS.test(source) && !DERIVED.test(start?.name ?? ''))) return undefined;
  const conditions = chain.slice(first).flatMap((link) => (link.args === undefined ? [] : conditionsOf(link.name, link.args)));
  const limited =
    chain.some((link) => link.args !== undefined && LIMITS.test(link.name)) ||
    chain.some((link) => /\b(take|limit):(?!\s*(?:null|undefined|Infinity)\b)/.test(link.args ?? '')) ||
    isSliced(call);
  return { call, source, conditions, limited, writes: chain.some((link) => WRITES.test(link.name) || /^(delete|remove)/.test(link.name)) };
}

const DERIVED = /^(?:delete|remove|find|findAll|deleteAll)By([A-Z]\w*)$/;
const COMPARED = /(Before|After|LessThan|LessThanEqual|GreaterThan|GreaterThanEqual|IsNull|IsNotNull|Is|In|NotIn|True|False|Between)$/;

const FILTERS =
  /^(filter|filter_by|exclude|where|andWhere|and|whereIn|whereNull|whereNotNull|whereNot|whereBetween|whereRaw|eq|neq|lt|lte|gt|gte|in|is|match|not|Where|Not|Scopes|And)$/;
const BULK =
  /^(delete|deleteMany|deleteAll|update|updateMany|updateAll|destroy|remove|del|deleteOne|updateOne|Delete|Update|Updates|findMany|find|findAll|list|search|bulk_update|delete_all|update_all|execute|DeleteMany|UpdateMany|Find|all)$/;
const SELECTS = /^(findMany|find|findAll|all|select|get|list|Find)$/;
const LIMITS = /^(limit|take|first|top|Limit|setMaxResults|slice)$/;
const WRITES =
  /^(delete|deleteMany|deleteAll|update|updateMany|updateAll|destroy|remove|del|deleteOne|updateOne|Delete|Update|Updates|DeleteMany|UpdateMany|bulk_update|delete_all|softDelete|increment|decrement)$/;
const NOT_ROWS =
  /^(document|window|\$|cy|page|screen|jQuery|console|Object|Array|Math|Promise|_|lodash|arr|array|items|list|lines|names|keys|values|str|text|string|path|fs|args|params|headers|map|set|cache|options|files|tokens|nodes|elements|children|rows|results?)\b/;

/** Conditions as `name value` texts: keyword arguments, an object's fields, or a name and its value. */
function conditionsOf(name: string, args: string): readonly string[] {
  const parts = splitSource(args, ',');
  if ((BULK.test(name) || SELECTS.test(name)) && !/^(get|aget)$/.test(name)) {
    const fields = fieldsOf(parts);
    const object = parts.find((part) => part.startsWith('{'));
    const where =
      fields.get('where') ??
      fields.get('filter') ??
      (object === undefined
        ? undefined
        : (fieldsOf([object]).get('where') ??
          ((/^(find|deleteMany|deleteOne|DeleteMany|Find|delete|remove|destroy)$/.test(name) ||
            (/^(updateMany|updateOne|UpdateMany|update)$/.test(name) && parts.length > 1)) &&
          object === parts[0] &&
          !/^\{\s*(data|set|order|take|select|include)\b/.test(object)
            ? object
            : undefined)));
    return where === undefined ? [] : objectConditions(where);
  }
  const isGet = /^(get|aget|get_or_create|first)$/.test(name) && parts.some((part) => /^\w+\s*=(?!=)/.test(part));
  const derived = DERIVED.exec(name)?.[1];
  // Spring Data reads the conditions out of the method's name.
  if (derived !== undefined) return derived.split(/And(?=[A-Z])/).map((part) => `${part.replace(COMPARED, '')} ${part}`);
  if (!FILTERS.test(name) && !isGet) return [];
  // Values of a condition that is written as text come behind it.
  const own = /^["'`]/.test(parts[0] ?? '') ? [] : parts.flatMap((part) => expressionConditions(part));
  if (own.length > 0) return own;
  const first = plain(parts[0]);
  if (first === '' || !/^["'`]/.test(parts[0] ?? '')) return parts[0] === undefined ? [] : [`${first} ${parts.slice(1).join(' ')}`];
  // `where('status', 'x')`, `Where("status = ? AND x < ?", …)`.
  return first
    .split(/\s+and\s+/i)
    .map((condition) => `${/[\w.]+/.exec(condition)?.[0].split('.').at(-1) ?? condition} ${condition} ${parts.slice(1).join(' ')}`);
}

/** Django's `status='x'`, SQLAlchemy's `Order.status == 'x'`, Drizzle's `and(eq(orders.status, 'x'), …)`. */
function expressionConditions(part: string): readonly string[] {
  if (part.startsWith('{')) return objectConditions(part);
  const joined = /^(?:and|and_|Q)\(([\s\S]*)\)$/.exec(part)?.[1];
  if (joined !== undefined) return splitSource(joined, ',').flatMap(expressionConditions);
  const keyword = /^([A-Za-z_]\w*)\s*=(?!=)([\s\S]*)$/.exec(part);
  if (keyword?.[1] !== undefined) return [`${keyword[1]} ${keyword[2]?.trim() ?? ''}`];
  const called = /^(?:eq|ne|lt|lte|gt|gte|like|ilike|inArray|notInArray|isNull|isNotNull|not|between)\((?:[\w$]+\.)*(\w+)/.exec(part);
  const compared = /^(?:[\w.]*\.)?(\w+)(?:\.(\w+)\(|\s*(?:==|!=|<=|>=|<|>)\s*)/.exec(part);
  const name = called?.[1] ?? compared?.[1];
  return name === undefined ? [] : [`${name} ${part}`];
}

function objectConditions(source: string): readonly string[] {
  return [...fieldsOf([source])].flatMap(([name, value]) =>
    /^(AND|\$and)$/.test(name) ? splitSource(value.replace(/^\[|\]$/g, ''), ',').flatMap(objectConditions) : [`${name} ${value}`],
  );
}

/** The name that a condition asks about, without Django's `__lt`. */
function nameOf(condition: string): string {
  return (condition.split(' ')[0] ?? '').split('__')[0] ?? '';
}

function shared(query: Query, old: Query): number {
  const names = new Set(old.conditions.map(nameOf));
  return (
    query.conditions.filter((condition) => names.has(nameOf(condition))).length +
    (lastName(query.call.callee) === lastName(old.call.callee) ? 0.5 : 0)
  );
}

/** What is asked further of the query that a function gives: `_final_before(age).filter(archived_at__isnull=True)`. */
function askedOfResult(facts: SourceFacts, scope: string): readonly string[] {
  const own = lastName(scope);
  if (own === '') return [];
  return facts.calls.flatMap((call) => {
    const query = call.callee.includes(`${own}(`) ? readQuery(call) : undefined;
    return query?.source === own || query?.source.startsWith(`${own}(`) === true ? query.conditions : [];
  });
}

/** What the conditions of every query of the function ask about. */
function allConditions(facts: SourceFacts, scope: string): readonly string[] {
  return facts.calls.filter((call) => within(call.scope, scope)).flatMap((call) => readQuery(call)?.conditions ?? []);
}

function mentions(query: Query, condition: string, facts: SourceFacts): boolean {
  // `Scopes(active)`, `.apply(onlyOpen)`: what a function of the file adds to a query by its name.
  const named = [...query.call.callee.matchAll(/\.(?:Scopes|scopes|apply|modify|pipe|filterBy|filter_by_scope)\(([\w, ]+)\)/g)].flatMap(
    ([, names = '']) => names.split(/\W+/).filter((name) => name !== '' && facts.scopes.some((scope) => scope.name === name)),
  );
  if ([...query.conditions, ...named.flatMap((name) => allConditions(facts, name))].some((other) => other.includes(nameOf(condition))))
    return true;
  // `where(self.own(Contact))`: a function of the file gives the condition, or one that it asks in turn.
  const text = `${query.call.callee}(${query.call.args.join(', ')})`;
  const asked = new Set([...text.matchAll(/(?<![\w$])([A-Za-z_]\w*)\(/g)].map(([, name = '']) => name));
  const compares = new RegExp(`\\b${escaped(nameOf(condition))}\\s*(?:===?|=|\\.eq\\(|\\.in_\\(|:)`);
  return facts.scopes.some(
    ({ name }) => asked.has(lastName(name)) && workScopes(facts, name).some((part) => compares.test(tokensOf(facts, part))),
  );
}

/** A condition in a variable may be anything: `where`, `...scope`, `**filters`. */
export function isOpaque(query: Query): boolean {
  const text = `${query.call.callee}(${query.call.args.join(', ')})`;
  return /\*\*\w|\.\.\.\w|\b(where|filter|filters|criteria|query|condition|conditions|predicate|scope)\b\s*[,})]|\bwhere:\s*[A-Za-z_$]|\b(filter|where|Where)\((?!(?:eq|ne|lt|lte|gt|gte|like|ilike|inArray|isNull|isNotNull|not|between|and|or)\()(\w+|\w+\([^)]*\))\)/.test(
    text,
  );
}

function isSliced(call: Call): boolean {
  return /\)\[:\w+\]/.test(call.key) || /\)\[:\w+\]/.test(call.callee);
}

function limits(facts: SourceFacts, scope: string): boolean {
  return facts.calls.some((call) => within(call.scope, scope) && LIMITS.test(lastName(call.callee)));
}

/** Whether a function goes on to change or to send what it found, by itself or in a function of its file. */
export function writesIn(input: RuleInput, scope: string, isOwn = false): boolean {
  return (
    input.after?.calls.some(
      (call) =>
        within(call.scope, scope) &&
        call.kind === 'call' &&
        // A function of the same file that it calls by its plain name does the work.
        ((!isOwn &&
          /^[A-Za-z_]\w*$/.test(call.callee) &&
          call.callee !== scope &&
          input.after?.scopes.some(({ name }) => name === call.callee) === true &&
          writesIn(input, call.callee, true)) ||
          WRITES.test(lastName(call.callee)) ||
          /^(save|send|cancel|archive|close|suspend|charge|refund)/.test(lastName(call.callee))),
    ) === true
  );
}
