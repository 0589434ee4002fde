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
  const freed = new Set(said(waited));
  return inside.length > 0 && !beside.some((line) => freed.has(line.trim()));
}

/**
 * True where two ways changed places: `if (!may) return refuse(); next()` that is `if (may) return next(); refuse()`. What stood
 * behind the condition stands in it now, and what it led to stands behind it.
 */
export function areWaysExchanged(input: RuleInput, old: Guard, fresh: Guard): boolean {
  const [was, now] = [waysOf(input, 'before', old), waysOf(input, 'after', fresh)];
  if (!/\w/.test(was.inside) || !/\w/.test(now.inside)) return false;
  return was.behind.startsWith(now.inside) && now.behind.startsWith(was.inside);
}

/** What a guard leads to, and what stands behind it in its function, without what only ends or groups statements. */
function waysOf(input: RuleInput, side: Side, { range, scope, test }: Guard): { readonly inside: string; readonly behind: string } {
  const all = linesOf(input, side);
  // What is longer than this is not put into a condition and taken for the same.
  const most = range.end.line + 60;
  const end = Math.min(most, input[side]?.scopes.find(({ name }) => name === scope)?.endLine ?? most);
  const head = (all[range.start.line - 1] ?? '').slice(range.start.character);
  const whole = [head, ...all.slice(range.start.line, range.end.line)];
  const cut = (all[range.end.line - 1] ?? '').length - range.end.character;
  const [text, asked] = [tight(whole.join('\n').slice(0, cut > 0 ? -cut : undefined)), tight(test)];
  const at = text.indexOf(asked);
  const rest = [(all[range.end.line - 1] ?? '').slice(range.end.character), ...all.slice(range.end.line, end)];
  return { inside: at < 0 ? '' : text.slice(at + asked.length).replace(/^[):]+/, ''), behind: tight(rest.join('\n')) };
}

function tight(text: string): string {
  return text.replace(/\b(?:return|await)\b|[\s{};]+/g, '');
}

/**
 * True where a way out became a branch, and what stood behind it the other one: `if (dry) { say(); return } work()` that is
 * `if (dry) { say() } else { work() }`.
 */
export function isBranched(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const scope = counterpartScope({ before, after }, guard.scope);
  if (after === undefined || scope === undefined || (guard.exit !== 'break' && guard.exit !== 'return')) return false;
  const head = headAround(after, scope, { all: true, items: [guard.test.replace(/\s/g, '')] });
  if (head === undefined) return false;
  const [old, now] = [linesOf(input, 'before'), linesOf(input, 'after')];
  const at = head.range.start.line;
  const depth = indentAt(now, at);
  const branch = block(now, at, depth + 1);
  const other = at + branch.length + 1;
  if (indentAt(now, other) !== depth || !/^(?:\} ?)?else\b(?! ?if)/.test((now[other - 1] ?? '').trim())) return false;
  const work = block(now, other, depth + 1);
  const waited = said(block(old, guard.range.end.line, indentAt(old, guard.range.start.line)));
  const [kept, freed] = [said(work), said([...branch, ...block(now, other + work.length, depth)])];
  return waited.some((line) => kept.includes(line)) && !waited.some((line) => freed.includes(line) && !kept.includes(line));
}

/** Lines without their indent that hold a word. */
function said(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.trim()).filter((line) => /\w{2}/.test(line));
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

/** Lines of a side of the file, split once for all of its hunks. */
function linesOf(input: RuleInput, side: Side): readonly string[] {
  const { trees, path, hunk } = input;
  const facts = input[side];
  const known = facts === undefined ? undefined : lines.get(facts);
  if (known !== undefined) return known;
  const content = trees[side].read(side === 'before' ? (hunk.previousPath ?? path) : path);
  const found = content?.kind === 'text' ? content.text.split('\n') : [];
  if (facts !== undefined) lines.set(facts, found);
  return found;
}

const lines = new WeakMap<SourceFacts, readonly string[]>();

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
