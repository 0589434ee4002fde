import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten, words } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { homeOf } from '../code/option-paths.ts';
import { isPrice, PRICE } from './price-names.ts';
import { quantityOf } from './price-quantities.ts';

/**
 * Rates that were written into expressions and stand in a table now: the number of the table is one of the old ones, in its
 * own unit, or the rate changed on the way.
 */
export function* rewrittenTables(input: RuleInput): Iterable<FindingDraft> {
  const numbers = (text: string): readonly number[] =>
    [...text.matchAll(/(?<![\w.])\d[\d_]*(?:\.\d+)?(?![\w.])/g)].map((match) => Number(match[0].replaceAll('_', '')));
  if (input.added.options.length === 0) return;
  const old = codeOfScope(input.before, '').text;
  if (old.length > 40_000) return;
  // A factor inside an expression: `amount * 0.029`.
  const were = [...old.matchAll(/[*/] (?:\w+ \( )?['"]?(0?\.\d+)\b/g)].map((match) => match[1] ?? '');
  if (were.length < 2) return;
  const fresh = codeOfScope(input.after, '').text;
  const factors = were.filter((text) => !fresh.includes(` ${text} `));
  if (factors.length < 2 || !PRICE.test(words(`${old.slice(0, 4000)} ${input.path}`))) return;
  const known = numbers(old);
  for (const option of input.added.options) {
    const name = words(option.name);
    const now = quantityOf(option.value);
    if (now === undefined || now === 0 || now === 1 || !isPrice(`${homeOf(option)} ${option.name}`, option.name, input.path)) continue;
    if (input.before?.options.some((other) => other.name === option.name) === true) continue;
    const units = /\b(basis points|bps)\b/.test(name) ? [10_000] : /\b(percent|pct)\b/.test(name) ? [100] : [1, 100, 0.01, 1000, 10_000];
    if (!/\b(basis points|bps|percent|pct|rate|rates|share|factor|fee|commission|tax|vat)\b/.test(name)) continue;
    const isKnown = known.some((value) => units.some((unit) => Math.abs(value * unit - now) < 1e-9 * Math.max(1, now)));
    if (isKnown) continue;
    yield {
      side: 'after',
      range: option.range,
      message: fitMessage(`\`${shorten(option.name, 30)}\` is ${now}, which is none of the rates that stood here`),
    };
    return;
  }
}
