import type { SqlStatement } from '../../../model/facts.ts';
import { isJoin, isLooser, isTurned, namesIn, subjectOf } from './sql-comparisons.ts';

/** A statement that stays and asks for less. */
export interface LostCondition {
  readonly before: SqlStatement;
  readonly after: SqlStatement;
  /** `turned`: it asks for the rows that it kept out. */
  readonly kind: 'gone' | 'loosened' | 'turned' | 'limit';
  /** The condition that is gone, as it stood; empty for a limit. */
  readonly condition: string;
}

/** Share of their words that two statements have in common, 0 to 1. */
export function likeness(a: SqlStatement, b: SqlStatement): number {
  const words = new Set(a.names);
  const shared = b.names.filter((name) => words.has(name)).length;
  return shared / Math.max(1, a.names.length, b.names.length);
}

/** Conditions of a statement that the one in its place lost. */
export function compareStatements(before: SqlStatement, after: SqlStatement): readonly LostCondition[] {
  const left = [...after.conditions];
  const gone: string[] = [];
  for (const condition of before.conditions) {
    const at = left.indexOf(condition);
    if (at < 0) gone.push(condition);
    else left.splice(at, 1);
  }
  const found: LostCondition[] = [];
  for (const condition of gone) {
    const at = left.findIndex((other) => subjectOf(other) === subjectOf(condition));
    const other = left[at];
    if (other === undefined) {
      // A filled-in condition (`${where}`) may be anything.
      if (left.some((unknown) => /^p+$/.test(unknown)) || /^(p+|true|1 = 1|1)$/.test(condition)) continue;
      if ((joins(before) && isJoin(condition)) || left.some((wider) => namesIn(wider).some((name) => namesIn(condition).includes(name))))
        continue;
      found.push({ before, after, kind: 'gone', condition });
    } else {
      left.splice(at, 1);
      if (isTurned(condition, other)) found.push({ before, after, kind: 'turned', condition });
      else if (isLooser(condition, other)) found.push({ before, after, kind: 'loosened', condition });
    }
  }
  const bounds = (statement: SqlStatement): boolean => statement.names.some((name) => /^(limit|top|fetch|rownum)$/.test(name));
  if (bounds(before) && !bounds(after) && (after.verb !== 'select' || before.names.includes('limit')))
    found.push({ before, after, kind: 'limit', condition: '' });
  return found;
}

function joins(statement: SqlStatement): boolean {
  const words = statement.verb === 'update' ? /^(join|from)$/ : /^(join|using)$/;
  return statement.targets.length > 1 || statement.names.some((name) => words.test(name));
}
