import type { FileFacts, SourceFacts, SqlAction, SqlStatement } from '../../../model/facts.ts';
import type { Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { clipToHunk } from '../../hunk-range.ts';
import { statementsOfLog } from './change-log.ts';
import { columnDifferences } from './column-differences.ts';
import { isMigrated, mappedChanges } from './mapped-changes.ts';
import { statementOfCall } from './orm-migrations.ts';

/**
 * The statements that a hunk added or removed: SQL of scripts and strings, and what the calls of a migration tool stand for.
 * A CREATE TABLE that stood there before and now says something else is told as the ALTER between the two.
 */
export function statementsOfHunk(input: RuleInput, side: Side): readonly HunkStatement[] {
  const known = hunks[side].get(input);
  if (known !== undefined) return known;
  // A table that only lost lines is told where it lost them: `shortened`.
  const all = read(side === 'before' ? input.removed : input.added, input[side]);
  const own = side === 'after' && input.hunk.after.lines === 0 ? all.filter(({ verb }) => verb !== 'create-table') : all;
  const found =
    side === 'before'
      ? own.map((statement) => ({ ...statement, side }))
      : [
          ...own.map((statement) => ({ ...asAlter(statement, input), side })),
          ...shortened(own, input),
          ...declaredChanges(input),
          ...modelChanges(input),
        ];
  hunks[side].set(input, found);
  return found;
}

/** A statement with the side that its range lies on: what only lost lines has its place on the old one. */
export interface HunkStatement extends SqlStatement {
  readonly side: Side;
  /** True where a model in code says it, and no statement does. */
  readonly isModel?: true;
}

/** The statements of a whole file, migration calls among them, in the order of the file. */
export function statementsIn(facts: SourceFacts | undefined): readonly SqlStatement[] {
  if (facts === undefined) return [];
  const known = files.get(facts) ?? read(facts, facts);
  files.set(facts, known);
  return known;
}

/** Statements that the change adds in other files. */
export function statementsElsewhere(input: RuleInput): readonly SqlStatement[] {
  const known = elsewhere.get(input) ?? read(input.addedElsewhere(), undefined);
  elsewhere.set(input, known);
  return known;
}

const hunks: Readonly<Record<Side, WeakMap<RuleInput, readonly HunkStatement[]>>> = { before: new WeakMap(), after: new WeakMap() };
const files = new WeakMap<SourceFacts, readonly SqlStatement[]>();
const elsewhere = new WeakMap<RuleInput, readonly SqlStatement[]>();

function read(facts: Pick<FileFacts, 'statements' | 'calls' | 'settings'>, file: SourceFacts | undefined): readonly SqlStatement[] {
  const logged = statementsOfLog(file?.settings ?? facts.settings, facts.settings);
  const called = [...facts.calls.flatMap((call) => statementOfCall(call, file) ?? []), ...logged];
  if (called.length === 0) return facts.statements;
  return [...facts.statements, ...called].sort(
    (a, b) => a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character,
  );
}

/** A declared table that is edited where it stands: what the next run of the schema does to the table that is there. */
function asAlter(statement: SqlStatement, input: RuleInput): SqlStatement {
  if (statement.verb !== 'create-table' || statement.actions.length === 0) return statement;
  const isSame = (other: SqlStatement): boolean => other.verb === 'create-table' && other.targets[0] === statement.targets[0];
  const old = statementsIn(input.before).find(isSame);
  if (old === undefined || statementsIn(input.after).filter(isSame).length !== 1) return statement;
  return { ...statement, verb: 'alter-table', actions: differences(old.actions, statement.actions) };
}

/** Where a hunk only takes lines out of a declared table, they are the place. */
function shortened(own: readonly SqlStatement[], input: RuleInput): readonly HunkStatement[] {
  return input.removed.statements.flatMap((old) => {
    const isSame = (other: SqlStatement): boolean => other.verb === 'create-table' && other.targets[0] === old.targets[0];
    if (old.verb !== 'create-table' || own.some(isSame)) return [];
    const fresh = statementsIn(input.after).find(isSame);
    // Where another hunk has it, it is told there.
    if (fresh === undefined || input.hunk.after.lines > 0) return [];
    const told = asAlter(fresh, input);
    return told.verb === 'alter-table' ? [{ ...told, range: clipToHunk(input, 'before', old.range), side: 'before' as const }] : [];
  });
}

/** What an edit of a model in code does to its table, unless a migration of the same change does it. */
function modelChanges(input: RuleInput): readonly HunkStatement[] {
  return [...mappedChanges(input)]
    .filter((change) => !isMigrated(change, statementsElsewhere(input)))
    .map(({ side, table, action, range }) => ({
      ...NO_STATEMENT,
      isModel: true,
      targets: [table],
      actions: [action],
      range,
      side,
      key: `${action.kind} ${table}.${action.name}`,
    }));
}

const NO_STATEMENT = {
  verb: 'alter-table',
  where: 'unknown',
  flags: [],
  conditions: [],
  names: [],
  sets: [],
  limited: false,
  method: 'tree',
  scope: '',
} as const;

/** A declared model, column by column: what the next migration will do to the table that is there. */
function declaredChanges(input: RuleInput): readonly HunkStatement[] {
  const found: HunkStatement[] = [];
  const stands = (facts: SourceFacts | undefined, table: string): boolean =>
    facts?.statements.some((other) => /^declare-(table|enum)$/.test(other.verb) && other.targets[0] === table) === true;
  for (const fresh of input.added.statements) {
    const [action] = fresh.actions;
    const table = fresh.targets[0] ?? '';
    if (!fresh.verb.startsWith('declare-') || action === undefined || !stands(input.before, table)) continue;
    const old = partner(fresh, action, input.before);
    const actions = old === undefined ? [action] : action.kind === 'add-column' ? columnDifferences(old, action) : weakened(old, action);
    const told = actions.filter((one) => !isMigrated({ table, action: one }, statementsElsewhere(input)));
    if (told.length > 0) found.push({ ...fresh, verb: 'alter-table', actions: told, side: 'after' });
  }
  for (const old of input.removed.statements) {
    const [action] = old.actions;
    const table = old.targets[0] ?? '';
    if (old.verb === 'declare-table' && !stands(input.after, table)) found.push({ ...old, verb: 'drop-table', side: 'before' });
    if (!old.verb.startsWith('declare-') || action === undefined || !stands(input.after, table)) continue;
    const dropped = dropOf(action);
    if (partner(old, action, input.after) === undefined && !isMigrated({ table, action: dropped }, statementsElsewhere(input)))
      found.push({ ...old, verb: 'alter-table', actions: [dropped], side: 'before' });
  }
  return asRenames(found);
}

/** One column that goes and one of its type that comes, of one table: told once, where the new name stands. */
function asRenames(found: readonly HunkStatement[]): readonly HunkStatement[] {
  const columns = (kind: SqlAction['kind'], table: string | undefined): readonly HunkStatement[] =>
    found.filter(({ actions, targets }) => actions[0]?.kind === kind && targets[0] === table);
  const gone = new Set<HunkStatement>();
  const renames = found.flatMap((fresh) => {
    const [table] = fresh.targets;
    const [lost, ...others] = columns('drop-column', table);
    const [from, to] = [lost?.actions[0], fresh.actions[0]];
    if (lost === undefined || from === undefined || to?.kind !== 'add-column' || others.length > 0) return [];
    if (columns('add-column', table).length > 1 || from.type !== to.type) return [];
    gone.add(lost).add(fresh);
    const action: SqlAction = { kind: 'rename-column', name: from.name, to: to.name, marks: [] };
    return [{ ...fresh, actions: [action] }];
  });
  return [...found.filter((statement) => !gone.has(statement)), ...renames];
}

/** The same column, or a constraint of the same kind on the same columns, on the other side. */
function partner(statement: SqlStatement, action: SqlAction, facts: SourceFacts | undefined): SqlAction | undefined {
  const isSame = (other: SqlAction): boolean =>
    other.kind === action.kind &&
    (/^(add-column|enum-value)$/.test(action.kind)
      ? other.name === action.name
      : other.constraint === action.constraint && other.columns?.join() === action.columns?.join());
  return facts?.statements
    .find((other) => other.verb === statement.verb && other.targets[0] === statement.targets[0] && other.actions.some(isSame))
    ?.actions.find(isSame);
}

/** A foreign key that kept rows from being deleted now deletes along. */
function weakened(old: SqlAction, fresh: SqlAction): readonly SqlAction[] {
  const isWeaker = fresh.marks.includes('cascade') && !old.marks.includes('cascade');
  return isWeaker ? [{ ...fresh, kind: 'disable-constraint', name: fresh.columns?.join('_') ?? '' }] : [];
}

function dropOf(action: SqlAction): SqlAction {
  return { ...action, kind: DROPS[action.kind] ?? 'drop-constraint', marks: [] };
}

const DROPS: Readonly<Partial<Record<SqlAction['kind'], SqlAction['kind']>>> = {
  'add-column': 'drop-column',
  'add-index': 'drop-index',
  'enum-value': 'drop-value',
};

function differences(before: readonly SqlAction[], after: readonly SqlAction[]): readonly SqlAction[] {
  const found: SqlAction[] = [];
  const isColumn = (action: SqlAction): boolean => action.kind === 'add-column';
  const columns = new Map(after.filter(isColumn).map((column) => [column.name, column]));
  const old = new Map(before.filter(isColumn).map((column) => [column.name, column]));
  for (const column of old.values()) {
    const fresh = columns.get(column.name);
    if (fresh === undefined) found.push({ kind: 'drop-column', name: column.name, marks: [] });
    else found.push(...columnDifferences(column, fresh));
  }
  for (const column of columns.values()) if (!old.has(column.name)) found.push(column);
  const constraintKey = (action: SqlAction): string => `${action.constraint} ${action.columns?.join()} ${action.references?.table ?? ''}`;
  const constraints = (actions: readonly SqlAction[]): readonly SqlAction[] => actions.filter((action) => action.kind === 'add-constraint');
  const left = new Set(constraints(after).map(constraintKey));
  for (const constraint of constraints(before))
    if (!left.has(constraintKey(constraint))) found.push({ ...constraint, kind: 'drop-constraint', marks: [] });
  const had = new Set(constraints(before).map(constraintKey));
  for (const constraint of constraints(after)) if (!had.has(constraintKey(constraint))) found.push(constraint);
  return found;
}
