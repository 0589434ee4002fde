import type { SourceFacts, SqlStatement } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';

/**
 * Where an old statement had a condition, if that is behind the lines of this hunk: a statement of several lines is judged with the first
 * hunk that touches it, and whoever reads looks at the line that went (test/facts/finding-in-its-hunk.test.ts). Undefined where it is here.
 */
export function laterLineOf(input: RuleInput, statement: Pick<SqlStatement, 'range'>, condition: string): Range | undefined {
  const { before, hunk, trees, path } = input;
  const { start, end } = statement.range;
  const names: readonly string[] = condition.toLowerCase().match(/[a-z_]{2}\w*/g) ?? [];
  if (before === undefined || start.line === end.line || names.length === 0) return undefined;
  const own = hunk.before.start + hunk.before.lines;
  const content = trees.after.read(path);
  // A line that stays as it was says the same names of something else.
  const stays = new Set(content?.kind === 'text' ? content.text.split('\n').map((line) => line.trim().toLowerCase()) : []);
  for (let line = end.line; line >= own && line > start.line; line -= 1) {
    const text = textOf(input, before, line);
    const said = new Set(text.match(/[a-z_]{2}\w*/g));
    if (!names.some((name) => said.has(name)) || names.filter((name) => said.has(name)).length * 2 < names.length) continue;
    if (!stays.has(text.trim())) return { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
  }
  return undefined;
}

/** A line in lower case, as it is written: of a text in quotes and of the body of a routine there is one token, on its first line. */
function textOf({ trees, path, hunk }: RuleInput, facts: SourceFacts, line: number): string {
  const content = facts.text === undefined ? trees.before.read(hunk.previousPath ?? path) : undefined;
  const text = facts.text ?? (content?.kind === 'text' ? content.text : '');
  return (text.split('\n')[line - 1] ?? '').toLowerCase();
}
