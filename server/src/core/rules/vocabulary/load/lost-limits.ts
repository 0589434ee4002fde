import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { numberOf } from '../code/option-changes.ts';
import { isExtracted, newCallsIn } from '../code/scope-changes.ts';
import { isFreed } from './fan-outs.ts';
import { BOUNDERS, boundedByGone, isLimiter, LIMITER } from './limiters.ts';

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
