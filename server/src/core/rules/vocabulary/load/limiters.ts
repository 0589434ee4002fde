import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, shorten, words } from '../code/call-names.ts';

/** Calls and options that bound how many run at once. */
export const LIMITER =
  /\b(p limit|limit|limiter|limit function|p map|pmap|p queue|queue|semaphore|sem|bottleneck|batch|batches|chunk|chunked|chunks|pool|throttle|throttled|map limit|each limit|concurrency|set limit|worker|workers|buffer unordered|buffered|for each concurrent|bounded|executor|thread pool|promise pool|itertools|islice|slice)\b/;

/** A call of one of them; `limit` and `slice` of a query or a list bound no work. */
export function isLimiter(callee: string): boolean {
  return LIMITER.test(words(callee)) && !/\.(limit|slice)$/.test(callee);
}

/** The file was written anew, and what bounded in a function that is gone bounds nowhere now. */
export function boundedByGone(input: RuleInput): string | undefined {
  const { before, after } = input;
  if (before === undefined || after === undefined || after.calls.some((call) => isLimiter(call.callee))) return undefined;
  const gone = before.calls.find((call) => bounds(call) && !after.scopes.some(({ name }) => name === call.scope));
  const isElsewhere = input.addedElsewhere().calls.some((call) => isLimiter(call.callee));
  return gone === undefined || isElsewhere ? undefined : `bounded by \`${shorten(limiterOf(gone.callee), 20)}\``;
}

/** True for a call whose whole use is to bound how many run at once: `pLimit(4)`, `group.SetLimit(4)`, `Semaphore::new(4)`. */
export function bounds({ callee }: Call): boolean {
  const own = lastName(callee);
  return BOUNDERS.test(own) || (own === 'new' && BOUNDERS.test(lastName(callee.slice(0, callee.lastIndexOf('::')))));
}

/** A group that is told how many at once by itself, and that started the same before: `group.SetLimit(8)` beside `group.Go(…)`. */
export function boundsGroupOf({ callee }: Call, start: Call): boolean {
  const owner = start.callee.slice(0, start.callee.lastIndexOf('.'));
  return owner !== '' && callee.startsWith(`${owner}.`) && /^(?:SetLimit|set_limit|setLimit|WithMaxGoroutines)$/.test(lastName(callee));
}

const BOUNDERS =
  /^(SetLimit|pLimit|p_limit|Semaphore|BoundedSemaphore|NewWeighted|buffer_unordered|buffered|for_each_concurrent|mapLimit|eachLimit|mapSeries|eachSeries|pMap|newFixedThreadPool|newSingleThreadExecutor|newFixed)$/;

/** The link of a chain that bounds: `buffer_unordered` of `stream::iter(urls).buffer_unordered(8).collect`. */
export function limiterOf(callee: string): string {
  const links = callee.replace(/\([^()]*\)/g, '').split(/[.:]+/);
  return links.findLast((link) => LIMITER.test(words(link))) ?? lastName(callee);
}
