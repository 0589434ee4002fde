import type { Call, Option, SourceFacts, SymbolFact } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, receiver, shorten, words } from '../vocabulary/code/call-names.ts';
import { tokensOn } from '../vocabulary/code/code-text.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { keepOf } from '../vocabulary/code/kept.ts';
import { asksElsewhere, isExtracted, isNewPart, newCallsIn } from '../vocabulary/code/scope-changes.ts';
import { tokensOf } from '../vocabulary/code/token-lines.ts';
import { isAskedByStatement } from '../vocabulary/guards/bounded-otherwise.ts';
import { isRunBesideLock, isRunUnderLock } from '../vocabulary/locks/lock-wrappers.ts';
import { isLockedInPart } from '../vocabulary/locks/locked-parts.ts';
import { peeledWrappers } from '../vocabulary/locks/peeled-wrappers.ts';
import { changesPlainMap } from '../vocabulary/locks/plain-maps.ts';
import { staticsOfRust } from '../vocabulary/locks/rust-statics.ts';
import { hasLock, takesLock } from '../vocabulary/locks/takes-lock.ts';
import { innermost, unsynchronizedType } from '../vocabulary/locks/unsynchronized-types.ts';

/**
 * ## What it sees
 * A lock around work that stays: a mutex, `synchronized`, `with lock`, an advisory lock of a database, a lock in Redis, `FOR
 * UPDATE`. A wrapper of the project's own, told which thing it is about, whose work now stands alone. An atomic that became a plain variable, and a `static mut`.
 *
 * ## Why it matters
 * Nothing fails in a test with one thread. With two, one of the two results is lost, or a map ends the process.
 *
 * ## When it is fine
 * Another lock took its place, the state became immutable, or it is reached through a channel. These are not flagged.
 *
 * ## What it misses
 * A lock that is kept and held for less, and one that belongs to another function.
 */
export default defineRule({
  id: 'concurrency/lock-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'Work lost its lock',
  reads: ['calls', 'options', 'symbols', 'statements', 'tokens'],
  evidence: [{ title: 'Go FAQ: why are map operations not atomic', url: 'https://go.dev/doc/faq#atomic_maps' }],
  *check(input): Iterable<FindingDraft> {
    if (input.after === undefined || input.before === undefined) return;
    const flagged = new Set<string>();
    for (const draft of [
      ...calls(input),
      ...atomics(input),
      ...keywords(input),
      ...rowLocks(input),
      ...fields(input),
      ...made(input),
      ...staticsOfRust(input),
      ...wholeTypes(input),
      ...wrappers(input),
      ...claims(input),
    ]) {
      const line = `${draft.side} ${draft.range.start.line}`;
      if (flagged.has(line)) continue;
      flagged.add(line);
      yield draft;
    }
  },
});

/** `SET key value NX` that sets whatever is there: who comes second takes what the first one holds. */
function* claims(input: RuleInput): Iterable<FindingDraft> {
  const isOnce = ({ callee, args }: Call): boolean =>
    lastName(callee) === 'set' && args.some((argument) => /^['"]NX['"]$|\b(?:NX|nx): true\b|^nx=True$/i.test(argument));
  const { before, after } = input;
  if (before === undefined || after === undefined || after.calls.some(isOnce) || input.addedElsewhere().calls.some(isOnce)) return;
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

/** The file holds values now that need no lock, and held none before. */
function becameLockFree(input: RuleInput): boolean {
  const [before, after] = [input.before, input.after];
  return after !== undefined && isLockFree(after) && !(before !== undefined && isLockFree(before));
}

const isLockFree = keepOf((facts: SourceFacts) =>
  /\batomic\.|sync\.Map|\bAtomic\w+|\bchan |ConcurrentHashMap|DashMap|mpsc::/.test(tokensOf(facts, '')),
);

/** `atomic.AddInt64(&n, 1)` that became `n++`: what was one step is two. */
function* atomics(input: RuleInput): Iterable<FindingDraft> {
  const isAtomic = (call: Call): boolean =>
    /(^|\.)(atomic\.(Add|CompareAndSwap|Swap|Or|And)\w*|fetch_(add|sub|max|min|update|and|or)|compare_exchange\w*|incrementAndGet|getAndIncrement|decrementAndGet|addAndGet|getAndAdd|compareAndSet|Atomics\.(add|sub|compareExchange))$/.test(
      call.callee,
    );
  for (const call of input.removed.calls.filter(isAtomic)) {
    const scope = counterpartScope(input, call.scope);
    if (
      scope === undefined ||
      scope === '' ||
      input.after?.calls.some((other) => within(other.scope, scope) && (isAtomic(other) || takesLock(other, input.path)))
    )
      continue;
    if (!/\+\+|--|[+-]=|=\w[\w.]*[+-]/.test(tokensOf(input.after, scope)) || /[+][+]|[+-]=/.test(tokensOf(input.before, call.scope)))
      continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 32)}\` no longer changes it in one step in \`${shorten(scope, 24)}\``),
    };
  }
}

