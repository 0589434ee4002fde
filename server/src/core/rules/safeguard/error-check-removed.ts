import type { FindingDraft } from '../../model/finding.ts';
import { lastName, shorten } from '../call-names.ts';
import { counterpartScope, lostGuards, newCallsIn, newGuardsIn, within } from '../counterpart.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { callsInside, guardKind } from '../guard-kinds.ts';
import { fitMessage } from '../quote.ts';

/**
 * ## What it sees
 * A check of an answer's status or of an error value (`if (!res.ok) throw`, `raise_for_status()`) that goes away while the
 * call stays.
 *
 * ## Why it matters
 * A refusal is read as a success: the body of an error page becomes data, and the work goes on.
 *
 * ## When it is fine
 * The call was replaced by one that throws by itself, or the check moved. These are not flagged.
 *
 * ## What it misses
 * A client whose settings decide whether it throws.
 */
export default defineRule({
  id: 'safeguard/error-check-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'An error is no longer checked',
  reads: ['guards', 'calls'],
  evidence: [
    { title: 'errcheck', url: 'https://github.com/kisielk/errcheck' },
    {
      title: 'Reported retail order loss after AI-assisted changes, 2026',
      url: 'https://vibegraveyard.ai/story/amazon-ai-code-retail-outages',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    const before = input.before?.calls ?? [];
    for (const guard of lostGuards(
      input,
      (candidate) => candidate.exit !== 'break' && guardKind(candidate, callsInside(candidate, before)) === 'error',
    )) {
      if (throwsByItself(input, guard.scope) || checksOtherwise(input, guard.scope)) continue;
      yield {
        side: 'before',
        range: guard.range,
        message: fitMessage(`\`${shorten(guard.test, 34)}\` is no longer checked in \`${shorten(guard.scope, 18) || 'the module'}\``),
      };
    }
    for (const call of input.removed.calls) {
      if (
        !/^(raise_for_status|raiseForStatus|throwIfError|throwOnError|ensureSuccess\w*|ensureOk|assertOk|expectOk|checkStatus|checkResponse|handleErrors|orThrow|rejectOnError)$/.test(
          lastName(call.callee),
        )
      )
        continue;
      if (counterpartScope(input, call.scope) === undefined || checksOtherwise(input, call.scope)) continue;
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 34)}\` is no longer asked in \`${shorten(call.scope, 22) || 'the module'}\``),
      };
    }
  },
});

/** The request that was checked is another one now: a client that throws on its own, or a helper of the same change. */
function throwsByItself(input: RuleInput, scope: string): boolean {
  const counterpart = counterpartScope(input, scope) ?? scope;
  const fetches = (side: 'before' | 'after', name: string): boolean =>
    input[side]?.calls.some((call) => within(call.scope, name) && /^(fetch|window\.fetch|globalThis\.fetch)$/.test(call.callee)) ?? false;
  return fetches('before', scope) && !fetches('after', counterpart);
}

function checksOtherwise(input: RuleInput, scope: string): boolean {
  return (
    newGuardsIn(input, scope).some((guard) => guardKind(guard, callsInside(guard, input.after?.calls ?? [])) === 'error') ||
    newCallsIn(input, scope).some((call) => /^(assert|ensure|check|expect|throwIf|orThrow|unwrap|raise)/i.test(lastName(call.callee)))
  );
}
