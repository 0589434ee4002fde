import type { Call } from '../../../model/facts.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName, literal, shorten, words } from '../code/call-names.ts';
import { lineChanges } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { bodiesNamed } from '../code/named-bodies.ts';
import { changedOptions } from '../code/option-changes.ts';
import { tokensOf } from '../code/token-lines.ts';
import { isMoney, isNoMoney, isShown } from './money-names.ts';
import { isHandedOn, movedFactors } from './moved-factors.ts';

/** How many times as large an amount is that is handed on. */
export interface UnitChange {
  readonly range: Range;
  /** `100` or `0.01`; undefined of a factor that has a name. */
  readonly factor: number | undefined;
  /** What came, went or changed, as it is written: `\`* 100\` is gone`. */
  readonly what: string;
}

/** `amount: order.cents` that became `order.cents * 100`, `Math.round(total * 100)` that became `Math.round(total)`, and `/ 100` of a charge. */
export function* unitChanges(input: RuleInput): Generator<UnitChange> {
  const file = input.path.slice(input.path.lastIndexOf('/') + 1);
  if (isShown(input.path.replace(/\.\w+$/, '')) || /\.(tsx|jsx|vue|svelte|html)$/.test(file)) return;
  for (const { before, after } of lineChanges(input)) {
    const [was, now] = [scaleOf(before.text), scaleOf(after.text)];
    if (was.exponent === now.exponent || was.rest !== now.rest) continue;
    const about = `${after.text} ${lastName(after.scope)}`;
    if (!isMoney(about) || isNoMoney(before.text) || isShown(about) || PART.test(words(about)) || SHOWN_CALL.test(after.text)) continue;
    // A comparison is money/bound-removed.
    if (/[<>]=?/.test(after.text.replaceAll('=>', '').replaceAll('->', ''))) continue;
    yield {
      range: rangeOfLine(input, 'after', after.line),
      factor: 10 ** (now.exponent - was.exponent),
      what: sayFactors(was.exponent, now.exponent),
    };
  }
  yield* namedFactors(input);
  yield* boundFactors(input);
  for (const moved of movedFactors(input)) {
    const [was, now] = [scaleOf(flat(moved.before)), scaleOf(flat(moved.after))];
    if (was.exponent === now.exponent || !isSameValue(was.rest, now.rest) || !isHandedOn(moved) || SHOWN_CALL.test(moved.after)) continue;
    yield { range: moved.range, factor: 10 ** (now.exponent - was.exponent), what: sayFactors(was.exponent, now.exponent) };
  }
}

/** `amount: order.cents` that became `amount` of `const amount = order.cents / 100`. */
function* boundFactors(input: RuleInput): Generator<UnitChange> {
  for (const { before, after } of changedOptions(input)) {
    if (!/^[A-Za-z_]\w*$/.test(after.value) || input.after === undefined || after.callee === '') continue;
    const bound = boundAbove(input.after, after.value, after.range.start.line)?.replace(/ ?([.(),]) ?/g, '$1');
    const about = `${after.name} ${lastName(after.scope)}`;
    if (bound === undefined || !isMoney(about) || isShown(about) || isNoMoney(before.value) || SHOWN_CALL.test(bound)) continue;
    const [was, now] = [scaleOf(before.value.replaceAll(' ', '')), scaleOf(bound.replaceAll(' ', ''))];
    if (was.exponent === now.exponent || was.rest !== now.rest || PART.test(words(after.name))) continue;
    yield { range: after.range, factor: 10 ** (now.exponent - was.exponent), what: sayFactors(was.exponent, now.exponent) };
  }
}

const flat = (text: string): string => text.replaceAll(' ', '');

/** Taken out of its decimals in one way or the other: `order.total.longValueExact`, `order.total.longValue`. */
function isSameValue(was: string, now: string): boolean {
  const plain = (text: string): string => text.replace(/\.(?:longValue|intValue|intPart|IntPart|toNumber|round)\w*/gi, '');
  return plain(was) === plain(now);
}