function* calls(input: RuleInput): Iterable<FindingDraft> {
  const scopes = new Set<string>();
  for (const call of input.removed.calls) {
    if (!takesLock(call, input.path) || scopes.has(call.scope)) continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || hasLock(input.after, scope, input.path)) continue;
    if (isExtracted(input, call) && !isRunBesideLock(input, call.scope)) continue;
    if (becameLockFree(input) && !changesPlainMap(input.after, scope)) continue;
    // One statement that asks and changes needs no lock.
    if (input.removed.guards.some((guard) => guard.scope === call.scope && isAskedByStatement(input, guard))) continue;
    if (
      newCallsIn(input, call.scope).some(
        (other) =>
          takesLock(other, input.path) ||
          /^lock /.test(words(lastName(other.callee))) ||
          /\b(transaction|atomic|queue|channel|compare and set|increment)\b/.test(words(other.callee)),
      )
    )
      continue;
    if (isStateGone(input, call, scope)) continue;
    if (isLockFreeWork(input, scope) || !doesWork(input.after, scope) || isLockedInPart(input, scope, call.scope, call.range.start.line))
      continue;
    if (isRunUnderLock(input, call.scope, call.range.start.line)) continue;
    scopes.add(call.scope);
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 32)}\` no longer protects \`${shorten(scope, 28) || 'the module'}\``),
    };
  }
}

/** What is left needs no lock, and no plain map is changed beside it. */
function isLockFreeWork(input: RuleInput, scope: string): boolean {
  return usesChannel(input, scope) && !changesPlainMap(input.after, scope);
}

/** All that was set between the lock and its release has no name in the function any more. */
function isStateGone({ before, after, path }: RuleInput, call: Call, scope: string): boolean {
  if (before?.language !== 'go' || after === undefined || scope === '') return false;
  const from = call.range.end.line;
  const release = before.calls.find(
    (other) =>
      other.scope === call.scope && other.range.start.line > from && /^(r?unlock|RUnlock|Unlock|release)$/i.test(lastName(other.callee)),
  );
  if (release === undefined || !takesLock(call, path)) return false;
  const tokens = tokensOn(before, from + 1, release.range.start.line - 1);
  const set = tokens.flatMap(({ text }, at) => (/^(=|[-+*/|&]=|\+\+|--)$/.test(text) ? [tokens[at - 1]?.text ?? ''] : []));
  const now = new Set(tokensOf(after, scope).match(/[A-Za-z_$][\w$]*/g));
  return set.length > 0 && set.every((name) => /^[A-Za-z_$][\w$]*$/.test(name) && !now.has(name));
}

/** A Go channel, an atomic value or a concurrent map needs no lock. */
function usesChannel(input: RuleInput, scope: string): boolean {
  const text = tokensOf(input.after, scope);
  return (
    /<-|\batomic\.|sync\.Map|ConcurrentHashMap|AtomicLong|AtomicInteger|AtomicReference|\.(fetch_add|compare_exchange|fetch_update|incrementAndGet|getAndIncrement|compareAndSet|LoadOrStore|computeIfAbsent)\(/.test(
      text,
    ) && !/<-|\batomic\.|sync\.Map|ConcurrentHashMap|Atomic/.test(tokensOf(input.before, scope))
  );
}

/** Something is left to protect: a call, or an assignment. */
function doesWork(facts: SourceFacts | undefined, scope: string): boolean {
  const text = tokensOf(facts, scope);
  return (facts?.calls.some((call) => within(call.scope, scope)) ?? false) || /[\w\])](\+\+|--|\+=|-=|=(?!=|>))/.test(text);
}

