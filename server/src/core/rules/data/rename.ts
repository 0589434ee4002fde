import type { SqlAction, SqlStatement } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { clausesOf, isFreshColumn, isStanding } from '../vocabulary/schema/schema-changes.ts';
import { asWritten, readersOf, stillNamed } from '../vocabulary/schema/schema-readers.ts';
import { statementsIn, statementsOfHunk } from '../vocabulary/schema/schema-statements.ts';
import { isDownMigration, lastPart } from '../vocabulary/schema/sql-context.ts';

/**
 * ## What it sees
 * A table, a column or a value of an enum that gets another name, in SQL of any dialect (`RENAME TO`, `CHANGE`, `RENAME TABLE`,
 * `sp_rename`) or by a migration tool, and how many files still use the old one.
 *
 * ## Why it matters
 * Between the migration and the last process that was started before it, every query with the old name fails. GitHub was down
 * for a rename in November 2021.
 *
 * ## When it is fine
 * A view, a synonym or a column keeps the old name, or the thing was made by the same file. Names of indexes and constraints
 * are nobody's business. These are not flagged.
 *
 * ## What it misses
 * Readers in other repositories, and a rename that is spelt as a new column and a dropped one.
 */
export default defineRule({
  id: 'data/rename',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Renames a table, a column or an enum value',
  reads: ['statements', 'calls', 'settings', 'options', 'symbols'],
  evidence: [
    {
      title: 'GitHub availability report, November 2021',
      url: 'https://github.blog/2021-12-01-github-availability-report-november-2021/',
    },
    { title: 'Squawk: renaming-column', url: 'https://squawkhq.com/docs/renaming-column' },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const statement of statementsOfHunk(input, 'after')) {
      if (isDownMigration(statement, input.path, input.after)) continue;
      for (const action of statement.actions) {
        const renamed = readRename(statement, action, input);
        if (renamed === undefined || renamed.from === lastPart(action.to ?? '')) continue;
        const readers = readersOf(asWritten([renamed.from], statement, input[statement.side]), input.trees.after, input.path);
        yield {
          side: statement.side,
          range: statement.range,
          ...(readers.length > 0 ? { severity: 'critical' as const } : {}),
          related: readers.slice(0, 10),
          ...(renamed.what === 'value' ? {} : { things: [{ kind: renamed.what, name: renamed.from }] }),
          message: fitMessage(`renames the ${renamed.what} ${quote(renamed.shown)} to ${quote(action.to ?? '', 20)}${stillNamed(readers)}`),
        };
      }
    }
  },
});

interface Renamed {
  readonly what: 'value' | 'column' | 'table';
  readonly from: string;
  readonly shown: string;
}

function readRename(statement: SqlStatement, action: SqlAction, input: RuleInput): Renamed | undefined {
  const table = statement.targets[0] ?? '';
  switch (action.kind) {
    case 'rename-value':
      return { what: 'value', from: action.name, shown: action.name };
    case 'rename-column': {
      if (!isStanding(table, statement, input) || isFreshColumn(input, table, action.name, statement) || keepsColumn(input, table, action))
        return undefined;
      return { what: 'column', from: action.name, shown: `${table}.${action.name}` };
    }
    case 'rename-to': {
      if (!/^(alter|rename)-table$/.test(statement.verb)) return undefined;
      const from = action.name || table;
      return !isStanding(from, statement, input) || keepsTable(input, from, action.to ?? '')
        ? undefined
        : { what: 'table', from: lastPart(from), shown: from };
    }
    default:
      return undefined;
  }
}

/** The file gives the old name to a view, a synonym or a table: a swap, or a bridge for those who still use it. */
function keepsTable(input: RuleInput, table: string, to: string): boolean {
  const isNamed = (other: SqlStatement): boolean => other.targets.some((target) => lastPart(target) === lastPart(table));
  return statementsIn(input.after).some(
    (other) =>
      (/^create-(view|synonym|table)$/.test(other.verb) && isNamed(other)) ||
      // The same two names the other way round are the way back.
      other.actions.some(
        (action) =>
          action.kind === 'rename-to' &&
          lastPart(action.to ?? '') === lastPart(table) &&
          lastPart(action.name || (other.targets[0] ?? '')) !== lastPart(to),
      ),
  );
}

/** The file adds the old name again, as a generated column or as one of a view. */
function keepsColumn(input: RuleInput, table: string, action: SqlAction): boolean {
  if (
    clausesOf(input, table).some(
      (other) =>
        (other.kind === 'add-column' && other.name === action.name) ||
        (other.kind === 'rename-column' && other.to === action.name && other.name !== action.to),
    )
  )
    return true;
  return statementsIn(input.after).some(
    (other) => /^create-view$/.test(other.verb) && other.names.includes(action.name) && other.names.includes(action.to ?? ''),
  );
}