function sayFactors(was: number, now: number): string {
  const say = (exponent: number): string => `\`${exponent < 0 ? '/' : '*'} ${10 ** Math.abs(exponent)}\``;
  if (now === 0) return `${say(was)} is gone`;
  return was === 0 ? `${say(now)} came` : `${say(was)} became ${say(now)}`;
}

/** `price * quantity` that became `price`: what an amount is multiplied by has a name, and is not said any more in its function. */
function* namedFactors(input: RuleInput): Generator<UnitChange> {
  for (const { before, after, was, now, tail } of lineChanges(input)) {
    const [, sign = '', name = ''] = /^([*/]) ?([A-Za-z_$][\w$.]*)$/.exec(was === '' ? now : was) ?? [];
    if ((was !== '' && now !== '') || name === '' || /^[.(*]/.test(tail)) continue;
    if (
      !isMoney(`${after.text} ${lastName(after.scope)}`) ||
      isNoMoney(before.text.replace(name, '')) ||
      isShown(`${after.text} ${lastName(after.scope)}`)
    )
      continue;
    if (
      !TIMES.test(words(lastName(name))) ||
      SHOWN_CALL.test(after.text) ||
      /[<>]=?/.test(after.text.replaceAll('=>', '').replaceAll('->', ''))
    )
      continue;
    // It stands in another line of the function.
    const [left, right] = [before, after].map(
      ({ scope }, at) => tokensOf(at === 0 ? input.before : input.after, scope).split(lastName(name)).length,
    );
    if (was !== '' ? (right ?? 0) >= (left ?? 0) : (left ?? 0) >= (right ?? 0)) continue;
    yield {
      range: rangeOfLine(input, 'after', after.line),
      factor: undefined,
      what: `\`${sign} ${shorten(name, 30)}\` ${was === '' ? 'came' : 'is gone'}`,
    };
  }
}

/** How often an amount is paid, or into which unit it is turned. */
const TIMES =
  /\b(?:qty|quantity|quantities|units?|count|nights|days|weeks|months|years|hours|seats|persons?|guests|passengers|pieces|items?|copies|periods|terms?|minor|cents|scale|multiplier|factor|subunits?)\b/;

const PART = /\b(percent|percentage|pct|bps|basis points|rate|rates|ratio|share|shares|vat|tax|discount|weight)\b/;
const SHOWN_CALL =
  /\b(?:toFixed|toLocaleString|NumberFormat|format\w*|sprintf|Sprintf|Printf|printf|print|println|log|logger|render|f["'])\b/i;

/** Powers of ten that a line multiplies by, and what it says beside them and beside rounding. */
function scaleOf(text: string): { readonly exponent: number; readonly rest: string } {
  let exponent = 0;
  const rest = text
    .replace(/(\*|\/\/|\/)(10{2,3})(?:\.0|\.0f|L|n)?(?![\w.])/g, (_, operator: string, factor: string) => {
      exponent += (operator === '*' ? 1 : -1) * (factor.length - 1);
      return '';
    })
    .replace(
      /\.(multiply|times|mul|Mul|divide|div|dividedBy|Div|movePointRight|movePointLeft)\((?:new BigDecimal\(|BigDecimal\.valueOf\(|decimal\.NewFromInt\(|Decimal\()?["']?(100|1000|2|3)["']?\)?\)/g,
      (all, name: string, number: string) => {
        const power = number.length === 1 ? (/^move/.test(name) ? Number(number) : 0) : number.length - 1;
        if (power === 0) return all;
        exponent += (/^(multiply|times|mul|Mul|movePointRight)$/.test(name) ? 1 : -1) * power;
        return '';
      },
    )
    .replace(/\b(?:Math\.(?:round|floor|ceil|trunc)|math\.(?:Round|Floor|Ceil)|round|int|int64)\(/g, '(')
    .replace(/[()]/g, '');
  return { exponent, rest };
}

/** A currency that nobody says any more, or that is the same for everybody now. */
export function* lostCurrencies(
  input: RuleInput,
): Generator<{ readonly side: Side; readonly range: Range; readonly was: string; readonly now: string | undefined }> {
  const { added, removed, before, after } = input;
  for (const old of removed.options) {
    if (!isCurrency(old.name) || !isCharge(input, old.callee, old.scope)) continue;
    const scope = counterpartScope(input, old.scope);
    const fresh = added.options.find((other) => other.name === old.name && other.callee === old.callee && other.scope === scope);
    if (fresh === undefined) {
      const call = after?.calls.find((other) => other.callee === old.callee && other.scope === scope);
      const isSaid =
        after?.options.some((other) => isCurrency(other.name) && other.callee === old.callee && other.scope === scope) === true ||
        call?.args.some((argument) => isSaidBy(input, call, argument)) === true;
      const isHandedOn = call?.args.some((argument) => /\.\.\.|\*\*|currency/i.test(argument) || saysCurrency(after, argument, scope));
      if (old.callee !== '' && call !== undefined && !isSaid && isHandedOn !== true)
        yield { side: 'before', range: old.range, was: old.value, now: undefined };
      continue;
    }
    const now = literal(fresh.value);
    if (now === undefined || !/^[A-Za-z]{3}$/.test(now) || stands(before, old.value) === now.toLowerCase()) continue;
    yield { side: 'after', range: fresh.range, was: old.value, now };
  }
  for (const call of added.calls) {
    const old = partner(input, call);
    const at = call.args.findIndex(
      (argument, index) => /^[A-Za-z]{3}$/.test(literal(argument) ?? '') && /currency|ccy/i.test(old?.args[index] ?? ''),
    );
    if (at >= 0 && isCharge(input, call.callee, call.scope) && stands(before, old?.args[at] ?? '') === undefined)
      yield { side: 'after', range: call.range, was: old?.args[at] ?? '', now: literal(call.args[at]) };
  }
}

/** A table that has a name of its own says it: `request` of `const request = { amount, currency }`, or `request.currency = …`. */
function saysCurrency(facts: RuleInput['after'], argument: string, scope: string | undefined): boolean {
  const [, name] = /^(?:&|\w+=)?([A-Za-z_$][\w$]*)$/.exec(argument) ?? [];
  if (name === undefined) return false;
  return (
    facts?.options.some(
      (option) =>
        option.callee === '' &&
        (option.scope === scope || option.scope === '') &&
        ((isCurrency(option.name) && option.key.startsWith(`(${name}.`)) ||
          (option.name.startsWith(`${name}.`) && isCurrency(lastName(option.name)))),
    ) === true
  );
}

/** What the charge is handed says its currency: an object that has a name, or what a function puts together. */
function isSaidBy(input: RuleInput, { range }: Call, argument: string): boolean {
  const { after } = input;
  if (after === undefined) return false;
  const isName = /^[A-Za-z_$][\w$]*$/.test(argument);
  const given = isName ? (boundAbove(after, argument, range.start.line + 1)?.replace(/ ?([.(]) ?/g, '$1') ?? '') : argument;
  if (/^[[{]|^\w+\(\w+ ?=/.test(given) && given.split(/[^\w$]+/).some(isCurrency)) return true;
  const callee = /^(?:await )?([\w$.]{1,80})\(/.exec(given)?.[1];
  return (
    callee !== undefined &&
    bodiesNamed(input, 'after', callee).some(({ facts, place }) =>
      facts.options.some(({ name, scope }) => isCurrency(name) && within(scope, place.name)),
    )
  );
}

const isCurrency = (name: string): boolean =>
  /^(currency|currency code|ccy|currency id|settlement currency|presentment currency)$/.test(words(name));

function isCharge({ path }: RuleInput, callee: string, scope: string): boolean {
  const about = `${callee} ${scope}`;
  return isMoney(`${about} ${path}`) && !isShown(about) && !/NumberFormat|toLocaleString|format/i.test(callee);
}

/** What a name stands for in the file, in lower case: a text that was a constant is the same where it is written out. */
function stands(facts: RuleInput['before'], value: string): string | undefined {
  const own = literal(value) ?? literal(facts?.options.find((option) => option.name === value && option.callee === '')?.value);
  return own?.toLowerCase();
}

function partner(input: RuleInput, call: Call): Call | undefined {
  return input.removed.calls.find(
    (other) =>
      other.callee === call.callee && other.args.length === call.args.length && counterpartScope(input, other.scope) === call.scope,
  );
}
