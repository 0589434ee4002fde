import type { FileFacts, SqlStatement } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { isAmong } from '../code/symbols-by-name.ts';
import { compareStatements, type LostCondition, likeness } from './compared-statements.ts';
import { isAskedOfChosenRows } from './filled-tables.ts';
import { freshStatements, pairStatements, REHOUSED } from './paired-statements.ts';
import { namesIn } from './sql-comparisons.ts';
import { lastPart } from './sql-context.ts';

/** Conditions that statements of this hunk lost, a statement and its successor in hand. Kept for the hunk: several rules ask. */
export function lostConditions(input: RuleInput): readonly LostCondition[] {
  const known = answers.get(input);
  if (known !== undefined) return known;
  const found = pairStatements(input).flatMap(([before, after]) =>
    compareStatements(before, after).filter(
      ({ condition }) => !isAskedOfChosenRows(input, after, condition) && (after.verb !== 'select' || !isAskedIn(input.after, condition)),
    ),
  );
  answers.set(input, found);
  return found;
}

const answers = new WeakMap<RuleInput, readonly LostCondition[]>();

/**
 * Conditions that a statement lost on its way to this hunk, where it stands now, from another hunk, where it stood: whoever reads
 * the new place sees it whole, and does not see what it was.
 */
export function arrivedWithout(input: RuleInput): readonly LostCondition[] {
  const { before, after, added, removed } = input;
  if (before === undefined || after === undefined || added.statements.length === 0) return [];
  const lost = freshStatements(after.statements, before.statements).fresh.filter((statement) => !isAmong(removed.statements, statement));
  if (lost.length === 0) return [];
  // Where all of them stand in one place none has gone to another.
  const homes = new Set(lost.map(({ scope }) => counterpartScope(input, scope)));
  if (homes.size === 1 && added.statements.every(({ scope }) => homes.has(scope))) return [];
  return pairStatements({ ...input, removed: { ...removed, statements: lost } }).flatMap(([old, now]) =>
    added.statements.includes(now) && now.scope !== counterpartScope(input, old.scope) ? compareStatements(old, now) : [],
  );
}

/**
 * Conditions that a statement lost on its way into another file: the only one of its verb and table that is new there and like it, and
 * none is left here. What code asks there instead (`filter((row) => !row.onHold)`) is asked.
 */
export function departedWithout(input: RuleInput): readonly LostCondition[] {
  const { removed, after, addedElsewhere } = input;
  if (removed.statements.length === 0) return [];
  const elsewhere = addedElsewhere();
  const isAlike = (one: SqlStatement, other: SqlStatement): boolean =>
    one.verb === other.verb && lastPart(one.targets[0] ?? '') === lastPart(other.targets[0] ?? '');
  return removed.statements.flatMap((statement) => {
    const candidates = elsewhere.statements.filter((other) => isAlike(statement, other));
    const [now, ...others] = candidates;
    if (now === undefined || others.length > 0 || after?.statements.some((other) => isAlike(statement, other)) === true) return [];
    if (likeness(statement, now) < REHOUSED) return [];
    return compareStatements(statement, now).filter(({ condition }) => now.verb !== 'select' || !isAskedIn(elsewhere, condition));
  });
}

/** A column of a condition that code asks about now, however it writes it: what was selected in vain is passed over there. */
function isAskedIn(facts: Pick<FileFacts, 'guards' | 'conditions'> | undefined, condition: string): boolean {
  const plain = (text: string): string => text.replaceAll('_', '').toLowerCase();
  const columns = namesIn(condition).map(plain);
  return [...(facts?.guards ?? []), ...(facts?.conditions ?? [])].some(({ key }) => columns.some((column) => plain(key).includes(column)));
}
