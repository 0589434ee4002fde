import type { Call, SourceFacts } from '../../../model/facts.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';

/** What runs a query that was bound to a name before. */
const RUNS = /^(delete|_raw_delete|destroy_all|delete_all|update|update_all|execute)$/;
/** Where a query begins that nothing narrows: a model's manager, a session's query, a builder that deletes. */
const BEGINS = /^[A-Z]\w*\.(objects|query|all|unscoped)\b|^[A-Z]\w*\.delete\(\)$|\.query\([\w.]+\)$|^[\w.]+\.deleteFrom\([^().]+\)$/;

/**
 * A call on a query that its function bound to a name, with the query written out: `carts = Cart.objects.all()` and `carts.delete()` read
 * as `Cart.objects.all().delete()`, `stmt = delete(Cart)` and `db.execute(stmt)` as `db.execute(delete(Cart))`. A name that was bound to a narrower query since stays a name.
 */
export function withBoundQuery(call: Call, facts: SourceFacts | undefined): Call {
  const from = receiver(call.callee);
  const [first = '', ...rest] = call.args;
  if (facts !== undefined && lastName(call.callee) === 'execute' && /^[a-z_]\w*$/.test(first)) {
    const statement = boundAbove(facts, first, call.range.start.line)?.replaceAll(' ', '') ?? '';
    return /^(?:sa\.|sqlalchemy\.)?delete\([\w.]+\)$/.test(statement) ? { ...call, args: [statement, ...rest] } : call;
  }
  if (facts === undefined || !RUNS.test(lastName(call.callee)) || !/^[a-z_]\w*$/.test(from)) return call;
  const bound = (boundForCertain(facts, from, call) ?? '').replaceAll(' ', '');
  return !BEGINS.test(bound) ? call : { ...call, callee: `${bound}.${lastName(call.callee)}` };
}

/** What a name is bound to, passing over what a condition adds to it: `if (cutoff) query = query.where(…)`. */
function boundForCertain(facts: SourceFacts, name: string, { scope, range }: Call): string | undefined {
  let line = range.start.line;
  // Each condition is passed once, from the last to the first.
  for (const condition of facts.conditions.toReversed()) {
    const isOfName =
      condition.kind === 'wraps' && within(scope, condition.scope) && condition.guarded.some((callee) => callee.startsWith(`${name}.`));
    if (!isOfName || condition.range.start.line >= line) continue;
    if (boundAbove(facts, name, line)?.startsWith(`${name} .`) === true) line = condition.range.start.line;
  }
  return boundAbove(facts, name, line);
}

/** `diesel::delete(visits)`: a name that the function was not given, and did not bind to a narrower query. */
export function isBareTable(from: string, { scope, range }: Call, facts: SourceFacts | undefined): boolean {
  const table = /^diesel::delete\(([a-z_]\w*)\)$/.exec(from)?.[1];
  if (table === undefined || facts === undefined || boundAbove(facts, table, range.start.line) !== undefined) return false;
  return !facts.symbols.some(({ name, parameters }) => within(scope, name) && parameters.some((parameter) => parameter.name === table));
}
