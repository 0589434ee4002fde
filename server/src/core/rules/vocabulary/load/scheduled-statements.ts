import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { SCHEDULE_FACTOR } from '../../thresholds.ts';
import { runsPerDay } from '../settings/cron.ts';

/** Jobs that a database runs by itself, by their name: `SELECT cron.schedule('rollup', '0 3 * * *', …)` of pg_cron, far more often. */
export function* scheduledStatements({ removed, added, before }: RuleInput): Generator<FindingDraft> {
  const fresh = added.statements.flatMap((statement) => jobOf(statement.key).map((job) => ({ ...job, range: statement.range })));
  if (fresh.length === 0) return;
  const old = [...removed.statements, ...(before?.statements ?? [])].flatMap(({ key }) => jobOf(key));
  for (const { name, cron, range } of fresh) {
    const was = old.find((job) => job.name === name);
    const [from, to] = [was === undefined ? undefined : runsPerDay(was.cron), runsPerDay(cron)];
    if (was === undefined || from === undefined || to === undefined || to < from * SCHEDULE_FACTOR) continue;
    yield { side: 'after', range, severity: 'high', message: fitMessage(`\`${name}\`: ${was.cron} -> ${cron}`) };
  }
}

function jobOf(text: string): readonly { readonly name: string; readonly cron: string }[] {
  const [, name, cron] = /\bcron ?\. ?schedule\w* ?\( ?'([^']+)' ?, ?'([^']+)'/.exec(text) ?? [];
  return name === undefined || cron === undefined ? [] : [{ name, cron }];
}
