import type { SqlAction } from '../../../model/facts.ts';

/** What turns one column into the other, clause by clause. */
export function columnDifferences(old: SqlAction, fresh: SqlAction): readonly SqlAction[] {
  const found: SqlAction[] = [];
  const plain = { name: fresh.name, marks: [] };
  if (old.type !== fresh.type) found.push({ ...plain, kind: 'alter-type', type: fresh.type ?? '', to: old.type ?? '' });
  const has = (column: SqlAction, mark: SqlAction['marks'][number]): boolean => column.marks.includes(mark);
  if (has(old, 'not-null') && !has(fresh, 'not-null') && fresh.constraint !== 'primary-key')
    found.push({ ...plain, kind: 'drop-not-null' });
  if (!has(old, 'not-null') && has(fresh, 'not-null')) found.push({ ...plain, kind: 'set-not-null' });
  if (has(old, 'unique') && !has(fresh, 'unique'))
    found.push({ ...plain, kind: 'drop-constraint', constraint: 'unique', columns: [fresh.name] });
  if (old.references !== undefined && fresh.references === undefined)
    found.push({ ...plain, kind: 'drop-constraint', constraint: 'foreign-key', columns: [fresh.name] });
  if (old.constraint === 'check' && fresh.constraint === undefined)
    found.push({ ...plain, kind: 'drop-constraint', constraint: 'check', columns: [fresh.name] });
  return found;
}
