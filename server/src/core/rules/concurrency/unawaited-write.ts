import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { isWrite, lastName, literal, receiver, shorten, words } from '../vocabulary/code/call-names.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { lostCallsIn } from '../vocabulary/code/scope-changes.ts';
import { isTestScope } from '../vocabulary/code/test-cases.ts';

/**
 * ## What it sees
 * A write that nobody waits for any more: `await` that was dropped, `void save()`, `asyncio.create_task(save())`, a goroutine, a
 * `forEach` or `map` with an asynchronous function, `Promise.all` whose answer is thrown away, and what was started beside and is
 * no longer waited for (`wg.Wait()`).
 *
 * ## Why it matters
 * The answer goes out before the row is there. When the write fails, or the process ends, nobody is told and nothing is tried again.
 *
 * ## When it is fine
 * Measurements and logs that may be lost. These are not flagged.
 *
 * ## What it misses
 * A write whose name does not say so, and a promise that is kept in a variable and never read.
 */
export default defineRule({
  id: 'concurrency/unawaited-write',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'medium',
  title: 'Nobody waits for a write',
  reads: ['calls'],
  evidence: [{ title: 'typescript-eslint: no-floating-promises', url: 'https://typescript-eslint.io/rules/no-floating-promises/' }],
  *check(input): Iterable<FindingDraft> {
    for (const call of input.added.calls) {
      if (call.kind !== 'call' || isTestScope(call.scope)) continue;
      const write = droppedWrite(input, call) ?? startedWrite(input, call);
      if (write === undefined || isTelemetry(write)) continue;
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`nobody waits for \`${shorten(write, 40)}\` any more`),
        ...(isMoney(input, call, write) ? { severity: 'high' as const } : {}),
      };
    }
    for (const call of leftAlone(input))
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 30)}\` no longer waits for what was started`),
      };
    for (const call of handedWrites(input))
      yield { side: 'after', range: call.range, message: fitMessage(`nobody waits for \`${shorten(call.callee, 40)}\` any more`) };
  },
});

/** `wg.Wait()`, `thread.join()` that is gone while what was started beside still writes. */
function leftAlone(input: RuleInput): readonly Call[] {
  const { after, removed } = input;
  return removed.calls.filter(({ callee, scope, args }) => {
    const now = counterpartScope(input, scope);
    if (now === undefined || after === undefined || args.length > 0 || !/^(Wait|join|awaitTermination)$/.test(lastName(callee)))
      return false;
    const own = after.calls.filter((other) => within(other.scope, now));
    return (
      !own.some((other) => /^(Wait|join|awaitTermination|shutdown|close|get)$/.test(lastName(other.callee))) &&
      own.some(
        (other) => other.runs === 'beside' || /^(Add|start|Thread\.new)$/.test(lastName(other.callee)) || other.callee === 'Thread.new',
      ) &&
      own.some((other) => changesSomething(other) && !/^(Add|start|Done)$/.test(lastName(other.callee)) && !isTelemetry(other.callee))
    );
  });
}

/** The same call was awaited in the function before, and its promise is thrown away now. */
function droppedWrite(input: RuleInput, call: Call): string | undefined {
  if (call.use !== 'discarded' || !changesSomething(call)) return undefined;
  const own = lastName(call.callee);
  const lost = lostCallsIn(input, '');
  const wasAwaited = lost.some(
    (old) =>
      (old.use === 'awaited' || old.use === 'used') &&
      lastName(old.callee) === own &&
      counterpartScope(input, old.scope) === call.scope &&
      (old.use === 'awaited' || isReturned(input, old) || isInAwaitedAll(input, old)),
  );
  const wasAny =
    wasAwaited ||
    lost.some(
      (old) => old.use === 'awaited' && old.callee === call.callee && within(call.scope, counterpartScope(input, old.scope) ?? '\u0000'),
    );
  return wasAny && !isStillAwaited(input, call) && !wasDiscarded(input, call) ? call.callee : undefined;
}

/** As many calls of this last name were thrown away in the function before: only what they are asked of has another name. */
function wasDiscarded({ before, after }: RuleInput, call: Call): boolean {
  const count = (facts: RuleInput['before']): number =>
    facts?.calls.filter(
      (other) => other.use === 'discarded' && other.scope === call.scope && lastName(other.callee) === lastName(call.callee),
    ).length ?? 0;
  return count(before) > 0 && count(before) >= count(after);
}

/** `await Promise.all([save(), note()])`. */
function isInAwaitedAll(input: RuleInput, old: Call): boolean {
  const { start } = old.range;
  return (
    input.before?.calls.some(
      (all) =>
        all.use === 'awaited' &&
        /^(Promise\.(all|allSettled)|asyncio\.gather)$/.test(all.callee) &&
        all.range.start.line <= start.line &&
        start.line <= all.range.end.line,
    ) === true
  );
}

