import type { SqlStatement } from '../../model/facts.ts';

/** What one statement does, however it was found out. */
export type SqlVerdict = Pick<SqlStatement, 'verb' | 'targets' | 'where' | 'flags' | 'actions'>;

/** A verdict about a statement whose WHERE says nothing. */
export function verdict(verb: string, targets: readonly string[], more: Partial<SqlVerdict> = {}): SqlVerdict {
  return { verb, targets, where: 'unknown', flags: [], actions: [], ...more };
}
