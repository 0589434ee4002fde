import type { SqlStatement } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { shorten, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { isDownMigration, lastPart } from '../schema/sql-context.ts';
import { isMarkColumn, setColumns } from './delete-marks.ts';
import { isWorkOf } from './marking-functions.ts';

/** `UPDATE … SET deleted_at = …` that became `DELETE FROM` the same table, in a script, a routine or a string. */
export function* deletedRows(input: RuleInput): Iterable<FindingDraft> {
  for (const statement of input.added.statements) {
    if (statement.verb !== 'delete') continue;
    const table = lastPart(statement.targets[0] ?? '');
    const marks = (other: SqlStatement): boolean =>
      other.verb === 'update' && lastPart(other.targets[0] ?? '') === table && setColumns(other).some(isMarkColumn);
    // Where the statements of a file stand together in constants, no function says which took the place of which.
    const isHeld = (one: SqlStatement): boolean => one.scope === '' && input.after?.statements.some(marks) !== true;
    const marked =
      input.removed.statements.find(
        (old) => (marks(old) || setsStatus(old, statement)) && within(statement.scope, counterpartScope(input, old.scope) ?? '-'),
      ) ??
      input.before?.statements.find(
        (old) => marks(old) && (isHeld(statement) || isHeld(old) || isWorkOf(input, old.scope, statement.scope)),
      );
    const isMarkedToo =
      statement.scope !== '' && input.after?.statements.some((one) => marks(one) && one.scope === statement.scope) === true;
    if (marked === undefined || isMarkedToo) continue;
    yield {
      side: 'after',
      range: statement.range,
      message: fitMessage(`DELETE takes rows of \`${shorten(table, 26)}\` that were only marked before`),
    };
  }
}

/** A status of the very rows that are taken now: `SET status = 'archived' WHERE id = $1` and `DELETE … WHERE id = $1`. */
function setsStatus(old: SqlStatement, fresh: SqlStatement): boolean {
  const rows = ({ conditions }: SqlStatement): string =>
    [...conditions]
      .map((condition) => condition.replace(/[$:@]\w+|%s|%\(\w+\)s|\?/g, '?'))
      .sort()
      .join(' and ');
  return (
    old.verb === 'update' &&
    lastPart(old.targets[0] ?? '') === lastPart(fresh.targets[0] ?? '') &&
    setColumns(old).some((column) => /^(?:\w+_)?(?:status|state)$/.test(column)) &&
    rows(old) !== '' &&
    rows(old) === rows(fresh)
  );
}

/** A trigger or a rule of the database that made a mark of a delete, by its name, and that is dropped and not made again. */
export function* droppedTriggers({ added, after, path }: RuleInput): Iterable<FindingDraft> {
  for (const statement of added.statements) {
    const name =
      statement.names[
        statement.names.findIndex((word) => /^(?:trigger|rule)$/.test(word)) + (statement.names.includes('exists') ? 3 : 1)
      ] ?? '';
    if (
      !/^drop-(?:trigger|rule)$/.test(statement.verb) ||
      !/\b(?:soft delet\w*|tombstone\w*|mark deleted|archive on delete|prevent (?:hard )?delet\w*|no (?:hard )?delete)\b/.test(words(name))
    )
      continue;
    const isRemade = after?.statements.some(
      (other) => /^create-(?:or-replace-)?(?:trigger|rule)$/.test(other.verb) && other.names.includes(name),
    );
    if (isRemade !== true && !isDownMigration(statement, path, after))
      yield { side: 'after', range: statement.range, message: fitMessage(`without ${quote(name, 34)} a delete takes the row itself`) };
  }
}
