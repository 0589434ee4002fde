import type { SqlStatement } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { compareStatements, type LostCondition, likeness } from './compared-statements.ts';
import { historyOf } from './schema-lookup.ts';
import { statementsIn } from './schema-statements.ts';
import { isDownMigration, lastPart } from './sql-context.ts';

/** A view or a function that is made anew and asks for less than it did. */
export interface RemadeView {
  /** The statement that makes it now. */
  readonly statement: SqlStatement;
  /** What is gone, of the view itself or of a statement in the function's body. */
  readonly lost: LostCondition;
}

/**
 * Views and functions that this hunk makes anew without a condition of the definition before it: in the same file, or in the newest
 * other migration that made one of the name.
 */
export function remadeViews(input: RuleInput): readonly RemadeView[] {
  const known = answers.get(input);
  if (known !== undefined) return known;
  const found = input.added.statements.flatMap((statement) => {
    const kind = kindOf(statement);
    if (kind === undefined || isDownMigration(statement, input.path, input.after)) return [];
    const old = definitionBefore(input, statement, kind);
    if (old === undefined) return [];
    const now = bodyOf(statement, statementsIn(input.after));
    return pairs(old, now).flatMap(([before, after]) =>
      dropsSource(before, after)
        ? []
        : compareStatements(before, after).flatMap((lost) => (isAskedBySource(input, lost) ? [] : [{ statement, lost }])),
    );
  });
  answers.set(input, found);
  return found;
}

const answers = new WeakMap<RuleInput, readonly RemadeView[]>();

/** A materialised view reaches the facts as the table that it fills. */
function kindOf({ verb, names }: SqlStatement): 'view' | 'function' | undefined {
  if (/^create-(?:or-replace-)?(?:materialized-)?view$/.test(verb)) return 'view';
  if (verb === 'create-table' && names.slice(0, 5).includes('view')) return 'view';
  return /^create-(?:function|procedure)$/.test(verb) ? 'function' : undefined;
}

/** The definition and, for a function, the statements of its body. */
function bodyOf(statement: SqlStatement, all: readonly SqlStatement[]): readonly SqlStatement[] {
  if (kindOf(statement) === 'view') return [statement];
  const { start, end } = statement.range;
  const behind = all.slice(all.indexOf(statement) + 1);
  const last = behind.findIndex(({ range }) => range.start.line < start.line || range.start.line > end.line);
  return (last < 0 ? behind : behind.slice(0, last)).filter(({ verb }) => /^(?:select|update|delete|insert)$/.test(verb));
}

function definitionBefore(input: RuleInput, statement: SqlStatement, kind: 'view' | 'function'): readonly SqlStatement[] | undefined {
  const name = lastPart(statement.targets[0] ?? '');
  if (name === '') return undefined;
  const isSame = (other: SqlStatement): boolean => kindOf(other) === kind && lastPart(other.targets[0] ?? '') === name;
  const own = statementsIn(input.before);
  const here = own.filter((other) => isSame(other) && !isDownMigration(other, input.path, input.before)).at(-1);
  if (here !== undefined) return bodyOf(here, own);
  const history = historyOf(input, name, '');
  const there = history.filter(isSame).at(-1);
  return there === undefined ? undefined : bodyOf(there, history);
}

/** A view is its own successor; of a function's statements each has the one that is most like it. */
function pairs(old: readonly SqlStatement[], now: readonly SqlStatement[]): readonly (readonly [SqlStatement, SqlStatement])[] {
  return old.flatMap((before) => {
    const alike = now
      .filter((after) =>
        kindOf(before) === 'view' ? kindOf(after) === 'view' : after.verb === before.verb && after.targets[0] === before.targets[0],
      )
      .sort((a, b) => likeness(before, b) - likeness(before, a));
    return alike[0] === undefined ? [] : [[before, alike[0]] as const];
  });
}

function sourcesOf({ names }: SqlStatement): readonly string[] {
  return names.filter((_, at) => /^(?:from|join)$/.test(names[at - 1] ?? ''));
}

/** A table that is read no more took its conditions along. */
function dropsSource(before: SqlStatement, after: SqlStatement): boolean {
  const [old, now] = [sourcesOf(before), sourcesOf(after)];
  return old.length > 1 && old.some((source) => !now.includes(source));
}

/** It reads from a view now that asks for the same. */
function isAskedBySource(input: RuleInput, { before, after, condition }: LostCondition): boolean {
  const column = condition.split(' ').find((word) => /^[a-z_]\w*$/.test(word) && word !== 'not') ?? '';
  const isView =
    (name: string) =>
    (statement: SqlStatement): boolean =>
      kindOf(statement) === 'view' &&
      lastPart(statement.targets[0] ?? '') === name &&
      statement.conditions.some((other) => other.split(' ').includes(column));
  return sourcesOf(after).some(
    (source) =>
      !sourcesOf(before).includes(source) && [...statementsIn(input.after), ...historyOf(input, source, '')].some(isView(lastPart(source))),
  );
}
