import type { SqlStatement } from '../../../model/facts.ts';

/** Conditions that hold for every row of any table with a key of its own: `id > 0`, `id >= 1`, `id IS NOT NULL`, `id <> ''`. */
const OF_ALL = /^(?:id|_id|pk|uuid|guid|rowid|ctid|oid) (?:> 0|> = ?[01]|> - 1|< ?> (?:0|- 1|'')|! ?= (?:0|''|- 1)|is not null)$/;

/** True where a statement asks for nothing, or for what is true of each row by the nature of a key. */
export function meetsEveryRow({ where, conditions }: Pick<SqlStatement, 'where' | 'conditions'>): boolean {
  return (
    where === 'none' ||
    where === 'trivial' ||
    (where === 'present' && conditions.length > 0 && conditions.every((condition) => OF_ALL.test(condition)))
  );
}

/** The same of one condition. */
export function isOfAll(condition: string): boolean {
  return condition === 'true' || /^(\d+) = \1$/.test(condition) || OF_ALL.test(condition);
}
