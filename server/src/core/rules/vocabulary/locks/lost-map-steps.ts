import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { keepOf } from '../code/kept.ts';
import { hasLock } from './takes-lock.ts';

/** Asks and sets in one step, of a map that many threads share. */
const ONE_STEP =
  /^(?:computeIfAbsent|computeIfPresent|compute|putIfAbsent|merge|LoadOrStore|LoadAndDelete|Swap|CompareAndSwap|or_insert_with|or_insert)$/;
const SHARED = /^(?:ConcurrentHashMap|ConcurrentMap|ConcurrentSkipListMap|ConcurrentNavigableMap|Map|DashMap)$/;

/** `sessions.computeIfAbsent(id, open)` that became `if (!sessions.containsKey(id)) sessions.put(id, open(id))`: two may both find nothing. */
export function lostMapSteps(input: RuleInput): readonly Call[] {
  const { before, after, path, removed } = input;
  if (before === undefined || after === undefined || !/\.(?:java|go|rs|kt)$/.test(path)) return [];
  return removed.calls.filter((call) => {
    const [name, map] = [lastName(call.callee), receiver(call.callee)];
    if (!ONE_STEP.test(name) || map === '' || !speaks(before)) return false;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || scope === '' || hasLock(after, scope, path)) return false;
    const own = after.calls.filter((other) => within(other.scope, scope) && receiver(other.callee) === map);
    const isAny = (names: RegExp): boolean => own.some(({ callee }) => names.test(lastName(callee)));
    // Another map may need nothing of the kind.
    return (
      !isAny(ONE_STEP) &&
      isAny(/^(?:put|Store|insert|replace|set)$/) &&
      isAny(/^(?:containsKey|get|getOrDefault|Load|contains_key)$/) &&
      speaks(after)
    );
  });
}

/** A map that threads share, or its type, is named in the file. */
const speaks = keepOf(({ tokens }: SourceFacts): boolean =>
  tokens.some(({ text }, at) => SHARED.test(text) && (text !== 'Map' || tokens[at - 2]?.text === 'sync')),
);
