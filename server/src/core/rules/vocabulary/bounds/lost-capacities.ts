import type { Call } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { newCallsIn } from '../code/scope-changes.ts';

/** A store in memory that held so many at most, and now holds whatever comes. */
export interface LostCapacity {
  /** Of the after side. */
  readonly range: Range;
  /** As written: `asyncio.Queue(maxsize=1000)`. */
  readonly was: string;
  readonly now: string;
}

/**
 * `asyncio.Queue(maxsize=1000)` that became `asyncio.Queue()`, `new LinkedBlockingQueue<>(1000)` without its number, `mpsc::channel(100)` and
 * `unbounded_channel()`, a stream that is written to without `maxlen`, `LRUCache` and `Map`. What nobody takes fast enough fills the memory.
 */
export function* lostCapacities(input: RuleInput): Generator<LostCapacity> {
  for (const call of input.removed.calls) {
    const kind = KINDS.find(({ holds }) => holds.test(plainName(call)));
    if (kind === undefined || !isBounded(call, kind) || counterpartScope(input, call.scope) === undefined) continue;
    const fresh = newCallsIn(input, call.scope);
    const isOfKind = (other: Call): boolean => kind.holds.test(plainName(other));
    const now = fresh.find((other) => kind.open.test(other.callee) || (isOfKind(other) && !isBounded(other, kind)));
    if (now === undefined || fresh.some((other) => isOfKind(other) && isBounded(other, kind))) continue;
    if (kind.isSameHolder && nameOf(input, 'before', call) !== nameOf(input, 'after', now)) continue;
    yield { range: now.range, was: textOf(call), now: textOf(now) };
  }
}

/** A callee without its type arguments. */
function plainName({ callee }: Call): string {
  return callee.split('<')[0] ?? callee;
}

interface Kind {
  /** What may hold a number of things at most. */
  readonly holds: RegExp;
  /** How it says how many: by a keyword, or by any argument at all. */
  readonly by: RegExp;
  /** What takes its place without any bound. */
  readonly open: RegExp;
  /** A plain map is no store of that kind but under the same name. */
  readonly isSameHolder?: true;
}

const KINDS: readonly Kind[] = [
  {
    holds: /(?:^|\.)(?:Queue|LifoQueue|PriorityQueue|JoinableQueue)$/,
    by: /^(?:maxsize ?= ?)?(?!0$|-1$|None$)[\w.]+$/,
    open: /(?:^|\.)SimpleQueue$/,
  },
  { holds: /(?:^|\.)(?:deque|lru_cache)$/, by: /^max(?:len|size) ?= ?(?!None$)\S|^\d[\d_]{0,12}$|^[A-Z][A-Z0-9_]{1,60}$/, open: /^(?!)/ },
  {
    holds: /(?:^|\.)(?:LinkedBlockingQueue|LinkedBlockingDeque|ArrayBlockingQueue)$/,
    by: /^(?!Integer\.MAX_VALUE$)[\w.() *]+$/,
    open: /(?:^|\.)(?:ConcurrentLinkedQueue|ConcurrentLinkedDeque|LinkedTransferQueue)(?:<.*>)?$/s,
  },
  {
    holds:
      /(?:^|::)(?:mpsc::(?:sync_)?channel|sync_channel|(?:flume|crossbeam_channel|async_channel|kanal|crossbeam::channel)::bounded)$|^bounded$/,
    by: /\S/,
    open: /(?:^|::)(?:unbounded_channel|unbounded)$/,
  },
  { holds: /(?:^|\.)x_?add$/i, by: /^maxlen ?= ?(?!None)|^['"]MAXLEN['"]$|\bMaxLen\b|\bTRIM\b/, open: /^(?!)/ },
  { holds: /^(?:LRUCache|LRU|QuickLRU|LruCache|TTLCache)$/, by: /\S/, open: /^Map$/, isSameHolder: true },
];

function isBounded({ args }: Call, { by }: Kind): boolean {
  return args.some((argument) => by.test(argument));
}

/** The name that the line of a call is bound to. */
function nameOf(input: RuleInput, side: 'before' | 'after', { range }: Call): string | undefined {
  const span = side === 'before' ? input.hunk.before : input.hunk.after;
  const line = (side === 'before' ? input.hunk.removed : input.hunk.added)[range.start.line - span.start] ?? '';
  return /(?<![\w$])([A-Za-z_$][\w$]{0,60})(?::[^=]{1,80}| )?= ?new /.exec(line)?.[1];
}

function textOf({ callee, args }: Call): string {
  return `${lastName(callee)}(${args.join(', ')})`;
}
