import type { Call } from '../../../model/facts.ts';
import { chainOf } from '../code/argument-text.ts';
import { groupBy, keepOf } from '../code/kept.ts';
import { conditionsOf } from './chain-conditions.ts';
import { BULK, DERIVED, FILTERS, LIMITS, SELECTS, WRITES } from './chain-links.ts';

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

/** The longest chain of each query: `a.filter(x).exclude(y).delete()`, and not its beginnings. */
export const outermost = keepOf((calls: readonly Call[]): readonly Query[] => {
  const queries = calls.flatMap((call) => readQuery(call) ?? []);
  const byScope = groupBy(queries, ({ call }) => call.scope);
  const isBegun = (query: Query): boolean =>
    byScope.get(query.call.scope)?.some((other) => other !== query && other.call.callee.startsWith(`${query.call.callee}(`)) === true;
  return queries.filter((query) => !isBegun(query));
});

/** The query that a chain of calls says; undefined where it asks no store, as a filter of a list does not. */
export const readQuery = keepOf((call: Call): Query | undefined => {
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
});

const NOT_ROWS =
  /^(document|window|\$|cy|page|screen|jQuery|console|Object|Array|Math|Promise|_|lodash|arr|array|items|list|lines|names|keys|values|str|text|string|path|fs|args|params|headers|map|set|cache|options|files|tokens|nodes|elements|children|rows|results?)\b/;

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
