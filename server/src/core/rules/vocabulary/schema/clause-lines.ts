import type { SqlAction, SqlStatement } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import type { SchemaChange } from './schema-changes.ts';
import { statementsIn } from './schema-statements.ts';

/**
 * The line that a dropped rule of a table stood on, or the one that drops it. A declared table of forty lines is one statement, and
 * whoever reads looks for the CHECK that went. The statement itself where no line of it says both the name and the kind.
 */
export function placeOfClause(input: RuleInput, { action, statement }: SchemaChange): Pick<FindingDraft, 'side' | 'range'> {
  const whole = { side: statement.side, range: statement.range };
  if (statement.names[0] === 'create') {
    const old = statementsIn(input.before).find((other) => other.verb === 'create-table' && other.targets[0] === statement.targets[0]);
    const line = old === undefined ? undefined : lineOf(input, 'before', old, action, DECLARES[action.constraint ?? 'any']);
    return line === undefined ? whole : { side: 'before', range: line };
  }
  const line = statement.side === 'after' ? lineOf(input, 'after', statement, action, DROPS) : undefined;
  return line === undefined ? whole : { side: 'after', range: line };
}

/** Words by which a rule of a table is declared. */
const DECLARES: Readonly<Record<NonNullable<SqlAction['constraint']> | 'any', RegExp>> = {
  check: /\bcheck\b/,
  'foreign-key': /\b(?:references|foreign)\b/,
  unique: /\bunique\b/,
  'primary-key': /\bprimary\b/,
  exclusion: /\bexclude\b/,
  any: /\b(?:check|references|foreign|unique|primary|exclude|constraint|not null)\b/,
};

const DROPS = /\b(?:drop|disable|nocheck)\b/;

/** The first line of a longer statement that has the kind of words and names the rule or what it stands on. */
function lineOf({ trees, hunk, path }: RuleInput, side: Side, { range }: SqlStatement, { name, columns = [] }: SqlAction, kind: RegExp) {
  const { start, end } = range;
  const names = [name, ...columns].filter((one) => one !== '');
  if (start.line === end.line || names.length === 0) return undefined;
  const content = trees[side].read(side === 'before' ? (hunk.previousPath ?? path) : path);
  const lines = content?.kind === 'text' ? content.text.split('\n').slice(start.line - 1, end.line) : [];
  const found = lines.findIndex((text) => {
    const said = new Set(text.toLowerCase().match(/\w+/g));
    return kind.test(text.toLowerCase()) && names.some((one) => said.has(one.toLowerCase()));
  });
  const text = lines[found];
  if (text === undefined) return undefined;
  const line = start.line + found;
  return { start: { line, character: text.search(/\S/) }, end: { line, character: text.trimEnd().length } };
}
