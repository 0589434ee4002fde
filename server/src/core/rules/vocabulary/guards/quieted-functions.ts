import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { hasScope, within } from '../code/counterpart.ts';
import { newBodiesOf } from '../code/new-bodies.ts';
import { standsAround } from './handed-errors.ts';

/** A decorator that came over a function which stood there, and a write of that function. */
export interface QuietedFunction {
  readonly call: Call;
  readonly write: string;
}

/** Functions that threw, under a new decorator whose own handler notes what they throw and goes on: `@quiet`, `@best_effort(default=None)`. */
export function quietedFunctions(input: RuleInput, isStake: (callee: string) => boolean): readonly QuietedFunction[] {
  const { before, after } = input;
  if (before === undefined || after === undefined) return [];
  return input.added.calls.flatMap((call) => {
    if (call.kind !== 'decorator' || call.scope === '' || !hasScope(before, call.scope)) return [];
    const write = after.calls.find((other) => other.kind === 'call' && within(other.scope, call.scope) && isStake(other.callee));
    const caught =
      write === undefined || before.handlers.some(({ guarded, scope }) => within(scope, call.scope) && guarded.includes(write.callee));
    if (caught || !newBodiesOf(input, call.callee).some(({ facts, place }) => letsGo(facts, place.name))) return [];
    return [{ call, write: write.callee }];
  });
}

/** A handler of the function, or of one inside it, stands around what it was given and passes nothing on. */
function letsGo(facts: SourceFacts, name: string): boolean {
  return facts.handlers.some(
    (handler) => handler.outcome !== 'rethrows' && within(handler.scope, name) && standsAround(facts, name, handler),
  );
}
