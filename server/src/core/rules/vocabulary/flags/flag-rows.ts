import type { SqlStatement } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { words } from '../code/call-names.ts';
import { changedLines } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';

/**
 * Flags that are rows of a table: a row of the seed whose switch turned, `('new-ledger', true)`, and a statement of a migration that
 * turns one on, `UPDATE feature_flags SET enabled = true WHERE key = 'new-ledger'`.
 */
export function* turnedRows(input: RuleInput): Generator<FindingDraft> {
  const isOfFlags = ({ targets }: SqlStatement): boolean => targets.some((target) => FLAGS.test(words(target)));
  for (const statement of input.added.statements.filter(isOfFlags)) {
    const [, column = '', value = ''] = TURNS_ON.exec(statement.key) ?? [];
    if (statement.verb !== 'update' || column === '') continue;
    const [, flag] = /= '([^']+)'/.exec(statement.conditions.join(' ')) ?? [];
    const what = flag === undefined ? 'every flag' : `\`${flag}\``;
    yield { side: 'after', range: statement.range, message: fitMessage(`${what} gets ${column} ${value} for everybody`) };
  }
  const rows = input.after?.statements.filter((statement) => statement.verb === 'insert' && isOfFlags(statement)) ?? [];
  if (rows.length === 0) return;
  const old = new Map(changedLines(input, 'before').flatMap(({ text }) => rowOf(text) ?? []));
  for (const { line, text } of changedLines(input, 'after')) {
    const [flag, is] = rowOf(text)?.[0] ?? [];
    const was = flag === undefined ? undefined : old.get(flag);
    const isIn = rows.some(({ range }) => range.start.line <= line && line <= range.end.line);
    if (flag === undefined || !isIn || was === undefined || was === is) continue;
    yield {
      side: 'after',
      range: rangeOfLine(input, 'after', line),
      message: fitMessage(`\`${flag}\` went from ${was} to ${is} for everybody`),
    };
  }
}

const FLAGS = /\b(?:feature|flags?|feature ?flags?|toggles?|features|switches|rollouts?)\b/;
const TURNS_ON = /\bset (?:.* )?(enabled|is_enabled|active|is_active|on|value|rollout\w*|percent\w*) = '?(true|on|100|1)'?(?: |$)/;

/** The flag of a row of values, and what it is switched to. */
function rowOf(text: string): [readonly [string, string]] | undefined {
  const [, flag = ''] = /^(?:values)?\('([\w.:-]+)'/i.exec(text) ?? [];
  const switches = text.match(/\b(?:true|false)\b/gi) ?? [];
  const [is = ''] = switches;
  return flag === '' || switches.length !== 1 ? undefined : [[flag, is.toLowerCase()]];
}
