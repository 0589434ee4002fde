import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { callWords, lastName, receiver, shorten, words } from '../vocabulary/code/call-names.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { isIn, workScopes } from '../vocabulary/code/own-parts.ts';
import { cameAlong, isExtracted, newCallsIn, newGuardsIn } from '../vocabulary/code/scope-changes.ts';
import { callsInside, guardKind } from '../vocabulary/guards/guard-kinds.ts';
import { lostGuards } from '../vocabulary/guards/lost-guards.ts';
import { isMoney } from '../vocabulary/money/money-names.ts';
import { isReplaced } from '../vocabulary/schema/dropped-constraints.ts';
import { schemaChanges } from '../vocabulary/schema/schema-changes.ts';
import { statementsIn, statementsOfHunk } from '../vocabulary/schema/schema-statements.ts';
import { isDownMigration, lastPart } from '../vocabulary/schema/sql-context.ts';

/**
 * ## What it sees
 * A key or a check that makes a charge, a refund, a transfer or a message happen once, and that goes away while the act stays,
 * a key that is a random one now, new on every try, or a unique index that knew a request again and is dropped.
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
    for (const draft of [
      ...randomKeys(input),
      ...lostCalls(input),
      ...lostConflicts(input),
      ...lostUniqueness(input),
      ...lostIndexes(input),
      ...contentKeys(input),
      ...questions(input),
    ]) {
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
      // Other headers are set in the new function too; whether the key went there is asked above.
      (isOnce && isExtracted(input, call)) ||
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
    const isOnce = (names: readonly string[]): boolean => names.some((name) => /^(conflict|ignore|duplicate)$/.test(name));
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
    const asks =
      /\b(already|was processed|is processed|has processed|is duplicate|is replay|claim once)\b/.test(words(lastName(call.callee))) ||
      (call.use !== 'discarded' && REMEMBERS.test(words(receiver(call.callee))));
    // What is thrown, `new AlreadyMember()`, asks nothing: its condition is judged.
    if (!asks || scope === undefined || call.kind === 'decorator' || call.kind === 'new' || keepsKey(input, scope) || !acts(input, scope))
      continue;
    const still = input.after?.calls.some((other) => within(other.scope, scope) && lastName(other.callee) === lastName(call.callee));
    if (still === true || isExtracted(input, call)) continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(lastName(call.callee), 28)}\` is gone: \`${shorten(call.scope, 26)}\` may happen twice`),
    };
  }
}

/** A store of what was done: `seen.first(id)`, `inbox.claim(id)`, `dedupe.check(id)`. */
const REMEMBERS =
  /\b(seen|dedupe|dedup|deduper|deduplicator|processed|handled|inbox|replays?|replay guard|nonces?|duplicates?|claims|once guard)$/;

/** Columns by which a request, a message or a payment is known again. */
const IDENTITY =
  /(^|_)(idempot\w*|dedupe?\w*|(request|req|event|message|msg|external|ext|client|provider|psp|gateway|webhook|source|payment|charge|transfer|operation|correlation|order|transaction|txn?|trace)_?(id|ref|key|token|uid|uuid|reference|no|number)|nonce|reference|request_?hash)(_|$)/i;
const PAID =
  /payment|charge|refund|payout|transfer|invoice|ledger|credit|debit|order|transaction|txn|entr(y|ies)|booking|billing|wallet|top_?up|withdraw|deposit|settle|journal|event|webhook|inbox|voucher|donation|subscription/i;

/** A unique index or key that kept one request to one row. */
function* lostUniqueness(input: RuleInput): Iterable<FindingDraft> {
  for (const change of schemaChanges(input, /^(drop-constraint|drop-index|disable-constraint)$/)) {
    const { action, statement, table } = change;
    const own = action.name.replace(`${lastPart(table)}_`, '');
    const isUnique = action.constraint === 'unique' || /(^|_)(uniq(ue)?|uq|ux|uk|key|once)(_|$)/i.test(action.name);
    const isForeign =
      /(^|_)(fk|fkey|pk|pkey|check|chk)(_|$)/i.test(action.name) || (action.constraint !== undefined && action.constraint !== 'unique');
    if (!isUnique || isForeign || !IDENTITY.test(`${own} ${(action.columns ?? []).join(' ')}`.replaceAll(' ', '_'))) continue;
    if (!PAID.test(`${table} ${action.name}`) || isReplaced(change, input)) continue;
    yield {
      side: statement.side,
      range: statement.range,
      message: fitMessage(`nothing keeps a request to one row any more: \`${shorten(action.name, 36)}\` is dropped`),
    };
  }
}

