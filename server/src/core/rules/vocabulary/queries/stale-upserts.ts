import type { Option, SqlStatement } from '../../../model/facts.ts';
import { lastName } from '../code/call-names.ts';

/**
 * The column by which a write that meets an older or a newer row leaves the newer one alone: `DO UPDATE … WHERE t.seen_at < excluded.seen_at`,
 * `WHEN MATCHED AND s.seen_at > t.seen_at`, `UPDATE … SET seen_at = $4 WHERE … seen_at < $4`.
 */
export function newerColumn(statement: SqlStatement): string | undefined {
  const { verb, key, sets } = statement;
  if (overwrites(statement)) return NEWER.exec(key)?.[1];
  if (verb !== 'update') return undefined;
  return sets.find((column) => {
    const given = new RegExp(`\\b${column.replace(/\W/g, '')} <(?: ?=)? (${GIVEN})`).exec(key)?.[1];
    return given !== undefined && key.includes(`${column} = ${given}`);
  });
}

/** An INSERT or a MERGE that changes the row which is there. */
export function overwrites({ verb, key }: SqlStatement): boolean {
  return /^(?:insert|merge|upsert|replace)$/.test(verb) && /\b(?:do update|duplicate key update|then update)\b/.test(key);
}

/** The same of a query builder: `onConflictDoUpdate({ …, setWhere: … })`. */
export function isNewerOption({ name, callee, value }: Option): boolean {
  return (
    /^(?:where|setWhere|Where)$/.test(name) &&
    /^(?:onConflictDoUpdate|on_conflict_do_update|doUpdateSet|OnConflict)$/.test(lastName(callee).replace(/^clause\./, '')) &&
    /[<>]|\b(?:lte?|gte?|Lte?|Gte?)\(/.test(value)
  );
}

const NEWER = /(?:\bvalues \( )?(?:[a-z_]\w{0,60} \. )?\b([a-z_]\w{0,60})(?: \))? [<>](?: ?=)? (?:values \( )?(?:[a-z_]\w{0,60} \. )?\1\b/;
const GIVEN = '\\$\\d+|[:@]\\w+|\\?|pp?\\w*|%s';
