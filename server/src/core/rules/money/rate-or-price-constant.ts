import type { Option } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import type { Range } from '../../model/range.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { changedCode, codeOfScope, rangeOfLine, scopeAtLine, tokensOn } from '../vocabulary/code/code-text.ts';
import { changedOptions, numberOf, renamedOptions } from '../vocabulary/code/option-changes.ts';
import { homeOf } from '../vocabulary/code/option-paths.ts';
import { countOf } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, type SettingChange } from '../vocabulary/settings/settings.ts';

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
      const owner = TABLE.test(words(lastName(after.scope))) ? after.scope : '';
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
      if (
        change.before === undefined ||
        change.after === undefined ||
        isOfMachine(change) ||
        !(
          isPrice(change.path.join(' '), ownName(change.path), input.path) ||
          isInTable(change.path, input.path) ||
          isUnitPrice(change.path, input.path) ||
          isPriceOfVariable(change, input.path)
        )
      )
        continue;
      const [old, now] = [countOf(change.before.value), countOf(change.after.value)];
      if (old === undefined || now === undefined || old === now) continue;
      yield { side: 'after', range: change.after.range, ...say(change.path.slice(-2).join('.'), old, now) };
    }
    yield* literals(input, flagged);
    yield* rewrittenTables(input);
    yield* updatedPrices(input);
  },
});

const PRICE =
  /\b(tax|taxes|vat|gst|fee|fees|price|prices|pricing|commissions?|surcharges?|tariff|tariffs|markups?|interest rate|interest|apr|apy|exchange rate|exchange rates|fx|fx rate|fx rates|conversion rate to|discount|discounts|rebates?|royalt(?:y|ies)|lev(?:y|ies)|duty|duties|cents|minimum charge|late fee|unit cost|cost per|price per|shipping cost|shipping|postage|premium|fare|fares|wage|salary|payout|overages?|cashback|usd|eur|euro|euros|dollar|dollars|per (pound|point|points|coin|coins|mile|miles|star|stars|credit|credits|token)|(points|coins|miles|stars|credits|tokens) per|basis points|gbp|jpy|chf|cad|aud|inr|cny|brl|sek|withholding|stamp duty|toll)\b/;

/** What stands near a price and is none. */
const OTHER =
  /\b(rate limit|limit|sample|frame|bit|bitrate|refresh|error|success|click|version|port|timeout|ttl|interval|delay|retry|retries|decimals|decimal places|digits|exponent|scale|precision|minor|fraction|id|ids|index|width|height|size|count|length|page|order|sort|max|min|maximum|minimum|cap|threshold|days|hours|minutes|seconds|ms|year|years|column|columns|step|status|code|weight|priority|enabled|schema|line|label|position|padding|margin top|z|rollout|canary|traffic|children|target|node|nodes|ref|refs)\b/;

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

/** `variable "commission_rate" { default = 0.15 }`: the name is the resource's. */
function isPriceOfVariable({ path, resource }: SettingChange, file: string): boolean {
  return path.join('.') === 'default' && resource?.type === 'variable' && isPrice(resource.name, resource.name, file);
}

