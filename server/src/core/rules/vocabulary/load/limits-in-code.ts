import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { LIMIT_FACTOR, TIMEOUT_FACTOR } from '../../thresholds.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { constantBehind, numberIn } from '../code/computed-numbers.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { onlyIn } from '../code/fact-keys.ts';
import { changedOptions, numberOf, rehousedOptions } from '../code/option-changes.ts';
import { isSaferBelow } from './safer-below.ts';
import { swappedFactors } from './swapped-factors.ts';
import { swappedUnits } from './swapped-units.ts';

/** Limits that a call is told by place (`db.SetMaxOpenConns(20)`), and caps under any name that grew by far. */
export function* limitsInCode(input: RuleInput): Iterable<FindingDraft> {
  for (const call of [...input.added.calls, ...callsOfNewNames(input)]) {
    if (!isLimiting(call)) continue;
    const likely = lostCalls(input).filter((other) => other.callee === call.callee && other.args.length === call.args.length);
    const old =
      likely.find((other) => counterpartScope(input, other.scope) === call.scope) ??
      // A function that was split or renamed took its only limit of the kind with it.
      (likely.length === 1 && input.after?.calls.filter((other) => other.callee === call.callee).length === 1 ? likely[0] : undefined);
    const at =
      old?.args.findIndex((argument, index) => argument !== call.args[index] && numberIn(argument, input.before) !== undefined) ?? -1;
    const [was, is] = [numberIn(old?.args[at] ?? '', input.before), numberIn(call.args[at] ?? '', input.after)];
    const factor = was === undefined || is === undefined ? 1 : factorOf(was, is);
    // The same number as an option of the same line is told as that.
    const isTold = changedOptions(input).some(
      ({ after }) => after.range.start.line === call.range.start.line && numberIn(after.value, input.after) !== undefined,
    );
    if (isTold) continue;
    if (factor < LIMIT_FACTOR.notes || Math.max(was ?? 0, is ?? 0) < 4) continue;
    // Where the value now has a name, it stands where it gets it.
    const behind = constantBehind(call.args[at] ?? '', input.after);
    const isNew = behind !== undefined && input.before?.options.some((option) => option.key === behind.key) !== true;
    if (isNew ? !input.added.options.includes(behind) : !input.added.calls.includes(call)) continue;
    yield {
      side: 'after',
      range: isNew ? behind.range : call.range,
      message: fitMessage(
        `\`${shorten(lastName(call.callee.replace(/::new$/, '')), 26)}\` went from ${shorten(old?.args[at] ?? '', 16)} to ${shorten(call.args[at] ?? '', 16)}`,
      ),
      severity:
        factor === LIMIT_FACTOR.notes ||
        (startsOwn(call) && (is ?? 0) > 0 && (is ?? 0) < (was ?? 0) && factor <= 4) ||
        isSaferBelow('', call.callee, was ?? 0, is ?? 0)
          ? 'low'
          : factor >= LIMIT_FACTOR.far
            ? 'high'
            : 'medium',
    };
  }
  for (const { amount, was, is, range } of [...swappedUnits(input), ...swappedFactors(input)])
    yield {
      side: 'after',
      range,
      message: fitMessage(`\`${shorten(amount, 24)}\` is in ${shorten(is, 22)} now; it was in ${shorten(was, 22)}`),
    };
  const told = new Set<string>();
  for (const { before, after } of [...changedOptions(input), ...rehousedOptions(input)]) {
    const name = words(after.name);
    const place = `${after.range.start.line}:${after.range.start.character}`;
    if (told.has(place)) continue;
    if (isTimeout(name, after.callee)) {
      const [was, is] = [numberIn(before.value, input.before), numberIn(after.value, input.after)];
      // One that is taken off altogether is told as such.
      if (was !== undefined && is !== undefined && was > 0 && is > 0 && Number.isFinite(is) && factorOf(was, is) >= TIMEOUT_FACTOR) {
        told.add(place);
        yield {
          side: 'after',
          range: after.range,
          message: fitMessage(`\`${shorten(after.name, 26)}\` went from ${shorten(before.value, 16)} to ${shorten(after.value, 16)}`),
        };
      }
      continue;
    }
    if (!/\b(max|cap|ceiling|maximum|upper bound|hard limit)\b/.test(name) || /^max$/.test(name) || DRAWN.test(name) || KNOWN.test(name))
      continue;
    const [was, is] = [numberIn(before.value, input.before), numberIn(after.value, input.after)];
    if (was === undefined || is === undefined || was <= 0 || is < 0 || factorOf(was, is) < LIMIT_FACTOR.far || Math.max(was, is) < 10)
      continue;
    yield { side: 'after', range: after.range, message: fitMessage(`\`${shorten(after.name, 26)}\` went from ${was} to ${is}`) };
  }
}

