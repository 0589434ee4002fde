import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { shorten, words } from '../vocabulary/code/call-names.ts';
import { changedCode, rangeOfLine, scopeAtLine } from '../vocabulary/code/code-text.ts';
import { changedOptions, homeOf, numberOf, renamedOptions } from '../vocabulary/code/option-changes.ts';
import { changedSettings, countOf } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A tax, a fee, a price, an interest or an exchange rate written into code or configuration that has another number now, also
 * inside an expression such as `net * 0.19`, and one that was renamed on the way.
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
  reads: ['options', 'settings', 'tokens'],
  evidence: [{ title: 'CWE-682: incorrect calculation', url: 'https://cwe.mitre.org/data/definitions/682.html' }],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<number>();
    for (const { before, after } of [...changedOptions(input), ...renamedOptions(input)]) {
      const name = `${homeOf(after)} ${after.name}`;
      if (!isPrice(name, after.name, input.path)) continue;
      const [old, now] = [quantityOf(before.value), quantityOf(after.value)];
      if (old === undefined || now === undefined || old === now || isOtherUnit(before.name, after.name, old, now)) continue;
      flagged.add(after.range.start.line);
      yield { side: 'after', range: after.range, ...say(after.name, old, now) };
    }
    for (const change of changedSettings(input)) {
      if (
        change.before === undefined ||
        change.after === undefined ||
        !(isPrice(change.path.join(' '), change.path.at(-1) ?? '', input.path) || isInTable(change.path, input.path))
      )
        continue;
      const [old, now] = [countOf(change.before.value), countOf(change.after.value)];
      if (old === undefined || now === undefined || old === now) continue;
      yield { side: 'after', range: change.after.range, ...say(change.path.slice(-2).join('.'), old, now) };
    }
    yield* literals(input, flagged);
  },
});

const PRICE =
  /\b(tax|taxes|vat|gst|fee|fees|price|prices|pricing|commission|surcharge|tariff|tariffs|markup|interest rate|interest|apr|apy|exchange rate|exchange rates|fx|fx rate|fx rates|conversion rate to|discount|discounts|rebate|royalty|levy|duty|duties|cents|minimum charge|late fee|unit cost|cost per|price per|shipping cost|shipping|postage|premium|fare|fares|wage|salary|payout|cashback|usd|eur|gbp|jpy|chf|cad|aud|inr|cny|brl|sek|withholding|stamp duty|toll)\b/;

/** What stands near a price and is none. */
const OTHER =
  /\b(rate limit|limit|sample|frame|bit|bitrate|refresh|error|success|click|version|port|timeout|ttl|interval|delay|retry|retries|decimals|decimal places|digits|exponent|scale|precision|minor|fraction|id|ids|index|width|height|size|count|length|page|order|sort|max|min|maximum|minimum|cap|threshold|days|hours|minutes|seconds|ms|year|years|column|columns|step|status|code|weight|priority|enabled|schema|line|label|position|padding|margin top|z)\b/;

/** `rates: { EUR: 0.92 }` speaks of money by its home; `rate` alone by its file. */
function isPrice(full: string, own: string, path: string): boolean {
  const text = words(full);
  if (OTHER.test(words(own))) return false;
  if (PRICE.test(text)) return true;
  return (
    /\brates?\b/.test(text) &&
    (/\b[A-Z]{3}\b/.test(own) ||
      /\b(tax|vat|fee|fees|pricing|billing|invoice|currency|fx|exchange|interest|loan|payments?|checkout|money)\b/.test(words(path)))
  );
}

/** A file that is a table of rates or prices by its own name and place (`tax/rates.json`, `fees.yaml`): its keys are countries or tiers. */
function isInTable(keys: readonly string[], path: string): boolean {
  const own = words(path.slice(path.lastIndexOf('/') + 1).replace(/\..*$/, ''));
  if (keys.some((key) => OTHER.test(words(key)) || /\b(name|version|port|timeout|rounding)\b/.test(words(key)))) return false;
  const isOfMoney = PRICE.test(words(path)) || HOME.test(words(path));
  return isOfMoney && (TABLE.test(own) || (/^(rates?|tables?)$/.test(own) && PRICE.test(words(path))));
}

const HOME = /\b(billing|invoice|invoicing|currency|loans?|payments?|checkout|money)\b/;

/** The last word of such a file's name. */
const TABLE =
  /\b(vat|tax(es)?|fees?|prices?|commissions?|surcharges?|tariffs?|markups?|interest|discounts?|duty|duties|fares?|premiums?|levies|fx)( (rates?|tables?|list))?$|\b(tax|vat|exchange|interest|currency|fx|loan) rates?$/;

/** A number, a fraction of two, or one in quotes as decimals are written: `Decimal("0.19")`. */
function quantityOf(value: string): number | undefined {
  const inner =
    /^(?:new )?(?:[\w.:]*\b)?(?:Decimal|BigDecimal|Big|BigNumber|dec!?|from_str|from|valueOf|of|RequireFromString|NewFromFloat|NewFromInt|Fraction)\(\s*['"]?(-?[\d._]+)['"]?\s*\)$/.exec(
      value,
    )?.[1] ?? value;
  const quoted = /^['"](-?[\d.]+)['"]$/.exec(inner)?.[1] ?? inner.replace(/(?<=\d)[mMfFdDlL]$/, '');
  const [over, under] = quoted.split('/').map((part) => numberOf(part));
  if (quoted.includes('/')) return over === undefined || under === undefined || under === 0 ? undefined : over / under;
  return numberOf(quoted);
}

/** `FEE = 1.5` that became `FEE_CENTS = 150` says the same. */
function isOtherUnit(before: string, after: string, old: number, now: number): boolean {
  const unit = (name: string): string =>
    /\b(cents|minor|pence|bps|basis points|percent|pct|percentage|euros|dollars)\b/.exec(words(name))?.[1] ?? '';
  const factor = Math.max(old, now) / Math.min(old, now);
  return unit(before) !== unit(after) && [100, 1000, 10_000].some((whole) => Math.abs(factor - whole) < 1e-6 * whole);
}

function say(name: string, old: number, now: number): Pick<FindingDraft, 'message' | 'severity'> {
  const isWild = now <= 0 || old <= 0 || now / old >= 10 || old / now >= 10;
  return { message: fitMessage(`\`${shorten(name, 34)}\` went from ${old} to ${now}`), ...(isWild ? { severity: 'high' as const } : {}) };
}

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
        /^[*/]$/.test(is[index - 1] ?? '') || /^[*/]$/.test(is[index + 1] ?? '') || /^(return|=>|->)$/.test(is[index - 1] ?? '');
      const isUnit = /^(10|100|1000|10000|60|24|3600|1024)$/.test(token) && /^(10|100|1000|10000|60|24|3600|1024)$/.test(other);
      const [from, to] = [Number(other.replaceAll('_', '')), Number(token.replaceAll('_', ''))];
      if (isFactor && !isUnit && from !== to && !flagged.has(line) && PRICE.test(words(`${scope} ${around}`)) && !OTHER.test(words(scope)))
        yield { side: 'after', range: rangeOfLine(input, 'after', line), ...say(scope || 'the amount', from, to) };
    }
    offset += token.length + 1;
  }
}
