import type { Call } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';

/** A method whose name is the query, as Spring Data reads it: `deleteByExpiresAtBefore`. */
export const DERIVED = /^(?:delete|remove|find|findAll|deleteAll)By([A-Z]\w*)$/;

/** Links that add a condition: `filter(status=…)`, `.eq(…)`, `.Where(…)`. */
export const FILTERS =
  /^(filter|filter_by|exclude|where|andWhere|and|whereIn|whereNull|whereNotNull|whereNot|whereBetween|whereRaw|eq|neq|lt|lte|gt|gte|in|is|match|not|Where|Not|Scopes|And)$/;

/** Calls that act upon all rows that their argument selects: `deleteMany({ where })`. */
export const BULK =
  /^(delete|deleteMany|deleteAll|update|updateMany|updateAll|destroy|remove|del|deleteOne|updateOne|Delete|Update|Updates|findMany|find|findAll|list|search|bulk_update|delete_all|update_all|execute|DeleteMany|UpdateMany|DeleteOne|UpdateOne|delete_many|update_many|delete_one|update_one|Find|all)$/;

/** Calls that read rows, and may take the conditions as an argument. */
export const SELECTS = /^(findMany|find|findAll|all|select|get|list|Find)$/;

/** Links that bound how many rows there are. */
export const LIMITS = /^(limit|take|first|top|Limit|setMaxResults|slice)$/;

/** Links that change or take rows. */
export const WRITES =
  /^(delete|deleteMany|deleteAll|update|updateMany|updateAll|destroy|remove|del|deleteOne|updateOne|Delete|Update|Updates|DeleteMany|UpdateMany|DeleteOne|UpdateOne|delete_many|update_many|delete_one|update_one|bulk_update|delete_all|softDelete|increment|decrement)$/;

/** A chain begins lines above the link that went. */
export function lineOfLink({ range }: Call): Range {
  return range.end.line > range.start.line ? { start: { line: range.end.line, character: 0 }, end: range.end } : range;
}
