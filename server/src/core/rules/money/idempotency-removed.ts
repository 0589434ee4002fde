import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { callWords, lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { counterpartScope, isExtracted, lostGuards, newCallsIn, newGuardsIn, within } from '../vocabulary/code/counterpart.ts';
import { callsInside, guardKind } from '../vocabulary/code/guard-kinds.ts';

/**
 * ## What it sees
 * A key or a check that makes a charge, a refund, a transfer or a message happen once, and that goes away while the act stays,
 * or a key that is a random one now, new on every try.
 *
 * ## Why it matters
 * Networks answer late and callers try again. Without the key the second try takes the money a second time.
 *
 * ## When it is fine
 * The key moved into the client, or another check of the same kind took its place in the same function. These are not flagged.
 *
 * ## What it misses
 * A key that is made of a time, and one that the caller no longer hands in.
 */
export default defineRule({
  id: 'money/idempotency-removed',
  version: '1.1.0',
  severity: 'high',
  confidence: 'high',
  title: 'An act may now happen twice',
  reads: ['options', 'guards', 'calls', 'statements'],
  evidence: [{ title: 'Stripe: idempotent requests', url: 'https://docs.stripe.com/api/idempotent_requests' }],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<number>();
    for (const option of input.removed.options) {
      if (!isKey(option.name) || flagged.has(option.range.start.line)) continue;
      const scope = counterpartScope(input, option.scope);
      if (scope === undefined || keepsKey(input, scope) || wentToClient(input)) continue;
      if (
        option.callee !== '' &&
        input.after?.calls.some((call) => isSameCall(call.callee, option.callee) && within(call.scope, scope)) !== true
      )
        continue;
      flagged.add(option.range.start.line);
      yield {
        side: 'before',
        range: option.range,
        message: fitMessage(`\`${shorten(option.name, 24)}\` is gone: \`${shorten(option.callee || option.scope, 26)}\` may happen twice`),
      };
    }
    for (const draft of [...randomKeys(input), ...lostCalls(input), ...lostConflicts(input), ...questions(input)]) {
      if (flagged.has(draft.range.start.line)) continue;
      flagged.add(draft.range.start.line);
      yield draft;
    }
    const before = input.before?.calls ?? [];
    for (const guard of lostGuards(input, (candidate) => guardKind(candidate, callsInside(candidate, before)) === 'duplicate')) {
      const scope = counterpartScope(input, guard.scope);
      if (scope === undefined || keepsKey(input, scope) || !acts(input, scope)) continue;
      if (newGuardsIn(input, guard.scope).some((other) => guardKind(other, []) === 'duplicate')) continue;
      yield {
        side: 'before',
        range: guard.range,
        message: fitMessage(`\`${shorten(guard.test, 30)}\` no longer keeps \`${shorten(guard.scope, 20) || 'it'}\` to one time`),
      };
    }
  },
});

/** `stripe.refunds.create` is `this.stripe.refunds.create` and `self._client.refunds.create`: the client's name is nobody's business. */
function isSameCall(one: string, other: string): boolean {
  const act = (callee: string): string => callee.split(/\.|::/).slice(-2).join('.').toLowerCase();
  return one === other || (act(one) === act(other) && act(one).includes('.'));
}

const RANDOM =
  /\b(randomUUID|uuidv?[1-7]?|uuid4|nanoid|ulid|NewString|New_v4|new_v4|NewRandom|randomBytes|token_hex|token_urlsafe|token_bytes|Math\.random|Date\.now|time\.time|time_ns|UnixNano|currentTimeMillis|nanoTime|cuid|createId|getrandbits|Guid)\b/;

/** A key that was made of what is paid, and is another one on every try now. */
function* randomKeys(input: RuleInput): Iterable<FindingDraft> {
  const say = (name: string): string => fitMessage(`\`${shorten(name, 30)}\` is new on every try and keeps nothing to one time`);
  for (const option of input.added.options) {
    if (!isKey(option.name) || !RANDOM.test(option.value)) continue;
    const old = input.removed.options.find(
      (other) => isKey(other.name) && (other.callee === option.callee || counterpartScope(input, other.scope) === option.scope),
    );
    if (old !== undefined && !RANDOM.test(old.value)) yield { side: 'after', range: option.range, message: say(option.name) };
  }
  for (const call of input.added.calls) {
    const keyed = isKeyed(call) && RANDOM.test(call.args.join(' '));
    const old = keyed
      ? input.removed.calls.find((other) => isKeyed(other) && counterpartScope(input, other.scope) === call.scope)
      : undefined;
    if (old !== undefined && !RANDOM.test(old.args.join(' ')))
      yield { side: 'after', range: call.range, message: say(lastName(call.callee)) };
    // A variable of the function that is handed over as the key.
    if (keyed || !RANDOM.test(call.callee)) continue;
    const tokens = input.after?.tokens.filter((token) => token.line === call.range.start.line).map((token) => token.text) ?? [];
    const name = tokens[tokens.findIndex((token) => token === '=' || token === ':=') - 1] ?? '';
    const isHanded =
      input.after?.options.some((option) => isKey(option.name) && option.value === name && within(option.scope, call.scope)) === true;
    const wasRandom =
      input.before?.calls.some((other) => RANDOM.test(other.callee) && counterpartScope(input, other.scope) === call.scope) === true;
    const stood = input.before?.tokens.some((token) => token.text === name) === true;
    if ((isHanded || isKey(name)) && stood && !wasRandom && acts(input, call.scope))
      yield { side: 'after', range: call.range, message: say(name) };
  }
}

