import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { negate, split } from '../conditions/parts.ts';

/**
 * True where the function answers what the guard asked, and otherwise with a function that can say nothing but no:
 * `if (!keys.isActive(key)) { response.setStatus(403); return false; } return true` that is `return keys.isActive(key) || deny(response, 403)`.
 */
export function isRefusedByAnswer({ before, after }: Pick<RuleInput, 'before' | 'after'>, guard: Guard): boolean {
  const scope = counterpartScope({ before, after }, guard.scope);
  if (after === undefined || scope === undefined || (guard.exit !== 'answer' && guard.exit !== 'return')) return false;
  const wanted = negate(split(guard.test));
  return [...codeOfScope(after, scope).text.matchAll(ANSWERS)].some(([, question = '', refusal = '']) => {
    if (!saysOnlyNo(after, refusal)) return false;
    const asked = split(question);
    if (wanted.all || wanted.items.length === 1)
      return (asked.all || asked.items.length === 1) && wanted.items.every((item) => asked.items.includes(item));
    return !asked.all && asked.items.every((item) => wanted.items.includes(item));
  });
}

/** `return question || refuse(`: what is asked, and who says no. */
const ANSWERS = /\breturn ([^;{}]{3,300}?) (?:\|\||or) (?:await )?(?:(?:this|self) ?\. ?)?([A-Za-z_]\w*) ?\(/g;

/** A function of the file each of whose answers is `false`. */
function saysOnlyNo({ conditions, scopes }: SourceFacts, name: string): boolean {
  const own = scopes.filter((scope) => lastName(scope.name) === name);
  const answers = conditions.filter(({ kind, scope }) => kind === 'answers' && own.some((each) => each.name === scope));
  return own.length === 1 && answers.length > 0 && answers.every(({ test }) => /^false$/i.test(test));
}
