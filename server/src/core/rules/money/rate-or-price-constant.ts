import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { changedCode, rangeOfLine, scopeAtLine } from '../vocabulary/code/code-text.ts';
import { changedOptions, renamedOptions } from '../vocabulary/code/option-changes.ts';
import { homeOf } from '../vocabulary/code/option-paths.ts';
import { exchangedNumbers } from '../vocabulary/money/exchanged-numbers.ts';
import { isPrice, NO_PRICE, PRICE, PRICE_TABLE } from '../vocabulary/money/price-names.ts';
import { isOtherUnit, quantityOf } from '../vocabulary/money/price-quantities.ts';
import { isCellOfTable, isPriceSetting } from '../vocabulary/money/price-settings.ts';
import { changedCell, tableOf } from '../vocabulary/money/price-tables.ts';
import { rewrittenTables } from '../vocabulary/money/rewritten-tables.ts';
import { updatedPrices } from '../vocabulary/money/updated-prices.ts';
import { countOf } from '../vocabulary/settings/setting-values.ts';
import { changedSettings } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A tax, a fee, a price, an interest or an exchange rate written into code or configuration that has another number now, also
 * inside an expression such as `net * 0.19`, one that was renamed on the way, one of a table that took the place of such
 * expressions, and an update that sets prices in the database.
 *
 * ## Why it matters
 * Every invoice from the release on is computed with it, and a digit too many is taken from every customer.
 *
 * ## When it is fine
 * A number that was decided elsewhere; the acknowledgement then says where. The same number written in another way, digits of a
 * currency, and rates of other things (frames, samples, requests) are not flagged.
 *
 * ## What it misses
 * A table of prices without a word of money in its names, and a number whose new name has no word of the old one.
 */
export default defineRule({
  id: 'money/rate-or-price-constant',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'medium',
  title: 'A rate or a price changed',
  reads: ['options', 'settings', 'statements', 'tokens'],
  evidence: [{ title: 'CWE-682: incorrect calculation', url: 'https://cwe.mitre.org/data/definitions/682.html' }],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<number>();
    const pairs = [...changedOptions(input), ...renamedOptions(input)];
    // A table that stands on one line is a value by itself, and so is each of its numbers.
    const named = new Set(pairs.flatMap(({ after }) => (quantityOf(after.value) === undefined ? [] : [after.range.start.line])));
    for (const { before, after } of pairs) {
      // A class or an enum that is called a table of prices says it for its constants.
      const owner = PRICE_TABLE.test(words(lastName(after.scope))) ? after.scope : '';
      const name = `${owner} ${homeOf(after)} ${after.name}`;
      if (!isPrice(name, after.name, input.path) && !isCellOfTable(after, input.path)) continue;
      const [old, now] = [quantityOf(before.value), quantityOf(after.value)];
      const cell = old === undefined && now === undefined ? changedCell(input, before.value, after.value) : undefined;
      if (cell !== undefined && !flagged.has(cell.range.start.line) && !named.has(cell.range.start.line)) {
        flagged.add(cell.range.start.line);
        yield { side: 'after', range: cell.range, ...say(after.name, cell.old, cell.now) };
      }
      if (old === undefined || now === undefined || old === now || isOtherUnit(before.name, after.name, old, now)) continue;
      flagged.add(after.range.start.line);
      yield { side: 'after', range: after.range, ...say(after.name, old, now) };
    }
    for (const change of changedSettings(input)) {
      if (change.before === undefined || change.after === undefined || !isPriceSetting(change, input.path)) continue;
      const [old, now] = [countOf(change.before.value), countOf(change.after.value)];
      if (old === undefined || now === undefined || old === now) continue;
      yield { side: 'after', range: change.after.range, ...say(change.path.slice(-2).join('.'), old, now) };
    }
    const told = [...literals(input, flagged)];
    yield* told;
    for (const { range, scope, old, now } of told.length > 0 || flagged.size > 0 ? [] : exchangedNumbers(input))
      yield { side: 'after', range, ...say(scope, old, now) };
    yield* rewrittenTables(input);
    yield* updatedPrices(input);
  },
});

/** The message, and a higher severity where a number grew or fell tenfold, or lost its sign. */
function say(name: string, old: number, now: number): Pick<FindingDraft, 'message' | 'severity'> {
  // 0.85 / 0.085 comes out just under ten.
  const isWild = now <= 0 || old <= 0 || Math.max(now / old, old / now) >= 10 * (1 - 1e-9);
  return { message: fitMessage(`\`${shorten(name, 34)}\` went from ${old} to ${now}`), ...(isWild ? { severity: 'high' as const } : {}) };
}

const BUILDS_AMOUNT = /\b(Decimal|BigDecimal|Money|Cents|dec|Rational)( :: \w+| ! ?| \. \w+)? \($/;

/** A number inside an expression: the two sides of the hunk differ in it alone. */
function* literals(input: RuleInput, flagged: ReadonlySet<number>): Iterable<FindingDraft> {
  const old = changedCode(input, 'before');
  const now = changedCode(input, 'after');
  const was = old.text.split(' ');
  const is = now.text.split(' ');
  if (was.length !== is.length || was.length < 4 || was.length > 2000) return;
  let offset = 0;
  for (const [index, token] of is.entries()) {
    const other = was[index] ?? '';
    if (token !== other) {
      if (!/^\d[\d._]*$/.test(token) || !/^\d[\d._]*$/.test(other)) return;
      const line = now.lineAt(offset);
      const around = is.slice(Math.max(0, index - 12), index + 6).join(' ');
      const scope = scopeAtLine(input.after, line);
      const isFactor =
        BUILDS_AMOUNT.test(is.slice(Math.max(0, index - 5), index).join(' ')) ||
        /^[*/]$/.test(is[index - 1] ?? '') ||
        /^[*/]$/.test(is[index + 1] ?? '') ||
        /^(return|=>|->)$/.test(is[index - 1] ?? '');
      const isUnit = /^(10|100|1000|10000|60|24|3600|1024)$/.test(token) && /^(10|100|1000|10000|60|24|3600|1024)$/.test(other);
      const [from, to] = [Number(other.replaceAll('_', '')), Number(token.replaceAll('_', ''))];
      if (from === to || flagged.has(line)) return;
      const isNear = isFactor && !isUnit && PRICE.test(words(`${scope} ${around}`)) && !NO_PRICE.test(words(scope));
      const name = isNear ? scope || 'the amount' : tableOf(input, line, token);
      if (name !== '') yield { side: 'after', range: rangeOfLine(input, 'after', line), ...say(name, from, to) };
    }
    offset += token.length + 1;
  }
}
