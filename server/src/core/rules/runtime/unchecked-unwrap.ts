import type { FindingDraft } from '../../model/finding.ts';
import { defineRule } from '../define.ts';
import { assertedValues } from '../vocabulary/presence/assertions.ts';
import { lostChains } from '../vocabulary/presence/lost-chains.ts';
import { lostDefaults } from '../vocabulary/presence/lost-defaults.ts';
import { lostConditions, lostQuestions } from '../vocabulary/presence/presence-asked.ts';
import { takenOptionals, unwrappedResults } from '../vocabulary/presence/taken-values.ts';

/**
 * ## What it sees
 * A value that may be missing and is taken for granted: `unwrap()` and `expect()` on what was parsed or read, `Optional.get()`,
 * `x!.y` in place of a check, a guard against `null` that goes away while the value is still used, `?.` that became `.`, `get` with a default that became a look-up without.
 *
 * ## Why it matters
 * The one bad input ends the process that reads it, on every machine that reads the same. A feature file over its limit and a
 * policy row with empty fields took down whole networks so.
 *
 * ## When it is fine
 * Constants, locks, tests, and a value that another condition of the function has asked for. These are not flagged.
 *
 * ## What it misses
 * A value whose absence is checked in another function that stays, and a type that promises more than the data holds.
 */
export default defineRule({
  id: 'runtime/unchecked-unwrap',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A missing value ends the program',
  reads: ['calls', 'guards', 'conditions', 'options', 'tokens'],
  evidence: [
    { title: 'Cloudflare 2025-11-18: unwrap on a file over its limit', url: 'https://blog.cloudflare.com/18-november-2025-outage/' },
    {
      title: 'Google Cloud 2025-06-12: a null that was not checked',
      url: 'https://status.cloud.google.com/incidents/ow5i3PPK96RduMcb1SsW',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<string>();
    for (const draft of [
      ...unwrappedResults(input),
      ...takenOptionals(input),
      ...assertedValues(input),
      ...lostQuestions(input),
      ...lostConditions(input),
      ...lostChains(input),
      ...lostDefaults(input),
    ]) {
      const line = `${draft.side} ${draft.range.start.line}`;
      if (flagged.has(line)) continue;
      flagged.add(line);
      yield draft;
    }
  },
});