/** Of a member of a list, the list's name. */
const ownName = (keys: readonly string[]): string => keys.findLast((key) => !/^(#|\[)?\d+\]?$/.test(key)) ?? '';

/** A file that is a table of rates or prices by its own name and place (`tax/rates.json`, `fees.yaml`): its keys are countries or tiers. */
function isInTable(keys: readonly string[], path: string): boolean {
  const own = words(path.slice(path.lastIndexOf('/') + 1).replace(/\..*/s, ''));
  if (keys.some((key) => OTHER.test(words(key)) || /\b(name|version|port|timeout|rounding)\b/.test(words(key)))) return false;
  return TABLE.test(own) || (/^(rates?|tables?)$/.test(own) && PRICE.test(words(path)));
}

/** What a unit costs, in a file of a folder of prices: `zones.se.dataPerGb` in `tariffs/travel.json`. */
function isUnitPrice(keys: readonly string[], path: string): boolean {
  const folder = words(path.split('/').at(-2) ?? '');
  const own = words(ownName(keys));
  return TABLE.test(folder) && /^(?!.*\b(?:max|min|requests?|retries|size)\b).+ per [a-z]+$/.test(own) && !OTHER.test(own);
}

/** A decimal of a table of code in such a file: `'near': Decimal('0.0125')` of `PER_KILO` in `tariffs.py`. */
function isCellOfTable(option: Option, path: string): boolean {
  const home = homeOf(option);
  const isDecimal = /Decimal|\bdec\b|^['"]?\d*\.\d+['"]?$/.test(option.value);
  return home !== '' && isDecimal && isInTable([...home.split('.'), option.name], path);
}

/** What runs a program that has to do with prices, and says nothing of them: `spec.replicas` in `fares.yaml`. */
function isOfMachine({ path, resource }: SettingChange): boolean {
  if (resource === undefined || /^(ConfigMap|Secret|locals|variable|module|output)$/.test(resource.type)) return false;
  // Variables of the environment, settings of a release: what the program is told.
  return !path.some((part) => /^(env|environment|data|values|valuesObject|variables|parameters|config|settings|args)(#.*)?$/i.test(part));
}

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
  // 0.85 / 0.085 comes out just under ten.
  const isWild = now <= 0 || old <= 0 || Math.max(now / old, old / now) >= 10 * (1 - 1e-9);
  return { message: fitMessage(`\`${shorten(name, 34)}\` went from ${old} to ${now}`), ...(isWild ? { severity: 'high' as const } : {}) };
}

/** Two tables that differ in one number alone, and the line of it. */
function changedCell(
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

const BUILDS_AMOUNT = /\b(Decimal|BigDecimal|Money|Cents|dec|Rational)( :: \w+| ! ?| \. \w+)? \($/;

/** Calls that only build a list, a map or a value of it. */
const BUILDS =
  /^(of|ofEntries|entry|asList|BigDecimal|Decimal|dec|phf_map|phf_ordered_map|hashmap|vec|from|valueOf|RequireFromString|NewFromFloat|frozenset|dict|tuple|array)$/;

/** The constant that is a table of prices and holds the number on this line: `PRICES` of `const PRICES = [("basic", 900)]`; empty where none does. */
function tableOf(input: RuleInput, line: number, number: string): string {
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
      const isNear = isFactor && !isUnit && PRICE.test(words(`${scope} ${around}`)) && !OTHER.test(words(scope));
      const name = isNear ? scope || 'the amount' : tableOf(input, line, token);
      if (name !== '') yield { side: 'after', range: rangeOfLine(input, 'after', line), ...say(name, from, to) };
    }
    offset += token.length + 1;
  }
}

/**
 * Rates that were written into expressions and stand in a table now: the number of the table is one of the old ones, in its
 * own unit, or the rate changed on the way.
 */
function* rewrittenTables(input: RuleInput): Iterable<FindingDraft> {
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

/** `UPDATE plans SET price_cents = 290`: a price of everybody from the next deployment on. */
function* updatedPrices(input: RuleInput): Iterable<FindingDraft> {
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
    const text =
      input.after?.tokens
        .filter(({ line }) => line >= start.line && line <= end.line)
        .map((token) => token.text)
        .join(' ') ?? '';
    const own = column.slice(column.lastIndexOf('.') + 1);
    const value = new RegExp(`\\b${own}\\W{1,4}(\\d[\\d.]*|${own})`, 'i').exec(text)?.[1];
    if (text !== '' && value === undefined) continue;
    yield {
      side: 'after',
      range: statement.range,
      message: fitMessage(`\`${shorten(`${statement.targets.join()}.${own}`, 34)}\` is set${value === undefined ? '' : ` to ${value}`}`),
    };
  }
}
