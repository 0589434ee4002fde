import type { Call, Guard } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten } from '../vocabulary/code/call-names.ts';
import { counterpartScope } from '../vocabulary/code/counterpart.ts';
import { cameAlong } from '../vocabulary/code/scope-changes.ts';
import { isTestScope } from '../vocabulary/code/test-cases.ts';
import { tokensOf } from '../vocabulary/code/token-lines.ts';
import { believedSizes } from '../vocabulary/guards/announced-sizes.ts';
import { indexingBehind, isIndexGuard } from '../vocabulary/guards/index-guards.ts';
import { lostGuards } from '../vocabulary/guards/lost-guards.ts';

/**
 * ## What it sees
 * An access to a list or a buffer that is no longer asked whether it is inside: `get(i)` that became `[i]` or `get_unchecked`, a
 * compare of an index or a needed size with a length that goes away while the indexing stays, also where the size of the header is
 * still compared and the size that a message announces is believed.
 *
 * ## Why it matters
 * One short input ends the process, or reads what lies behind the buffer. On 19 July 2024 a 21st field was read of 20.
 *
 * ## When it is fine
 * The index comes from the list itself, or another check took its place. These are not flagged.
 *
 * ## What it misses
 * An index that is wrong by one, and lengths that are compared in another function.
 */
export default defineRule({
  id: 'safeguard/bounds-check-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'An index is no longer checked',
  reads: ['calls', 'guards'],
  evidence: [
    {
      title: 'CrowdStrike 2024-07-19: 21 fields expected, 20 given',
      url: 'https://www.crowdstrike.com/falcon-content-update-remediation-and-guidance-hub/',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const call of input.added.calls) {
      if (!UNCHECKED.test(lastName(call.callee)) || cameAlong(input, call) || isTestScope(call.scope)) continue;
      yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(call.callee, 40)}\` does not ask whether it is inside`) };
    }
    for (const call of input.removed.calls) {
      const indexed = indexedNow(input, call);
      if (indexed === undefined || isTestScope(call.scope)) continue;
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`${shorten(`${call.callee}(${call.args[0] ?? ''})`, 30)}\` became \`${shorten(indexed, 28)}\``),
      };
    }
    const told = new Set<Guard>();
    for (const guard of lostGuards(input, isIndexGuard)) {
      const indexed = indexingBehind(input, guard);
      if (indexed === undefined || isTestScope(guard.scope)) continue;
      told.add(guard);
      yield {
        side: 'before',
        range: guard.range,
        message: fitMessage(`\`${shorten(guard.test, 34)}\` no longer guards \`${shorten(indexed, 26)}\``),
      };
    }
    for (const { guard, slice } of believedSizes(input)) {
      if (told.has(guard) || isTestScope(guard.scope)) continue;
      yield {
        side: 'before',
        range: guard.range,
        message: fitMessage(`\`${shorten(guard.test, 34)}\` no longer guards \`${shorten(slice, 26)}\``),
      };
    }
  },
});

const UNCHECKED =
  /^(get_unchecked|get_unchecked_mut|from_utf8_unchecked|unwrap_unchecked|slice_unchecked|from_raw_parts|from_raw_parts_mut|unchecked_get|unreachable_unchecked)$/;

/** `fields.get(2)` that now reads `fields[2]`, in the function that stands for the old one. */
function indexedNow(input: RuleInput, call: Call): string | undefined {
  const dot = call.callee.lastIndexOf('.');
  const list = call.callee.slice(0, dot).replace(/^self\./, '');
  const [index] = call.args;
  if (dot < 0 || !/^(get|get_mut|at|first|last|nth)$/.test(lastName(call.callee)) || !/^[\w.]+$/.test(list) || !/\.rs$/.test(input.path))
    return undefined;
  const scope = counterpartScope(input, call.scope);
  if (scope === undefined) return undefined;
  const wanted = `${list.split('.').at(-1)}[${index ?? ''}`;
  const text = tokensOf(input.after, scope);
  const before = tokensOf(input.before, call.scope);
  if (!text.includes(wanted) || before.includes(wanted)) return undefined;
  return `${list}[${index ?? ''}]`;
}
