import type { SourceFacts, SqlStatement } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { quote } from '../../quote.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { onlyIn } from '../code/fact-keys.ts';
import { keepOfBoth } from '../code/kept.ts';
import { lastPart } from './sql-context.ts';

/** A statement that kept other writers out and no longer does. */
export interface LostProtection {
  readonly statement: SqlStatement;
  readonly message: string;
}

/** SQL transactions that are gone while their writes stay, and isolation that is lower. */
export function lostProtection(input: RuleInput): readonly LostProtection[] {
  const found: LostProtection[] = [];
  for (const statement of input.removed.statements) {
    if (statement.verb === 'begin' && isUnwrapped(statement, input))
      found.push({ statement, message: `${writesOf(input, statement).length} statements no longer share a transaction` });
    const level = statement.actions.find((action) => action.kind === 'isolation')?.name;
    if (level !== undefined && isLowered(level, statement, input))
      found.push({ statement, message: `the transaction is no longer ${quote(level)}` });
  }
  return found;
}

/** `SET x = x - 1` that became a SELECT, and an UPDATE of what was computed from it. */
export function lostArithmetic(input: RuleInput): readonly SqlStatement[] {
  return lostAmong(input, input.removed.statements);
}

/** The same for the whole file, whichever hunk removed the statement. */
export function lostArithmeticOf(input: RuleInput): readonly SqlStatement[] {
  const { before, after } = input;
  if (before === undefined || after === undefined) return lostAmong(input, before?.statements ?? []);
  const known = lostOf(before, after);
  known.lost ??= lostAmong(input, onlyIn(before.statements, after.statements));
  return known.lost;
}

/** Found once for both sides of a file: every hunk asks. */
const lostOf = keepOfBoth((_before: SourceFacts, _after: SourceFacts): { lost?: readonly SqlStatement[] } => ({}));

function lostAmong(input: RuleInput, candidates: readonly SqlStatement[]): readonly SqlStatement[] {
  return candidates.filter((old) => {
    if (old.verb !== 'update' || !isRelative(old)) return false;
    const scope = counterpartScope(input, old.scope);
    const table = lastPart(old.targets[0] ?? '');
    if (scope === undefined) return false;
    const own =
      input.after?.statements.filter((other) => within(other.scope, scope) && other.targets.some((target) => lastPart(target) === table)) ??
      [];
    const known = new Set(input.before?.statements.map((statement) => statement.key));
    const reads = own.some(
      (other) => other.verb === 'select' && !known.has(other.key) && !other.actions.some((action) => action.kind === 'lock'),
    );
    const writes = own.some(
      (other) => other.verb === 'update' && !isRelative(other) && other.sets.some((column) => old.sets.includes(column)),
    );
    return reads && writes && !own.some((other) => other.verb === 'update' && isRelative(other));
  });
}

/** A column is set to what it was and a change of it: `SET n = n - 1`. */
export function isRelative(statement: SqlStatement): boolean {
  return /\b(\w+) = (?:\w+ \. )?\1 [-+*]/.test(statement.key);
}

function isUnwrapped(begin: SqlStatement, input: RuleInput): boolean {
  const after = input.after?.statements ?? [];
  if (after.some((other) => other.verb === 'begin') || input.after === undefined) return false;
  // What is built beside the writing cannot stand in a transaction.
  if (after.some((other) => other.flags.includes('concurrently'))) return false;
  return counterpartScope(input, begin.scope) !== undefined && writesOf(input, begin).length > 1;
}

/** Statements of the same function, or of the same script, that change rows or the schema. */
function writesOf(input: RuleInput, like: SqlStatement): readonly SqlStatement[] {
  const scope = counterpartScope(input, like.scope) ?? like.scope;
  return (input.after?.statements ?? []).filter(
    (other) => within(other.scope, scope) && /^(insert|update|delete|merge|alter-table|drop-table|create-table)$/.test(other.verb),
  );
}

const LEVELS = ['read uncommitted', 'read committed', 'repeatable read', 'snapshot', 'serializable'];

function isLowered(level: string, statement: SqlStatement, input: RuleInput): boolean {
  const after = (input.after?.statements ?? []).filter((other) => within(other.scope, counterpartScope(input, statement.scope) ?? '-'));
  if (LEVELS.indexOf(level) < LEVELS.indexOf('repeatable read')) return false;
  const left = after.flatMap((other) =>
    other.actions.filter((action) => action.kind === 'isolation').map((action) => LEVELS.indexOf(action.name)),
  );
  const stays = after.some((other) => /^(begin|insert|update|delete)$/.test(other.verb));
  return stays && !left.some((other) => other >= LEVELS.indexOf(level));
}
