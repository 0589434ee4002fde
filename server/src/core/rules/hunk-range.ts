import type { Range, Side } from '../model/range.ts';
import type { RuleInput } from './define.ts';

/** The part of a range that lies in the lines of the hunk, so that a finding stands where something changed; the whole range where none does. */
export function clipToHunk({ hunk }: Pick<RuleInput, 'hunk'>, side: Side, range: Range): Range {
  const { start: first, lines } = hunk[side];
  const text = side === 'before' ? hunk.removed : hunk.added;
  const from = Math.max(first, range.start.line);
  const to = Math.min(first + lines - 1, range.end.line);
  if (lines === 0 || to < from) return range;
  const startText = text[from - first] ?? '';
  const endText = text[to - first] ?? '';
  const start = from === range.start.line ? range.start : { line: from, character: Math.max(0, startText.search(/\S/)) };
  const end = to === range.end.line ? range.end : { line: to, character: endText.trimEnd().length };
  return { start, end };
}
