import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { isWrite, lastName, receiver, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { lostCallsIn } from '../code/scope-changes.ts';
import { tokensOf } from '../code/token-lines.ts';
import { isAwaitedEach, isJoined, ranInTurn, wasAwaitedBefore, wasGathered, wasPlain } from './awaited-before.ts';
import { changesSomething, isAudit } from './changing-calls.ts';

/** A call that starts a write and goes on: `create_task(save(x))`, `items.forEach(async …)`, `go save(x)`. */
export function startedWrite(input: RuleInput, call: Call): string | undefined {
  const name = lastName(call.callee);
  if (call.runs === 'beside' && call.callee === 'fn') return besideInGo(input, call);
  if (call.runs === 'beside' && changesSomething(call)) return wasPlain(input, call) ? call.callee : undefined;
  if (
    /^(create_task|ensure_future|run_in_executor|setImmediate|setTimeout|queueMicrotask|submit|start_soon|nextTick|supplyAsync|runAsync|waitUntil|add_task|spawn)$/.test(
      name,
    )
  ) {
    if (call.use === 'awaited' || name === 'waitUntil' || (call.use === 'used' && !/^(asyncio|loop)\b/.test(call.callee))) return undefined;
    if (/^(create_task|start_soon)$/.test(name) && isOfGroup(input, call)) return undefined;
    const [inner = ''] = call.args;
    const write = (name === 'add_task' ? /^([\w.]+)$/ : /^(?:await )?([\w.]+)\(/).exec(inner)?.[1] ?? innerWrite(input, call);
    return write !== undefined && (isWrite(write) || isAudit(write)) && wasAwaitedBefore(input, write, call.scope) ? write : undefined;
  }
  // A list or a stream of Java is through with its last item when `forEach` is.
  if (name === 'forEach' && input.after?.language !== 'java' && /^\(?\s*fn|^async/.test(call.args[0] ?? '')) {
    const write = innerWrite(input, call);
    return write !== undefined &&
      (wasAwaitedBefore(input, write, call.scope) || wasAwaitedWhole(input, write, call.scope)) &&
      !isAwaitedEach(input, call)
      ? write
      : undefined;
  }
  // The list of promises that `map` makes is thrown away; a thread of Ruby that nobody joins.
  if (
    (name === 'map' && call.use === 'discarded' && wasGathered(input, call)) ||
    (call.callee === 'Thread.new' && !isJoined(input, call))
  ) {
    const write = innerWrite(input, call);
    return write !== undefined && (isWrite(write) || isAudit(write)) && (name === 'map' || ranInTurn(input, write, call.scope))
      ? write
      : undefined;
  }
  if (/^Promise\.(all|allSettled)$/.test(call.callee) && call.use === 'discarded') {
    return lostCallsIn(input, call.scope).some((old) => old.callee === call.callee && old.use === 'awaited')
      ? (innerWrite(input, call) ?? call.callee)
      : undefined;
  }
  return undefined;
}

/** What was waited for in one went into a call for each: `await stock.release(lines)` and `stock.releaseLine(line)` of the same thing. */
function wasAwaitedWhole(input: RuleInput, write: string, scope: string): boolean {
  const first = (callee: string): string => words(lastName(callee)).split(' ')[0] ?? '';
  const owner = receiver(write);
  return (
    owner !== '' &&
    lostCallsIn(input, scope).some(({ callee, use }) => use === 'awaited' && receiver(callee) === owner && first(callee) === first(write))
  );
}

/** What a group of tasks starts is waited for where the group ends: `async with asyncio.TaskGroup() as group`. */
function isOfGroup({ after }: RuleInput, { callee, scope }: Call): boolean {
  const group = /^(\w+)\.\w+$/.exec(callee)?.[1];
  if (after === undefined || group === undefined) return false;
  return new RegExp(`\\b(?:TaskGroup|create_task_group|open_nursery)\\(\\) ?as ${group}\\b`).test(tokensOf(after, scope));
}

/** `go func() { … store.Save(ctx, e) … }()` around a write that ran in turn, in a function that waits for nothing it started. */
function besideInGo(input: RuleInput, call: Call): string | undefined {
  const { before, after } = input;
  const write = innerWrite(input, call);
  if (before === undefined || after === undefined || write === undefined || !(isWrite(write) || isAudit(write))) return undefined;
  const starts = before.calls.filter(({ runs, callee }) => runs === 'beside' && callee === 'fn');
  const ranInTurn = before.calls.some(
    (old) =>
      old.callee === write &&
      old.runs === undefined &&
      counterpartScope(input, old.scope) === call.scope &&
      !starts.some(({ range }) => range.start.line <= old.range.start.line && old.range.end.line <= range.end.line),
  );
  const waits = /\.Wait\(\)|<-/.test(tokensOf(after, call.scope));
  return ranInTurn && !waits ? write : undefined;
}

/** The first write on the lines of a call. */
function innerWrite(input: RuleInput, call: Call): string | undefined {
  const { start } = call.range;
  const last = input.after?.loops.find((loop) => loop.range.start.line === start.line)?.body.endLine ?? call.range.end.line;
  return input.after?.calls.find(
    (other) =>
      other !== call &&
      other.range.start.line >= start.line &&
      other.range.start.line <= last &&
      other.callee !== call.callee &&
      changesSomething(other),
  )?.callee;
}
