import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { changedCalls } from '../code/changed-calls.ts';

/** A call that ended with its caller, or with a deadline, and goes on without either. */
export interface DetachedContext {
  readonly range: Range;
  readonly callee: string;
  /** `context.Background()`. */
  readonly now: string;
}

/** `db.BeginTx(ctx, nil)` that became `db.BeginTx(context.Background(), nil)`, in a call that is the same but for that. */
export function* detachedContexts(input: RuleInput): Generator<DetachedContext> {
  if (!input.path.endsWith('.go')) return;
  const told = new Set<number>();
  for (const { before, after } of changedCalls(input)) {
    const { args, callee, range, runs, scope } = after;
    const at = args.findIndex((argument) => /^context\.(?:Background|TODO)\(\)$/.test(argument));
    const was = before.args[at] ?? '';
    if (at < 0 || runs !== undefined || !/^(?:\w*[cC]tx|\w+\.Context\(\)|\w+\.ctx)$/.test(was) || before.args.length !== args.length)
      continue;
    // Whoever gives a deadline of its own, or must go on when all else ends, says so by its name.
    if (/^With\w+$/.test(lastName(callee)) || GOES_ON.test(words(`${callee} ${lastName(scope)}`)) || told.has(range.start.line)) continue;
    told.add(range.start.line);
    yield { range, callee, now: args[at] ?? '' };
  }
}

const GOES_ON =
  /\b(?:shutdown|close|cleanup|clean up|flush|rollback|release|unlock|stop|drain|teardown|background|async|detached|main|start|init|log|logger|info|warn|error|debug|record|report|audit|metrics?|span|trace)\b/;
