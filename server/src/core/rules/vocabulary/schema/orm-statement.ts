import type { SqlAction, SqlStatement } from '../../../model/facts.ts';

/** What a call of a migration tool says of a schema; the rest of a statement it leaves open. */
export type Said = Pick<SqlStatement, 'verb' | 'targets'> & Partial<Pick<SqlStatement, 'flags' | 'actions' | 'where'>>;

/** One clause, its name in lower case. */
export function act(kind: SqlAction['kind'], name: string, more: Partial<SqlAction> = {}): SqlAction {
  return { kind, name: name.toLowerCase(), marks: [], ...more };
}

/** The kind of constraint that a method's name or a tool's word speaks of; nothing where it does not say. */
export function constraintKind(words: string): Pick<SqlAction, 'constraint'> {
  if (/foreign/i.test(words)) return { constraint: 'foreign-key' };
  if (/unique/i.test(words)) return { constraint: 'unique' };
  if (/primary/i.test(words)) return { constraint: 'primary-key' };
  return /check/i.test(words) ? { constraint: 'check' } : {};
}

/** What an index of a migration tool that may be told to be unique says of it. */
export function uniqueMark(said: string | undefined): SqlAction['marks'] {
  return /^true$/i.test(said ?? '') ? ['unique'] : [];
}
