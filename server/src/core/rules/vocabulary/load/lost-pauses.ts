import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { bodiesAskedBy, type NewBody } from '../code/new-bodies.ts';
import { isExtracted, newCallsIn } from '../code/scope-changes.ts';
import { isPause, isRetryLibrary, namesTries } from './retries.ts';
import { hasPause, loopsEndlessly, stillRetries, triedIn } from './retry-loops.ts';

/**
 * A pause between two tries that is gone while the work is still tried again, here or in a function that came with the change:
 * `setTimeout(() => load(url, n + 1), 200 * 2 ** n)` that became a loop without one.
 */
export function* lostPauses(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    // What waits for no given time waits for something else: a lock, a value that another thread sets.
    if (!isPause(call.callee) || (lastName(call.callee) === 'wait' && call.args.length === 0)) continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || isExtracted(input, call) || loopsEndlessly(input, call.scope)) continue;
    const bodies = bodiesAskedBy(input, scope);
    if (!stillRetries(input, call.scope) && !bodies.some(triesByItself)) continue;
    // Handed by its name to whatever tries again now; a function that came with the change is read, whatever it is called.
    const isOwn = ({ callee }: Call): boolean => bodies.some(({ place }) => lastName(place.name) === lastName(callee));
    const isSpaced = (other: Call): boolean =>
      isPause(other.callee) || (isRetryLibrary(other) && !isOwn(other)) || other.args.includes(call.callee);
    if (newCallsIn(input, call.scope).some(isSpaced) || hasPause(input, 'after', scope) || bodies.some(waits)) continue;
    const triedBefore =
      input.before?.handlers.some((handler) => handler.scope === call.scope) === true ||
      input.before?.loops.some(
        (loop) => loop.scope === call.scope && (namesTries(loop) || triedIn(input, 'before', loop) !== undefined),
      ) === true;
    if (!triedBefore) continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 20)}\` no longer spaces the retries in \`${shorten(call.scope, 24)}\``),
    };
  }
}

/** A loop that names its tries. */
function triesByItself({ facts, place }: NewBody): boolean {
  return facts.loops.some((loop) => within(loop.scope, place.name) && !loop.endless && namesTries(loop));
}

/** It pauses, or asks a library to. */
function waits({ facts, place }: NewBody): boolean {
  return facts.calls.some((call) => within(call.scope, place.name) && (isPause(call.callee) || isRetryLibrary(call)));
}
