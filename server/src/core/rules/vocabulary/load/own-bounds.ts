import type { Option } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';

/** A bound of what the program itself starts at once, by a name that says no more: fewer at once is slower, and safe. */
export function isOwnBound({ name, callee }: Option, { after }: RuleInput): boolean {
  // So is less in one go.
  if (
    callee === '' &&
    /(^|\b(delete|purge|insert|update|import|export|sync|fetch|read|write|db|rows?) )batch( (size|limit|rows))?$/.test(words(name))
  )
    return true;
  const bounds = /(^|[.:])(Semaphore|BoundedSemaphore|CapacityLimiter|pLimit|p_limit|SetLimit|NewWeighted|buffer_unordered)$/;
  return (
    callee === '' &&
    /^(limit|max concurrency|concurrency|max concurrent|max parallel|parallel|max in flight|at once)$/.test(words(name)) &&
    after?.calls.some((call) => bounds.test(call.callee)) === true
  );
}

/** How many one run of a clean-up takes away: less of it is less to lose, however far it sank. */
export function isBatchOfDeletes({ name, callee }: Option, { after, path }: RuleInput): boolean {
  if (callee !== '' || !/(^| )(batch( (size|limit|rows))?|(per|each) (run|batch|round)|chunk( size)?)$/.test(words(name))) return false;
  return (
    /(^|[/._-])(clean-?up|purge|prune|remov\w*|delet\w*|expir\w*|archiv\w*|sweep\w*|retention|gc|reap\w*)([/._-]|$)/i.test(path) ||
    after?.calls.some(
      ({ callee: called }) => /^(delete|remove|purge|prune|expunge|destroy)/i.test(lastName(called)) && /[.:]/.test(called),
    ) === true
  );
}
