import type { Call, Fact } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { rangeOfLine, scopeAtLine, tokensOn } from '../code/code-text.ts';

/** A piece of a statement, and the fact that it stands in. */
export interface Piece {
  readonly fact: Pick<Fact, 'range' | 'scope'>;
  readonly text: string;
}

/** `sql += f" AND name = '{name}'"`, and a choice that no other fact tells: `const where = region ? `WHERE region = '${region}'` : ''`. */
export function* grown(input: RuleInput): Iterable<Piece> {
  const { start, lines } = input.hunk.after;
  for (let line = start; line < start + lines; line += 1) {
    const tokens = tokensOn(input.after, line, line).map(({ text }) => text);
    const grows = tokens.indexOf('+=');
    const at = grows < 0 && tokens.includes('?') ? tokens.indexOf('=') : grows;
    if (at < 0) continue;
    const text = tokens
      .slice(at + 1)
      .join(' ')
      .replace(/(?<![ ;}])[ ;}]+$/, '');
    if (/^[rbf]{0,2}['"`]/.test(text) || grows < 0)
      yield { fact: { range: rangeOfLine(input, 'after', line), scope: scopeAtLine(input.after, line) }, text };
  }
}

/** `sql.append(" AND name = '").append(name)` as the sum that it comes to. */
export function appended({ callee, args }: Call): string {
  const before = callee.slice(0, Math.max(0, callee.lastIndexOf('.')));
  const at = before.lastIndexOf('append("');
  return lastName(callee) === 'append' && at >= 0 && before.endsWith('")') ? `${before.slice(at + 7, -1)} + ${args[0] ?? ''}` : '';
}

/** Texts with a value in quotes that stand inside an expression: `"(" + " OR ".join(f"{field} LIKE '{word}'" for field in FIELDS) + ")"`. */
export function textsInside(text: string): readonly string[] {
  return [...text.matchAll(/\bf"[^"]*"|\bf'(?:[^'\\]|\\.)*'|`[^`]*`/g)]
    .map(([inner]) => inner)
    .filter((inner) => inner !== text && /['"%]\$?\{/.test(inner.slice(2)));
}

/**
 * What a function that is handed to `map` makes of each value, where it writes a value in quotes or behind an operator that stands apart:
 * `` (word) => `name LIKE '${word}%'` ``, `|tag| format!("tag = '{tag}'")`, `t -> "tag = '" + t + "'"`.
 */
export function madeForEach(text: string): readonly string[] {
  const made = /^(?:=>|lambda [\w, ]{0,40}:)\s?(.+)$/s.exec(text)?.[1] ?? '';
  return /\s(?:=|<>|!=|[<>]=?|@>|i?like|in|between)\s|'['"`]?\s?(?:\+|\$?\{|%s)/i.test(made) ? [made] : [];
}

/** The function that a call is handed and that does nothing but write a text; the arguments of the call do not tell it. */
export function handedFunction({ range }: Call, { after }: RuleInput): string {
  if (range.end.line - range.start.line > 8) return '';
  const tokens = tokensOn(after, range.start.line, range.end.line).map(({ text }) => text);
  const from = tokens.findIndex((token, index) => /^(?:=>|->|\|)$/.test(token) && /^(?:['"`]|format$)/.test(tokens[index + 1] ?? ''));
  if (from < 0) return '';
  let depth = 0;
  let end = from + 1;
  for (; end < tokens.length; end += 1) {
    depth += tokens[end] === '(' ? 1 : tokens[end] === ')' ? -1 : 0;
    if (depth < 0) break;
  }
  const made = tokens.slice(from + 1, end).join(' ');
  return `=> ${made.replace(/^format ! \( /, 'format!(')}`;
}
