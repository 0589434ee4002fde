import type { FindingDraft } from '../../model/finding.ts';
import { shorten, words } from '../call-names.ts';
import { defineRule } from '../define.ts';
import { changedOptions, numberOf } from '../option-changes.ts';
import { fitMessage } from '../quote.ts';

/**
 * ## What it sees
 * The default of a feature flag that turns, or a rollout that grows at once to most of everybody, in a file of flags.
 *
 * ## Why it matters
 * A default is what everybody gets when the flag service does not answer; it is a release to all without a stage.
 *
 * ## When it is fine
 * The end of a rollout that was already everywhere. A new flag that is off is not flagged.
 *
 * ## What it misses
 * A registry whose name says nothing of flags.
 */
export default defineRule({
  id: 'deploy/flag-default-flipped',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A feature flag turned for everybody',
  reads: ['options'],
  evidence: [
    { title: 'Knight Capital 2012', url: 'https://dougseven.com/2014/04/17/knightmare-a-devops-cautionary-tale/' },
    { title: 'Google Cloud 2025-06-12: no flag', url: 'https://status.cloud.google.com/incidents/ow5i3PPK96RduMcb1SsW' },
  ],
  *check(input): Iterable<FindingDraft> {
    const isRegistry = /\b(flag|flags|feature|features|toggle|toggles|experiment|experiments|rollout|rollouts)\b/.test(words(input.path));
    for (const { before, after } of changedOptions(input)) {
      const name = words(after.name);
      const isFlagged = isRegistry || /\b(feature|flag|rollout)\b/.test(name);
      if (!isFlagged) continue;
      const isDefault = /\b(default|enabled|default value|on|active|fallback|state|value)\b/.test(name) || isRegistry;
      const turned = isDefault && /^(true|false)$/.test(before.value) && /^(true|false)$/.test(after.value);
      const old = numberOf(before.value);
      const now = numberOf(after.value);
      const grew =
        /\b(percent|percentage|rollout|weight|ratio|share)\b/.test(name) &&
        old !== undefined &&
        now !== undefined &&
        now > old &&
        (now >= old * 2 || now >= 100);
      if (turned || grew)
        yield {
          side: 'after',
          range: after.range,
          message: fitMessage(`\`${shorten(after.name, 26)}\` went from ${before.value} to ${after.value} for everybody`),
        };
    }
  },
});
