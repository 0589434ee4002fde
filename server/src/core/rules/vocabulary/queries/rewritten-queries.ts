import type { SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { chainOf } from '../code/argument-text.ts';
import { withOwnCriteria } from './own-criteria.ts';
import { outermost, type Query } from './query-chains.ts';
import { entityOf } from './store-names.ts';

/**
 * The query that took the place of one in a function or under a name that is gone: the only one of the change that writes the
 * rows of the same entity in the same way.
 */
export function rewrittenQuery(input: RuleInput, old: Query, used: ReadonlySet<Query>): Query | undefined {
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
