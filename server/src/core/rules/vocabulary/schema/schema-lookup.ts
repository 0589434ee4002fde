import type { SqlAction, SqlStatement } from '../../../model/facts.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { statementsElsewhere, statementsIn } from './schema-statements.ts';
import { isBefore, isDownMigration, lastPart, sameTable } from './sql-context.ts';

/** Files read to learn what a table was like; a history of migrations may hold thousands. */
const MOST_FILES = 80;

/** A column as the files of the tree before the change leave it; undefined where none of them says. */
export function columnBefore(input: RuleInput, table: string, column: string, statement?: SqlStatement): SqlAction | undefined {
  const own = statementsIn(input.after).filter(
    (other) => statement !== undefined && isBefore(other, statement) && !isDownMigration(other, input.path, input.after),
  );
  let found: SqlAction | undefined;
  for (const other of [...historyOf(input, table, table), ...own]) {
    if (!sameTable(other, table)) continue;
    for (const action of other.actions) {
      if (action.name === column && (action.kind === 'add-column' || (action.kind === 'alter-type' && action.type !== ''))) found = action;
      else if (action.kind === 'rename-column' && action.to === column)
        found = columnIn(historyOf(input, table, table), table, action.name) ?? found;
    }
  }
  return found ?? declaredBefore(input, table, column);
}

/** A column as a schema of the tree before the change declares it whole, where no migration says what it was. */
function declaredBefore(input: RuleInput, table: string, column: string): SqlAction | undefined {
  const schemas = new Set(nameForms(lastPart(table)).flatMap((word) => input.trees.before.mentioning(word, ['.prisma'])));
  return [...schemas]
    .flatMap((path) => statementsIn(input.factsAt('before', path)))
    .filter((statement) => statement.verb === 'declare-column' && sameTable(statement, table))
    .flatMap(({ actions }) => actions)
    .find(({ name }) => name === column);
}

/** The type of the column that a foreign key points at: in this file, in the change, or in the tree. */
export function keyType(input: RuleInput, table: string, column: string, statement: SqlStatement): string | undefined {
  const here = [...statementsIn(input.after), ...statementsElsewhere(input)].filter((other) => sameTable(other, table));
  const key = (actions: readonly SqlAction[]): SqlAction | undefined => actions.find((action) => isKey(action, column));
  return (columnBefore(input, table, column || 'id', statement) ?? key(here.flatMap((other) => other.actions)))?.type;
}

function isKey(action: SqlAction, column: string): boolean {
  return (
    action.kind === 'add-column' && (column === '' ? action.constraint === 'primary-key' || action.name === 'id' : action.name === column)
  );
}

/** An index by its name, with the table it stands on, as the tree before the change or this file makes it. */
export function indexNamed(input: RuleInput, name: string): { readonly table: string; readonly columns: readonly string[] } | undefined {
  for (const statement of [...historyOf(input, name, ''), ...statementsIn(input.after)]) {
    for (const action of statement.actions)
      if (/^add-(index|constraint)$/.test(action.kind) && action.name === name)
        return { table: statement.targets[0] ?? '', columns: action.columns ?? [] };
  }
  return undefined;
}

/** Every index of a table in the tree before the change, by its columns. */
export function indexesOf(input: RuleInput, table: string): readonly SqlAction[] {
  return historyOf(input, table, table)
    .filter((statement) => sameTable(statement, table))
    .flatMap((statement) => statement.actions)
    .filter(
      (action) =>
        action.kind === 'add-index' || (action.kind === 'add-constraint' && /^(unique|primary-key)$/.test(action.constraint ?? '')),
    );
}

/** Values of an enum type as the tree before the change makes and extends it; empty where it does not. */
export function enumValuesBefore(input: RuleInput, type: string): readonly string[] {
  const values: string[] = [];
  for (const statement of historyOf(input, type, '')) {
    if (!/^(create|alter)-type$/.test(statement.verb) || !statement.targets.some((target) => lastPart(target) === lastPart(type))) continue;
    const named = statement.actions.filter((action) => action.kind === 'enum-value').map((action) => action.name);
    if (statement.verb === 'create-type') values.splice(0, values.length, ...named);
    else values.push(...named);
  }
  return values;
}

/** True where the tree before the change, or this file before it, makes or alters the table. */
export function isTableBefore(input: RuleInput, table: string): boolean {
  return historyOf(input, table, table).some((statement) => sameTable(statement, table));
}

function columnIn(statements: readonly SqlStatement[], table: string, column: string): SqlAction | undefined {
  return statements
    .filter((statement) => sameTable(statement, table))
    .flatMap((statement) => statement.actions)
    .filter((action) => action.name === column && /^(add-column|alter-type)$/.test(action.kind))
    .at(-1);
}

/**
 * Statements of the tree before the change that may speak of a name, in the order of their files' names, which is the order
 * in which migrations run. SQL files, and files of the changed file's own kind in migration folders.
 */
export function historyOf(input: RuleInput, name: string, table: string): readonly SqlStatement[] {
  const key = `${name} ${table}`;
  const memo = histories.get(input) ?? new Map<string, readonly SqlStatement[]>();
  histories.set(input, memo);
  const known = memo.get(key);
  if (known !== undefined) return known;
  const own = input.path.slice(input.path.lastIndexOf('.'));
  const isHistory = (path: RepoPath): boolean => path.endsWith('.sql') || MIGRATIONS.test(path);
  const paths = new Set(nameForms(lastPart(name)).flatMap((word) => input.trees.before.mentioning(word, ['.sql', own])));
  const found = [...paths]
    .filter((path) => isHistory(path) && !/\.down\.sql$|(^|\/)(tests?|fixtures?|seeds?)\//i.test(path))
    .sort()
    .slice(-MOST_FILES)
    .flatMap((path) => statementsIn(input.factsAt('before', path)).filter((statement) => !isDownMigration(statement, path)));
  memo.set(key, found);
  return found;
}

const histories = new WeakMap<RuleInput, Map<string, readonly SqlStatement[]>>();

/** Folders in which files are history: they ran once and read nothing today. */
export const MIGRATIONS = /(^|\/)(migrations?|migrate|alembic|versions|flyway|changelogs?|liquibase)\//i;

/** `order_line` as it may be written: as it is, in camel case, as a class. */
export function nameForms(name: string): readonly string[] {
  const camel = name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return [...new Set([name, camel, camel.charAt(0).toUpperCase() + camel.slice(1)])];
}
