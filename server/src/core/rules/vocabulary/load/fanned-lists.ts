import type { Call, Loop } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { tokensOn } from '../code/code-text.ts';
import { lostCallsIn } from '../code/scope-changes.ts';
import { isLimiter } from './limiters.ts';

/** What a call starts a task for each of; undefined where it is no fan-out, or over a list that is written down. */
export function fannedList(input: RuleInput, call: Call): string | undefined {
  const [first = ''] = call.args;
  if (/^Promise\.(all|allSettled)$/.test(call.callee)) {
    const mapped = /^([\w$.()[\]'"?]+)\.(map|flatMap)\(/.exec(first)?.[1];
    return mapped === undefined || /^\[/.test(first) || !isRemote(input, call) ? undefined : mapped;
  }
  if (/\.(?:map|flatMap)$/.test(call.callee)) return waitedForBelow(input, call);
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

/** `const jobs = rows.map((row) => push(row))` with `Promise.all(jobs)` behind it, in a function that lost what held them back. */
function waitedForBelow(input: RuleInput, call: Call): string | undefined {
  const { after } = input;
  const { line } = call.range.start;
  if (!lostCallsIn(input, call.scope).some(({ callee }) => isLimiter(callee))) return undefined;
  const [declared, name, sign] = after !== undefined && /\.[cm]?[jt]sx?$/.test(input.path) ? tokensOn(after, line, line) : [];
  if (declared === undefined || name === undefined || sign?.text !== '=' || !/^(?:const|let)$/.test(declared.text)) return undefined;
  const isAwaited = after?.calls.some(
    ({ callee, args, scope, range }) =>
      /^Promise\.(?:all|allSettled)$/.test(callee) &&
      scope === call.scope &&
      range.start.line > line &&
      (args[0] ?? '').split(/[^\w$]+/).includes(name.text),
  );
  return isAwaited === true && isRemote(input, call) ? call.callee.slice(0, call.callee.lastIndexOf('.')) : undefined;
}

/** The innermost loop around a call. */
export function loopAround(loops: readonly Loop[], call: Call): Loop | undefined {
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
