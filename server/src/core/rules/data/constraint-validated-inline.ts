import type { SqlAction } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { lastName, receiver, words } from '../vocabulary/code/call-names.ts';
import { clausesOf, isFreshColumn, type SchemaChange, schemaChanges } from '../vocabulary/schema/schema-changes.ts';
import { columnBefore } from '../vocabulary/schema/schema-lookup.ts';

/**
 * ## What it sees
 * A foreign key or a CHECK that is added to a standing table without NOT VALID, and a column of one that becomes NOT NULL.
 *
 * ## Why it matters
 * The database reads every row before it agrees, and holds a lock that stops all writing, for a foreign key on both tables,
 * until it is done. One row that breaks the rule fails the release.
 *
 * ## When it is fine
 * The constraint is added NOT VALID and validated in a step of its own, or a validated `CHECK (… IS NOT NULL)` stands before
 * SET NOT NULL. These are not flagged.
 *
 * ## What it misses
 * How many rows the table has.
 */
export default defineRule({
  id: 'data/constraint-validated-inline',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'high',
  title: 'A constraint is checked against every row at once',
  reads: ['statements', 'calls', 'settings'],
  evidence: [
    { title: 'Squawk: constraint-missing-not-valid', url: 'https://squawkhq.com/docs/constraint-missing-not-valid' },
    {
      title: 'strong_migrations: setting NOT NULL on an existing column',
      url: 'https://github.com/ankane/strong_migrations#setting-not-null-on-an-existing-column',
    },
  ],
  *check(input) {
    for (const change of schemaChanges(input, /^(add-constraint|set-not-null|alter-type)$/)) {
      const { action, table, statement } = change;
      const message = describe(change, input);
      if (message === undefined) continue;
      const severity =
        isFreshColumn(input, table, action.columns?.[0] ?? action.name, statement) && action.kind === 'add-constraint'
          ? { severity: 'low' as const }
          : {};
      yield { side: statement.side, range: statement.range, ...severity, message: fitMessage(message) };
    }
    yield* noLongerPutOff(input);
  },
});

/** A word of a project's own schema builder that put the check off, `t.refer('a', 'b').notValid()`, and its option. */
const PUT_OFF =
  /^(set ?)?(deferred|not valid|as not valid|without validation|skip validation|no validate|novalidate|unvalidated|unchecked|validate later|not validated|with nocheck|nocheck|no check)$/;
const SCHEMA_PLACE = /(^|[/._-])(migrat\w*|schema\w*|ddl|db|database|alembic|versions|tables?)([/._-]|$)/i;

function* noLongerPutOff(input: RuleInput): Iterable<FindingDraft> {
  if (!SCHEMA_PLACE.test(input.path) || input.after === undefined) return;
  for (const lost of input.removed.calls) {
    const name = lastName(lost.callee);
    const base = receiver(lost.callee);
    if (!PUT_OFF.test(words(name)) || base === '') continue;
    const said = /^([^(]*)\((.*)\)$/s.exec(base);
    const stays = input.after.calls.find(
      (call) =>
        `${call.callee}(${call.args.join(', ')})` === base ||
        (said !== null && call.callee === said[1] && call.args.join(', ') === said[2]),
    );
    if (stays === undefined || input.after.calls.some((call) => call.callee === lost.callee)) continue;
    yield { side: 'after', range: stays.range, message: fitMessage(`without ${quote(name, 20)} every row is checked under a lock`) };
  }
}

function describe({ action, table }: SchemaChange, input: RuleInput): string | undefined {
  if (action.kind === 'add-constraint') {
    if (!/^(check|foreign-key|exclusion)$/.test(action.constraint ?? '') || action.marks.includes('not-valid')) return undefined;
    const what = action.constraint === 'foreign-key' ? 'foreign key' : action.constraint;
    return `adds a ${what} to ${quote(table)} and checks every row under a lock`;
  }
  // MySQL's MODIFY and Django's AlterField say the whole column again: only what was null before is checked.
  if (action.kind === 'alter-type') {
    if (!action.marks.includes('not-null') || !wasNullable(columnBefore(input, table, action.name))) return undefined;
  } else if (isProven(action, clausesOf(input, table))) return undefined;
  return `${quote(`${table}.${action.name}`, 40)} becomes NOT NULL: every row is checked under a lock`;
}

function wasNullable(column: SqlAction | undefined): boolean {
  return column !== undefined && !column.marks.includes('not-null') && column.constraint !== 'primary-key';
}

/** A CHECK of the column that the same file validates lets Postgres skip the reading. */
function isProven(action: SqlAction, clauses: readonly SqlAction[]): boolean {
  const validated = new Set(clauses.filter((clause) => clause.kind === 'validate-constraint').map((clause) => clause.name));
  if ([...validated].some((name) => name.includes(action.name) && /not_?null|nn/.test(name))) return true;
  return clauses.some(
    (clause) =>
      clause.kind === 'add-constraint' &&
      clause.constraint === 'check' &&
      clause.columns?.includes(action.name) === true &&
      validated.has(clause.name),
  );
}
