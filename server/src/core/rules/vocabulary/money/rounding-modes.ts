import type { Call } from '../../../model/facts.ts';
import { lastName, words } from '../code/call-names.ts';
import { isMoney, isNoMoney, isShown } from './money-names.ts';

/** How a call rounds: two that have the same mode and digits come to the same amount. */
export interface Rounding {
  readonly mode: string;
  /** Digits or the unit that is rounded to; empty where it is a whole number. */
  readonly digits: string;
}

/** How a call rounds, by its name and arguments; undefined where it rounds nothing, or something else than an amount. */
export function roundingOf(call: Call): Rounding | undefined {
  const name = lastName(call.callee).toLowerCase();
  if (call.kind !== 'call' || !isRounding(name)) return undefined;
  if (isOther(`${call.callee} ${call.args.join(' ')}`)) return undefined;
  const given = modeIn(call.args.join(' '));
  if (Object.hasOwn(WITH_MODE, name)) {
    if (name === 'divide' && given === undefined) return undefined;
    return { mode: given ?? WITH_MODE[name] ?? '', digits: digitsOf(call, 0) };
  }
  if (name === 'tofixed') return isShown(call.scope) ? undefined : { mode: 'half', digits: digitsOf(call, 0) };
  const at = call.callee === 'round' ? 1 : /^(math|Math|np|numpy)\./.test(call.callee) ? -1 : 0;
  return { mode: given ?? MODES[name] ?? '', digits: digitsOf(call, at) };
}

/** Names of calls that round, or that take the mode of a rounding. */
export function isRounding(callee: string): boolean {
  const name = lastName(callee).toLowerCase();
  return name === 'tofixed' || Object.hasOwn(WITH_MODE, name) || Object.hasOwn(MODES, name);
}

/** `half up` of `RoundingMode.HALF_UP`, `ROUND_HALF_UP` and `RoundHalfUp` alike. */
export function modeIn(text: string): string | undefined {
  const match =
    /(HALF_?UP|HALF_?EVEN|HALF_?DOWN|HALF_?CEIL|HALF_?FLOOR|HALF_?EXPAND|CEILING|CEIL|FLOOR|UNNECESSARY|BANKERS?|MidpointAwayFromZero|MidpointNearestEven|MidpointTowardZero|ToZero|AwayFromZero|ToPositiveInfinity|ToNegativeInfinity|\b(?:ROUND_|RoundingMode\.|Decimal\.ROUND_)(?:UP|DOWN)\b|['"](?:up|down)['"])/i.exec(
      text,
    )?.[0];
  if (match === undefined) return undefined;
  const flat = match
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase()
    .replace(/^(round|roundingmode|decimalround)(?=up|down)/, '');
  return SAME[flat] ?? flat.replace(/^half/, 'half ');
}

/** Near money and none. `amount * percent / 100` is an amount. */
export function isOther(text: string): boolean {
  return isNoMoney(isMoney(text) ? words(text).replace(/\b(percent\w*|ratio|share)\b/g, '') : text);
}

function digitsOf(call: Call, at: number): string {
  const text = call.args[at]?.replace(/^\w+=/, '') ?? '';
  if (/^-?\d+$/.test(text)) return text === '0' ? '' : text;
  // A unit of `0.01` is two digits.
  const unit = /^(?:\w+\.)?Decimal\(['"](?:0?\.(0*1)|1(?:\.0*)?)['"]\)$/.exec(text);
  if (unit !== null) return unit[1] === undefined ? '' : String(unit[1].length);
  return /^Decimal\(['"]([\d.]+)['"]\)$/.exec(text)?.[1] ?? (/^[A-Z][A-Z_0-9]*$/.test(text) ? text : '');
}

const MODES: Readonly<Record<string, string>> = {
  round: 'half',
  rint: 'half even',
  roundtoeven: 'half even',
  roundbank: 'half even',
  round_dp: 'half even',
  floor: 'floor',
  floordiv: 'floor',
  roundfloor: 'floor',
  ceil: 'ceiling',
  ceildiv: 'ceiling',
  roundceil: 'ceiling',
  roundup: 'up',
  trunc: 'down',
  truncate: 'down',
  rounddown: 'down',
};

/** Calls that take the mode among their arguments, with the mode they use where none is given. */
const WITH_MODE: Readonly<Record<string, string>> = {
  quantize: 'half even',
  setscale: 'exact',
  divide: 'exact',
  todecimalplaces: 'half',
  todp: 'half',
  round_dp_with_strategy: 'half even',
  to_integral_value: 'half even',
};

const SAME: Readonly<Record<string, string>> = {
  halfup: 'half',
  halfexpand: 'half',
  midpointawayfromzero: 'half',
  banker: 'half even',
  bankers: 'half even',
  midpointnearesteven: 'half even',
  midpointtowardzero: 'half down',
  ceil: 'ceiling',
  topositiveinfinity: 'ceiling',
  tonegativeinfinity: 'floor',
  tozero: 'down',
  awayfromzero: 'up',
};