/** Calls of this side that are told a number by a name which this hunk brought. */
function callsOfNewNames({ added, after }: RuleInput): readonly Call[] {
  const names = new Set(added.options.flatMap((option) => (numberOf(option.value) === undefined ? [] : [option.name])));
  if (names.size === 0) return [];
  return (
    after?.calls.filter(
      (call) => isLimiting(call) && !added.calls.includes(call) && call.args.some((argument) => names.has(lastName(argument))),
    ) ?? []
  );
}

/** Calls that the file no longer has, in whichever of its hunks they stood. */
function lostCalls({ before, after }: RuleInput): readonly Call[] {
  return onlyIn(before?.calls ?? [], after?.calls ?? []).filter(isLimiting);
}

/** How long something is waited for, and no pause that a person sees. */
function isTimeout(name: string, callee: string): boolean {
  return (
    /\b(timeouts?|deadline|time limit)\b/.test(name) &&
    !/\b(idle|keep alive|cache|debounce|delay|toast|animation|transition|poll|test|session|tooltip|hover|hide|close|message|notification|snackbar|retry|interval|type|id|name)\b/.test(
      name,
    ) &&
    !/^(setTimeout|test|it|describe|jest|vi|cy|expect|page)\b/.test(callee)
  );
}

/** What the rule asks of every option already. */
export const KNOWN =
  /\b(pool|threads?|quota|limit|ttl|buffer|concurrency|concurrent|connections?|workers?|parallelism|batch|queue|capacity|heap|memory|max size|max sites|max items|max entries|max rows|high water mark|backlog|max sockets|rate|retry|retries|attempts|tries|price|amount|discount|order|timeout|age|interval)\b/;
const DRAWN =
  /\b(width|height|lines|cols|columns|depth|digits|zoom|opacity|year|date|font|score|temperature|decimals|precision|x|y|z|level|log)\b/;

const LIMITING =
  /^(SetMaxOpenConns|SetMaxIdleConns|SetMaxConns|setMaximumPoolSize|setMaxPoolSize|setMaxTotal|setMaxThreads|setCorePoolSize|setQueueCapacity|setMaxConnections|newFixedThreadPool|Semaphore|BoundedSemaphore|NewWeighted|NewLimiter|MaxBytesReader|MaxBytesHandler|LimitReader|LimitListener|RequestBodyLimitLayer|DefaultBodyLimit::max|LimitConcurrency|setMaxListeners|pLimit|Bottleneck|ThreadPoolExecutor|ProcessPoolExecutor|ThreadPool|Pool|make|with_capacity|max_connections|max_size|pool_max_size|buffer_unordered|for_each_concurrent|channel|sync_channel|bounded|ArrayBlockingQueue|LinkedBlockingQueue|Queue|setLimit|SetLimit|worker_threads|RateLimiter\.create|set_max_open|maximumSize|setMaxRequestSize|setRate|ConcurrencyLimitLayer|GlobalConcurrencyLimitLayer|BufferLayer|depthLimit|createComplexityLimitRule)$/;

function isLimiting(call: Call): boolean {
  if (call.kind === 'decorator' || !LIMITING.test(lastName(call.callee.replace(/::new$/, '')))) return false;
  return lastName(call.callee) !== 'make' || /^chan /.test(call.args[0] ?? '');
}

/** How much the program itself starts at once: less is slower, and safe. */
function startsOwn({ callee }: Call): boolean {
  return /^(SetLimit|setLimit|pLimit|p_limit|NewWeighted|Semaphore|BoundedSemaphore|buffer_unordered|for_each_concurrent|Bottleneck|LimitConcurrency)$/.test(
    lastName(callee),
  );
}

function factorOf(was: number, is: number): number {
  if (was === is) return 1;
  if (is <= 0 || was <= 0 || !Number.isFinite(is)) return Number.POSITIVE_INFINITY;
  return Math.max(is / was, was / is);
}
