import type { FindingDraft } from '../../model/finding.ts';
import { callWords, shorten, words } from '../call-names.ts';
import { counterpartScope, lostGuards, newCallsIn, newGuardsIn, within } from '../counterpart.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { callsInside, guardKind } from '../guard-kinds.ts';
import { fitMessage } from '../quote.ts';

/**
 * ## What it sees
 * A key or a check that makes a charge, a refund, a transfer or a message happen once, and that goes away while the act stays.
 *
 * ## Why it matters
 * Networks answer late and callers try again. Without the key the second try takes the money a second time.
 *
 * ## When it is fine
 * The key moved into the client, or another check of the same kind took its place in the same function. These are not flagged.
 *
 * ## What it misses
 * A key that is kept and is new on every try.
 */
export default defineRule({
  id: 'money/idempotency-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'An act may now happen twice',
  reads: ['options', 'guards', 'calls'],
  evidence: [{ title: 'Stripe: idempotent requests', url: 'https://docs.stripe.com/api/idempotent_requests' }],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<number>();
    for (const option of input.removed.options) {
      if (!isKey(option.name) || flagged.has(option.range.start.line)) continue;
      const scope = counterpartScope(input, option.scope);
      if (scope === undefined || keepsKey(input, scope)) continue;
      if (option.callee !== '' && input.after?.calls.some((call) => call.callee === option.callee && within(call.scope, scope)) !== true)
        continue;
      flagged.add(option.range.start.line);
      yield {
        side: 'before',
        range: option.range,
        message: fitMessage(`\`${shorten(option.name, 24)}\` is gone: \`${shorten(option.callee || option.scope, 26)}\` may happen twice`),
      };
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
        /\b(charge|refund|transfer|pay|payout|capture|withdraw|deposit|credit|debit|send|mail|email|notify|publish|create|insert|ship|settle|apply|process|enqueue|redeem|grant|invoice|book)\b/.test(
          callWords(call),
        ),
    ) ?? false
  );
}
