import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { newCallsIn, newGuardsIn } from '../code/scope-changes.ts';
import { isValidation } from '../validation/validators.ts';
import { isAccessName } from './guard-kinds.ts';
import { lostOwnChecks } from './lost-own-checks.ts';
import { stopsNobody } from './stops-nobody.ts';

/**
 * Calls of the project's own assertions, `assertOpen(order);` or `if err := ensureOpen(o); err != nil`, gone from a function that stays,
 * where what they call refuses for the state of a thing. None where another check stands there now, where the same one is asked
 * anew elsewhere, or where whoever calls the function has asked already.
 */
export function lostDemands(input: RuleInput): readonly Call[] {
  const { after } = input;
  if (after === undefined || !input.removed.calls.some(isAssertion)) return [];
  return lostOwnChecks(input, 'presence').filter((call) => {
    const scope = counterpartScope(input, call.scope);
    if (!isAssertion(call) || scope === undefined || scope === '' || !works(after, scope)) return false;
    if (newGuardsIn(input, call.scope).some(({ exit }) => exit === 'throw' || exit === 'answer')) return false;
    const fresh = newCallsIn(input, call.scope);
    if (fresh.some((other) => (VERB.test(words(lastName(other.callee))) && !stopsNobody(input, other)) || speaksOfSame(call, other)))
      return false;
    const isSame = ({ callee, args }: Call): boolean =>
      lastName(callee) === lastName(call.callee) || args.some((argument) => lastName(argument) === lastName(call.callee));
    // What another function of the file asked before, and took along, is not this one's.
    const old = new Set(input.before?.calls.map(({ key }) => key));
    const isAnew = (other: Call): boolean => isSame(other) && !old.has(other.key);
    return !newCallsIn(input, '').some(isSame) && !input.addedElsewhere().calls.some(isAnew) && !isAskedByCallers(after, scope, isSame);
  });
}

const VERB = /^(?:assert|ensure|require|check|verify|validate|must|guard|enforce|expect|refuse|reject|forbid|confirm|throw if|fail if)\b/;

function isAssertion(call: Call): boolean {
  const name = lastName(call.callee);
  return call.kind === 'call' && VERB.test(words(name)) && !isAccessName(name) && !isValidation(call);
}

/** Something is still done there. */
function works({ calls }: SourceFacts, scope: string): boolean {
  return calls.some((call) => within(call.scope, scope));
}

/** `orders.findOpen(id)` in place of `assertOpen(order)`. */
function speaksOfSame(old: Call, fresh: Call): boolean {
  const about = words(lastName(old.callee)).split(' ').slice(1);
  const said = words(fresh.callee).split(' ');
  return about.some((word) => word.length > 2 && said.includes(word));
}

/** Each function of the file that calls this one asks it first. */
function isAskedByCallers({ calls }: SourceFacts, scope: string, isSame: (call: Call) => boolean): boolean {
  const callers = calls.filter(({ callee, scope: outer }) => lastName(callee) === lastName(scope) && !within(outer, scope));
  return (
    callers.length > 0 &&
    callers.every(({ scope: outer, range }) =>
      calls.some((call) => isSame(call) && call.scope === outer && call.range.start.line <= range.start.line),
    )
  );
}
