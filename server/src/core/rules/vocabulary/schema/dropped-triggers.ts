import type { SqlStatement } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { words } from '../code/call-names.ts';

/** A trigger or a rule that refused writes, by its name, dropped and not made again in the file: `DROP TRIGGER prevent_ledger_delete`. */
export function* droppedTriggers({ added, after, path }: RuleInput): Generator<FindingDraft> {
  if (/\bdown\b|rollback|revert|undo/i.test(path)) return;
  for (const statement of added.statements) {
    const [target = ''] = statement.targets;
    const name = nameOf(statement);
    if (!/^drop-(trigger|rule)$/.test(statement.verb) || !REFUSES.test(words(name))) continue;
    if (after?.statements.some((other) => /^create-.*(trigger|rule)$/.test(other.verb) && other.names.includes(name)) === true) continue;
    const table = target.includes('.') ? target.slice(0, target.lastIndexOf('.')) : '';
    yield {
      side: 'after',
      range: statement.range,
      message: fitMessage(`drops the trigger ${quote(name, 36)}${table === '' ? '' : ` of ${quote(table, 24)}`}, which refused writes`),
    };
  }
}

function nameOf({ targets }: SqlStatement): string {
  return targets[0]?.split('.').at(-1) ?? '';
}

const REFUSES =
  /\b(prevent|protect|protected|forbid|refuse|block|deny|guard|immutable|append only|read only|readonly|no (delete|update|truncate|drop|change|changes|write|writes)|enforce|reject|restrict)\b/;
