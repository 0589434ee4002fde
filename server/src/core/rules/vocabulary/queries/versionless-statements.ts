import type { SqlStatement } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { clipToHunk } from '../../hunk-range.ts';
import { fitMessage } from '../../quote.ts';
import { shorten } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { keepOf } from '../code/kept.ts';
import { laterLineOf } from '../schema/condition-lines.ts';
import { newerColumn, overwrites } from './stale-upserts.ts';
import { versionColumn } from './version-columns.ts';

/** An `UPDATE` or `DELETE` that asked for the version it read, and stands without. */
export function* versionlessStatements(input: RuleInput): Iterable<FindingDraft> {
  for (const old of input.removed.statements) {
    if (old.verb !== 'update' && old.verb !== 'delete') continue;
    const condition = old.conditions.find((one) => versionColumn(one) !== undefined);
    const column = versionColumn(condition ?? '');
    if (condition === undefined || column === undefined) continue;
    const scope = counterpartScope(input, old.scope);
    const now = input.after?.statements.find(
      (other) =>
        other.verb === old.verb && other.targets.join() === old.targets.join() && (other.scope === scope || old.scope === other.scope),
    );
    if (
      now === undefined ||
      now.where !== 'present' ||
      now.conditions.some((condition) => versionColumn(condition) !== undefined) ||
      isLocked(input, old)
    )
      continue;
    const later = laterLineOf(input, old, condition);
    yield {
      ...(later === undefined ? { side: 'after', range: now.range } : { side: 'before', range: later }),
      message: fitMessage(`\`${shorten(old.targets[0] ?? 'the row', 24)}\` is written whatever its \`${shorten(column, 20)}\` is now`),
    };
  }
}

/** A write that left the newer row alone, and takes whatever comes last. */
export function* staleRows(input: RuleInput): Iterable<FindingDraft> {
  for (const old of input.removed.statements) {
    const column = newerColumn(old);
    if (column === undefined) continue;
    const scope = counterpartScope(input, old.scope);
    const twins = input.after?.statements.filter(
      (other) => other.verb === old.verb && other.targets[0] === old.targets[0] && (other.scope === scope || old.scope === other.scope),
    );
    const now = twins?.find((other) => (other.verb === 'update' ? other.sets.includes(column) : overwrites(other)));
    if (now === undefined || twins?.some(keepsNewer(column)) === true || isLocked(input, old)) continue;
    const later = laterLineOf(input, old, column);
    yield {
      ...(later === undefined ? { side: 'after', range: clipToHunk(input, 'after', now.range) } : { side: 'before', range: later }),
      message: fitMessage(
        `an older \`${shorten(column, 20)}\` overwrites a newer one in \`${shorten(old.targets[0] ?? 'the table', 24)}\``,
      ),
    };
  }
}

/** Compares the column in any way, or takes the greater of both. */
function keepsNewer(column: string): (statement: SqlStatement) => boolean {
  return (statement) =>
    newerColumn(statement) !== undefined ||
    statement.conditions.some((condition) => condition.split(' ').includes(column)) ||
    /\b(?:greatest|max) \(/.test(statement.key);
}

/** The same change of the same rows in a function that is new to this file, and no statement of it asks for the version any more. */
export function* versionlessAnew(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  for (const now of input.added.statements) {
    if (!/^(update|delete)$/.test(now.verb) || now.where !== 'present' || now.scope === '') continue;
    if (before.scopes.some(({ name }) => name === now.scope)) continue;
    const isSame = (other: SqlStatement): boolean => other.verb === now.verb && other.targets.join() === now.targets.join();
    if (asking(after.statements).some(isSame)) continue;
    const old = asking(before.statements).find(
      (other) => isSame(other) && (now.sets.length === 0 || now.sets.some((name) => other.sets.includes(name))),
    );
    const column = old === undefined ? undefined : asked(old);
    if (old === undefined || column === undefined || isLocked(input, old)) continue;
    yield {
      side: 'after',
      range: now.range,
      message: fitMessage(`\`${shorten(now.targets[0] ?? 'the row', 24)}\` is written whatever its \`${shorten(column, 20)}\` is now`),
    };
  }
}

function asked({ conditions }: SqlStatement): string | undefined {
  return conditions.map(versionColumn).find((name) => name !== undefined);
}

const asking = keepOf((statements: readonly SqlStatement[]) => statements.filter((statement) => asked(statement) !== undefined));

/** The function reads the row with a lock now. */
function isLocked(input: RuleInput, old: SqlStatement): boolean {
  const scope = counterpartScope(input, old.scope) ?? old.scope;
  return input.after?.statements.some((other) => within(other.scope, scope) && /\bfor update\b/.test(other.names.join(' '))) ?? false;
}
