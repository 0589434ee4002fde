import type { CodeToken, SourceFacts, Suppression } from '../model/facts.ts';

/** The word that starts a suppression, in a comment of any language. */
export const SUPPRESSION_WORD = 'brakeline-ignore';
const FORM = /^brakeline-ignore(?:\s+([A-Za-z][\w-]*(?:\/[\w-]+)?))?\s*(?::\s*(.*))?/;
/** What opens a comment, or goes on with one, right before the word; prose about it, as in a docstring, is none. */
const OPENING = /(#|\/\/|\/\*+|--|<!--|;|%|\*|\{#)\s*$/;
/** What ends a comment on the line of the reason. */
const ENDING = /\*\/|-->|#\}/;
/** Lines between a remark that stands alone and the code it is about. */
const MOST_LINES_APART = 5;

/**
 * Adds the suppressions of a text to its facts. A comment is what is in no token: a marker inside a string, a here-doc or a
 * value is in one, and is none. Where a file has no tokens because it does not parse, every marker counts as one that was
 * added, and none as one that is heeded.
 */
export function withSuppressions(facts: SourceFacts, text: string): SourceFacts {
  if (!text.includes(SUPPRESSION_WORD)) return facts;
  const certain = facts.tokens.length > 0;
  const codeLines = new Set(facts.tokens.filter((token) => token.text.trim() !== '').map((token) => token.line));
  const lines = text.split('\n');
  const inCode = linesOfTexts(facts.tokens, lines);
  const suppressions = lines.flatMap((line, index): readonly Suppression[] => {
    const number = index + 1;
    const at = line.indexOf(SUPPRESSION_WORD);
    if (at < 0 || inCode.has(number) || !OPENING.test(line.slice(0, at))) return [];
    const [, rule = '', rest = ''] = FORM.exec(line.slice(at)) ?? [];
    const reason = (rest.split(ENDING)[0] ?? '').trim();
    const about = lineOfCode(number, codeLines);
    return [
      {
        range: { start: { line: number, character: at }, end: { line: number, character: line.trimEnd().length } },
        key: [rule, reason, (lines[about - 1] ?? '').replace(/\s+/g, ' ').trim()].join('\u0000'),
        scope: '',
        rule,
        reason,
        about,
        certain,
      },
    ];
  });
  return { ...facts, suppressions };
}

/**
 * Lines on which the marker stands inside a token. A token that does not show it on its own lines (a block of YAML, whose value
 * is kept without its line ends) may hold it anywhere before the next one.
 */
function linesOfTexts(tokens: readonly CodeToken[], lines: readonly string[]): ReadonlySet<number> {
  const found = new Set<number>();
  const isShown = (line: number): boolean => lines[line - 1]?.includes(SUPPRESSION_WORD) === true;
  for (const [index, { text, line }] of tokens.entries()) {
    if (!text.includes(SUPPRESSION_WORD)) continue;
    const own = numbers(line, line + text.split('\n').length - 1).filter(isShown);
    const next = tokens.slice(index + 1).find((token) => token.line > line)?.line ?? lines.length + 1;
    for (const at of own.length > 0 ? own : numbers(line, next - 1)) found.add(at);
  }
  return found;
}

function numbers(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

function lineOfCode(line: number, codeLines: ReadonlySet<number>): number {
  for (let at = line; at <= line + MOST_LINES_APART; at += 1) if (codeLines.has(at)) return at;
  return line;
}
