import type { Call, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten } from '../vocabulary/code/call-names.ts';
import { endlessClaims } from '../vocabulary/locks/endless-claims.ts';
import { lostLockCalls } from '../vocabulary/locks/lock-calls.ts';
import { lostKeywords, typesWithoutLock } from '../vocabulary/locks/lock-keywords.ts';
import { lostAtomics } from '../vocabulary/locks/lost-atomics.ts';
import { lostMapSteps } from '../vocabulary/locks/lost-map-steps.ts';
import { lostOnce } from '../vocabulary/locks/lost-once.ts';
import { narrowedLocks } from '../vocabulary/locks/narrowed-locks.ts';
import { peeledWrappers } from '../vocabulary/locks/peeled-wrappers.ts';
import { lostPipelineLocks } from '../vocabulary/locks/pipeline-locks.ts';
import { lostRowLocks } from '../vocabulary/locks/row-locks.ts';
import { staticsOfRust } from '../vocabulary/locks/rust-statics.ts';
import { unlockedFields } from '../vocabulary/locks/shared-fields.ts';
import { copiedLocks, sharedLocks } from '../vocabulary/locks/shared-locks.ts';
import { takesLock } from '../vocabulary/locks/takes-lock.ts';
import { unaskedClaims } from '../vocabulary/locks/unasked-claims.ts';

/**
 * ## What it sees
 * A lock around work that stays: a mutex, `synchronized`, `with lock`, an advisory lock of a database, a lock in Redis, `FOR
 * UPDATE`. A wrapper of the project's own, told which thing it is about, whose work now stands alone. An atomic that became a plain variable, and a `static mut`.
 * A lock that is held for less: the write stands behind it, many share it, the method has a copy of it, rows that are locked are skipped;
 * a lock in a store that no longer ends by itself. What let one deploy run at a time (`concurrency`, `resource_group`), and the lock of Terraform's state.
 *
 * ## Why it matters
 * Nothing fails in a test with one thread. With two, one of the two results is lost, or a map ends the process.
 *
 * ## When it is fine
 * Another lock took its place, the state became immutable, or it is reached through a channel. These are not flagged.
 *
 * ## What it misses
 * A lock that is kept around a read whose write is said otherwise now, and one that belongs to another function.
 */
export default defineRule({
  id: 'concurrency/lock-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'Work lost its lock',
  reads: ['calls', 'options', 'symbols', 'statements', 'settings', 'commands', 'tokens'],
  evidence: [{ title: 'Go FAQ: why are map operations not atomic', url: 'https://go.dev/doc/faq#atomic_maps' }],
  *check(input): Iterable<FindingDraft> {
    if (input.after === undefined || input.before === undefined) return;
    yield* lostPipelineLocks(input);
    const flagged = new Set<string>();
    for (const draft of [
      ...lostLockCalls(input),
      ...lostAtomics(input),
      ...lostOnce(input),
      ...lostKeywords(input),
      ...lostRowLocks(input),
      ...unlockedFields(input),
      ...made(input),
      ...staticsOfRust(input),
      ...typesWithoutLock(input),
      ...wrappers(input),
      ...claims(input),
      ...mapSteps(input),
      ...unread(input),
      ...heldForLess(input),
    ]) {
      const line = `${draft.side} ${draft.range.start.line}`;
      if (flagged.has(line)) continue;
      flagged.add(line);
      yield draft;
    }
  },
});

/** A lock that is not waited for, and goes unread. */
function* unread(input: RuleInput): Iterable<FindingDraft> {
  for (const { callee, range } of unaskedClaims(input))
    yield {
      side: 'after',
      range,
      message: fitMessage(`nobody asks whether \`${shorten(callee, 28)}\` got the lock, and it does not wait`),
    };
}

