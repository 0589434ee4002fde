import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lateMigration } from '../vocabulary/rollouts/late-migrations.ts';
import { lostRollback, skippedChecks } from '../vocabulary/rollouts/lost-rollback.ts';
import { lostPartition } from '../vocabulary/rollouts/partitions.ts';
import { playPace } from '../vocabulary/rollouts/play-pace.ts';
import { recreated } from '../vocabulary/rollouts/recreated.ts';
import { shorterWait } from '../vocabulary/rollouts/shorter-waits.ts';
import { tolerantAnalysis } from '../vocabulary/rollouts/tolerant-analysis.ts';
import { unavailable } from '../vocabulary/rollouts/unavailable.ts';
import { weakenedInCode } from '../vocabulary/rollouts/weakened-in-code.ts';
import { changedSettings, placeOf } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A rollout that may break more at once: RollingUpdate that becomes Recreate, more pods unavailable, fewer healthy hosts required, a
 * bake time, pause or minimum ready time that is cut or taken out, an analysis that is skipped, and automatic rollback that is
 * turned off. Kubernetes, Argo Rollouts, Flagger, ECS, CodeDeploy, autoscaling groups, compose, plays of Ansible, commands sent to a fleet and JSON of one's own. Also a migration
 * that ran before the new programs start and runs beside or behind them: hooks of Helm and Argo, waves, `depends_on`.
 *
 * ## Why it matters
 * These are the seconds in which a bad release is still on one pod of six. A program that is newer than its schema fails at its first query.
 *
 * ## When it is fine
 * A slower rollout, a single replica that holds a volume and cannot roll, and a migration that only takes away what nobody reads any more.
 *
 * ## What it misses
 * A pipeline that rolls out by hand, strategies in a chart's own words, and a migration that left the init containers.
 */
export default defineRule({
  id: 'deploy/rollout-strategy-weakened',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Rolls out with less care',
  reads: ['settings', 'options'],
  evidence: [
    { title: 'Cloudflare 2025-11-18: a file over its limit', url: 'https://blog.cloudflare.com/18-november-2025-outage/' },
    {
      title: 'kube-linter: no-rolling-update-strategy',
      url: 'https://docs.kubelinter.io/#/generated/checks?id=no-rolling-update-strategy',
    },
  ],
  *check(input) {
    const told = new Set<string>();
    for (const change of changedSettings(input)) {
      if (change.resourceIsGone || input.after === undefined) continue;
      const found =
        recreated(change, input) ??
        unavailable(change) ??
        shorterWait(change, input) ??
        lostRollback(change, input) ??
        skippedChecks(change) ??
        tolerantAnalysis(change) ??
        playPace(change, input) ??
        lostPartition(change, input) ??
        lateMigration(change, input);
      if (found === undefined || told.has(found.about)) continue;
      told.add(found.about);
      yield {
        ...placeOf(change),
        ...(found.severity === undefined ? {} : { severity: found.severity }),
        message: fitMessage(found.message),
      };
    }
    yield* weakenedInCode(input);
  },
});
