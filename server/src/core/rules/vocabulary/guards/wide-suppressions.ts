import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';

/** What `suppress` lets go where one kind was handled, or everything was passed on. */
export interface WideSuppression {
  readonly call: Call;
  /** The first call that stands below it. */
  readonly guarded: string;
}

/** Python: `with suppress(Exception):` in place of a handler of less, `except FileNotFoundError`, and around what failed aloud before. */
export function* wideSuppressions({ before, after, added, removed }: RuleInput): Iterable<WideSuppression> {
  if (before === undefined || after?.language !== 'python') return;
  for (const call of added.calls) {
    if (lastName(call.callee) !== 'suppress' || !call.args.some((type) => /^(?:Base)?Exception$/.test(type))) continue;
    const isOwn = ({ scope }: { readonly scope: string }): boolean => counterpartScope({ before, after }, scope) === call.scope;
    const was = removed.handlers.filter(isOwn);
    const isWider = was.some(
      ({ catches = [], outcome }) =>
        outcome === 'rethrows' || (catches.length > 0 && !catches.some((type) => /^(?:Base)?Exception$/.test(type))),
    );
    const guarded = after.calls.find(
      (other) =>
        within(other.scope, call.scope) &&
        other.range.start.line > call.range.end.line &&
        other.range.start.line <= call.range.end.line + BELOW,
    );
    const stood = before.calls.some((old) => isOwn(old) && guarded !== undefined && lastName(old.callee) === lastName(guarded.callee));
    if (guarded !== undefined && (isWider || (was.length === 0 && stood))) yield { call, guarded: guarded.callee };
  }
}

/** What stands under the `with` begins no more lines below it. */
const BELOW = 2;
