import type { Call, Loop, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten, words } from '../code/call-names.ts';
import { counterpartScope, formerScope, hasScope, within } from '../code/counterpart.ts';
import { factsInside } from '../code/facts-by-place.ts';
import { cameAlong, lostCallsIn } from '../code/scope-changes.ts';
import { isTestScope } from '../code/test-cases.ts';
import { tokensOf } from '../code/token-lines.ts';
import { fannedList, loopAround } from './fanned-lists.ts';
import { boundedByGone, boundsGroupOf, isLimiter, LIMITER, limiterOf } from './limiters.ts';
import { hasPermits } from './permits.ts';

/** Work that starts for every item at once, and did not before. */
export function* fanOuts(input: RuleInput): Iterable<FindingDraft> {
  const added = new Set(input.added.calls);
  for (const call of startsIn(input)) {
    const list = fannedList(input, call);
    if (list === undefined || isTestScope(call.scope) || (added.has(call) && cameAlong(input, call) && !isFreed(input, call))) continue;
    const scope = call.scope;
    if (isBoundedIn(input, scope, list) || stoodTogether(input, call) || isGroupFreed(input, call)) continue;
    const before = beforeOf(input, scope, call);
    if (before === undefined && stoodBeside(input, call)) continue;
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(`starts one task for each of \`${shorten(list, 26)}\` at once${before === undefined ? '' : `, was ${before}`}`),
      ...(before === undefined ? { severity: 'low' as const } : {}),
    };
  }
}

/** Goroutines of the same loop that a group starts now: as many at once as before. */
function stoodBeside({ before, after }: RuleInput, call: Call): boolean {
  const around = after === undefined ? undefined : loopAround(after.loops, call);
  const same = before?.loops.find(({ key }) => key === around?.key);
  return same !== undefined && before?.calls.some((old) => old.runs === 'beside' && isInside(old, same)) === true;
}

/** `Promise.all` of the same list that became `Promise.allSettled`, or the other way, or one that did the same for another choice of it: as many at once as before. */
function stoodTogether(input: RuleInput, call: Call): boolean {
  const isTogether = ({ callee }: Call): boolean => /^Promise\.(all|allSettled)$/.test(callee);
  if (!isTogether(call)) return false;
  const work = workOf(input.after, call);
  return lostCallsIn(input, call.scope).some(
    (old) => isTogether(old) && isSameWork(workOf(input.before, old), work, old.args[0] === call.args[0]),
  );
}

/** As many at once, unless something held them back that is asked no more: `limit(() => build(id))` and `build(id)`. */
function isSameWork(old: readonly string[], now: readonly string[], isSaidAlike: boolean): boolean {
  return (
    (isSaidAlike || old.some((name) => now.includes(name))) && !old.some((name) => !now.includes(name) && LIMITS_EACH.test(words(name)))
  );
}

const LIMITS_EACH =
  /\b(?:p ?limit|limit(?:ed|er)?|throttled?|semaphore|sem|queue|bottleneck|schedule|gate|slots?|pool|mutex|run exclusive|run with)\b/;

/** What is done for each of a list, by the functions that are asked: `present` of `Promise.all(rows.map(async (row) => present(row)))`. */
function workOf(facts: SourceFacts | undefined, { args, range }: Call): readonly string[] {
  if (facts === undefined || !/\.map\(/.test(args[0] ?? '')) return [];
  return factsInside(facts.calls, range).flatMap(({ callee }) => (/^Promise\.|\.(?:map|filter|flatMap)$/.test(callee) ? [] : [callee]));
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

/** A fan-out whose function lost its limiter. */
export function isFreed(input: RuleInput, call: Call): boolean {
  const list = fannedList(input, call);
  return (
    list !== undefined && !isBoundedIn(input, call.scope, list) && lostCallsIn(input, call.scope).some(({ callee }) => isLimiter(callee))
  );
}

/** The group started the same before and lost its limit, which is a statement of its own and is told where it stood. */
export function isGroupFreed(input: RuleInput, call: Call): boolean {
  return (
    lostCallsIn(input, call.scope).some((lost) => boundsGroupOf(lost, call)) &&
    input.before?.calls.some(({ callee, scope }) => callee === call.callee && counterpartScope(input, scope) === call.scope) === true
  );
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
  if (hasPermits(input, scope, '')) return true;
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

function isInside({ range }: Call, { body }: Loop): boolean {
  return range.start.line >= body.startLine && range.start.line <= body.endLine;
}

/** How the function did the same before: one by one, or bounded. */
function beforeOf(input: RuleInput, scope: string, start: Call): string | undefined {
  const { before, after } = input;
  const old =
    before !== undefined && hasScope(before, scope) ? scope : (formerScope(input, scope)?.name ?? (scope === '' ? '' : undefined));
  if (before === undefined || after === undefined) return undefined;
  if (old === undefined) return boundedByGone(input);
  const limited = lostCallsIn(input, scope).find(
    (call) => within(call.scope, old) && LIMITER.test(words(call.callee)) && !/\.(limit)$/.test(call.callee),
  );
  if (limited !== undefined) return `bounded by \`${shorten(limiterOf(limited.callee), 20)}\``;
  const channel = /make\(chan [^)]*,\s*\w+\)/;
  if (channel.test(tokensOf(before, old)) && !channel.test(tokensOf(after, scope))) return 'bounded by a channel';
  const loops = before.loops.filter(
    (loop) =>
      within(loop.scope, old) &&
      (loop.kind === 'each' || loop.kind === 'for') &&
      // What a round starts beside the next one did not wait before either.
      !before.calls.some((call) => call.runs === 'beside' && isInside(call, loop)),
  );
  const waits = loops.some((loop) =>
    before.calls.some(
      (call) =>
        (call.use === 'awaited' || call.runs === undefined) &&
        isInside(call, loop) &&
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
