import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { counterpartScope } from './counterpart.ts';

/** A call that stays in its function and is handed something else than before. */
export interface ChangedCall {
  readonly before: Call;
  readonly after: Call;
}

/** Calls of this hunk that have other arguments now: same callee, same function, in order where there are several. */
export function changedCalls(input: RuleInput): readonly ChangedCall[] {
  const known = changes.get(input);
  if (known !== undefined) return known;
  const left = input.removed.calls.map((call) => ({ call, home: counterpartScope(input, call.scope) }));
  const found = input.added.calls.flatMap((after): readonly ChangedCall[] => {
    const at = left.findIndex(({ call, home }) => call.callee === after.callee && call.kind === after.kind && home === after.scope);
    const [old] = at < 0 ? [] : left.splice(at, 1);
    return old === undefined ? [] : [{ before: old.call, after }];
  });
  changes.set(input, found);
  return found;
}

const changes = new WeakMap<RuleInput, readonly ChangedCall[]>();
