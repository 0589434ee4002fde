import type { SourceFacts, SqlStatement } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { tokensOn } from '../code/code-text.ts';

/**
 * Where an old statement had a condition, if that is behind the lines of this hunk: a statement of several lines is judged with the first
 * hunk that touches it, and whoever reads looks at the line that went (test/facts/finding-in-its-hunk.test.ts). Undefined where it is here.
 */
export function laterLineOf({ before, hunk }: RuleInput, statement: Pick<SqlStatement, 'range'>, condition: string): Range | undefined {
  const { start, end } = statement.range;
  const names: readonly string[] = condition.toLowerCase().match(/[a-z_]{2}\w*/g) ?? [];
  if (before === undefined || start.line === end.line || names.length === 0) return undefined;
  const own = hunk.before.start + hunk.before.lines;
  for (let line = end.line; line >= own && line > start.line; line -= 1) {
    const said = new Set(textOf(before, line).match(/[a-z_]{2}\w*/g));
    if (names.some((name) => said.has(name)) && names.filter((name) => said.has(name)).length * 2 >= names.length)
      return { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
  }
  return undefined;
}

/** A line in lower case, as written where the text is at hand: of a text in quotes there is one token, on its first line. */
function textOf(facts: SourceFacts, line: number): string {
  const text =
    facts.text === undefined
      ? tokensOn(facts, line, line)
          .map((token) => token.text)
          .join(' ')
      : (facts.text.split('\n')[line - 1] ?? '');
  return text.toLowerCase();
}
