import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { newGuardsIn } from '../code/scope-changes.ts';

/**
 * `cents > order["paid"] - order["refunded"]` that is one end of a chain now: `not 0 < cents <= order.paid - order.refunded`. What it is
 * compared with may be reckoned, and an entry of a mapping may be a field.
 */
export function isAskedInAChain(input: RuleInput, { test, exit, compares, scope }: Guard): boolean {
  const [, left = '', operator = '', right = ''] = (compares ? /^([^<>=]{1,120}) (<=|>=|<|>) ([^<>=]{1,120})$/.exec(test) : null) ?? [];
  if (operator === '' || /\b(?:and|or|not)\b|&&|\|\|/.test(test)) return false;
  const isUpper = operator.startsWith('>');
  const [subject, bound] = [plain(left), plain(right)];
  return newGuardsIn(input, scope).some((other) => {
    if (other.exit !== exit && other.exit !== 'throw') return false;
    const [, low = '', one = '', middle = '', two = '', high = ''] = CHAIN.exec(other.test) ?? [];
    if (plain(middle) !== subject) return false;
    return isUpper ? plain(high) === bound && two === REFUSES[operator] : plain(low) === bound && one === REFUSES[operator];
  });
}

const CHAIN = /^not \(?([^<>=]{1,120}) (<=?) ([^<>=]{1,120}) (<=?) ([^<>=()]{1,120}|[^<>=]{1,120}\([^<>=()]{0,120}\))\)?$/;

/** What the chain asks where the old condition stopped. */
const REFUSES: Readonly<Record<string, string>> = { '>': '<=', '>=': '<', '<': '<=', '<=': '<' };

function plain(text: string): string {
  return text.replace(/\[['"](\w+)['"]\]/g, '.$1').replace(/\s+/g, '');
}
