import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten, words } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { escaped } from '../code/literal-patterns.ts';
import { PRICE } from './price-names.ts';

/** `UPDATE plans SET price_cents = 290`: a price of everybody from the next deployment on. */
export function* updatedPrices(input: RuleInput): Iterable<FindingDraft> {
  for (const statement of input.added.statements) {
    if (statement.verb !== 'update') continue;
    const column = statement.sets.find((name) =>
      /(^|_)(price|prices|fee|fees|rate|rates|tax|vat|commission|tariff|discount|premium|fare|surcharge|interest|(monthly|yearly|annual|unit|list|base|setup)_?(cents|amount|cost|price)?)(_|$)/i.test(
        name,
      ),
    );
    const table = words(statement.targets.join(' '));
    const isPlan =
      /\b(plans?|tariffs?|products?|prices?|pricing|fees?|rates?|skus?|tiers?|tax(es)?|vat|catalog(ue)?|items?|offers?|subscriptions? plans?)\b/.test(
        table,
      );
    if (column === undefined || !(isPlan || PRICE.test(table))) continue;
    const { start, end } = statement.range;
    const text = tokensOn(input.after, start.line, end.line)
      .map((token) => token.text)
      .join(' ');
    const own = column.slice(column.lastIndexOf('.') + 1);
    const value = new RegExp(`\\b${escaped(own)}\\W{1,4}(\\d[\\d.]*|${escaped(own)})`, 'i').exec(text)?.[1];
    if (text !== '' && value === undefined) continue;
    yield {
      side: 'after',
      range: statement.range,
      message: fitMessage(`\`${shorten(`${statement.targets.join()}.${own}`, 34)}\` is set${value === undefined ? '' : ` to ${value}`}`),
    };
  }
}
