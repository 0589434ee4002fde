import type { Call, Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { overlooksAmounts } from './overlooked-amounts.ts';

/** A parser, a validator or a check by name took the place in the same function. */
export function isValidatedBy(input: RuleInput, scope: string, guard?: Guard): boolean {
  return newCallsIn(input, scope).some(
    (call) =>
      /\b(validate\w*|parse|safe parse|assert\w*|check\w*|ensure\w*|clamp\w*|verify\w*|require\w*|bound\w*|limit\w*|min|max)\b/.test(
        words(lastName(call.callee)),
      ) && !(guard !== undefined && (overlooksAmounts(input, call, guard) || asksTypesAlone(call, guard))),
  );
}

/** pydantic's `@validate_call` asks what the type of each parameter says: that one of them is no more than another it cannot ask. */
export function asksTypesAlone({ kind, callee }: Call, { test }: Guard): boolean {
  return kind === 'decorator' && /^validate_(?:call|arguments)$/.test(lastName(callee)) && !/[<>=] -?\d|\d [<>=]/.test(test);
}

/** Whether a function still speaks of any of some names. */
export function mentionsAny(input: RuleInput, scope: string, names: readonly string[]): boolean {
  const { text } = codeOfScope(input.after, scope);
  return names.some((name) => ` ${text}`.includes(` ${name} `));
}
