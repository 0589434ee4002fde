import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';
import { numberOf } from '../code/option-changes.ts';
import { isPrice } from './price-names.ts';

/** Two tables that differ in one number alone, and the line of it. */
export function changedCell(
  input: RuleInput,
  before: string,
  after: string,
): { readonly old: number; readonly now: number; readonly range: Range } | undefined {
  const number = /(?<![\w.])\d[\d_]*(?:\.\d+)?(?![\w.])/g;
  const [was, is] = [before.match(number) ?? [], after.match(number) ?? []];
  const changed = is.flatMap((value, index) => (value === was[index] ? [] : [index]));
  const [at] = changed;
  if (at === undefined || changed.length > 1 || before.replace(number, '#') !== after.replace(number, '#')) return undefined;
  const line = input.hunk.added.findIndex((text) => text.includes(is[at] ?? ''));
  const [old, now] = [numberOf(was[at] ?? ''), numberOf(is[at] ?? '')];
  return line < 0 || old === undefined || now === undefined
    ? undefined
    : { old, now, range: rangeOfLine(input, 'after', input.hunk.after.start + line) };
}

/** The constant that is a table of prices and holds the number on this line: `PRICES` of `const PRICES = [("basic", 900)]`; empty where none does. */
export function tableOf(input: RuleInput, line: number, number: string): string {
  const tokens = tokensOn(input.after, line - 60, line);
  let at = tokens.findLastIndex((token) => token.line === line && token.text === number);
  let depth = 0;
  let isInside = false;
  for (; at > 0; at -= 1) {
    const text = tokens[at]?.text ?? '';
    if (/^[)\]}]$/.test(text)) depth += 1;
    else if (/^[([{]$/.test(text) && depth > 0) depth -= 1;
    else if (/^[([{]$/.test(text)) {
      isInside = true;
      const callee = [tokens[at - 1]?.text, tokens[at - 2]?.text].find((word) => word !== '!') ?? '';
      if (text === '(' && /^[A-Za-z_]\w*$/.test(callee) && !BUILDS.test(callee)) return '';
    } else if (depth === 0 && /^(=|:=)$/.test(text) && isInside) {
      // The name stands before its type: `static VAT_RATES: Map<…> =`, `Map<…> RATES =`.
      const head = tokens.slice(Math.max(0, at - 24), at).filter((token) => token.line >= (tokens[at]?.line ?? 0) - 1);
      const name = head.findLast(({ text: word }) => /^[A-Za-z]\w*$/.test(word) && isPrice(word, word, input.path))?.text;
      return name ?? '';
    } else if (depth === 0 && /^[;]$/.test(text)) return '';
  }
  return '';
}

/** Calls that only build a list, a map or a value of it. */
const BUILDS =
  /^(of|ofEntries|entry|asList|BigDecimal|Decimal|dec|phf_map|phf_ordered_map|hashmap|vec|from|valueOf|RequireFromString|NewFromFloat|frozenset|dict|tuple|array)$/;
