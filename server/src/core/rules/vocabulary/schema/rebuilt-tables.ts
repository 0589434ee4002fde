import type { SqlAction, SqlStatement } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';
import { historyOf } from './schema-lookup.ts';
import { statementsIn, statementsOfHunk } from './schema-statements.ts';
import { isDownMigration, lastPart, sameTable } from './sql-context.ts';

/** A rule that a table lost when it was made anew and took the old one's name. */
export interface RebuiltRule {
  readonly range: Range;
  readonly table: string;
  /** `check`, `unique`, `not null`, `foreign key`. */
  readonly kind: string;
  readonly column: string;
}

/** `CREATE TABLE wallets_new (…)`, filled and renamed to `wallets`, without a CHECK, a UNIQUE, a NOT NULL or a foreign key that `wallets` had. */
export function* rulesLostInRebuild(input: RuleInput): Iterable<RebuiltRule> {
  for (const made of statementsOfHunk(input, 'after')) {
    const copy = made.verb === 'create-table' && made.side === 'after' ? made.targets[0] : undefined;
    if (copy === undefined || isDownMigration(made, input.path, input.after)) continue;
    const own = statementsIn(input.after);
    const table = own
      .flatMap(({ targets, actions }) =>
        actions.flatMap(({ kind, name, to }) =>
          kind === 'rename-to' && [name, targets[0]].some((each) => each !== undefined && each !== '' && lastPart(each) === lastPart(copy))
            ? [to ?? '']
            : [],
        ),
      )
      .find((name) => name !== '' && lastPart(name) !== lastPart(copy));
    const old =
      table === undefined
        ? undefined
        : historyOf(input, table, table).findLast((other) => other.verb === 'create-table' && sameTable(other, table));
    if (table === undefined || old === undefined) continue;
    // What is added to it by itself, under either name.
    const later = own
      .filter((other) => other !== made && (sameTable(other, table) || sameTable(other, copy)))
      .flatMap(({ actions }) => actions);
    const has = new Set(made.actions.filter(({ kind }) => kind === 'add-column').map(({ name }) => name));
    const now = new Set([...made.actions, ...later].flatMap(rulesOf));
    for (const rule of old.actions.flatMap(rulesOf)) {
      const [kind = '', columns = ''] = rule.split(':');
      const [column = ''] = columns.split(',');
      if (now.has(rule) || !columns.split(',').every((name) => has.has(name))) continue;
      // One of the whole table may ask of any of its columns.
      if (kind === 'check' && [...now].some((other) => /^check:(?:$|.*,)/.test(other))) continue;
      yield { range: lineOf(input, made, column), table, kind, column };
    }
  }
}

function rulesOf({ kind, name, constraint, columns = [], marks, references }: SqlAction): readonly string[] {
  if (kind === 'set-not-null') return [`not null:${name}`];
  if (kind === 'add-index') return marks.includes('unique') ? [`unique:${[...columns].sort().join()}`] : [];
  if (kind === 'add-constraint')
    return constraint === undefined || constraint === 'exclusion' ? [] : [`${constraint.replace('-', ' ')}:${[...columns].sort().join()}`];
  if (kind !== 'add-column') return [];
  return [
    ...(marks.includes('not-null') ? [`not null:${name}`] : []),
    ...(marks.includes('unique') || constraint === 'unique' ? [`unique:${name}`] : []),
    ...(constraint === 'check' ? [`check:${name}`] : []),
    ...(references !== undefined ? [`foreign key:${name}`] : []),
  ];
}

function lineOf(input: RuleInput, { range }: SqlStatement, column: string): Range {
  const token = tokensOn(input.after, range.start.line, range.end.line).find(
    ({ text }) => text.replace(/["'`[\]]/g, '').toLowerCase() === column,
  );
  return token === undefined ? range : rangeOfLine(input, 'after', token.line);
}
