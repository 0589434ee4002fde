import type { FindingDraft } from '../../model/finding.ts';
import { lastName, literal, shorten } from '../call-names.ts';
import { counterpartScope, isExtracted, newCallsIn, within } from '../counterpart.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';

/**
 * ## What it sees
 * A question to a feature flag that goes away while the code that it gated stays in the function.
 *
 * ## Why it matters
 * The gate was the way back. Without it the new path runs for everybody at once, and turning it off is a release.
 *
 * ## When it is fine
 * The flag is taken out of its registry in the same change: a clean-up. That is not flagged.
 *
 * ## What it misses
 * A flag that is read as a plain property.
 */
export default defineRule({
  id: 'safeguard/flag-gate-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A feature flag no longer gates its code',
  reads: ['calls'],
  evidence: [
    { title: 'Google Cloud 2025-06-12: new code without a flag', url: 'https://status.cloud.google.com/incidents/ow5i3PPK96RduMcb1SsW' },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const call of input.removed.calls) {
      if (!FLAG.test(lastName(call.callee)) || call.scope === '') continue;
      const flag = literal(call.args[0]) ?? literal(call.args[1]) ?? call.args[0];
      const scope = counterpartScope(input, call.scope);
      if (scope === undefined || flag === undefined || newCallsIn(input, call.scope).some((other) => FLAG.test(lastName(other.callee))))
        continue;
      if (
        input.after?.calls.some(
          (other) => within(other.scope, scope) && FLAG.test(lastName(other.callee)) && other.args.join() === call.args.join(),
        ) === true
      )
        continue;
      if (isExtracted(input, call)) continue;
      if (wasRetired((side) => input.trees[side].mentioning(lastWord(flag), EXTENSIONS).length)) continue;
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`flag \`${shorten(flag, 30)}\` no longer gates \`${shorten(call.scope, 28)}\``),
      };
    }
  },
});

const FLAG =
  /^(isEnabled|isFeatureEnabled|featureEnabled|useFlag|useFeatureFlag|useFeature|useFeatureIsOn|isFlagEnabled|getFlag|flagEnabled|hasFeature|hasFlag|boolVariation|variation|checkGate|isOn|is_enabled|getBooleanValue|feature)$/;
const EXTENSIONS = ['.ts', '.tsx', '.js', '.jsx', '.mjs', '.json', '.yaml', '.yml', '.py', '.go', '.java'];

/** The flag is named nowhere any more, and was named elsewhere before: registry and use went together. */
function wasRetired(mentions: (side: 'before' | 'after') => number): boolean {
  return mentions('after') === 0 && mentions('before') > 1;
}

function lastWord(flag: string): string {
  return flag.match(/[A-Za-z0-9_$]+/g)?.at(-1) ?? flag;
}
