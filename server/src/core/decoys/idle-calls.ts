import type { Call, SourceFacts } from '../model/facts.ts';
import type { Position } from '../model/range.ts';
import { isWrite, lastName, receiver } from '../rules/vocabulary/code/call-names.ts';
import { tokensOn } from '../rules/vocabulary/code/code-text.ts';
import { factsWithin } from '../rules/vocabulary/code/facts-by-place.ts';
import { NOTES } from './notes.ts';
import type { AskedCall } from './vain-calls.ts';
import type { Voucher } from './vouchers.ts';

/** Runs what it is handed when the function has gone on: `setTimeout(() => …)`. */
const LATER =
  /^(?:window\.|globalThis\.)?(?:setTimeout|setImmediate|queueMicrotask)$|^process\.nextTick$|^CompletableFuture\.runAsync$|\.call_(?:soon|later)$/;
/** Starts what it is handed, and who does not keep the task never learns how it ended. A group of tasks waits for its own. */
const TASK = /^(?:asyncio\.|\w*loop\.)?(?:create_task|ensure_future)$/;
const BESIDE = /^(?:Promise\.(?:all|allSettled)|(?:asyncio\.)?gather)$/;

/** A call that another one is handed without stopping for it: whoever says this call there names it, and hands it on to nobody. */
export function isHeededByNobody({ callee, use }: Call): boolean {
  return BESIDE.test(callee) || (use === 'discarded' && (TASK.test(callee) || NOTES.test(callee)));
}

/** `executor.submit(() -> …)` does so too. */
function runsLater(callee: string): boolean {
  const isPool = /executor|pool|scheduler/i.test(receiver(callee));
  return LATER.test(callee) || (isPool && /^(?:submit|execute|schedule)$/.test(lastName(callee)));
}

/** True for a call whose failure reaches nobody in time: it runs later, beside the work, or its end is not asked for. */
export function isIdle(asked: AskedCall): boolean {
  const { facts, call, voucher, losses } = asked;
  const outer = outerOf(facts, call);
  if (outer === undefined) return false;
  const { callee, use, args } = outer;
  const isEvaluated = args.some((text) => text.includes(`${call.callee}(`));
  const beside = callsInside(facts, outer).filter((other) => other !== call && !isInside(other, call));
  if (NOTES.test(callee)) return use === 'discarded' && isEvaluated && voucher.answers && !voucher.throws;
  const stood = new Set(losses.flatMap(({ file, scope }) => factsWithin(file.before?.calls ?? [], scope).map((old) => old.callee)));
  // What was lost may have stood in there as well, and so may the work.
  if (runsLater(callee))
    return use === 'discarded' && !isEvaluated && !stood.has(callee) && beside.every((other) => NOTES.test(other.callee));
  if (!isAsync(voucher)) return false;
  if (TASK.test(callee)) return use === 'discarded' && isEvaluated && !stood.has(callee);
  if (!BESIDE.test(callee)) return false;
  const settles = callee.endsWith('allSettled') || args.some((text) => /^return_exceptions=True$/.test(text));
  if (settles && !stood.has(callee) && isStatement(facts, outer)) return true;
  return beside.some((other) => isWrite(other.callee) && stood.has(other.callee) && lastName(other.callee) !== lastName(call.callee));
}

/** A function that gives a promise or a coroutine. */
export function isAsync({ facts, place }: Voucher): boolean {
  return facts.symbols.some(({ name, async }) => async && name === place.name);
}

/** True for a generator that is called and not run: nothing of it is done. */
export function isNeverStarted({ facts, call, voucher }: AskedCall): boolean {
  const { startLine, endLine, name } = voucher.place;
  if (voucher.facts.language !== 'python' || call.use !== 'discarded' || !isStatement(facts, call)) return false;
  const isNested = voucher.facts.scopes.some((other) => other.name.startsWith(`${name}.`));
  return !isNested && tokensOn(voucher.facts, startLine, endLine).some(({ text }) => text === 'yield');
}

/** It is the first of its line, waited for or not. */
function isStatement(facts: SourceFacts, { callee, range }: Call): boolean {
  const [first, second] = tokensOn(facts, range.start.line, range.start.line).filter(({ text }) => !/^[;{]$/.test(text));
  const head = first?.text === 'await' ? second : first;
  return head !== undefined && callee.startsWith(head.text);
}

/** The innermost call that another one stands in. */
function outerOf(facts: SourceFacts, call: Call): Call | undefined {
  const around = factsWithin(facts.calls, call.scope).filter(
    (other) => other !== call && isInside(call, other) && !other.callee.startsWith(`${call.callee}(`),
  );
  return around.reduce<Call | undefined>((inner, other) => (inner === undefined || isInside(other, inner) ? other : inner), undefined);
}

function callsInside(facts: SourceFacts, outer: Call): readonly Call[] {
  return factsWithin(facts.calls, outer.scope).filter((other) => other !== outer && isInside(other, outer));
}

function isInside({ range: inner }: Call, { range: outer }: Call): boolean {
  return !isBefore(inner.start, outer.start) && !isBefore(outer.end, inner.end);
}

function isBefore(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}
