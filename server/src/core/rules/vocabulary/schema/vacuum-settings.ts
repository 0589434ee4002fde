import type { SqlStatement } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { clipToHunk } from '../../hunk-range.ts';
import { fitMessage, quote } from '../../quote.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';
import { countOf, isFalse } from '../settings/setting-values.ts';
import { changedSettings, changeName, ofResource, placeOf } from '../settings/settings.ts';
import { statementsOfHunk } from './schema-statements.ts';
import { isDownMigration, isTemporaryTable, lastPart, statementsOf } from './sql-context.ts';

/**
 * Vacuum that is switched off, or put off to the end of the transaction ids, for a table (`ALTER TABLE … SET (autovacuum_enabled = false)`)
 * or a server (`autovacuum = off`). Source: PostgreSQL, "Preventing Transaction ID Wraparound Failures".
 */
export function* vacuumOff(input: RuleInput): Iterable<FindingDraft> {
  for (const statement of statementsOfHunk(input, 'after')) {
    if (!/^(alter-table|create-table|alter-system|alter|set)$/.test(statement.verb)) continue;
    const what = turnedOff(statement);
    if (what === undefined || isPassing(statement, input)) continue;
    const { start, end } = statement.range;
    const said = tokensOn(input.after, start.line, end.line).find(({ text }) => text.toLowerCase() === what);
    yield {
      side: 'after',
      range: said === undefined ? clipToHunk(input, 'after', statement.range) : rangeOfLine(input, 'after', said.line),
      message: fitMessage(`${quote(what, 30)} of ${quote(statement.targets[0] ?? 'the server', 24)}: dead rows stay, and ids run out`),
    };
  }
  for (const change of changedSettings(input)) {
    const { before, after } = change;
    const name = changeName(change).toLowerCase();
    if (after === undefined || change.resourceIsNew || after.value === before?.value) continue;
    const isOff = /^autovacuum(_enabled)?$/.test(name) && (isFalse(after.value) || /^(off|0|no)$/i.test(String(after.value)));
    const ages = countOf(after.value) ?? 0;
    if (!isOff && !(AGE.test(name) && ages > LATEST && (countOf(before?.value) ?? 0) <= LATEST)) continue;
    yield {
      ...placeOf(change),
      message: fitMessage(`${quote(`${name} = ${String(after.value)}`, 42)}${ofResource(change)}: ids run out`),
    };
  }
}

const AGE = /^autovacuum_(multixact_)?freeze_max_age$/;
/** Transactions. The ids end at two thousand million; a freeze that waits for more than half of them has no time left. */
const LATEST = 1_000_000_000;

/** The parameter by which the statement puts vacuum off. */
function turnedOff({ key }: SqlStatement): string | undefined {
  const off = /\b(autovacuum(?:_enabled)?) (?:=|to) '?(?:false|off|0|no|f)\b/.exec(key.toLowerCase());
  if (off !== null) return off[1];
  const late = /\b(autovacuum_(?:multixact_)?freeze_max_age) (?:=|to) '?(\d{1,12})\b/.exec(key.toLowerCase());
  return late !== null && Number(late[2]) > LATEST ? late[1] : undefined;
}

/** A table for a load that is dropped again, or whose vacuum the same file switches on again. */
function isPassing(statement: SqlStatement, input: RuleInput): boolean {
  const [target = ''] = statement.targets;
  if (isDownMigration(statement, input.path, input.after)) return true;
  if (target === '') return statementsAgain(statement, input);
  if (isTemporaryTable(target, input.after) || /\bunlogged\b/.test(statement.key)) return true;
  return (
    statementsAgain(statement, input) ||
    statementsOf(input.after, 'drop-table').some(
      (other) => other.range.start.line > statement.range.start.line && other.targets.some((one) => lastPart(one) === lastPart(target)),
    )
  );
}

/** `RESET (autovacuum_enabled)` or `= true`, further down. */
function statementsAgain(statement: SqlStatement, { after }: RuleInput): boolean {
  return (
    after?.statements.some(
      (other) =>
        other.range.start.line > statement.range.start.line &&
        other.targets[0] === statement.targets[0] &&
        /\breset\b[^;]*\bautovacuum|\bautovacuum(_enabled)? (=|to) '?(true|on|1|yes)\b/.test(other.key.toLowerCase()),
    ) === true
  );
}
