import type { Option } from '../model/facts.ts';
import type { RuleInput } from './define.ts';

/** An option that had one value and has another now: same name, same call, same function. */
export interface OptionChange {
  readonly before: Option;
  readonly after: Option;
}

/** Options of this hunk whose value changed. Twins of one name pair in order. */
export function changedOptions(input: RuleInput): readonly OptionChange[] {
  const left = [...input.removed.options];
  return input.added.options.flatMap((after) => {
    const at = left.findIndex(
      (before) => before.name === after.name && before.callee === after.callee && (before.scope === after.scope || after.callee !== ''),
    );
    const [before] = at < 0 ? [] : left.splice(at, 1);
    return before === undefined || before.value === after.value ? [] : [{ before, after }];
  });
}

/** The number that a value is, by its own text: `5 * 60_000`, `Number(process.env.MAX ?? 20)`. Undefined where it is none. */
export function numberOf(value: string): number | undefined {
  const text = value.replaceAll('_', '').trim();
  if (/^(Infinity|Number\.(POSITIVE_INFINITY|MAX_SAFE_INTEGER|MAX_VALUE))$/.test(text)) return Number.POSITIVE_INFINITY;
  const fallback = /(?:\?\?|\|\|)\s*['"]?(-?[\d.]+)['"]?\)?(?:,\s*10\))?$/.exec(text)?.[1];
  if (fallback !== undefined) return Number(fallback);
  if (!/^-?[\d.]+(\s*\*\s*[\d.]+)*$/.test(text)) return undefined;
  return text.split('*').reduce((product, factor) => product * Number(factor), 1);
}
