import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { newBodiesOf } from '../code/new-bodies.ts';
import { callsInside, guardKind } from '../guards/guard-kinds.ts';

/**
 * True for a delete that the function made before, of a path that a function which the change brought gives now, and which throws where it
 * leads out of its folder: `rm(inside(root, name))` where `if (!target.startsWith(root + sep)) throw` stood. `deletes` judges a call.
 */
export function isHeldInside(input: RuleInput, call: Call, path: string, deletes: (call: Call) => boolean): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined) return false;
  const given = /^[A-Za-z_$][\w$]*$/.test(path) ? (boundAbove(after, path, call.range.start.line) ?? '').replaceAll(' ', '') : path;
  const callee = /^(?:await )?((?:[\w$]+\.)*[A-Za-z_$][\w$]*)\(.*\)$/s.exec(given)?.[1];
  if (callee === undefined) return false;
  const old = before.calls.some(
    (other) => deletes(other) && lastName(other.callee) === lastName(call.callee) && counterpartScope(input, other.scope) === call.scope,
  );
  if (!old) return false;
  return newBodiesOf(input, callee).some(({ facts, place }) =>
    facts.guards.some(
      (guard) =>
        within(guard.scope, place.name) && guard.exit === 'throw' && guardKind(guard, callsInside(guard, facts.calls)) === 'containment',
    ),
  );
}
