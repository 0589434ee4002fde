import type { Call, Option } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { homeOf } from '../code/option-paths.ts';

/** Options of a breaker that stays and never opens any more: `enabled: false` of what `new CircuitBreaker(call, options)` is handed. */
export function idledBreakers({ before, after, added }: RuleInput, isBreaker: (call: Call) => boolean): readonly Option[] {
  if (before === undefined || after === undefined || !added.options.some(isOff)) return [];
  const breakers = after.calls.filter(isBreaker);
  if (breakers.length === 0 || !before.calls.some(isBreaker)) return [];
  const handed = new Set(breakers.flatMap(({ args }) => args));
  const made = new Set(breakers.map(({ callee }) => callee));
  return added.options.filter(
    (option) =>
      isOff(option) &&
      (made.has(option.callee) || (option.callee === '' && handed.has(homeOf(option).split('.')[0] ?? ''))) &&
      !before.options.some(
        (old) => old.name === option.name && old.callee === option.callee && homeOf(old) === homeOf(option) && isOff(old),
      ),
  );
}

function isOff({ name, value }: Option): boolean {
  return /^(?:enabled|active)$/i.test(name) && /^(?:false|False)$/.test(value);
}
