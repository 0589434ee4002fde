import type { CodeToken, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { codeOfScope, rangeOfLine, scopeAtLine } from '../code/code-text.ts';
import { counterpartScope, hasScope } from '../code/counterpart.ts';
import { keepOf } from '../code/kept.ts';

/** An arm of a choice that refused some cases, whose cases nothing speaks of any more while the function stays. */
export interface LostArm {
  readonly range: Range;
  readonly scope: string;
  /** `Shipped, Delivered`. */
  readonly cases: string;
}

/** `case Shipped, Delivered: return ErrTooLate` that is gone, `case 'closed': throw …`, `State::Sealed => return Err(…)`. */
export function lostArms(input: RuleInput): readonly LostArm[] {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined || hunk.before.lines === 0) return [];
  return refusingArms(before).flatMap(({ labels, line, scope }): readonly LostArm[] => {
    if (line < hunk.before.start || line >= hunk.before.start + hunk.before.lines) return [];
    const now = counterpartScope(input, scope);
    if (now === undefined || now === '' || isSpokenOf(input, labels, now, after)) return [];
    return [{ range: rangeOfLine(input, 'before', line), scope, cases: labels.join(', ') }];
  });
}

/** The function itself, or a part that came with the change, still names one of the cases. */
function isSpokenOf(input: RuleInput, labels: readonly string[], scope: string, after: SourceFacts): boolean {
  const isIn = (text: string): boolean => labels.some((label) => text.split(' ').includes(label));
  if (isIn(codeOfScope(after, scope).text)) return true;
  const fresh = after.scopes.filter(({ name }) => input.before !== undefined && !hasScope(input.before, name));
  if (fresh.some(({ name }) => isIn(codeOfScope(after, name).text))) return true;
  const plain = labels.map((label) => label.replace(/^["'`]|["'`]$/g, ''));
  const { guards, conditions } = input.addedElsewhere();
  if ([...guards, ...conditions].some(({ test }) => plain.some((label) => test.includes(label)))) return true;
  // A set or a table of states: `const FINAL = new Set(['shipped', 'delivered'])`, `{ shipped: false }`.
  return plain.some((label) => countOf(after, label) >= countOf(input.before, label));
}

function countOf(facts: SourceFacts | undefined, label: string): number {
  return facts?.tokens.filter(({ text }) => text === label || text.replace(/^["'`]|["'`]$/g, '') === label).length ?? 0;
}

interface Arm {
  readonly labels: readonly string[];
  readonly line: number;
  readonly scope: string;
}

const refusingArms = keepOf((facts: SourceFacts): readonly Arm[] => {
  if (!/^(typescript|go|java|python|rust)$/.test(facts.language)) return [];
  const { tokens } = facts;
  const found: Arm[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const arm = facts.language === 'rust' ? armBehind(tokens, at) : caseAt(tokens, at);
    if (arm === undefined || arm.labels.length === 0) continue;
    const line = tokens[at]?.line ?? 0;
    const scope = scopeAtLine(facts, line);
    if (scope !== '') found.push({ labels: arm.labels, line, scope });
  }
  return found;
});

interface Labels {
  readonly labels: readonly string[];
}

/** `case A, B:`, `case A -> throw`, and cases that fall into one another. */
function caseAt(tokens: readonly CodeToken[], at: number): Labels | undefined {
  if (tokens[at]?.text !== 'case' || fallsHere(tokens, at)) return undefined;
  const labels: string[] = [];
  let depth = 0;
  for (let next = at + 1; next < Math.min(tokens.length, at + LONGEST); next += 1) {
    const text = tokens[next]?.text ?? '';
    if (/^[([]$/.test(text)) depth += 1;
    if (/^[)\]]$/.test(text)) depth -= 1;
    // A `case` without a subject decides by conditions, which are guards of their own.
    if (/^([=!<>]=?=?|&&|\|\||if|when)$/.test(text)) return undefined;
    if (depth === 0 && /^(:|->)$/.test(text)) {
      if (tokens[next + 1]?.text === 'case') {
        next += 1;
        continue;
      }
      return refuses(tokens, next + 1) ? { labels } : undefined;
    }
    if (isLabel(text, tokens[next + 1]?.text)) labels.push(text);
  }
  return undefined;
}

/** The case before this one falls into it, and was read with it. */
function fallsHere(tokens: readonly CodeToken[], at: number): boolean {
  return tokens[at - 1]?.text === ':';
}

/** `State::Sealed | State::Closed => return Err(…)`, read from its arrow. */
function armBehind(tokens: readonly CodeToken[], arrow: number): Labels | undefined {
  if (tokens[arrow]?.text !== '=>' || !refuses(tokens, arrow + 1)) return undefined;
  const labels: string[] = [];
  for (let at = arrow - 1; at >= Math.max(0, arrow - LONGEST); at -= 1) {
    const text = tokens[at]?.text ?? '';
    if (/^([{},;]|if)$/.test(text)) break;
    if (/^[A-Z]\w*$/.test(text) && tokens[at + 1]?.text !== '::' && !/^(Some|Ok|Err|None)$/.test(text)) labels.unshift(text);
  }
  return { labels };
}

function isLabel(text: string, next: string | undefined): boolean {
  return /^["'`]/.test(text) || (/^[A-Z]\w*$/.test(text) && next !== '.' && next !== '(');
}

/** What it does is to refuse: it throws, raises, or answers with an error. */
function refuses(tokens: readonly CodeToken[], from: number): boolean {
  const body = tokens.slice(from, from + 4).map(({ text }) => text);
  const words = body.filter((text) => !/^[{(;]$/.test(text));
  if (/^(throw|raise|panic|bail|Err)!?$/.test(words[0] ?? '')) return true;
  return words[0] === 'return' && /^(Err\w*|err\w*|fmt|errors|status|NewError)$/.test(words[1] ?? '');
}

/** Tokens of the longest list of cases that is read. */
const LONGEST = 40;
