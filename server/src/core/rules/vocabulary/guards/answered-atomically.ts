import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { codeOfScope } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';

/**
 * True where the bound is asked of the value that one atomic step took, and the step goes no further than it:
 * `if (used >= limit) return false; used++; return true` that is `return used.getAndUpdate(n -> n < limit ? n + 1 : n) < limit`.
 */
export function isAnsweredAtomically(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const [, subject, sign = '', bound = ''] = /^(?:this\.|self\.)?(\w+) (>=?|<=?) ([\w.]+)$/.exec(guard.test) ?? [];
  const scope = counterpartScope({ before, after }, guard.scope);
  const goesOn = OPPOSITE[sign];
  if (subject === undefined || goesOn === undefined || after === undefined || scope === undefined || guard.exit !== 'return') return false;
  return after.conditions.some(({ kind, test, scope: own }) => {
    if (kind !== 'answers' || own !== scope || !test.endsWith(`) ${goesOn} ${bound}`)) return false;
    const [, holder, given] = /^(?:this\.|self\.)?(\w+)\.(?:getAndUpdate|fetchAndUpdate)\((.{1,200})\) [<>]=? [\w.]+$/.exec(test) ?? [];
    // In the step itself the bound stands as well: without it the count runs on.
    return holder === subject && given === 'fn' && codeOfScope(after, scope).text.includes(` ${goesOn} ${bound} ?`);
  });
}

const OPPOSITE: Readonly<Record<string, string>> = {
  '>=': '<',
  '>': '<=',
  '<': '>=',
  '<=': '>',
};
