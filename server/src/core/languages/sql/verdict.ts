import type { SqlAction, SqlStatement } from '../../model/facts.ts';

/** What one statement does to what, however it was found out. */
export type SqlVerdict = Pick<SqlStatement, 'verb' | 'targets' | 'where' | 'flags'>;

/** A verdict about a statement whose WHERE says nothing. */
export function verdict(verb: string, targets: readonly string[], more: Partial<SqlVerdict> = {}): SqlVerdict {
  return { verb, targets, where: 'unknown', flags: [], ...more };
}

/** One clause. */
export function action(kind: SqlAction['kind'], name: string, more: Partial<SqlAction> = {}): SqlAction {
  return { kind, name, marks: [], ...more };
}
