import type { Call, Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { PRESENCE } from './freed-work.ts';
import { isAccessTest } from './guard-kinds.ts';
import { lostGuards } from './lost-guards.ts';

/** A condition that left some of a list out, lost, and a call that does something to all that is on the list. */
export interface FreedSelection {
  readonly guard: Guard;
  readonly call: Call;
}

/**
 * Functions that choose, `if tags.get("retain"): continue`, and that ask for less now, where another function of the file takes what they
 * give and hands it to a call that `wanted` knows.
 */
export function freedSelections(input: RuleInput, wanted: (call: Call) => boolean): readonly FreedSelection[] {
  const { after, removed } = input;
  if (after === undefined || !removed.guards.some(({ exit }) => exit === 'break')) return [];
  const work = after.calls.filter(wanted);
  if (work.length === 0) return [];
  const lost = lostGuards(
    input,
    ({ exit, scope, test }) => exit === 'break' && scope !== '' && !PRESENCE.test(test) && !isAccessTest(test),
  );
  return lost.flatMap((guard): readonly FreedSelection[] => {
    const scope = counterpartScope(input, guard.scope) ?? guard.scope;
    // Whatever is asked instead may say the same by another name.
    if (input.added.guards.some((other) => other.exit === 'break' && within(other.scope, scope))) return [];
    const name = lastName(scope);
    const takers = after.calls.filter(({ callee, scope: from }) => lastName(callee) === name && !within(from, scope) && from !== '');
    const call = work.find(({ scope: from }) => takers.some((taker) => within(from, taker.scope)));
    return call === undefined ? [] : [{ guard, call }];
  });
}
