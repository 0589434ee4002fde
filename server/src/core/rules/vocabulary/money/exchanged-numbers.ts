import type { CodeToken, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { rangeOfLine, scopeAtLine, tokensOn } from '../code/code-text.ts';
import { formerScope } from '../code/counterpart.ts';
import { NO_PRICE, PRICE } from './price-names.ts';

/** A price of a function that was rewritten around it, `if` into `match`: all numbers of the function are the old ones but for one. */
export interface ExchangedNumber {
  readonly range: Range;
  readonly line: number;
  readonly scope: string;
  readonly old: number;
  readonly now: number;
}

/** One number of a price that is another one now, where its function was written anew around it. */
export function* exchangedNumbers(input: RuleInput): Iterable<ExchangedNumber> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined || hunk.before.lines === 0) return;
  const added = numbersOn(after, hunk.after.start, hunk.after.start + hunk.after.lines - 1);
  if (added.length === 0) return;
  const told = new Set<string>();
  for (const { line } of added) {
    const scope = scopeAtLine(after, line);
    if (scope === '' || told.has(scope) || !PRICE.test(words(scope)) || NO_PRICE.test(words(lastName(scope)))) continue;
    told.add(scope);
    const old = formerScope(input, scope);
    const place = after.scopes.find(({ name }) => name === scope);
    if (old === undefined || place === undefined) continue;
    const was = numbersOn(before, old.startLine, old.endLine);
    const is = numbersOn(after, place.startLine, place.endLine);
    const [lost, ...more] = surplus(was, is);
    const [fresh, ...others] = surplus(is, was);
    if (was.length !== is.length || was.length < 2 || lost === undefined || fresh === undefined || more.length > 0 || others.length > 0)
      continue;
    if (!isAmount(after, fresh)) continue;
    if (!added.some((one) => one.line === fresh.line && one.value === fresh.value) || UNITS.has(lost.value) || UNITS.has(fresh.value))
      continue;
    yield { range: rangeOfLine(input, 'after', fresh.line), line: fresh.line, scope, old: lost.value, now: fresh.value };
  }
}

/** A fraction, or a number in a line that speaks of a price and of no time or count. */
function isAmount(facts: SourceFacts, { value, line }: Written): boolean {
  const text = words(
    tokensOn(facts, line, line)
      .map((token) => token.text)
      .join(' '),
  );
  return !NO_PRICE.test(text) && (!Number.isInteger(value) || PRICE.test(text));
}

/** Places, shares and times that are counted with. */
const UNITS = new Set([0, 1, 2, 10, 12, 24, 30, 60, 100, 365, 1000, 3600, 10_000]);

interface Written {
  readonly value: number;
  readonly line: number;
}

function numbersOn(facts: SourceFacts, first: number, last: number): readonly Written[] {
  return tokensOn(facts, first, last).flatMap(({ text, line }: CodeToken) =>
    /^(['"]?)\d[\d_]*(?:\.\d+)?\1[nLdmf]?$/.test(text) ? [{ value: Number(text.replace(/['"_nLdmf]/g, '')), line }] : [],
  );
}

/** What the first has and the second has not, each as often as it is there. */
function surplus(first: readonly Written[], second: readonly Written[]): readonly Written[] {
  const left = second.map(({ value }) => value);
  return first.filter(({ value }) => {
    const at = left.indexOf(value);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