/** Java's `synchronized`, and `with lock:` whose lock is no call. */
function* keywords(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  const { start, lines } = input.hunk.before;
  if (!tokensOn(before, start, start + lines - 1).some(({ text }) => text === 'synchronized' || text === 'with')) return;
  for (const place of before.scopes) {
    if (place.endLine < start || place.startLine >= start + lines) continue;
    const scope = counterpartScope(input, place.name);
    if (scope === undefined) continue;
    if (becameLockFree(input) && !changesPlainMap(after, scope)) continue;
    const line = keywordLine(before, place, input.hunk.before);
    if (line === undefined || innermost(before, line) !== place.name) continue;
    const text = tokensOf(before, place.name);
    const now = tokensOf(after, scope);
    if (count(now) >= count(text) || hasLock(input.after, scope, input.path) || isLockFreeWork(input, scope) || !doesWork(after, scope))
      continue;
    if (isLockedInPart(input, scope, place.name, line) || isRunUnderLock(input, place.name, line)) continue;
    yield {
      side: 'before',
      range: lineRange(line),
      message: fitMessage(`\`${shorten(place.name, 36)}\` is no longer ${/synchronized/.test(text) ? 'synchronized' : 'locked'}`),
    };
  }
}

/** A type that was rewritten, its methods renamed with it, and that locks nowhere now. */
function* wholeTypes(input: RuleInput): Iterable<FindingDraft> {
  const lost = unsynchronizedType(input);
  if (lost !== undefined)
    yield {
      side: 'before',
      range: lineRange(lost.line),
      message: fitMessage(`nothing in \`${shorten(lost.type, 30)}\` is synchronized any more`),
    };
}

function count(text: string): number {
  return text.match(/\bsynchronized\b|\bwith [\w.]*lock\w*:|\bwith [\w.]*(mutex|_mu)\b[^:]*:/gi)?.length ?? 0;
}

function keywordLine(
  facts: SourceFacts,
  place: { readonly startLine: number; readonly endLine: number },
  span: { readonly start: number; readonly lines: number },
): number | undefined {
  const tokens = tokensOn(facts, Math.max(place.startLine, span.start), Math.min(place.endLine, span.start + span.lines - 1));
  for (const [at, token] of tokens.entries()) {
    if (token.text === 'synchronized') return token.line;
    if (token.text !== 'with') continue;
    const rest = tokens.slice(at + 1, at + 8).filter((other) => other.line === token.line);
    if (rest.some(({ text }) => /lock|mutex|_mu$/i.test(text))) return token.line;
  }
  return undefined;
}

function lineRange(line: number): FindingDraft['range'] {
  return { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
}

/** `SELECT … FOR UPDATE`, `select_for_update()`, `lock: { mode: 'pessimistic_write' }`. */
function* rowLocks(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    if (!/^(select_for_update|with_for_update|forUpdate|forShare|setLock|lockForUpdate|lock_for_update)$/.test(lastName(call.callee)))
      continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined) continue;
    const own = lastName(call.callee);
    if (
      input.after?.calls.some((other) => within(other.scope, scope) && lastName(other.callee) === own) === true ||
      isExtracted(input, call) ||
      input.removed.guards.some((guard) => guard.scope === call.scope && isAskedByStatement(input, guard)) ||
      newCallsIn(input, call.scope).some((other) => locksByName(other) || takesLock(other, input.path))
    )
      continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${own}\` no longer locks the rows of \`${shorten(scope, 30) || 'the module'}\``),
    };
  }
  for (const statement of input.removed.statements) {
    if (statement.verb !== 'select' || !locksRows(statement.names)) continue;
    const scope = counterpartScope(input, statement.scope);
    const now = input.after?.statements.find(
      (other) => other.verb === 'select' && other.targets.join() === statement.targets.join() && other.scope === scope,
    );
    if (now === undefined || locksRows(now.names)) continue;
    yield {
      side: 'after',
      range: now.range,
      message: fitMessage(`\`FOR UPDATE\` no longer locks the rows of \`${shorten(statement.targets[0] ?? 'the query', 24)}\``),
    };
  }
  for (const option of input.removed.options) {
    if (option.name !== 'lock' || !/pessimistic|UPDATE|true|LOCK\./.test(option.value)) continue;
    const scope = counterpartScope(input, option.scope);
    const isLock = (other: Option): boolean => other.name === 'lock' && /pessimistic|UPDATE|true|LOCK\./.test(other.value);
    // The query went to a new function, of this file or another, and took its lock along.
    const cameAlong =
      input.after?.options.some((other) => isLock(other) && isNewPart(input, other.scope, option.scope)) === true ||
      input.addedElsewhere().options.filter(isLock).some(asksElsewhere(input, option.scope));
    if (
      scope === undefined ||
      cameAlong ||
      input.after?.options.some((other) => other.name === 'lock' && within(other.scope, scope)) === true
    )
      continue;
    yield { side: 'before', range: option.range, message: fitMessage(`\`lock: ${shorten(option.value, 30)}\` no longer locks the rows`) };
  }
}

