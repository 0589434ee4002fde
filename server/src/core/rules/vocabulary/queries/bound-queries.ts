import type { Call, SourceFacts } from '../../../model/facts.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';

/** What runs a query that was bound to a name before. */
const RUNS = /^(delete|_raw_delete|destroy_all|delete_all|update|update_all|execute)$/;
/** Where a query begins that nothing narrows: a model's manager, a session's query, a builder that deletes. */
const BEGINS = /^[A-Z]\w*\.(objects|query|all|unscoped)\b|\.query\([\w.]+\)$/;

/**
 * A call on a query that its function bound to a name, with the query written out: `carts = Cart.objects.all()` and `carts.delete()` read
 * as `Cart.objects.all().delete()`. A name that was bound to a narrower query since stays a name.
 */
export function withBoundQuery(call: Call, facts: SourceFacts | undefined): Call {
  const from = receiver(call.callee);
  if (facts === undefined || !RUNS.test(lastName(call.callee)) || !/^[a-z_]\w*$/.test(from)) return call;
  const bound = boundAbove(facts, from, call.range.start.line)?.replaceAll(' ', '');
  return bound === undefined || !BEGINS.test(bound) ? call : { ...call, callee: `${bound}.${lastName(call.callee)}` };
}

/** `diesel::delete(visits)`: a name that the function was not given, and did not bind to a narrower query. */
export function isBareTable(from: string, { scope, range }: Call, facts: SourceFacts | undefined): boolean {
  const table = /^diesel::delete\(([a-z_]\w*)\)$/.exec(from)?.[1];
  if (table === undefined || facts === undefined || boundAbove(facts, table, range.start.line) !== undefined) return false;
  return !facts.symbols.some(({ name, parameters }) => within(scope, name) && parameters.some((parameter) => parameter.name === table));
}
