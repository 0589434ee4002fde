import type { Option } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { isMoney, isNoMoney, isShown } from './money-names.ts';

/** A value before and now that is handed on under one name, or at one place of one call. */
export interface MovedFactor {
  readonly range: Range;
  readonly scope: string;
  readonly about: string;
  readonly before: string;
  readonly after: string;
}

/**
 * Amounts that are handed on in another way than before: `charge(amount=int(total * 100))` whose amount stands in a table now, and
 * `charge(total.movePointRight(2))` whose argument has a name now.
 */
export function* movedFactors(input: RuleInput): Generator<MovedFactor> {
  const { removed, added, after } = input;
  if (after === undefined || (!removed.options.some(isScaled) && !removed.calls.some(({ args }) => args.some(isTimes)))) return;
  const fresh = new Map(added.options.map((option) => [`${option.scope} ${option.name}`, option]));
  for (const old of removed.options) {
    if (!isScaled(old) || !isMoney(old.name)) continue;
    const now = fresh.get(`${counterpartScope(input, old.scope)} ${old.name}`);
    // At one call the two are compared as they stand.
    if (now === undefined || now.callee === old.callee) continue;
    yield { range: now.range, scope: now.scope, about: now.name, before: old.value, after: now.value };
  }
  const calls = new Map(added.calls.map((call) => [`${call.scope} ${call.callee}`, call]));
  for (const old of removed.calls) {
    const at = old.args.findIndex(isTimes);
    const now = at < 0 ? undefined : calls.get(`${counterpartScope(input, old.scope)} ${old.callee}`);
    const name = now?.args[at] ?? '';
    if (now === undefined || now.args.length !== old.args.length || !/^[A-Za-z_]\w*$/.test(name) || !isMoney(`${name} ${old.callee}`))
      continue;
    const bound = boundAbove(after, name, now.range.start.line)?.replace(/ ?([.(),]) ?/g, '$1');
    if (bound !== undefined)
      yield { range: now.range, scope: now.scope, about: `${name} ${lastName(now.callee)}`, before: old.args[at] ?? '', after: bound };
  }
}

const isTimes = (text: string): boolean => /[*/] ?10{2,3}\b|movePoint|\((?:BigDecimal\.valueOf\(|new BigDecimal\()?["']?100\b/.test(text);
const isScaled = ({ value }: Option): boolean => isTimes(value);

/** An amount that is handed on to be paid, and neither shown nor a part of something. */
export function isHandedOn({ about, scope, before }: MovedFactor): boolean {
  return (
    !isShown(`${about} ${lastName(scope)}`) &&
    !isNoMoney(before) &&
    !/\b(percent|pct|bps|rate|ratio|share|vat|tax|discount)\b/.test(words(about))
  );
}
