import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { counterpartScope } from '../vocabulary/code/counterpart.ts';
import { inlinedInto } from '../vocabulary/code/inlined-into.ts';
import { asksElsewhere, isExtracted, newCallsIn } from '../vocabulary/code/scope-changes.ts';
import { pipelineTimeouts } from '../vocabulary/shell/pipeline-timeouts.ts';
import { detachedContexts } from '../vocabulary/waits/detached-contexts.ts';
import { dissolvedClients } from '../vocabulary/waits/dissolved-clients.ts';
import { endlessWaits } from '../vocabulary/waits/endless-waits.ts';
import { forgottenLimits } from '../vocabulary/waits/forgotten-limits.ts';
import { isGivenToClient, isGivenToRoutes } from '../vocabulary/waits/given-to-clients.ts';
import { hasLimit, holderStays, isDefaultClient } from '../vocabulary/waits/limit-holders.ts';
import { isLimitedElsewhere, isLost } from '../vocabulary/waits/lost-limits.ts';
import { isOwnLimiter, NAMED_LIMITER } from '../vocabulary/waits/own-limiters.ts';
import { endlessRoles } from '../vocabulary/waits/role-timeouts.ts';
import { ENDS_WAITING, isLimit, isUnlimited } from '../vocabulary/waits/time-limits.ts';

/**
 * ## What it sees
 * A time limit of a call or a connection that goes away or becomes unlimited: `timeout`, `signal: AbortSignal.timeout(…)`,
 * `statement_timeout`, a deadline, a call that ends another (`wait_for`, `withTimeout`), the context of Go that a call is no longer handed; in a pipeline `timeout-minutes` and the
 * command `timeout`; in configuration a timeout that is set to nothing, also inside the address of a connection, and the
 * constant that calls take theirs from.
 *
 * ## Why it matters
 * One slow dependency then holds every worker that waits for it, and the service stops with it.
 *
 * ## When it is fine
 * The client got a default of its own, in the same file or in one that came with the change; or the call moved into a function
 * that limits it. These are not flagged; a default that was there before in another file is not looked for.
 *
 * ## What it misses
 * A limit that is raised and stays.
 */
export default defineRule({
  id: 'safeguard/timeout-removed',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'medium',
  title: 'A time limit was removed',
  reads: ['options', 'calls', 'settings', 'commands', 'statements'],
  evidence: [
    {
      title: 'AWS Builders Library: timeouts, retries and backoff with jitter',
      url: 'https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    yield* pipelineTimeouts(input);
    const flagged = new Set<number>();
    for (const option of input.removed.options) {
      if (!isLimit(option) || isUnlimited(option.value) || !isLost(input, option)) continue;
      flagged.add(option.range.start.line);
      yield {
        side: 'before',
        range: option.range,
        message: fitMessage(`\`${shorten(option.name, 26)}: ${shorten(option.value, 26)}\` no longer limits the wait`),
      };
    }
    for (const { option, call } of dissolvedClients(input)) {
      if (flagged.has(option.range.start.line)) continue;
      flagged.add(option.range.start.line);
      yield {
        side: 'before',
        range: option.range,
        message: fitMessage(`\`${shorten(call.callee, 24)}\` waits without the \`${shorten(option.name, 18)}\` that its client had`),
        related: [{ path: input.path, line: call.range.start.line, message: 'the call without a limit' }],
      };
    }
    for (const { callee, scope, range } of forgottenLimits(input))
      yield {
        side: 'after',
        range,
        message: fitMessage(`\`${shorten(callee, 24)}\` of \`${shorten(scope, 26)}\` waits for ever; the others have a limit`),
      };
    yield* endlessWaits(input);
    yield* endlessRoles(input);
    for (const { range, callee, now } of detachedContexts(input))
      yield {
        side: 'after',
        range,
        message: fitMessage(`\`${shorten(callee, 28)}\` no longer ends with its caller: \`${shorten(now, 22)}\``),
      };
    for (const call of input.removed.calls) {
      const isAbort =
        call.callee === 'AbortSignal.timeout' ||
        (/^Promise\.(race|any)$/.test(call.callee) && /timeout|timedOut|rejectAfter|deadline|abort|expire/i.test(call.args.join())) ||
        (lastName(call.callee) === 'timeout' && call.args.length > 0) ||
        (ENDS_WAITING.test(lastName(call.callee)) && !call.args.some((argument) => isUnlimited(argument))) ||
        call.callee === 'setStatementTimeout' ||
        // A layer of tower, which all requests go through.
        /\bTimeout\w*::(?:new|with_\w+)$/.test(call.callee) ||
        isOwnLimiter(input, call);
      if (!isAbort || flagged.has(call.range.start.line)) continue;
      // A helper may have gone into its only caller.
      const scope = counterpartScope(input, call.scope) === undefined ? inlinedInto(input, call.scope) : call.scope;
      if (scope === undefined) continue;
      if (
        newCallsIn(input, scope).some(
          (other) =>
            (/timeout|abort|deadline|wait_for/i.test(other.callee) || NAMED_LIMITER.test(words(lastName(other.callee)))) &&
            !(other.args.length === 1 && isUnlimited(other.args[0] ?? '')),
        ) ||
        hasLimit(input, scope)
      )
        continue;
      const now = counterpartScope(input, scope) ?? scope;
      if (isGivenToClient(input, call, now) || isGivenToRoutes(input, call, now)) continue;
      if (isExtracted(input, call) || isSetInNewPart(input, call) || isLimitedElsewhere(input, call.scope) || wentWithHolder(input, call))
        continue;
      yield { side: 'before', range: call.range, message: fitMessage(`\`${shorten(call.callee, 30)}\` no longer limits the wait`) };
    }
  },
});

/** `fetch(url, { signal: AbortSignal.timeout(3000) })` that gave way to another function: the limit went with the call that it was given to. */
function wentWithHolder(input: RuleInput, call: Call): boolean {
  const scope = counterpartScope(input, call.scope);
  const holder = input.before?.calls.find(
    (other) =>
      other.scope === call.scope &&
      other.range.start.line <= call.range.start.line &&
      other.range.end.line >= call.range.end.line &&
      other.args.some((argument) => argument.startsWith('{') && argument.includes(`${call.callee}(`)),
  );
  if (holder === undefined || scope === undefined) return false;
  // The same call in a function that came with the change, and that the work goes through now, could have been given it.
  const isAsked = asksElsewhere(input, call.scope);
  if (input.addedElsewhere().calls.some((other) => other.callee === holder.callee && isAsked(other))) return false;
  return !holderStays(input, holder.callee, scope) && !isDefaultClient(input, holder.callee, call.scope);
}

/** A function that only the new side has, such as the constructor of a client, sets the limit by a call of the same name. */
function isSetInNewPart({ before, after }: RuleInput, call: Call): boolean {
  const old = new Set(before?.scopes.map(({ name }) => name));
  return (
    after?.calls.some(
      (other) =>
        other.scope !== '' &&
        !old.has(other.scope) &&
        lastName(other.callee) === lastName(call.callee) &&
        other.args.length > 0 &&
        !other.args.some((argument) => isUnlimited(argument)),
    ) ?? false
  );
}
