import type { Call, Guard, Option } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { callWords, lastName, receiver, shorten, words } from '../vocabulary/code/call-names.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { isIn, workScopes } from '../vocabulary/code/own-parts.ts';
import { asksElsewhere, isExtracted, isNewPart, newCallsIn, newGuardsIn } from '../vocabulary/code/scope-changes.ts';
import { callsInside, guardKind } from '../vocabulary/guards/guard-kinds.ts';
import { lostGuards } from '../vocabulary/guards/lost-guards.ts';
import { takesLock } from '../vocabulary/locks/takes-lock.ts';
import { isFoundTwiceOtherwise } from '../vocabulary/money/batch-duplicates.ts';
import { doneMark, isKnownMessage, isMarkUnasked } from '../vocabulary/money/done-marks.ts';
import { isFoundOrMade, isInsertedOnce } from '../vocabulary/money/inserted-once.ts';
import { lostConflicts, lostIndexes, lostUniqueFields, lostUniqueness } from '../vocabulary/money/lost-uniqueness.ts';
import { actsIn, actsOnce, isJobKey, isKeyed, isNeverAsked, isOnceKey, keepsKey, notesAsked } from '../vocabulary/money/once-keys.ts';
import { lostOnceMounts } from '../vocabulary/money/once-mounts.ts';
import { lostProducerKeys } from '../vocabulary/money/producer-keys.ts';
import { contentKeys, randomKeys } from '../vocabulary/money/random-keys.ts';
import { isSameCall } from '../vocabulary/money/same-calls.ts';
import { unaskedInserts } from '../vocabulary/money/unasked-inserts.ts';

/**
 * ## What it sees
 * A key or a check that makes a charge, a refund, a transfer or a message happen once, and that goes away while the act stays,
 * a key that is a random one now, new on every try (also one that is handed to a client of one's own), or a unique index that knew a request again and is dropped;
 * middleware or an annotation that kept a route to one time, and a producer of Kafka that is idempotent no more.
 *
 * ## Why it matters
 * Networks answer late and callers try again. Without the key the second try takes the money a second time.
 *
 * ## When it is fine
 * The key moved into the client, or another check of the same kind took its place in the same function. These are not flagged.
 *
 * ## What it misses
 * A key that the caller no longer hands in.
 */
export default defineRule({
  id: 'money/idempotency-removed',
  version: '1.1.0',
  severity: 'high',
  confidence: 'high',
  title: 'An act may now happen twice',
  reads: ['options', 'guards', 'calls', 'statements', 'settings'],
  evidence: [{ title: 'Stripe: idempotent requests', url: 'https://docs.stripe.com/api/idempotent_requests' }],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<number>();
    for (const option of input.removed.options) {
      if (!(isOnceKey(option.name) || isJobKey(option)) || flagged.has(option.range.start.line)) continue;
      const scope = counterpartScope(input, option.scope);
      if (scope === undefined || keepsKey(input, scope, option.name) || wentToClient(input) || READS.test(lastName(option.callee)))
        continue;
      if (
        option.callee !== '' &&
        input.after?.calls.some(
          (call) => isSameCall(call.callee, option.callee) && (within(call.scope, scope) || isNewPart(input, call.scope, option.scope)),
        ) !== true &&
        // What a call is handed by a name of its own: `input := &sqs.SendMessageInput{…}`.
        input.after?.options.some((other) => other.callee === option.callee && within(other.scope, scope)) !== true &&
        !isSentElsewhere(input, option)
      )
        continue;
      flagged.add(option.range.start.line);
      yield {
        side: 'before',
        range: option.range,
        message: fitMessage(`\`${shorten(option.name, 24)}\` is gone: \`${shorten(option.callee || option.scope, 26)}\` may happen twice`),
      };
    }
    for (const draft of [
      ...randomKeys(input),
      ...lostCalls(input),
      ...lostOnceMounts(input),
      ...unaskedInserts(input),
      ...lostProducerKeys(input),
      ...lostConflicts(input),
      ...lostUniqueness(input),
      ...lostUniqueFields(input),
      ...lostIndexes(input),
      ...contentKeys(input),
      ...questions(input),
    ]) {
      if (flagged.has(draft.range.start.line)) continue;
      flagged.add(draft.range.start.line);
      yield draft;
    }
    for (const guard of lostGuards(input, (candidate) => asksForDone(input, candidate))) {
      const scope = counterpartScope(input, guard.scope);
      if (scope === undefined || keepsKey(input, scope)) continue;
      const mark = doneMark(guard);
      const isMarked = mark !== undefined && isMarkUnasked(input, guard, scope, mark);
      const isNoted = notesAsked(input.after, guard, scope) && isNeverAsked(input.after, guard, scope);
      if (!isNoted && !((isMarked || isByItsWords(input, guard)) && actsOnce(input, scope))) continue;
      if (newGuardsIn(input, guard.scope).some((other) => guardKind(other, []) === 'duplicate') || isFoundOrMade(input, guard)) continue;
      if (isInsertedOnce(input, guard) || isFoundTwiceOtherwise(input, guard.test, guard.range.start.line, scope)) continue;
      yield {
        side: 'before',
        range: guard.range,
        message: fitMessage(`\`${shorten(guard.test, 30)}\` no longer keeps \`${shorten(guard.scope, 20) || 'it'}\` to one time`),
      };
    }
  },
});

