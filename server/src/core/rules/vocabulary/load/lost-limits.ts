import type { Call, Option } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { numberOf } from '../code/option-changes.ts';
import { isExtracted, newCallsIn } from '../code/scope-changes.ts';
import { tokensOf } from '../code/token-lines.ts';
import { isFreed, isGroupFreed } from './fan-outs.ts';
import { boundedByGone, bounds, isLimiter, LIMITER } from './limiters.ts';
import { hasPermits } from './permits.ts';

function isOnChangedLine({ trees, path }: RuleInput, { range }: Call): boolean {
  const lines = (side: 'before' | 'after'): readonly string[] => {
    const content = trees[side].read(path);
    return content?.kind === 'text' ? content.text.split('\n') : [];
  };
  return !lines('before').includes(lines('after')[range.start.line - 1] ?? '');
}

const BOUND =
  /^(concurrency|max_?concurrency|max_?workers|maxWorkers|max_?parallel(ism)?|parallelism|max_?in_?flight|limit_?concurrency|worker_?limit|max_?concurrent\w*|pool_?size_?limit|max_?goroutines|width|lanes|slots|streams|threads|jobs|workers?|fan_?out|in_?flight|at_?once|degree|max_?(jobs|threads|tasks|streams|lanes))$/i;

/** A limit that is gone, or that became endless, while the work stays. */
export function* lostLimits(input: RuleInput): Iterable<FindingDraft> {
  yield* lostTokens(input);
  yield* endlessCommands(input);
  for (const option of input.removed.options) {
    if (
      !(BOUND.test(option.name) || isOfPool(option)) ||
      (/^(width|slots|streams)$/i.test(option.name) && !isLimiter(option.callee) && option.callee !== '')
    )
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
    const isNone = now !== undefined && isOfPool(option) && /^(?:None|null|undefined)$/.test(now.value);
    if (now !== undefined && value !== Number.POSITIVE_INFINITY && value !== 0 && !isOwnLength && !isNone) continue;
    const isUsed =
      option.callee === '' || input.after?.calls.some((call) => call.callee === option.callee && within(call.scope, scope)) === true;
    if (!isUsed || (now === undefined && option.callee === '' && !flows(input, scope))) continue;
    if (now === undefined && (hasPermits(input, scope, option.value) || isGivenToBound(input, option))) continue;
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
    if (!bounds(call)) continue;
    const scope = counterpartScope(input, call.scope);
    // Whoever is asked bounds it now.
    if (input.addedElsewhere().calls.some(bounds)) continue;
    // What a constructor keeps bounds the work of the whole class.
    const around = scope !== undefined && /\.(?:__init__|constructor)$/.test(scope) ? scope.slice(0, scope.lastIndexOf('.')) : scope;
    if (scope === undefined || around === undefined || isExtracted(input, call) || !(flows(input, around) || flowsAnew(input))) continue;
    if (
      newCallsIn(input, call.scope).some(
        (other) =>
          LIMITER.test(words(other.callee)) && isBound(other) && !/^Promise|newCachedThreadPool|PerTaskExecutor/.test(other.callee),
      )
    )
      continue;
    if (input.after?.calls.some((other) => within(other.scope, scope) && bounds(other) && isBound(other)) === true) continue;
    if (hasPermits(input, scope, call.args[0] ?? '')) continue;
    // The fan-out itself is told where it stands.
    if (
      input.after?.calls.some(
        (other) => within(other.scope, scope) && isFreed(input, other) && !isGroupFreed(input, other) && isOnChangedLine(input, other),
      ) === true
    )
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

/** How many connections a client opens at most: `aiohttp.TCPConnector(limit=40)`, `httpx.Limits(max_connections=20)`. */
function isOfPool({ name, callee }: Option): boolean {
  return /^(?:limit|limit_per_host|max_connections|maxConnections)$/.test(name) && /(?:TCPConnector|Limits)$/.test(callee);
}

/** `group.SetLimit(-1)` bounds nothing. */
function isBound({ args: [first = ''] }: Call): boolean {
  const value = numberOf(first);
  return value !== Number.POSITIVE_INFINITY && !/^-/.test(first);
}

/** The number of a call that bounded by it and is gone: that call is told where it stood. */
function isGivenToBound({ before, after }: RuleInput, { name, callee }: Option): boolean {
  const taker = callee === '' ? before?.calls.find((call) => bounds(call) && call.args.includes(name)) : undefined;
  return taker !== undefined && after?.calls.some(({ key }) => key === taker.key) !== true;
}

/** `sem := make(chan struct{}, 8)` of Go, whose goroutines start as before. */
function* lostTokens(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    if (
      call.callee !== 'make' ||
      !/^chan (?:struct ?\{ ?\}|bool)$/.test(call.args[0] ?? '') ||
      !/^(?:\d+|[\w.]+)$/.test(call.args[1] ?? '')
    )
      continue;
    const scope = counterpartScope(input, call.scope);
    if (
      scope === undefined ||
      scope === '' ||
      /^1$/.test(call.args[1] ?? '') ||
      !tokensOf(input.before, call.scope).includes('<-struct{}{}')
    )
      continue;
    const own = input.after?.calls.filter((other) => within(other.scope, scope)) ?? [];
    if (!own.some(({ runs }) => runs === 'beside') || own.some((other) => other.callee === 'make' && other.args.length > 1)) continue;
    if (
      own.some(({ callee }) => LIMITER.test(words(callee))) ||
      own.some((other) => other.runs === 'beside' && isOnChangedLine(input, other))
    )
      continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(
        `\`${shorten(`make(${call.args.join(', ')})`, 30)}\` no longer bounds what runs at once in \`${shorten(scope, 18)}\``,
      ),
    };
  }
}

/** `xargs -P 4` that became `xargs -P 0`, as many as there are. */
function* endlessCommands(input: RuleInput): Iterable<FindingDraft> {
  for (const command of input.added.commands) {
    const [, program = ''] = ENDLESS.exec(command.written) ?? [];
    const had = new RegExp(`\\b${escaped(program)} (?:.*? )?(?:-P ?[1-9]|--max-procs[= ][1-9]|-j ?[1-9]|--jobs[= ][1-9])`);
    if (program === '' || input.before?.commands.some(({ name, written }) => name === command.name && had.test(written)) !== true) continue;
    yield {
      side: 'after',
      range: command.range,
      message: fitMessage(`\`${shorten(command.written, 34)}\` starts as many as there are lines`),
    };
  }
}

const ENDLESS = /\b(xargs|parallel) (?:[^|]*? )?(?:-P ?0|--max-procs[= ]0|-j ?0|--jobs[= ]0)(?: |$)/;

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
        (call.runs === 'beside' ||
          /^Promise\.(all|allSettled)$|gather$|spawn$|create_task$|\.Go$|join_all$|\.submit$|\bCompletableFuture\.(?:supplyAsync|runAsync)$|\.invokeAll$/.test(
            call.callee,
          )),
    ) ?? false
  );
}
