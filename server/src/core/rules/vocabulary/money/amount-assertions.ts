import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { isExtracted, newCallsIn, newGuardsIn } from '../code/scope-changes.ts';
import { isAmount } from './amounts.ts';
import { mentionsAny } from './validated-amounts.ts';

const ASSERTS =
  /^(?:assert|invariant|ok|isTrue|checkArgument|checkState|require|ensure|expects?|precondition|must|throwUnless|throw_unless|abort_unless|validIf|state|verify|assertTrue|isOk)$/;

/** `ctx.assert(taken + cents <= paid, 422)`, `invariant(cents <= balance)`: a bound of an amount in a call that throws, gone from a function that still takes the amount. */
export function* lostAmountAssertions(input: RuleInput): Generator<Call> {
  for (const call of input.removed.calls) {
    const test = call.args[0] ?? '';
    if (
      call.kind !== 'call' ||
      !ASSERTS.test(lastName(call.callee)) ||
      !/[^=\-<>][<>]=?[^<>]|\.(?:compareTo|isGreaterThan|lte?|gte?)\(/.test(test)
    )
      continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || !isAmount(test) || isExtracted(input, call)) continue;
    const names = test.match(/[A-Za-z_][\w.]*/g) ?? [];
    const speaksOf = (text: string): boolean => /[<>]|compareTo/.test(text) && names.some((name) => text.includes(name));
    if (
      !mentionsAny(
        input,
        scope,
        names.flatMap((name) => name.split('.').slice(-1)),
      )
    )
      continue;
    if (newGuardsIn(input, call.scope).some((guard) => speaksOf(guard.test))) continue;
    const now = newCallsIn(input, call.scope);
    const isAsked = now.some(
      (other) =>
        (other.args.some(speaksOf) && ASSERTS.test(lastName(other.callee))) ||
        /^(?:assert|check|ensure|validate|verify|require|clamp|limit|bound|guard)\w+|min|max$/i.test(lastName(other.callee)),
    );
    if (!isAsked) yield call;
  }
}
