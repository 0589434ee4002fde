import type { Fact, SourceFacts, SqlStatement } from '../../../model/facts.ts';
import type { RepoPath, Tree } from '../../../model/tree.ts';
import { statementsIn } from './schema-statements.ts';

/** Names that say of a table that nobody will miss it. */
const PASSING = /(^|[._#])(tmp|temp|temporary|staging|stg|scratch)([._]|$)|^#|^@|_(tmp|temp|staging|stg|scratch)$/;

/** Statements of one kind. Kept for the file, because each of a script's ten thousand DELETEs asks what the script creates. */
export function statementsOf(facts: SourceFacts | undefined, verb: string): readonly SqlStatement[] {
  if (facts === undefined) return [];
  const kinds = byVerb.get(facts) ?? new Map<string, readonly SqlStatement[]>();
  byVerb.set(facts, kinds);
  const found = kinds.get(verb) ?? statementsIn(facts).filter((statement) => statement.verb === verb);
  kinds.set(verb, found);
  return found;
}

const byVerb = new WeakMap<SourceFacts, Map<string, readonly SqlStatement[]>>();

/**
 * True where a statement's target is a temporary table, by its name or by how the file made it. A temporary table has no schema
 * of ours: `public.users` is never one.
 */
export function isTemporaryTable(target: string, facts: SourceFacts | undefined): boolean {
  if (PASSING.test(target)) return true;
  const own = withoutSchema(target, TEMPORARY_SCHEMA);
  return statementsOf(facts, 'create-table').some(
    (other) => other.flags.includes('temporary') && other.targets.some((made) => withoutSchema(made, TEMPORARY_SCHEMA) === own),
  );
}

const TEMPORARY_SCHEMA = /^(pg_temp|temp|tempdb\.(dbo)?)\./;
/** Where a name without a schema ends up when nobody says otherwise. */
const USUAL_SCHEMA = /^(public|dbo|main)\./;

function withoutSchema(name: string, schema: RegExp): string {
  return name.replace(schema, '');
}

/**
 * True where the same file makes that very table above the statement and no other one can be meant: `IF NOT EXISTS` may find
 * it made, and a temporary table or one of another schema only shares the name.
 */
export function isSurelyMadeAbove(target: string, statement: SqlStatement, facts: SourceFacts | undefined): boolean {
  const own = withoutSchema(target, USUAL_SCHEMA);
  return statementsOf(facts, 'create-table').some(
    (other) =>
      !other.flags.includes('temporary') &&
      !other.flags.includes('if-not-exists') &&
      other.targets.some((made) => withoutSchema(made, USUAL_SCHEMA) === own) &&
      isBefore(other, statement),
  );
}

/** True where the same file makes the table, above the statement, if it was not there: as a rule there was nothing in it before. */
export function isMadeAbove(target: string, statement: SqlStatement, facts: SourceFacts | undefined): boolean {
  return statementsOf(facts, 'create-table').some((other) => sameTable(other, target) && isBefore(other, statement));
}

/** True where the same file makes the table again, below the statement. */
export function isMadeBelow(target: string, statement: SqlStatement, facts: SourceFacts | undefined): boolean {
  return statementsOf(facts, 'create-table').some((other) => sameTable(other, target) && isBefore(statement, other));
}

/**
 * True where the file copies the table into a new one, drops it and gives the new one its name: how SQLite migrations change
 * a column.
 */
export function isRebuilt(target: string, statement: SqlStatement, facts: SourceFacts | undefined): boolean {
  const copies = statementsOf(facts, 'create-table')
    .filter((other) => isBefore(other, statement))
    .flatMap((other) => other.targets);
  const isFilled = (copy: string): boolean =>
    statementsIn(facts).some((other) => other.verb === 'insert' && sameTable(other, copy) && mentions(other, target));
  const takesName = (copy: string): boolean =>
    statementsIn(facts).some(
      (other) =>
        sameTable(other, copy) &&
        isBefore(statement, other) &&
        other.actions.some((action) => action.kind === 'rename-to' && lastPart(action.to ?? '') === lastPart(target)),
    );
  return copies.some((copy) => isFilled(copy) && takesName(copy));
}

/**
 * True for the half of a migration that takes back what the other half did: by its file's name, by a marker in it, by the
 * function it stands in, or by the argument that holds it.
 */
export function isDownMigration(statement: Fact, path: RepoPath, facts?: SourceFacts): boolean {
  return (
    isDownScope(statement.scope) ||
    isCalledByDown(statement.scope, facts) ||
    /(^|[/._-])(down|undo|revert|rollback)([/._-][^/]*)?\.sql$|(^|\/)(down|undo|revert|rollback)\/|(^|\/)U\d+(?:[._]\d+)*__[^/]*\.sql$/i.test(
      path,
    ) ||
    (facts?.options.some((option) => /^reverse_(sql|code)$/.test(option.name) && holds(option, statement)) ?? false)
  );
}

function isDownScope(scope: string): boolean {
  return scope.split('.').some((part) => /^(down|downgrade|reverse\w*|rollback|undo)$/i.test(part));
}

/** A function of the file that only its way down calls. */
function isCalledByDown(scope: string, facts: SourceFacts | undefined): boolean {
  const name = scope.split(/[.(]/)[0] ?? '';
  if (name === '' || facts === undefined || !facts.scopes.some((other) => isDownScope(other.name))) return false;
  const callers = facts.calls.filter(({ callee }) => callee === name || callee.endsWith(`.${name}`));
  return callers.length > 0 && callers.every((call) => isDownScope(call.scope));
}

function holds(outer: Fact, inner: Fact): boolean {
  const starts = (one: Fact, other: Fact): boolean =>
    one.range.start.line < other.range.start.line ||
    (one.range.start.line === other.range.start.line && one.range.start.character <= other.range.start.character);
  return starts(outer, inner) && outer.range.end.line >= inner.range.end.line;
}

/** Files where a name of the schema may be written down. */
export const SCHEMA_READERS = [
  '.sql',
  '.ts',
  '.tsx',
  '.js',
  '.mjs',
  '.cjs',
  '.py',
  '.rb',
  '.go',
  '.java',
  '.kt',
  '.cs',
  '.php',
  '.rs',
  '.prisma',
  '.ex',
  '.exs',
  '.graphql',
  '.yaml',
  '.yml',
] as const;

/** True where the tree before the change knows the name at all. */
export function isKnownBefore(target: string, before: Tree, path: RepoPath): boolean {
  return before.mentioning(lastPart(target), SCHEMA_READERS).some((other) => other !== path);
}

/** `users` of `public.users`. */
export function lastPart(target: string): string {
  return target.slice(target.lastIndexOf('.') + 1);
}

/** True where a statement is about the table, whatever schema its name begins with. */
export function sameTable(statement: SqlStatement, target: string): boolean {
  return statement.targets.some((other) => other === target || lastPart(other) === lastPart(target));
}

function mentions(statement: SqlStatement, target: string): boolean {
  return statement.names.includes(lastPart(target));
}

/** True where one statement stands above another in the same file. */
export function isBefore(one: SqlStatement, other: SqlStatement): boolean {
  if (one.range.start.line !== other.range.start.line) return one.range.start.line < other.range.start.line;
  return one.range.start.character < other.range.start.character;
}
