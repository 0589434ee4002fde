import type { Guard, SourceFacts } from '../../../model/facts.ts';
import { scopeAtLine } from '../code/code-text.ts';
import { keepOf } from '../code/kept.ts';

/** Tokens of the longest condition that is read. */
const LONGEST = 60;

/**
 * What a filter of one value lets nobody past who does not meet it, as the guard it stands for: `find(id).filter(o -> o.isOpen())
 * .orElseThrow(…)`, Rust's `.filter(|o| o.is_open()).ok_or(…)?`.
 */
export const filteredStops = keepOf((facts: SourceFacts): readonly Guard[] => {
  const { tokens } = facts;
  const textAt = (at: number): string => tokens[at]?.text ?? '';
  return tokens.flatMap(({ text, line }, at): readonly Guard[] => {
    if (text !== 'filter' || textAt(at + 1) !== '(') return [];
    const isArrow = textAt(at + 3) === '->';
    const isBars = textAt(at + 2) === '|' && textAt(at + 4) === '|';
    const from = isArrow ? at + 4 : at + 5;
    const end = (isArrow || isBars) && textAt(from) !== '{' ? closedAt(textAt, at + 1) : undefined;
    if (end === undefined || textAt(end + 1) !== '.') return [];
    const refusal = textAt(end + 2);
    const behind = closedAt(textAt, end + 3);
    const isStop = refusal === 'orElseThrow' || (/^ok_or(?:_else)?$/.test(refusal) && behind !== undefined && textAt(behind + 1) === '?');
    if (!isStop) return [];
    const parts = tokens.slice(from, end).map((token) => token.text);
    const test = `!(${parts.join(' ')})`;
    const scope = scopeAtLine(facts, line);
    const place = { line, character: 0 };
    return [
      {
        test,
        exit: 'throw',
        reads: [...new Set(parts.filter((part) => /^[A-Za-z_$][\w$]*$/.test(part)))],
        compares: parts.some((part) => /^[<>]=?$/.test(part)),
        range: { start: place, end: place },
        key: `${test} filtered in ${scope}`,
        scope,
      },
    ];
  });
});

/** Where the bracket closes that opens here; undefined where that is far off. */
function closedAt(textAt: (at: number) => string, open: number): number | undefined {
  let depth = 0;
  for (let at = open; at < open + LONGEST; at += 1) {
    if (textAt(at) === '(') depth += 1;
    if (textAt(at) === ')') depth -= 1;
    if (depth === 0) return at === open ? undefined : at;
  }
  return undefined;
}
