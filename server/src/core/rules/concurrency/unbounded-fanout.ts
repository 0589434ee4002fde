import type { Call, Loop } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { factsInside } from '../vocabulary/code/facts-by-place.ts';
import { numberOf } from '../vocabulary/code/option-changes.ts';
import { cameAlong, isExtracted, lostCallsIn, newCallsIn } from '../vocabulary/code/scope-changes.ts';
import { isTestScope } from '../vocabulary/code/test-cases.ts';
import { tokensOf } from '../vocabulary/code/token-lines.ts';

/**
 * ## What it sees
 * Work for each of a list that now starts all at once: `Promise.all(list.map(…))`, `asyncio.gather(*…)`, a goroutine or a task in a
 * loop, where there was a loop that waited, a pool of workers or a limit. And a limit of concurrency that is gone.
 *
 * ## Why it matters
 * Ten rows in a test are ten thousand in production, and each opens a connection at the same moment, at the service that has
 * just become slow.
 *
 * ## When it is fine
 * A short list that is written down, slices of a list, a limiter of another kind. These are not flagged.
 *
 * ## What it misses
 * A list that is bounded by its query and only looks endless, and a fan-out across processes.
 */
export default defineRule({
  id: 'concurrency/unbounded-fanout',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'medium',
  title: 'Starts as many tasks as there are items',
  reads: ['calls', 'options'],
  evidence: [
    { title: 'AWS 2021-12-07: a surge of connections', url: 'https://aws.amazon.com/message/12721/' },
    { title: 'AWS Kinesis 2020-11-25: threads for every peer', url: 'https://aws.amazon.com/message/11201/' },
  ],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<string>();
    for (const draft of [...fanouts(input), ...limits(input)]) {
      const line = `${draft.side} ${draft.range.start.line}`;
      if (flagged.has(line)) continue;
      flagged.add(line);
      yield draft;
    }
  },
});

/** Calls and options that bound how many run at once. */
const LIMITER =
  /\b(p limit|limit|limiter|limit function|p map|pmap|p queue|queue|semaphore|sem|bottleneck|batch|batches|chunk|chunked|chunks|pool|throttle|throttled|map limit|each limit|concurrency|set limit|worker|workers|buffer unordered|buffered|for each concurrent|bounded|executor|thread pool|promise pool|itertools|islice|slice)\b/;

function* fanouts(input: RuleInput): Iterable<FindingDraft> {
  const added = new Set(input.added.calls);
  for (const call of startsIn(input)) {
    const list = fannedList(input, call);
    if (list === undefined || isTestScope(call.scope) || (added.has(call) && cameAlong(input, call) && !isFreed(input, call))) continue;
    const scope = call.scope;
    if (isBoundedIn(input, scope, list) || stoodTogether(input, call)) continue;
    const before = beforeOf(input, scope, call);
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(`starts one task for each of \`${shorten(list, 26)}\` at once${before === undefined ? '' : `, was ${before}`}`),
      ...(before === undefined ? { severity: 'low' as const } : {}),
    };
  }
}

/** `Promise.all` of the same list that became `Promise.allSettled`, or the other way: as many at once as before. */
function stoodTogether(input: RuleInput, call: Call): boolean {
  const isTogether = ({ callee }: Call): boolean => /^Promise\.(all|allSettled)$/.test(callee);
  return isTogether(call) && lostCallsIn(input, call.scope).some((old) => isTogether(old) && old.args[0] === call.args[0]);
}

/** New calls of this hunk, and old ones that now stand here without the limiter that was taken out of their function. */
function startsIn(input: RuleInput): readonly Call[] {
  const { start, lines } = input.hunk.after;
  const here = factsInside(input.after?.calls ?? [], { start: { line: start, character: 0 }, end: { line: start + lines, character: 0 } });
  const added = new Set(input.added.calls);
  const lost = new Map<string, boolean>();
  const hasLost = (scope: string): boolean => {
    const known = lost.get(scope) ?? lostCallsIn(input, scope).some((call) => isLimiter(call.callee));
    lost.set(scope, known);
    return known;
  };
  const old = here.filter((call) => !added.has(call) && hasLost(call.scope));
  return [...input.added.calls, ...old];
}

