import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { codeOfScope } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { partScopes } from '../code/own-parts.ts';

/**
 * True where a list had to have so many parts (`parts.len() != 3`), and a pattern of as many names asks that now: a slice pattern
 * with an `else` or a `match`, an unpacking that raises, a split that gives two parts or none. Any question about how many there
 * are is one of the patterns of a `match` that takes the list apart, where nothing is taken from it by its place any more.
 */
export function isTakenApart(input: RuleInput, { test, scope, exit }: Guard): boolean {
  const { after } = input;
  const parts = partsAskedFor(test);
  const now = counterpartScope(input, scope);
  if (after === undefined || now === undefined || now === '') return false;
  const list = LENGTH.exec(test)
    ?.slice(1)
    .find((name) => name !== undefined);
  if (list !== undefined && /^(rust|python)$/.test(after.language)) {
    const { text } = codeOfScope(after, now);
    if (MATCHED.test(text) && !(exit === 'throw' && GOES_ON.test(text)) && !new RegExp(`(?<![\\w.])${escaped(list)} \\[ \\d`).test(text))
      return true;
  }
  if (parts === undefined) return false;
  return partScopes(after, now).some((part) => {
    const { text } = codeOfScope(after, part);
    const patterns = [...text.matchAll(after.language === 'python' ? UNPACKED : PATTERN)];
    return patterns.some(([, names, others]) => countNames(names ?? others ?? '') === parts) || (parts === 2 && SPLIT_ONCE.test(text));
  });
}

/** How many parts a condition refuses to do without: that there are more or fewer is no question of one pattern. */
function partsAskedFor(test: string): number | undefined {
  const [, number] =
    /^(?:len\([\w.]+\)|[\w.$]+\.(?:len\(\)|length|size\(\)|Length|Count|count\(\))) (?:!==?) (\d{1,2})$/.exec(test) ??
    /^not len\([\w.]+\) == (\d{1,2})$/.exec(test) ??
    [];
  return number === undefined ? undefined : Number(number);
}

function countNames(names: string): number {
  return names.split(',').filter((name) => name.trim() !== '').length;
}

/** `let [lane, name, time] = fields.as_slice() else`, `[a, b] => …`. */
const PATTERN = /\[ ([\w &,:]{1,160}) \] (?:\) )?(?:=>|= (?!\[)[^;{}]{1,160} else\b)/g;
/** `lane, name, time = line.split(";")`, `case [lane, name, time]:`. */
const UNPACKED =
  /(?<![\w.,(] )(?<![\w.])\(? ?([A-Za-z_]\w{0,40}(?: , [A-Za-z_]\w{0,40}){1,12}) (?:, )?(?:\) )?= |\bcase [[(] ([\w ,]{1,160}) [\])] :/g;
const SPLIT_ONCE = /\b(split_once|rsplit_once) \(|\bstrings \. Cut \(/;
/** How many parts a list has: `words.len() < 2`, `words.is_empty()`, `len(words) != 3`, `not words`. */
const LENGTH =
  /^(?:(?:not )?len\((\w+)\)(?: (?:[<>]=?|[!=]=) \d{1,2})?|(\w+)\.(?:len\(\) (?:[<>]=?|[!=]=) \d{1,2}|is_empty\(\))|not (\w+))$/;
/** The arm for all other lists does work, and refuses nothing: `_ => drop("all")`. */
const GOES_ON =
  /(?<!\w)_ (?:=>|:) (?:\{ )?(?!(?:Err|return|raise|panic|bail|fail|anyhow|usage|exit|unreachable|die|abort|help|std|print\w*)\b)[a-z]\w* \( ["']/;
/** A `match` with patterns of lists as its arms. */
const MATCHED = /\bmatch\b[^{}]{1,160}[{:] (?:[^=]{0,80}=> [^=]{0,80})?(?:case )?[[(] ?[^=]{0,160}[\])] (?:=>|:|if\b)/;
