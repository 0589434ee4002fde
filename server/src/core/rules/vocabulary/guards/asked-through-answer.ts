import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { hasScope } from '../code/counterpart.ts';

/** `!lease.inRange()` by what that function, new in this file, answers: `not (months >= 1 && months <= 24)`. */
export function byItsAnswer(input: Pick<RuleInput, 'before' | 'after'>, guard: Guard): readonly Guard[] {
  return [...byItsYes(input, guard), ...byItsNothing(input, guard)];
}

/** `title === null` by when the function that gave it, new in this file, has nothing to give: `return title.length > MAX ? null : title`. */
function byItsNothing({ before, after }: Pick<RuleInput, 'before' | 'after'>, guard: Guard): readonly Guard[] {
  const [, name] = /^!?([A-Za-z_$][\w$]*)(?: (?:===?|is) (?:null|undefined|None|nil))?$/.exec(guard.test) ?? [];
  if (name === undefined || before === undefined || after === undefined) return [];
  if (!guard.test.startsWith('!') && !/ /.test(guard.test)) return [];
  const given = boundAbove(after, name, guard.range.start.line)?.replace(/ ?([.(]) ?/g, '$1') ?? '';
  const callee = lastName(/^(?:await )?((?:[\w$]+(?:\.|::))*[A-Za-z_$][\w$]*)\(/.exec(given)?.[1] ?? '');
  return after.scopes.flatMap(({ name: scope, endLine }): readonly Guard[] => {
    if (callee === '' || lastName(scope) !== callee || hasScope(before, scope)) return [];
    const text = codeOfScope(after, scope).text.replace(/ ?\. ?/g, '.');
    const [, refused] =
      /\breturn ([^;{}?]{3,300}) \? (?:null|undefined) : /.exec(text) ?? /\breturn None if ([^;{}]{3,300}?) else /.exec(text) ?? [];
    const [, taken] =
      /\breturn ([^;{}?]{3,300}) \? [^;{}?:]{1,80} : (?:null|undefined)\b/.exec(text) ??
      /\breturn [^;{}]{1,80}? if ([^;{}]{3,300}?) else None\b/.exec(text) ??
      [];
    const test = refused ?? (taken === undefined ? undefined : `!(${taken})`);
    // Its names are those of the function that answers.
    const end = { line: endLine, character: 0 };
    return test === undefined ? [] : [{ ...guard, test, range: { start: end, end } }];
  });
}

function byItsYes({ before, after }: Pick<RuleInput, 'before' | 'after'>, guard: Guard): readonly Guard[] {
  const [, negation = '', owner = '', name = ''] = /^(!|not )?((?:[\w$]+(?:\.|::))*)([\w$]+)\([^()]*\)$/.exec(guard.test) ?? [];
  if (name === '' || before === undefined || after === undefined) return [];
  return after.conditions.flatMap(({ kind, scope, test }): readonly Guard[] => {
    if (kind !== 'answers' || lastName(scope) !== name || hasScope(before, scope)) return [];
    const said = test.replace(/\b(?:self|this)\./g, owner);
    return [{ ...guard, test: negation === '' ? said : `!(${said})` }];
  });
}