/** `.setIdempotencyKey(key)` and `Header.Set("Idempotency-Key", key)`. */
function isKeyed(call: Call): boolean {
  return (
    call.kind !== 'decorator' &&
    (isKey(lastName(call.callee)) || (/^(set|Set|Add|add|header|append|put)$/.test(lastName(call.callee)) && isKey(call.args[0] ?? '')))
  );
}

/** Calls that set a key, or that make a record where there is none yet. */
function* lostCalls(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    const scope = counterpartScope(input, call.scope);
    const isOnce =
      /^(get_or_create|update_or_create|findOrCreate|find_or_create_by|firstOrCreate|upsert|setnx|SetNX|setIfAbsent|putIfAbsent)$/.test(
        lastName(call.callee),
      );
    if (
      (!isOnce && !isKeyed(call)) ||
      scope === undefined ||
      keepsKey(input, scope) ||
      !acts(input, scope) ||
      isExtracted(input, call) ||
      wentToClient(input)
    )
      continue;
    const now = newCallsIn(input, call.scope);
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
        `\`${shorten(isKey(call.args[0] ?? '') ? (call.args[0] ?? '').replace(/['"]/g, '') : lastName(call.callee), 26)}\` is gone: \`${shorten(scope, 26) || 'it'}\` may happen twice`,
      ),
    };
  }
}

/** `INSERT … ON CONFLICT DO NOTHING` without its conflict. */
function* lostConflicts(input: RuleInput): Iterable<FindingDraft> {
  for (const old of input.removed.statements) {
    const isOnce = (names: readonly string[]): boolean =>
      names.includes('conflict') || names.includes('ignore') || names.includes('duplicate');
    if (
      old.verb !== 'insert' ||
      !isOnce(old.names) ||
      !/payment|charge|refund|payout|transfer|invoice|ledger|credit|event|idempot|processed|debit|order/.test(old.targets.join(' '))
    )
      continue;
    const now = input.added.statements.find((other) => other.verb === 'insert' && other.targets.join() === old.targets.join());
    if (now !== undefined && !isOnce(now.names))
      yield {
        side: 'after',
        range: now.range,
        message: fitMessage(`the insert into \`${shorten(old.targets.join(), 28)}\` no longer keeps it to one row`),
      };
  }
}

/** Another file of the change gained the key: it went into the client. */
function wentToClient(input: RuleInput): boolean {
  const elsewhere = input.addedElsewhere();
  return elsewhere.options.some((option) => isKey(option.name)) || elsewhere.calls.some(isKeyed);
}

/** The question whether it was done already, gone from a function that still does it. */
function* questions(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    const scope = counterpartScope(input, call.scope);
    const asks = /\b(already|was processed|is processed|has processed|is duplicate|is replay|claim once)\b/.test(
      words(lastName(call.callee)),
    );
    if (!asks || scope === undefined || call.kind === 'decorator' || keepsKey(input, scope) || !acts(input, scope)) continue;
    const still = input.after?.calls.some((other) => within(other.scope, scope) && lastName(other.callee) === lastName(call.callee));
    if (still === true || isExtracted(input, call)) continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(lastName(call.callee), 28)}\` is gone: \`${shorten(call.scope, 26)}\` may happen twice`),
    };
  }
}

function isKey(name: string): boolean {
  return /\b(idempotency|idempotent|idempotence|dedupe|deduplication|dedup|client token|request token|unique request|message deduplication id)\b/.test(
    words(name),
  );
}

function keepsKey(input: RuleInput, scope: string): boolean {
  if (input.after?.options.some((option) => within(option.scope, scope) && isKey(option.name)) === true) return true;
  return newCallsIn(input, scope).some((call) => isKey(call.callee) || call.args.some(isKey));
}

/** Something that must happen once still happens here. */
function acts(input: RuleInput, scope: string): boolean {
  return (
    input.after?.calls.some(
      (call) =>
        within(call.scope, scope) &&
        /\b(charges?|refunds?|transfers?|pay|payments?|payouts?|captures?|withdraw|deposit|credit|debit|send|mail|email|notify|publish|create|insert|ship|settle|apply|process|enqueue|redeem|grant|invoices?|book|orders)\b/.test(
          callWords(call),
        ),
    ) ?? false
  );
}