/** An own function that is called after what it does to the rows: `orders_select_for_update()`, `lockForUpdate(ids)`. */
function locksByName({ callee }: Call): boolean {
  return /\b(for update|with lock|acquire lock|lock rows?|locked rows?)\b/.test(words(lastName(callee)));
}

function locksRows(names: readonly string[]): boolean {
  const text = names.join(' ');
  return /\bfor (no key )?update\b|\bfor share\b|\bupdlock\b/.test(text) && !/\bskip locked\b/.test(text);
}

const SHARED_TYPE =
  /\b(Mutex|RwLock|RWMutex|ReentrantLock|ReentrantReadWriteLock|StampedLock|ConcurrentHashMap|ConcurrentMap|Atomic(U?(8|16|32|64)|[UI]\w*|Bool\w*|Long\w*|Ref\w*|Ptr)|atomic\.\w+|DashMap)\b/;

/** Fields whose type was a lock or an atomic and that are kept as something plain. */
function* fields(input: RuleInput): Iterable<FindingDraft> {
  for (const symbol of input.removed.symbols) {
    const [shared] = SHARED_TYPE.exec(symbol.type) ?? [];
    if (shared === undefined) continue;
    if (becameLockFree(input)) return;
    const now = input.after?.symbols.find((other) => other.name === symbol.name);
    if (shared !== undefined && now === undefined && lostItsLock(input, symbol)) {
      yield {
        side: 'before',
        range: symbol.range,
        message: fitMessage(`\`${shorten(symbol.name, 26)}\` is gone, and nothing in its place locks`),
      };
      continue;
    }
    if (shared === undefined || now === undefined || now.type === '' || SHARED_TYPE.test(now.type)) continue;
    // A wider type in the declaration, and the same thing made behind it.
    const count = (facts: SourceFacts | undefined): number => facts?.tokens.filter((token) => token.text === shared).length ?? 0;
    if (
      /^(Map|ConcurrentMap|Queue|List|Set)\b/.test(now.type) &&
      input.after?.calls.some((call) => call.callee.startsWith(shared)) === true
    )
      continue;
    if (count(input.after) >= count(input.before)) continue;
    yield {
      side: 'before',
      range: symbol.range,
      message: fitMessage(`\`${shorten(symbol.name, 26)}\` is no longer a \`${shorten(symbol.type, 28)}\``),
    };
  }
}

/** The field of a lock went from a type that stays, its functions stay too, and no lock is taken or held in the file any more. */
function lostItsLock({ before, after, path }: RuleInput, symbol: SymbolFact): boolean {
  const at = symbol.name.lastIndexOf('.');
  const [owner, name] = [symbol.name.slice(0, Math.max(0, at)), symbol.name.slice(at + 1)];
  if (before === undefined || after === undefined || owner === '' || !/\b(Mutex|RW?Lock|RWMutex|\w*Lock)\b/.test(symbol.type)) return false;
  if (!after.symbols.some((other) => other.name === owner)) return false;
  if (after.calls.some((call) => takesLock(call, path)) || after.symbols.some((other) => SHARED_TYPE.test(other.type))) return false;
  if (/\bsynchronized\b|<-/.test(tokensOf(after, ''))) return false;
  const holders = before.calls.filter((call) => takesLock(call, path) && receiver(call.callee).split('.').includes(name));
  return holders.some((call) => after.scopes.some((scope) => scope.name === call.scope));
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
