import type { FindingDraft } from '../../model/finding.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { excusedBuilds } from '../vocabulary/gates/build-options.ts';
import { excusedGates } from '../vocabulary/gates/excused-gates.ts';
import { freedDeploys } from '../vocabulary/gates/freed-deploys.ts';
import { freedStages } from '../vocabulary/gates/freed-stages.ts';
import { narrowedTriggers, removedChecks } from '../vocabulary/gates/gate-loss.ts';
import { placeOfGates } from '../vocabulary/gates/gate-places.ts';
import { weakerGateSetting } from '../vocabulary/gates/gate-settings.ts';
import { lostWaits } from '../vocabulary/gates/lost-waits.ts';
import { lostPrerequisites } from '../vocabulary/gates/make-prerequisites.ts';
import { pipedGates } from '../vocabulary/gates/piped-gates.ts';
import { weakerFlags } from '../vocabulary/gates/weaker-flags.ts';
import { changedSettings, placeOf } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A check of a pipeline (GitHub, GitLab, Jenkins and their like), a git hook or a package script that may fail without stopping
 * anything (`continue-on-error`, `allow_failure`, `|| true`, `--exit-zero`), that no longer runs (`if: false`, its step or job
 * removed, its trigger narrowed, `"test": "echo skipped"`), or for which a deploy no longer waits (`needs`). A job that ships, was
 * held to some branches, tags or events (`rules`, `only`, `if`, `on`), and runs for every branch now; a
 * makefile's `deploy: test` that lost what it came after, a check in a pipe without `pipefail`, a build that is told to pass (`ignoreBuildErrors`), and a deploy that no longer waits to see
 * whether what it started came up (`rollout status`, `--wait`, `--atomic`).
 *
 * ## Why it matters
 * Everything stays green. What the check would have caught goes out with the next change and with every one after it.
 *
 * ## When it is fine
 * Linters and optional jobs are told as notes. A check that moved to another job, another file or another script is still there,
 * and a new job that may fail takes nothing away.
 *
 * ## What it misses
 * Which checks the host requires before a merge, and a script of another file that stops checking.
 */
export default defineRule({
  id: 'safeguard/ci-gate-disabled',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A check no longer stops a bad change',
  reads: ['settings', 'commands', 'resources', 'tokens', 'options'],
  evidence: [
    { title: 'Agents weakening tests', url: 'https://github.com/diberry/squad/issues/39' },
    { title: 'Amazon retail, 2026: changes of a high blast radius', url: 'https://vibegraveyard.ai/story/amazon-ai-code-retail-outages' },
  ],
  *check(input): Iterable<FindingDraft> {
    yield* lostPrerequisites(input);
    yield* lostWaits(input);
    yield* pipedGates(input);
    yield* excusedBuilds(input);
    const place = placeOfGates(input);
    yield* excusedGates(input, place);
    yield* weakerFlags(input, place);
    if (place === 'none') return;
    for (const change of changedSettings(input)) {
      const found = weakerGateSetting(change, input);
      if (found !== undefined) yield { ...placeOf(change), severity: found.severity, message: fitMessage(found.message) };
    }
    if (place !== 'scripts') yield* removedChecks(input);
    if (place === 'pipeline') {
      yield* narrowedTriggers(input);
      yield* freedDeploys(input);
      yield* freedStages(input);
    }
  },
});
