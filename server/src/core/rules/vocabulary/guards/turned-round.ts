import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { negate, type Parts, split } from '../conditions/parts.ts';

/**
 * True where a way out became the condition around what it kept from happening: `if (b < c) continue; b -= c` that is
 * `if (b >= c) { b -= c }`. Nothing that stood behind the way out stands beside the condition now.
 */
export function isTurnedRound(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const scope = counterpartScope({ before, after }, guard.scope);
  if (before === undefined || after === undefined || scope === undefined || (guard.exit !== 'break' && guard.exit !== 'return'))
    return false;
  const known = new Set(before.conditions.map(({ key }) => key));
  const wanted = negate(split(guard.test));
  const around =
    after.conditions.find(
      (condition) =>
        condition.kind === 'wraps' && !known.has(condition.key) && within(condition.scope, scope) && isSame(split(condition.test), wanted),
    ) ?? headAround(after, scope, wanted);
  if (around === undefined) return false;
  const [old, now] = [linesOf(input, 'before'), linesOf(input, 'after')];
  const waited = block(old, guard.range.end.line, indentAt(old, guard.range.start.line));
  const inside = block(now, around.range.end.line, indentAt(now, around.range.start.line) + 1);
  const beside = block(now, around.range.end.line + inside.length, indentAt(now, around.range.start.line));
  const freed = new Set(waited.map((line) => line.trim()).filter((line) => /\w{2}/.test(line)));
  return inside.length > 0 && !beside.some((line) => freed.has(line.trim()));
}

/** An `if` around nothing that is called is no fact; its line says it. */
function headAround(after: SourceFacts, scope: string, { items }: Parts): Pick<Guard, 'range'> | undefined {
  const place = after.scopes.find(({ name }) => name === scope);
  const [only = ''] = items;
  if (place === undefined || items.length !== 1 || only === '') return undefined;
  const heads = new Set([`if(${only}){`, `if${only}:`, `if${only}{`]);
  for (let line = place.startLine; line <= place.endLine; line += 1) {
    const text = tokensOn(after, line, line)
      .map((token) => token.text)
      .join('')
      .replace(/(?<=:)[{;]$/, '');
    if (heads.has(text)) return { range: { start: { line, character: 0 }, end: { line, character: 0 } } };
  }
  return undefined;
}

function linesOf({ trees, path, hunk }: RuleInput, side: Side): readonly string[] {
  const content = trees[side].read(side === 'before' ? (hunk.previousPath ?? path) : path);
  return content?.kind === 'text' ? content.text.split('\n') : [];
}

/** White space that a line begins with; a line is counted from 1. */
function indentAt(lines: readonly string[], line: number): number {
  return /^\s*/.exec(lines[line - 1] ?? '')?.[0].length ?? 0;
}

/** Lines behind one that stand at least so deep. */
function block(lines: readonly string[], behind: number, least: number): readonly string[] {
  const rest = lines.slice(behind);
  const end = rest.findIndex((line, at) => line.trim() !== '' && indentAt(rest, at + 1) < least);
  return end < 0 ? rest : rest.slice(0, end);
}

function isSame(one: Parts, other: Parts): boolean {
  return (
    one.items.length === other.items.length &&
    (one.items.length === 1 || one.all === other.all) &&
    one.items.every((item) => other.items.includes(item))
  );
}
