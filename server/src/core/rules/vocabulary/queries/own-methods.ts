import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import { bodiesNamed } from '../code/named-bodies.ts';
import { type NewBody, newBodiesOf } from '../code/new-bodies.ts';
import { conditionsOf } from './chain-conditions.ts';
import type { Query } from './query-chains.ts';

/** The methods of a manager, a repository or a DAO that a call may mean: those that the change brought, or else those that stood there. */
export function methodsAsked(input: RuleInput, callee: string): readonly NewBody[] {
  if (!/[.:]/.test(callee)) return [];
  const fresh = newBodiesOf(input, callee);
  return (fresh.length > 0 ? fresh : bodiesNamed(input, 'after', callee)).filter(({ place }) => place.name.includes('.'));
}

/**
 * What the query of a manager's method asks for, `Lot.objects.take(id, n)` of `self.filter(pk=id, available__gte=n)`; undefined where the
 * query ends with no such method.
 */
export function conditionsOfMethod(input: RuleInput, { call }: Query): readonly string[] | undefined {
  if (!/^[A-Z]\w*\.(?:objects|query|\w*[mM]anager)\.[a-z]\w*$/.test(call.callee)) return undefined;
  const bodies = methodsAsked(input, call.callee);
  if (bodies.length === 0) return undefined;
  return bodies.flatMap(({ facts, place }) =>
    facts.calls
      .filter(({ scope }) => within(scope, place.name))
      .flatMap(({ callee, args }) => conditionsOf(lastName(callee), args.join(', '))),
  );
}

/** The condition is asked, compared in the same way: `available__gte` is no `available`, and `id` is the `pk`. */
export function isAskedAmong(conditions: readonly string[], condition: string): boolean {
  return conditions.some((other) => headOf(other) === headOf(condition));
}

function headOf(condition: string): string {
  const head = condition.split(' ')[0] ?? '';
  return head === 'pk' ? 'id' : head.replace(/__exact$/, '');
}