/** `DROP INDEX uniq_payments_external_id` says its table in the name of the index alone. */
function* lostIndexes(input: RuleInput): Iterable<FindingDraft> {
  for (const statement of statementsOfHunk(input, 'after')) {
    if (statement.verb !== 'drop-index' || isDownMigration(statement, input.path, input.after)) continue;
    const said = [...statement.targets, ...statement.actions.map(({ name }) => name)].join(' ');
    const isUnique = /(^|[_ .])(uniq(ue)?|uq|uidx|ux|uk|key|once)(_|$| )/i.test(said);
    if (!isUnique || !IDENTITY.test(said.replaceAll(' ', '_')) || !PAID.test(said)) continue;
    const isMade = statementsIn(input.after).some(
      (other) =>
        other.verb === 'create-index' && other.range.start.line !== statement.range.start.line && /unique/i.test(other.names.join(' ')),
    );
    if (!isMade)
      yield {
        side: statement.side,
        range: statement.range,
        message: fitMessage(`nothing keeps a request to one row any more: \`${shorten(said, 36)}\` is dropped`),
      };
  }
}

const DIGEST =
  /^(createHash|createHmac|sha1|sha256|sha512|Sum256|Sum512|New|md5|digest|hexdigest|hex_digest|hmac|blake2b|blake3|uuid5|uuidv5|v5|NewSHA1|NewHash|nameUUIDFromBytes|sha256Hex|hash|hashOf|fingerprint|update|finalize|new_v5)$/;

/** A function that made its key of what is paid, and makes one by chance now, in a file that pays. */
function* contentKeys(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.added.calls) {
    if (!RANDOM.test(call.callee) || call.kind === 'decorator' || call.scope === '' || cameAlong(input, call)) continue;
    const stood = input.before?.calls.filter((other) => counterpartScope(input, other.scope) === call.scope) ?? [];
    if (stood.some((other) => RANDOM.test(other.callee))) continue;
    const digest = input.removed.calls.find((other) => stood.includes(other) && DIGEST.test(lastName(other.callee)));
    if (
      digest === undefined ||
      input.after?.calls.some((other) => within(other.scope, call.scope) && DIGEST.test(lastName(other.callee))) === true
    )
      continue;
    // A fresh salt, session or password is meant to be fresh.
    if (/\b(salt|nonce|session|csrf|password|secret|state|token|boundary|filename|cache)\b/.test(words(`${call.scope} ${digest.callee}`)))
      continue;
    const own = call.scope.slice(call.scope.lastIndexOf('.') + 1);
    const users = input.after?.calls.filter((other) => lastName(other.callee) === own) ?? [];
    const pays = [call.scope, ...users.map(({ scope }) => scope)].some((scope) => scope !== '' && acts(input, scope));
    if (!pays && !isMoney(input.path)) continue;
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(`\`${shorten(own, 26)}\` is another one on every try; it was made of what is sent`),
    };
  }
}

function isKey(name: string): boolean {
  return /\b(idempotency|idempotent|idempotence|dedupe|deduplication|dedup|client token|request token|unique request|message deduplication id)\b/.test(
    words(name),
  );
}

function keepsKey(input: RuleInput, scope: string): boolean {
  const scopes = input.after === undefined ? [] : workScopes(input.after, scope);
  if (input.after?.options.some((option) => isIn(scopes, option.scope) && isKey(option.name)) === true) return true;
  return newCallsIn(input, '').some((call) => isIn(scopes, call.scope) && (isKey(call.callee) || call.args.some(isKey)));
}

/** Something that must happen once still happens here, or in a function of the file that is called from here. */
function acts(input: RuleInput, scope: string): boolean {
  const scopes = input.after === undefined ? [] : workScopes(input.after, scope);
  return (
    input.after?.calls.some(
      (call) =>
        isIn(scopes, call.scope) &&
        /\b(charges?|refunds?|transfers?|pay|payments?|payouts?|captures?|withdraw|deposit|credit|debit|send|mail|email|notify|publish|create|insert|ship|settle|apply|process|enqueue|redeem|grant|invoices?|book|orders)\b/.test(
          callWords(call),
        ),
    ) ?? false
  );
}
