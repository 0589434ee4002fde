import type { Call, SourceFacts } from '../../../model/facts.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';

/** A filter of a write that nobody takes: where a statement is not changed by its methods, `stmt.where(…);` bounds nothing. */
export interface DroppedFilter {
  readonly call: Call;
  readonly does: 'delete' | 'update';
  /** True where nothing else bounds it either. */
  readonly isWhole: boolean;
}

/**
 * Filters among some calls whose result is thrown away, of statements that are values: SQLAlchemy's and peewee's, Django's query sets and
 * Kysely's. Other builders change themselves. Of one statement the first is told.
 */
export function droppedFilters(calls: readonly Call[], facts: SourceFacts | undefined): readonly DroppedFilter[] {
  const told = new Set<string>();
  return calls.flatMap((call): readonly DroppedFilter[] => {
    const name = receiver(call.callee);
    if (facts === undefined || call.kind !== 'call' || call.use !== 'discarded' || !FILTERS.test(lastName(call.callee))) return [];
    if (!/^[A-Za-z_]\w*$/.test(name) || told.has(`${call.scope} ${name}`)) return [];
    const bound = boundAbove(facts, name, call.range.start.line);
    const does = bound === undefined ? undefined : writeOf(bound, name, call, facts);
    if (bound === undefined || does === undefined) return [];
    told.add(`${call.scope} ${name}`);
    return [{ call, does, isWhole: !/\b(?:where|filter|filter_by|exclude|get|limit)\b/.test(bound) }];
  });
}

const FILTERS = /^(?:where|filter|filter_by|exclude|and_where|andWhere)$/;

/** What is done with the rows: by the statement itself, or by a later method of the query. */
function writeOf(bound: string, name: string, call: Call, { language, calls }: SourceFacts): DroppedFilter['does'] | undefined {
  if (language === 'typescript') return /\. deleteFrom \(/.test(bound) ? 'delete' : /\. updateTable \(/.test(bound) ? 'update' : undefined;
  if (language !== 'python') return undefined;
  const built = /^(?:(?:sa|sqlalchemy|sql) \. )?(delete|update) \( |^[A-Z]\w*(?: \. \w+)* \. (delete|update) \(/.exec(bound);
  if (built !== null) return (built[1] ?? built[2]) === 'delete' ? 'delete' : 'update';
  if (!/ \. objects\b| \. query \(|^[A-Z]\w* \. query\b/.test(bound)) return undefined;
  const later = calls.find(
    ({ callee, scope, range }) =>
      within(scope, call.scope) && range.start.line > call.range.start.line && (callee === `${name}.delete` || callee === `${name}.update`),
  );
  return later === undefined ? undefined : lastName(later.callee) === 'delete' ? 'delete' : 'update';
}