/** `return save()` hands the promise on; where a call waits by itself, only one that is declared to answer later. */
function isReturned(input: RuleInput, old: Call): boolean {
  const owner = input.before?.symbols.find(({ name }) => name === old.scope);
  if (isBlocking(input) && !/Future|CompletionStage|Promise|Mono|Flux|Uni\b|Single|Completable|Deferred/.test(owner?.type ?? ''))
    return false;
  const line = input.before?.tokens.filter((token) => token.line === old.range.start.line) ?? [];
  return line[0]?.text === 'return';
}

/** As many awaited calls of this name as before: the discarded one is another. */
function isStillAwaited(input: RuleInput, call: Call): boolean {
  const count = (facts: RuleInput['before']): number =>
    facts?.calls.filter((other) => other.callee === call.callee && other.use === 'awaited').length ?? 0;
  return count(input.before) > 0 && count(input.after) >= count(input.before);
}

/** A call that starts a write and goes on: `create_task(save(x))`, `items.forEach(async …)`, `go save(x)`. */
function startedWrite(input: RuleInput, call: Call): string | undefined {
  const name = lastName(call.callee);
  if (call.runs === 'beside' && changesSomething(call)) return wasPlain(input, call) ? call.callee : undefined;
  if (
    /^(create_task|ensure_future|run_in_executor|setImmediate|setTimeout|queueMicrotask|submit|start_soon|nextTick|supplyAsync|runAsync|waitUntil|add_task|spawn)$/.test(
      name,
    )
  ) {
    if (call.use === 'awaited' || name === 'waitUntil' || (call.use === 'used' && !/^(asyncio|loop)\b/.test(call.callee))) return undefined;
    const [inner = ''] = call.args;
    const write = (name === 'add_task' ? /^([\w.]+)$/ : /^(?:await )?([\w.]+)\(/).exec(inner)?.[1] ?? innerWrite(input, call);
    return write !== undefined && (isWrite(write) || isAudit(write)) && wasAwaitedBefore(input, write, call.scope) ? write : undefined;
  }
  if (name === 'forEach' && /^\(?\s*fn|^async/.test(call.args[0] ?? '')) {
    const write = innerWrite(input, call);
    return write !== undefined && wasAwaitedBefore(input, write, call.scope) && !isAwaitedEach(input, call) ? write : undefined;
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

/** Its promises were waited for together. */
function wasGathered(input: RuleInput, call: Call): boolean {
  return lostCallsIn(input, call.scope).some((old) => /^Promise\.(all|allSettled)$/.test(old.callee) && old.use === 'awaited');
}

function isJoined({ after }: RuleInput, { scope }: Call): boolean {
  return after?.calls.some((other) => within(other.scope, scope) && /^(join|value|wait)$/.test(lastName(other.callee))) === true;
}

function ranInTurn({ before }: RuleInput, callee: string, scope: string): boolean {
  const own = before?.calls.filter((old) => old.scope === scope) ?? [];
  return own.some((old) => old.callee === callee) && !own.some((old) => old.callee === 'Thread.new');
}

function wasPlain(input: RuleInput, call: Call): boolean {
  return lostCallsIn(input, call.scope).some(
    (old) => old.callee === call.callee && old.runs === undefined && counterpartScope(input, old.scope) === call.scope,
  );
}

/**
 * Writes of this hunk that were waited for in this function, and now stand in a function that is handed to something whose answer
 * is thrown away: `later(() => store.save(x))`.
 */
function handedWrites(input: RuleInput): readonly Call[] {
  const { before, after, hunk } = input;
  const lost = before?.calls.filter((old) => old.use === 'awaited') ?? [];
  if (after === undefined || lost.length === 0) return [];
  const { start, lines } = hunk.after;
  return after.calls.filter((call) => {
    const { line } = call.range.start;
    if (line < start || line >= start + lines || call.use === 'awaited' || call.kind !== 'call' || isTelemetry(call.callee)) return false;
    if (!lost.some((old) => old.callee === call.callee && within(call.scope, counterpartScope(input, old.scope) ?? '\u0000'))) return false;
    if (!changesSomething(call) || isStillAwaitedName(input, call.callee)) return false;
    return after.calls.some(
      (around) =>
        around !== call &&
        around.use === 'discarded' &&
        around.args.some((argument) => /^(async )?fn$/.test(argument)) &&
        around.range.start.line <= line &&
        line <= around.range.end.line &&
        !/^(forEach|map|then|catch|finally|on|once|use|describe|it|test|each|setTimeout|setImmediate|nextTick|queueMicrotask)$/.test(
          lastName(around.callee),
        ) &&
        !runsInside(input, around),
    );
  });
}

function isStillAwaitedName(input: RuleInput, callee: string): boolean {
  const count = (facts: RuleInput['before']): number =>
    facts?.calls.filter((other) => lastName(other.callee) === lastName(callee) && other.use === 'awaited').length ?? 0;
  return count(input.after) >= count(input.before);
}

/** What runs a function and waits for it, by a name that says so, or one that was handed the same before. */
function runsInside(input: RuleInput, call: Call): boolean {
  return (
    /\b(transaction|tx|run in|lock|retry|span|trace|measure|time|before|after|act|use effect|effect)\b/.test(
      words(lastName(call.callee)),
    ) || input.before?.calls.some((old) => old.callee === call.callee && old.use === 'awaited') === true
  );
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

function wasAwaitedBefore(input: RuleInput, callee: string, scope: string): boolean {
  return (
    input.before?.calls.some(
      (old) =>
        lastName(old.callee) === lastName(callee) &&
        (old.use === 'awaited' || (isBlocking(input) && old.runs === undefined && !startsLater(input, old.scope))) &&
        (within(scope, counterpartScope(input, old.scope) ?? '\u0000') ||
          within(old.scope, scope) ||
          isCalledFrom(input, scope, old.scope)),
    ) ?? false
  );
}

/** A new function that the old one calls now: its work was taken out into it. */
function isCalledFrom({ before, after }: RuleInput, scope: string, old: string): boolean {
  const [outer = scope] = scope.split('.(');
  return (
    before?.scopes.some(({ name }) => name === outer) !== true &&
    after?.calls.some((call) => within(call.scope, old) && lastName(call.callee) === lastName(outer)) === true
  );
}

/** A language in which a call waits without a word. */
function isBlocking({ path }: RuleInput): boolean {
  return /\.(java|kt|go)$/.test(path);
}

function startsLater(input: RuleInput, scope: string): boolean {
  return (
    input.before?.calls.some((call) => within(scope, call.scope) && /^(runAsync|supplyAsync|submit)$/.test(lastName(call.callee))) === true
  );
}

/** `for … of` with an await before: the loop waited. */
function isAwaitedEach(input: RuleInput, call: Call): boolean {
  return input.before?.calls.some((old) => old.callee === call.callee && old.scope === call.scope) ?? false;
}

function changesSomething(call: Call): boolean {
  if (call.args.some((argument) => /^['"`]\s*(insert|update|delete|merge|upsert)\b/i.test(argument))) return true;
  if (/^(query|execute|exec|run)$/.test(lastName(call.callee)) && call.args.some((argument) => /^['"`]\s*select\b/i.test(argument)))
    return false;
  if (
    /^(push|pop|shift|splice|sort|reverse|fill|log|info|warn|error|debug|json|end|status|header|redirect|then|catch|finally|use|get|on|once|off)$/.test(
      lastName(call.callee),
    )
  )
    return false;
  return isWrite(call.callee) || isAudit(call.callee);
}

function isAudit(callee: string): boolean {
  return /\b(audit|ledger|journal|outbox|receipt|invoice)\b/.test(words(callee));
}

/** What may be lost. */
function isTelemetry(callee: string): boolean {
  return (
    /\b(metric|metrics|telemetry|analytics|stats|statsd|trace|tracer|span|sentry|posthog|mixpanel|segment|amplitude|datadog|prom|counter|histogram|logger|console|log|track|heartbeat|prefetch|warm|cache|beacon|ping)\b/.test(
      words(callee),
    ) && !isAudit(callee)
  );
}

const MONEY =
  /\b(balance|balances|account|accounts|ledger|payment|payments|charge|charges|refund|refunds|payout|payouts|invoice|invoices|transfer|transfers|wallet|wallets|order|orders|stock|credit|credits|debit)\b/;

function isMoney(input: RuleInput, call: Call, write: string): boolean {
  const sql = call.args.map((argument) => literal(argument) ?? argument).find((text) => /^['"`]?\s*(update|insert|delete)\b/i.test(text));
  const table =
    input.after?.statements
      .filter((statement) => statement.range.start.line >= call.range.start.line && statement.range.start.line <= call.range.end.line)
      .flatMap(({ targets }) => targets) ?? [];
  return (
    MONEY.test(words(`${table.join(' ')} ${sql === undefined ? '' : sql.slice(0, 80)}`)) ||
    /\b(charge|refund|payout|transfer|debit|credit|ledger|capture|withdraw|deposit)\b/.test(words(`${receiver(write)} ${lastName(write)}`))
  );
}
