import type { Option } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { isTlsOff } from './blind-calls.ts';

const ENVIRONMENT =
  /^\(?(!{0,2})(?:Boolean\(|bool\()?(?:process\.env(?:\.(\w+)|\[['"](\w+)['"]\])|Deno\.env\.get\(['"](\w+)['"]\)|(?:os\.)?(?:getenv|Getenv|environ\.get|environ)[([]['"](\w+)['"](?:,\s*['"]?(\w*)['"]?)?[)\]]|System\.getenv\(['"](\w+)['"]\)|(?:std::)?env::var\(['"](\w+)['"]\)(?:\.\w+\([^()]{0,30}\)){0,3})(?:\.(?:lower|toLowerCase|strip|trim)\(\))?\)?\s*(?:(===?|!==?|==|!=|in|not in)\s*(.{1,40}))?$/;

/**
 * What a condition on the environment comes to where nobody sets the variable: `process.env.X === 'strict'` is false there.
 * Undefined where it is no such condition, or asks which environment this is.
 */
export function valueUnset(value: string): 'true' | 'false' | undefined {
  const match = ENVIRONMENT.exec(value);
  if (match === null) return undefined;
  const [, bangs = '', a, b, c, d, fallback = '', e, f, operator, wanted = ''] = match;
  const name = a ?? b ?? c ?? d ?? e ?? f ?? '';
  if (/(^|_)ENV(IRONMENT)?$|^STAGE$|_MODE$/i.test(name)) return undefined;
  const words: readonly string[] = wanted.match(/\w+/g) ?? [];
  const isEqual =
    operator === undefined
      ? fallback !== ''
      : words.includes(fallback) || (fallback === '' && /^(''|""|null|nil|None|undefined)$/.test(wanted));
  const isTurned = (bangs === '!') !== (operator !== undefined && /^(!|not)/.test(operator));
  return isEqual !== isTurned ? 'true' : 'false';
}

/** It was off before, or the same condition decided it, whatever the variable is called now. */
export function wasLeftOpen(input: RuleInput, option: Option): boolean {
  const unset = valueUnset(option.value);
  return input.removed.options.some(
    (other) =>
      other.name === option.name &&
      other.callee === option.callee &&
      (isTlsOff(other) || (unset !== undefined && valueUnset(other.value) === unset)),
  );
}
