import type { SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { rangeOfLine, scopeAtLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { isTestScope } from '../code/test-cases.ts';
import { COUNTED_OTHERWISE, isAmount } from './amounts.ts';

/** What was taken from an amount and is given to it now, or the other way round, in a line that is the same but for that. */
export interface TurnedSign {
  readonly range: Range;
  /** The words that were turned, `-=` and `+=`. */
  readonly before: string;
  readonly after: string;
  /** What the line is about: the name of an amount closest before the sign. */
  readonly name: string;
}

/** `wallet.balance -= cents` that became `+=`, `Math.min(a, b)` that became `max`, `{ decrement: n }` that became `{ increment: n }`, `subtract(x)` that became `add(x)`. */
export function* turnedSigns(input: RuleInput): Generator<TurnedSign> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined || hunk.before.lines > 400 || hunk.after.lines > 400) return;
  const old = linesOf(before, hunk.before.start, hunk.before.lines);
  if (old.length === 0) return;
  const fresh = linesOf(after, hunk.after.start, hunk.after.lines);
  for (const { line, parts } of fresh) {
    const scope = scopeAtLine(after, line);
    if (!isHolding(parts.join(' ')) || isTestScope(scope)) continue;
    for (const other of old) {
      const at = signAt(other.parts, parts);
      if (at < 0) continue;
      // A function that was renamed does what its new name says.
      const home = scopeAtLine(before, other.line);
      if (counterpartScope(input, home) !== scope || lastName(home) !== lastName(scope)) continue;
      yield {
        range: rangeOfLine(input, 'after', line),
        before: other.parts[at] ?? '',
        after: parts[at] ?? '',
        name: nameBeside(parts, at),
      };
      break;
    }
  }
}

/** What goes the other way: of `net * (1 - VAT)` the share that stands behind its sign, else the amount closest before it. */
function nameBeside(parts: readonly string[], at: number): string {
  const isName = (part: string): boolean => /^[A-Za-z_$][\w$]*$/.test(part);
  const behind = parts[at + 1] ?? '';
  if (/^[\d.]+$/.test(parts[at - 1] ?? '') && isName(behind)) return behind;
  return [...parts.slice(0, at).reverse(), ...parts.slice(at)].find((part) => isName(part) && isHolding(part)) ?? '';
}

/** The words of each line; those inside a text as well, which may be SQL. */
function linesOf(
  facts: SourceFacts,
  start: number,
  lines: number,
): readonly { readonly line: number; readonly parts: readonly string[] }[] {
  return Array.from({ length: lines }, (_, at) => start + at).flatMap((line) => {
    const parts = tokensOn(facts, line, line).flatMap(({ text }) =>
      /^\w*["'`]/.test(text) ? (text.match(/\w+|[+-]=?|[^\s\w]/g) ?? []) : [text],
    );
    return parts.length === 0 ? [] : [{ line, parts }];
  });
}

const HOLDING =
  /\b(?:available|on hand|inventory|allowance|in stock|funds|sold|owed|outstanding|paid|earned|spent|remaining (?:credit|balance|amount|stock|quantity|units)\w*)\b/;

/** True for words of an amount that somebody has: money, or a stock of things. */
export function isHolding(text: string): boolean {
  return isAmount(text) || (HOLDING.test(words(text)) && !COUNTED_OTHERWISE.test(words(text)));
}

/** Where the two differ in nothing but a sign; -1 where they differ in more, or not at all. */
function signAt(old: readonly string[], fresh: readonly string[]): number {
  if (old.length !== fresh.length) return -1;
  let found = -1;
  for (const [at, part] of old.entries()) {
    const other = fresh[at] ?? '';
    if (part === other) continue;
    if (!isOpposite(part, other)) return -1;
    // The lesser of two, and not the least of a list.
    if (/^m(in|ax)$/i.test(part) && !(fresh[at + 1] === '(' && fresh.slice(at).includes(','))) return -1;
    if (found < 0) found = at;
  }
  return found;
}

function isOpposite(a: string, b: string): boolean {
  return OPPOSITES.some((pair) => pair.includes(a) && pair.includes(b));
}

const OPPOSITES: readonly (readonly [string, string])[] = [
  ['-', '+'],
  ['-=', '+='],
  ['decrement', 'increment'],
  ['Decrement', 'Increment'],
  ['decr', 'incr'],
  ['decrby', 'incrby'],
  ['decrBy', 'incrBy'],
  ['DecrBy', 'IncrBy'],
  ['min', 'max'],
  ['Min', 'Max'],
  ['subtract', 'add'],
  ['subtractExact', 'addExact'],
  ['minus', 'plus'],
  ['sub', 'add'],
  ['Sub', 'Add'],
  ['checked_sub', 'checked_add'],
  ['saturating_sub', 'saturating_add'],
];