/** A lock that stays and holds back less: shared with others, a copy, given back early, or held for ever by whoever dies with it. */
function* heldForLess(input: RuleInput): Iterable<FindingDraft> {
  for (const { range, was, now } of sharedLocks(input))
    yield {
      side: 'after',
      range,
      message: fitMessage(`\`${shorten(was, 24)}\` became \`${shorten(now, 24)}\`: many write at once now`),
    };
  for (const { range, type } of copiedLocks(input))
    yield { side: 'after', range, message: fitMessage(`the method locks a copy of \`${shorten(type, 24)}\`, and so nothing`) };
  for (const { side, range, write } of narrowedLocks(input))
    yield { side, range, message: fitMessage(`\`${shorten(write.replaceAll(' ', ''), 36)}\` no longer stands under the lock`) };
  for (const { side, range, callee } of endlessClaims(input))
    yield {
      side,
      range,
      message: fitMessage(`\`${shorten(callee, 24)}\` takes a lock that no longer ends by itself`),
      severity: 'medium',
    };
}

/** `SET key value NX` that sets whatever is there: who comes second takes what the first one holds. */
function* claims(input: RuleInput): Iterable<FindingDraft> {
  const isOnce = ({ callee, args }: Call): boolean =>
    lastName(callee) === 'set' && args.some((argument) => /^['"]NX['"]$|\b(?:NX|nx): true\b|^nx=True$/i.test(argument));
  const { before, after } = input;
  if (before === undefined || after === undefined || !input.removed.calls.some(isOnce)) return;
  if (after.calls.some(isOnce) || input.addedElsewhere().calls.some(isOnce)) return;
  for (const call of input.removed.calls) {
    const stays = after.calls.some(
      (other) => other.callee === call.callee && other.args.length > 1 && !before.calls.some(({ key }) => key === other.key),
    );
    if (!isOnce(call) || !stays || takesLock(call, input.path)) continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 28)}\` takes what somebody else holds: it is no longer set once alone`),
    };
  }
}

/** `oneAtATime('settle:' + day, …)`: what takes the name of a thing and a function lets one in at a time, or does something like it. */
function* wrappers(input: RuleInput): Iterable<FindingDraft> {
  for (const { call, writes, isKeyed } of peeledWrappers(input))
    if (isKeyed && !takesLock(call, input.path))
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 28)}\` no longer surrounds \`${shorten(writes[0] ?? '', 28)}\``),
        severity: 'medium',
      };
}

/** A map that was asked and changed in one step. */
function* mapSteps(input: RuleInput): Iterable<FindingDraft> {
  for (const { callee, range, scope } of lostMapSteps(input))
    yield {
      side: 'before',
      range,
      message: fitMessage(`\`${shorten(callee, 32)}\` no longer asks and sets in one step in \`${shorten(scope, 22)}\``),
    };
}

/** A map or a counter that was made for many threads and is a plain one now. */
function* made(input: RuleInput): Iterable<FindingDraft> {
  const shared =
    /^(ConcurrentHashMap|ConcurrentSkipListMap|ConcurrentLinkedQueue|CopyOnWriteArrayList|CopyOnWriteArraySet|Atomic\w+|LongAdder|Hashtable|Vector|(std::sync::)?(Mutex|RwLock)::new|Atomic\w+::new|Collections\.synchronized\w+|DashMap::new)$/;
  const plain =
    /^(HashMap|TreeMap|LinkedHashMap|ArrayList|LinkedList|HashSet|ArrayDeque|Cell::new|RefCell::new|UnsafeCell::new|HashMap::new|BTreeMap::new)$/;
  for (const call of input.removed.calls) {
    if (!shared.test(call.callee)) continue;
    const fresh = input.added.calls.find((other) => plain.test(other.callee) && other.scope === call.scope);
    const count = (facts: SourceFacts | undefined): number => facts?.calls.filter((other) => other.callee === call.callee).length ?? 0;
    // As many as before: only its type arguments were written otherwise.
    if (fresh === undefined || count(input.after) >= count(input.before)) continue;
    yield {
      side: 'after',
      range: fresh.range,
      message: fitMessage(`\`${shorten(call.callee, 26)}\` became \`${shorten(fresh.callee, 26)}\`, which no lock protects`),
    };
  }
}
