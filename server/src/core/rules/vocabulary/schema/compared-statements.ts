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
  const had = tally(after.conditions);
  const gone = before.conditions.filter((condition) => !take(had, condition));
  const kept = tally(before.conditions);
  const left = after.conditions.filter((condition) => !take(kept, condition));
  const bySubject = new Map<string, string[]>();
  for (const other of [...left].reverse()) {
    const subject = subjectOf(other);
    const same = bySubject.get(subject);
    if (same === undefined) bySubject.set(subject, [other]);
    else same.push(other);
  }
  const names = tally(left.flatMap(namesIn));
  // A filled-in condition (`${where}`) may be anything.
  let filledIn = left.filter(isFilledIn).length;
  const found: LostCondition[] = [];
  for (const condition of gone) {
    const other = bySubject.get(subjectOf(condition))?.pop();
    if (other === undefined) {
      if (filledIn > 0 || /^(p+|true|1 = 1|1)$/.test(condition)) continue;
      if (isAntiJoin(before, condition) && left.some((one) => isNotThere(before, after, one))) continue;
      if ((before.verb !== 'merge' && joins(before) && isJoin(condition)) || namesIn(condition).some((name) => (names.get(name) ?? 0) > 0))
        continue;
      found.push({ before, after, kind: 'gone', condition });
    } else {
      for (const name of namesIn(other)) take(names, name);
      if (isFilledIn(other)) filledIn -= 1;
      if (isTurned(condition, other)) found.push({ before, after, kind: 'turned', condition });
      else if (isLooser(condition, other)) found.push({ before, after, kind: 'loosened', condition });
    }
  }
  const bounds = (statement: SqlStatement): boolean => statement.names.some((name) => /^(limit|top|fetch|rownum)$/.test(name));
  if (bounds(before) && !bounds(after) && (after.verb !== 'select' || before.names.includes('limit')))
    found.push({ before, after, kind: 'limit', condition: '' });
  return found;
}

/** `LEFT JOIN disputes d ON … WHERE d.id IS NULL`: no partner is there. */
function isAntiJoin({ names }: SqlStatement, condition: string): boolean {
  return /^[a-z_]\w* is null$/.test(condition) && names.includes('left') && names.includes('join');
}

/** `NOT EXISTS (SELECT … FROM disputes …)` of a table that the old statement joined. */
function isNotThere({ names }: SqlStatement, after: SqlStatement, condition: string): boolean {
  return /^not exists\b/.test(condition) && names.some((name, at) => names[at - 1] === 'join' && after.names.includes(name));
}

function joins(statement: SqlStatement): boolean {
  const words = statement.verb === 'update' ? /^(join|from)$/ : /^(join|using)$/;
  return statement.targets.length > 1 || statement.names.some((name) => words.test(name));
}

function isFilledIn(condition: string): boolean {
  return /^p+$/.test(condition);
}

/** How often each text stands among them. */
function tally(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

/** Takes one of those that are left; false where none is. */
function take(counts: Map<string, number>, text: string): boolean {
  const count = counts.get(text) ?? 0;
  if (count > 0) counts.set(text, count - 1);
  return count > 0;
}