/** What only reads may be asked as often as one likes. */
const READS = /^(?:list|get|retrieve|search|find|fetch|read|head|count|describe)(?![a-z])/;

/** By its words, or because the function notes what it did where the guard asks. */
function asksForDone(input: RuleInput, guard: Guard): boolean {
  return (
    isByItsWords(input, guard) || doneMark(guard) !== undefined || (guard.exit === 'return' && notesAsked(input.before, guard, guard.scope))
  );
}

function isByItsWords({ before }: RuleInput, guard: Guard): boolean {
  // What was taken already is reckoned with: `already + cents > paid`.
  if (/[<>]/.test(guard.test) && / [-+*] /.test(guard.test)) return false;
  return isKnownMessage(guard) || guardKind(guard, callsInside(guard, before?.calls ?? [])) === 'duplicate';
}

/** Calls that set a key, or that make a record where there is none yet. */
function* lostCalls(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    const scope = counterpartScope(input, call.scope);
    const isOnce =
      /^(get_or_create|update_or_create|findOrCreate|find_or_create_by|firstOrCreate|upsert|setnx|SetNX|setIfAbsent|putIfAbsent)$/.test(
        lastName(call.callee),
      ) || isClaim(call);
    if (
      (!isOnce && !isKeyed(call)) ||
      scope === undefined ||
      keepsKey(input, scope) ||
      !(actsOnce(input, scope) || (isClaim(call) && input.before !== undefined && actsIn(input.before, call.scope))) ||
      // Other headers are set in the new function too; whether the key went there is asked above.
      (isOnce && isExtracted(input, call)) ||
      wentToClient(input)
    )
      continue;
    const now = newCallsIn(input, call.scope);
    // A lock that is taken in another way is judged as a lock.
    if (isOnce && now.some((other) => takesLock(other, input.path))) continue;
    if (
      isOnce &&
      now.some((other) =>
        /^(get_or_create|update_or_create|findOrCreate|upsert|setnx|SetNX|setIfAbsent|putIfAbsent|createMany|on_conflict_do_nothing|onConflictDoNothing)$/.test(
          lastName(other.callee),
        ),
      )
    )
      continue;
    if (
      isOnce &&
      !isClaim(call) &&
      !/\b(payments?|charges?|refunds?|payouts?|transfers?|invoices?|orders?|ledger|entry|entries|credits?|webhooks?|events?|lock|dedupe?|processed|idempoten\w*)\b/.test(
        callWords(call),
      )
    )
      continue;
    if (input.after?.calls.some((other) => within(other.scope, scope) && isKeyed(other)) === true) continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(
        `\`${shorten(isOnceKey(call.args[0] ?? '') ? (call.args[0] ?? '').replace(/['"]/g, '') : lastName(call.callee), 26)}\` is gone: \`${shorten(scope, 26) || 'it'}\` may happen twice`,
      ),
    };
  }
}