function isFreed(input: RuleInput, call: Call): boolean {
  const list = fannedList(input, call);
  return (
    list !== undefined && !isBoundedIn(input, call.scope, list) && lostCallsIn(input, call.scope).some(({ callee }) => isLimiter(callee))
  );
}

function isOnChangedLine({ trees, path }: RuleInput, { range }: Call): boolean {
  const lines = (side: 'before' | 'after'): readonly string[] => {
    const content = trees[side].read(path);
    return content?.kind === 'text' ? content.text.split('\n') : [];
  };
  return !lines('before').includes(lines('after')[range.start.line - 1] ?? '');
}

function isLimiter(callee: string): boolean {
  return LIMITER.test(words(callee)) && !/\.(limit|slice)$/.test(callee);
}

/** What a call starts a task for each of; undefined where it is no fan-out, or over a list that is written down. */
function fannedList(input: RuleInput, call: Call): string | undefined {
  const [first = ''] = call.args;
  if (/^Promise\.(all|allSettled)$/.test(call.callee)) {
    const mapped = /^([\w$.()[\]'"?]+)\.(map|flatMap)\(/.exec(first)?.[1];
    return mapped === undefined || /^\[/.test(first) || !isRemote(input, call) ? undefined : mapped;
  }
  if (/^(asyncio\.gather|gather|asyncio\.wait|anyio\.gather|trio\.gather)$/.test(call.callee)) {
    const each =
      /^\*.*?\bfor \w[\w, ]* in ([\w.()]+)/.exec(first)?.[1] ??
      /^\*\s*(\w+)$/.exec(first)?.[1] ??
      /^\[.*\bfor \w[\w, ]* in ([\w.()]+)/.exec(first)?.[1];
    return each?.replace(/^([^(]*)\)$/, '$1');
  }
  const starts =
    call.runs === 'beside' ||
    /(^|\.)(g|eg|group|errgroup|errGroup|errs|tg|tasks|task_group|taskGroup|nursery|pool|executor|scope)\.(Go|go|submit|spawn|start_soon|create_task|fork)$/.test(
      call.callee,
    ) ||
    /^(tokio::spawn|tokio::task::spawn|task::spawn|thread::spawn|std::thread::spawn|asyncio\.create_task|create_task|CompletableFuture\.(supplyAsync|runAsync)|futures::future::join_all|join_all|future::join_all|try_join_all|threading\.Thread)$/.test(
      call.callee,
    );
  if (!starts) return undefined;
  if (/join_all$/.test(call.callee)) return /^(\w[\w.]*)/.exec(first)?.[1] ?? 'the list';
  const loop = loopAround(input.after?.loops ?? [], call);
  if (
    loop === undefined ||
    loop.kind === 'while' ||
    // What waits for the next of something starts with each as it comes.
    loop.endless ||
    loop.head.trim() === '' ||
    /\b(range\(\d+\)|0\.\.\d+|< ?\d+\b|\b[A-Z][A-Z0-9_]{2,}\b|workers?\b|numWorkers|num_workers|concurrency|parallelism)/.test(loop.head)
  )
    return undefined;
  return listOf(loop);
}

function loopAround(loops: readonly Loop[], call: Call): Loop | undefined {
  const line = call.range.start.line;
  return loops.filter((loop) => loop.body.startLine <= line && line <= loop.body.endLine).at(-1);
}

function listOf({ head }: Loop): string {
  return /(?:range|in|of|:)\s+([\w.()[\]]+)\s*$/.exec(head)?.[1] ?? head;
}

/** The function given to each item asks another system, or is not shown at all. */
function isRemote(input: RuleInput, call: Call): boolean {
  const { start, end } = call.range;
  const last = Math.max(
    end.line,
    input.after?.loops.find((loop) => loop.range.start.line >= start.line && loop.range.start.line <= end.line)?.body.endLine ?? 0,
  );
  const inside =
    input.after?.calls.filter(
      (other) =>
        other !== call &&
        other.range.start.line >= start.line &&
        other.range.start.line <= last &&
        !/\.(map|flatMap|filter)$/.test(other.callee),
    ) ?? [];
  return inside.length === 0
    ? /\.map\(\s*[\w.]+\s*\)/.test(call.args[0] ?? '')
    : inside.some(({ callee }) => !/^(import|require|JSON|Object|Math|String|Number|resolve|path|Promise)\b|^(import)$/.test(callee));
}

/** A limiter in the function, a slice of the list, or a list written down there. */
function isBoundedIn(input: RuleInput, scope: string, list: string): boolean {
  if (
    /\.(slice|take|splice)\(|^(chunk|batch|page|slice|part|group|window)\w*$|^\[|\b(chunk|batch)\b|Object\.(keys|entries|values)\((?:[A-Z]|this\.)/.test(
      list,
    ) ||
    /^[A-Z][A-Z0-9_]*$/.test(list)
  )
    return true;
  const calls = input.after?.calls.filter((call) => within(call.scope, scope)) ?? [];
  if (
    calls.some(
      (call) =>
        LIMITER.test(words(call.callee)) && !/\.(limit|slice)$/.test(call.callee) && !/^(Promise|asyncio|queue|db|conn)/.test(call.callee),
    )
  )
    return true;
  return (
    input.after?.options.some(
      (option) => within(option.scope, scope) && option.name === list && /^\[[^.]*\]$/.test(option.value) && option.value.length < 200,
    ) ?? false
  );
}

/** How the function did the same before: one by one, or bounded. */
function beforeOf(input: RuleInput, scope: string, start: Call): string | undefined {
  const { before, after } = input;
  const old =
    before?.scopes.find((place) => place.name === scope || counterpartScope(input, place.name) === scope)?.name ??
    (scope === '' ? '' : undefined);
  if (before === undefined || after === undefined) return undefined;
  if (old === undefined) return boundedByGone(input);
  const limited = lostCallsIn(input, scope).find(
    (call) => within(call.scope, old) && LIMITER.test(words(call.callee)) && !/\.(limit)$/.test(call.callee),
  );
  if (limited !== undefined) return `bounded by \`${shorten(limiterOf(limited.callee), 20)}\``;
  const channel = /make\(chan [^)]*,\s*\w+\)/;
  if (channel.test(tokensOf(before, old)) && !channel.test(tokensOf(after, scope))) return 'bounded by a channel';
  const loops = before.loops.filter((loop) => within(loop.scope, old) && (loop.kind === 'each' || loop.kind === 'for'));
  const waits = loops.some((loop) =>
    before.calls.some(
      (call) =>
        (call.use === 'awaited' || call.runs === undefined) &&
        call.range.start.line >= loop.body.startLine &&
        call.range.start.line <= loop.body.endLine &&
        (call.use === 'awaited' || !/\.[cm]?[jt]sx?$|\.py$/.test(input.path)) &&
        // A loop that is still there in the same way waits as before.
        !after.calls.some(
          (other) =>
            other.key === call.key &&
            other.use === call.use &&
            other.range.start.line !== start.range.start.line &&
            loopAround(after.loops, other)?.key === loop.key,
        ),
    ),
  );
  return waits ? 'one by one' : undefined;
}

/** The file was written anew, and what bounded in a function that is gone bounds nowhere now. */
function boundedByGone(input: RuleInput): string | undefined {
  const { before, after } = input;
  const bounds = (call: Call): boolean => BOUNDERS.test(lastName(call.callee));
  if (before === undefined || after === undefined || after.calls.some((call) => isLimiter(call.callee))) return undefined;
  const gone = before.calls.find((call) => bounds(call) && !after.scopes.some(({ name }) => name === call.scope));
  const isElsewhere = input.addedElsewhere().calls.some((call) => isLimiter(call.callee));
  return gone === undefined || isElsewhere ? undefined : `bounded by \`${shorten(limiterOf(gone.callee), 20)}\``;
}

const BOUNDERS =
  /^(SetLimit|pLimit|p_limit|Semaphore|BoundedSemaphore|NewWeighted|buffer_unordered|buffered|for_each_concurrent|mapLimit|eachLimit|mapSeries|eachSeries|pMap|newFixedThreadPool|newSingleThreadExecutor|newFixed)$/;

/** The link of a chain that bounds: `buffer_unordered` of `stream::iter(urls).buffer_unordered(8).collect`. */
function limiterOf(callee: string): string {
  const links = callee.replace(/\([^()]*\)/g, '').split(/[.:]+/);
  return links.findLast((link) => LIMITER.test(words(link))) ?? lastName(callee);
}

const BOUND =
  /^(concurrency|max_?concurrency|max_?workers|maxWorkers|max_?parallel(ism)?|parallelism|max_?in_?flight|limit_?concurrency|worker_?limit|max_?concurrent\w*|pool_?size_?limit|max_?goroutines|width|lanes|slots|streams|threads|jobs|workers?|fan_?out|in_?flight|at_?once|degree|max_?(jobs|threads|tasks|streams|lanes))$/i;

/** A limit that is gone, or that became endless, while the work stays. */
function* limits(input: RuleInput): Iterable<FindingDraft> {
  for (const option of input.removed.options) {
    if (!BOUND.test(option.name) || (/^(width|slots|streams)$/i.test(option.name) && !isLimiter(option.callee) && option.callee !== ''))
      continue;
    const scope = counterpartScope(input, option.scope);
    if (scope === undefined) continue;
    const now = input.after?.options.find(
      (other) => other.name === option.name && (other.scope === scope || other.callee === option.callee),
    );
    const value = now === undefined ? undefined : numberOf(now.value);
    // As many as there are items is no bound.
    const isOwnLength =
      now !== undefined &&
      /^len\(\w[\w.]*\)$|^[\w.]+\.(length|size\(\)|len\(\))$/.test(now.value) &&
      !/len\(|\.(length|size|len)\b/.test(option.value);
    if (now !== undefined && value !== Number.POSITIVE_INFINITY && value !== 0 && !isOwnLength) continue;
    const isUsed =
      option.callee === '' || input.after?.calls.some((call) => call.callee === option.callee && within(call.scope, scope)) === true;
    if (!isUsed || (now === undefined && option.callee === '' && !flows(input, scope))) continue;
    yield now === undefined
      ? {
          side: 'before',
          range: option.range,
          message: fitMessage(
            `\`${shorten(option.name, 24)}: ${shorten(option.value, 12)}\` no longer bounds \`${shorten(option.callee || scope || 'the module', 24)}\``,
          ),
        }
      : {
          side: 'after',
          range: now.range,
          message: fitMessage(`\`${shorten(option.name, 24)}\` no longer bounds anything: ${shorten(now.value, 12)}`),
        };
  }
  for (const call of input.removed.calls) {
    if (!BOUNDERS.test(lastName(call.callee))) continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || isExtracted(input, call) || !(flows(input, scope) || flowsAnew(input))) continue;
    if (
      newCallsIn(input, call.scope).some(
        (other) => LIMITER.test(words(other.callee)) && !/^Promise|newCachedThreadPool|PerTaskExecutor/.test(other.callee),
      )
    )
      continue;
    if (input.after?.calls.some((other) => within(other.scope, scope) && lastName(other.callee) === lastName(call.callee)) === true)
      continue;
    // The fan-out itself is told where it stands.
    if (input.after?.calls.some((other) => within(other.scope, scope) && isFreed(input, other) && isOnChangedLine(input, other)) === true)
      continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(
        `\`${shorten(call.callee, 24)}\` no longer bounds what runs at once in \`${shorten(scope, 18) || 'the module'}\``,
      ),
    };
  }
}

/** A function that is new to the file starts something beside itself, and nothing in the file bounds any more. */
function flowsAnew(input: RuleInput): boolean {
  return (
    boundedByGone(input) !== undefined && input.after?.scopes.some(({ name }) => !hasScope(input, name) && flows(input, name)) === true
  );
}

function hasScope({ before }: RuleInput, scope: string): boolean {
  return before?.scopes.some(({ name }) => name === scope) === true;
}

/** The function still starts something beside itself. */
function flows(input: RuleInput, scope: string): boolean {
  return (
    input.after?.calls.some(
      (call) =>
        within(call.scope, scope) &&
        (call.runs === 'beside' || /^Promise\.(all|allSettled)$|gather$|spawn$|create_task$|\.Go$|join_all$|\.submit$/.test(call.callee)),
    ) ?? false
  );
}
