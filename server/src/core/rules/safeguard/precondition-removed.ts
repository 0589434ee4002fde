import type { FindingDraft } from '../../model/finding.ts';
import { shorten } from '../call-names.ts';
import { lostGuards, newCallsIn, newGuardsIn } from '../counterpart.ts';
import { defineRule } from '../define.ts';
import { callsInside, guardKind } from '../guard-kinds.ts';
import { overtakenGuards } from '../lost-wraps.ts';
import { fitMessage } from '../quote.ts';

/**
 * ## What it sees
 * A condition that refused to go on (with an error or an answer) because something was not there or not in the right state, and
 * that goes away while the work stays.
 *
 * ## Why it matters
 * The next line trusts what the condition had asked: it crashes on what is missing, or works on what is not ready.
 *
 * ## When it is fine
 * Another condition, a helper or a type took its place. The first two are not flagged.
 *
 * ## What it misses
 * A condition that is kept and asks less.
 */
export default defineRule({
  id: 'safeguard/precondition-removed',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'medium',
  title: 'A precondition is no longer checked',
  reads: ['guards', 'tokens'],
  evidence: [
    {
      title: 'Google Cloud 2025-06-12: a null that was not checked',
      url: 'https://status.cloud.google.com/incidents/ow5i3PPK96RduMcb1SsW',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const { guard, write } of overtakenGuards(input)) {
      const kind = guardKind(guard, callsInside(guard, input.after?.calls ?? []));
      if (kind === 'access' || kind === 'limit' || kind === 'error' || (guard.exit !== 'throw' && guard.exit !== 'answer')) continue;
      yield {
        side: 'after',
        range: guard.range,
        message: fitMessage(`\`${shorten(guard.test, 30)}\` is asked when \`${shorten(write.callee, 26)}\` is done`),
        severity: 'high',
      };
    }
    const before = input.before?.calls ?? [];
    for (const guard of lostGuards(
      input,
      (candidate) =>
        (candidate.exit === 'throw' || candidate.exit === 'answer') && guardKind(candidate, callsInside(candidate, before)) === 'presence',
    )) {
      const inPlace = newGuardsIn(input, guard.scope).some((other) => other.exit === 'throw' || other.exit === 'answer');
      if (
        inPlace ||
        newCallsIn(input, guard.scope).some((call) =>
          /(assert|ensure|require|invariant|check|must|orThrow|OrFail|validate|expect|unwrap)/i.test(call.callee),
        )
      )
        continue;
      const isState =
        /[=!]==?\s*['"]|\.(status|state|phase|stage|locked|frozen|closed|paid|enabled|active|confirmed|approved|dryRun|production)\b|NODE_ENV/.test(
          guard.test,
        );
      yield {
        side: 'before',
        range: guard.range,
        message: fitMessage(`\`${shorten(guard.test, 34)}\` no longer stops \`${shorten(guard.scope, 24) || 'the module'}\``),
        ...(isState ? { severity: 'high' as const } : {}),
      };
    }
  },
});