/** Django's `cache.add(key, 1)` and Redis' `SET … NX`, which answer whether it was the first. */
function isClaim({ callee, use, args }: Call): boolean {
  if (lastName(callee) === 'set' && use !== 'discarded' && args.some((argument) => /^['"]NX['"]$|\bNX: true\b|^nx=True$/i.test(argument)))
    return !/lock/i.test(args[0] ?? '');
  return use === 'used' && /(?:^|\.)\w*cache\w*(?:\[[^\]]*\])?\.a?add$/i.test(callee);
}

/** A function or a client of another file, which came with the change, sends it now: `self._http.post` of `httpx.post`. */
function isSentElsewhere(input: RuleInput, { callee, scope }: Option): boolean {
  const isAsked = asksElsewhere(input, scope);
  return input.addedElsewhere().calls.some((call) => isSameCall(call.callee, callee) && isAsked(call));
}

/** Another file of the change gained the key: it went into the client. */
function wentToClient(input: RuleInput): boolean {
  const elsewhere = input.addedElsewhere();
  return elsewhere.options.some((option) => isOnceKey(option.name)) || elsewhere.calls.some(isKeyed);
}

/** The question whether it was done already, gone from a function that still does it. */
function* questions(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    const scope = counterpartScope(input, call.scope);
    const asks =
      /\b(already|was processed|is processed|has processed|is duplicate|is replay|claim once)\b/.test(words(lastName(call.callee))) ||
      (call.use !== 'discarded' &&
        (REMEMBERS.test(words(receiver(call.callee))) || (call.args.length > 0 && ASKS_DONE.test(words(lastName(call.callee))))));
    // What is thrown, `new AlreadyMember()`, asks nothing: its condition is judged.
    if (
      !asks ||
      scope === undefined ||
      call.kind === 'decorator' ||
      call.kind === 'new' ||
      (call.args.length === 0 && TAKES_LOCK.test(lastName(call.callee))) ||
      keepsKey(input, scope) ||
      !actsOnce(input, scope)
    )
      continue;
    // What is asked is whether the row went in.
    if (input.before?.guards.some((guard) => callsInside(guard, [call]).length > 0 && isInsertedOnce(input, guard)) === true) continue;
    const isSame = (other: Call): boolean => lastName(other.callee) === lastName(call.callee);
    const parts = input.after === undefined ? [] : workScopes(input.after, scope);
    const still = input.after?.calls.some((other) => isIn(parts, other.scope) && isSame(other));
    if (still === true || isExtracted(input, call)) continue;
    if (isFoundTwiceOtherwise(input, call.callee, call.range.start.line, scope)) continue;
    // Another file of the change asks it, in a function that this one asks now.
    if (input.addedElsewhere().calls.filter(isSame).some(asksElsewhere(input, call.scope))) continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(lastName(call.callee), 28)}\` is gone: \`${shorten(call.scope, 26)}\` may happen twice`),
    };
  }
}

/** How a lock of Rust hands out what it holds asks nothing of it: `self.seen.lock()`. */
const TAKES_LOCK = /^(?:try_)?(?:lock|read|write|borrow|borrow_mut)$|^(?:clone|as_ref|as_mut|iter)$/;

/** A store is asked by the word itself: `store.Processed(ctx, id)`. */
const ASKS_DONE = /^(?:processed|handled|seen|applied|consumed|delivered|duplicate|duplicated|replayed)$/;

/** A store of what was done: `seen.first(id)`, `inbox.claim(id)`, `dedupe.check(id)`. */
const REMEMBERS =
  /\b(seen|dedupe|dedup|deduper|deduplicator|processed|handled|inbox|replays?|replay guard|nonces?|duplicates?|claims|once guard)$/;
