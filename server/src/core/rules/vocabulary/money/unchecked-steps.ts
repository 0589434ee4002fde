import type { Call } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { changedLines } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { isExtracted, newGuardsIn } from '../code/scope-changes.ts';
import { isAmount } from './amounts.ts';

/** A step on an amount that failed where the result had no place, and goes on with a wrong one now. */
export interface UncheckedStep {
  readonly range: Range;
  /** `checked_sub`, `addExact`. */
  readonly was: string;
  /** `wrapping_sub`, `-=`. */
  readonly now: string;
  /** `wraps` to the other end of its type, or is `clamped` at it. */
  readonly how: 'wraps' | 'clamped';
}

/** `balance.checked_sub(cents)` that became `-=`, `wrapping_sub` or `saturating_sub`; `Math.addExact(total, cents)` that became `+`. */
export function* uncheckedSteps(input: RuleInput): Generator<UncheckedStep> {
  const { before, after } = input;
  if (before === undefined || after === undefined || checksAll(input)) return;
  const told = new Set<number>();
  for (const call of input.removed.calls) {
    const step = stepOf(call);
    if (step === undefined || !isAmount(`${call.callee} ${call.args.join(' ')} ${lastName(call.scope)}`) || isHarmless(input, call))
      continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || isExtracted(input, call) || newGuardsIn(input, call.scope).some(({ compares }) => compares)) continue;
    const count = (calls: readonly Call[], home: string): number =>
      calls.filter((other) => within(other.scope, home) && stepOf(other)?.operator === step.operator).length;
    if (count(after.calls, scope) >= count(before.calls, call.scope)) continue;
    const found = changedLines(input, 'after').find(
      ({ line, text, scope: home }) =>
        within(home, scope) && !told.has(line) && isAbout(text, call) && nowIn(text, step.operator) !== undefined,
    );
    const now = nowIn(found?.text ?? '', step.operator);
    if (found === undefined || now === undefined) continue;
    told.add(found.line);
    yield {
      range: rangeOfLine(input, 'after', found.line),
      was: lastName(call.callee),
      now,
      how: now.startsWith('saturating') ? 'clamped' : 'wraps',
    };
  }
}

interface Step {
  readonly operator: '+' | '-' | '*';
}

function stepOf({ callee, kind }: Call): Step | undefined {
  const own =
    kind === 'call' ? /^(?:checked_(add|sub|mul)|(add|subtract|multiply|increment|decrement)Exact)$/.exec(lastName(callee)) : null;
  const name = own?.[1] ?? own?.[2];
  if (name === undefined) return undefined;
  return { operator: /^(?:add|inc)/.test(name) ? '+' : /^(?:sub|dec)/.test(name) ? '-' : '*' };
}

/** What the new line says in its place; a sum that stops at the top of its type loses no money that was there. */
function nowIn(text: string, operator: Step['operator']): string | undefined {
  const name = { '+': 'add', '-': 'sub', '*': 'mul' }[operator];
  const own = new RegExp(`\\b((?:wrapping|overflowing|unchecked)_${name}${operator === '-' ? '|saturating_sub' : ''})\\b`).exec(text)?.[1];
  if (own !== undefined) return own;
  if (/\b(?:checked|saturating)_|Exact\b|BigDecimal|BigInteger|Decimal/.test(text)) return undefined;
  const bare = text.replace(/->|=>|'[^']*'|"[^"]*"|[(,=:]-/g, ' ');
  const sign = operator === '*' ? /[\w)\]]\*(?=[\w(])/ : operator === '+' ? /[\w)\]]\+(?:=|(?=[\w(]))/ : /[\w)\]]-(?:=|(?=[\w(]))/;
  const found = sign.exec(bare)?.[0];
  return found === undefined ? undefined : found.endsWith('=') ? `${operator}=` : operator;
}

/** The line names what the step was made on, or what it was made with. */
function isAbout(text: string, { callee, args }: Call): boolean {
  const names = `${receiver(callee)} ${args.join(' ')}`.match(/[A-Za-z_]\w*/g) ?? [];
  return names.some((name) => !/^(?:self|this|Math|mut|get|await)$/.test(name) && new RegExp(`\\b${name}\\b`, 'i').test(text));
}

/** `checked_sub(x).unwrap_or(0)` says what `saturating_sub(x)` says. */
function isHarmless(input: RuleInput, call: Call): boolean {
  const { range } = call;
  return (
    isWidened(call) ||
    changedLines(input, 'before').some(
      ({ line, text }) => line === range.start.line && /checked_sub\([^()]*\)\.unwrap_or(?:_default)?\(/.test(text),
    )
  );
}

/** Both were made wider for it, `u128::from(a).checked_add(u128::from(b))`: what two narrower numbers give has its place. */
function isWidened({ callee, args }: Call): boolean {
  const wide = /^[ui](?:16|32|64|128)::from\b/;
  const isUp = !callee.endsWith('checked_sub') || callee.startsWith('i');
  return isUp && wide.test(callee) && args.length === 1 && wide.test(args[0] ?? '');
}

/** A build that stops at an overflow by itself. */
function checksAll({ path, trees }: RuleInput): boolean {
  if (!path.endsWith('.rs')) return false;
  const [file] = trees.after.mentioning('overflow', ['.toml']);
  const content = file === undefined ? undefined : trees.after.read(file);
  return content?.kind === 'text' && /^[ \t\ufeff]*overflow-checks\s*=\s*true/m.test(content.text);
}
