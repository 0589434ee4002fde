import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { hasScope } from '../code/counterpart.ts';

/** `!lease.inRange()` by what that function, new in this file, answers: `not (months >= 1 && months <= 24)`. */
export function byItsAnswer({ before, after }: Pick<RuleInput, 'before' | 'after'>, guard: Guard): readonly Guard[] {
  const [, negation = '', owner = '', name = ''] = /^(!|not )?((?:[\w$]+(?:\.|::))*)([\w$]+)\([^()]*\)$/.exec(guard.test) ?? [];
  if (name === '' || before === undefined || after === undefined) return [];
  return after.conditions.flatMap(({ kind, scope, test }): readonly Guard[] => {
    if (kind !== 'answers' || lastName(scope) !== name || hasScope(before, scope)) return [];
    const said = test.replace(/\b(?:self|this)\./g, owner);
    return [{ ...guard, test: negation === '' ? said : `!(${said})` }];
  });
}
