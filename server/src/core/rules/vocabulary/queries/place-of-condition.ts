import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { tokensOn } from '../code/code-text.ts';
import type { NarrowedQuery } from './query-filters.ts';

/**
 * Where a query of several lines had the condition that it lost, if that is behind the lines of this hunk: a call is judged with the first
 * hunk that touches it, and whoever reads looks at the line that went.
 */
export function placeOfCondition({ before, hunk }: RuleInput, { side, range, lost }: NarrowedQuery): Pick<FindingDraft, 'side' | 'range'> {
  const whole = { side, range };
  const own = hunk.before.start + hunk.before.lines;
  const column = lost.toLowerCase().replaceAll('_', '');
  if (side !== 'before' || range.end.line < own || column.length < 3) return whole;
  const tokens = tokensOn(before, range.start.line, range.end.line);
  const said = new Set(tokens.flatMap(({ text, line }) => (text.toLowerCase().replaceAll('_', '').includes(column) ? [line] : [])));
  // What an update sets may have the name of what it asks for.
  const asking = new Set(tokens.flatMap(({ text, line }) => (said.has(line) && FILTERS.test(text) ? [line] : [])));
  const lines = [...(said.size > 1 ? asking : said)];
  const [line] = lines;
  if (line === undefined || line < own || lines.length > 1) return whole;
  return { side, range: { start: { line, character: 0 }, end: { line: line + 1, character: 0 } } };
}

const FILTERS = /^(?:where|andWhere|filter|filter_by|exclude|and|eq|Where|Filter)$/;
