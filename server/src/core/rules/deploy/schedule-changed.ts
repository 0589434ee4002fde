import type { Setting } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { SCHEDULE_FACTOR } from '../thresholds.ts';
import { words } from '../vocabulary/code/call-names.ts';
import { scheduledStatements } from '../vocabulary/load/scheduled-statements.ts';
import { schedulesInCode } from '../vocabulary/load/schedules-in-code.ts';
import { runsPerDay } from '../vocabulary/settings/cron.ts';
import { nameOf, settingsUnder } from '../vocabulary/settings/setting-index.ts';
import { countOf, durationOf, isFalse, isTrue } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, ofResource, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * Work that repeats far more often: an interval ten times shorter, one below a second, a schedule of every minute, in code, in
 * configuration, in tables of cron and in jobs of a database; jobs that may now overlap (`concurrencyPolicy`), and a job of one place that now runs on every node.
 *
 * ## Why it matters
 * Every process, node or open page multiplies it; what was a trickle becomes the load that takes the other side down.
 *
 * ## When it is fine
 * An animation or a clock on the screen. Intervals that only shrink a little are not flagged.
 *
 * ## What it misses
 * An interval that is read from a setting.
 */
export default defineRule({
  id: 'deploy/schedule-changed',
  version: '1.1.0',
  severity: 'medium',
  confidence: 'medium',
  title: 'Repeated work runs far more often',
  reads: ['calls', 'options', 'settings', 'resources', 'statements'],
  evidence: [{ title: 'OpenAI 2024-12-11: load from every node', url: 'https://status.openai.com/incidents/ctrsv3lwd797' }],
  *check(input): Iterable<FindingDraft> {
    yield* inConfiguration(input);
    yield* schedulesInCode(input);
    yield* scheduledStatements(input);
  },
});

const SCHEDULE =
  /^(schedule|schedules|crons?|crontab|schedule_expression|scheduleExpression|ScheduleExpression|cron_?expression|cronSchedule|recurrence|Recurrence|rate|schedule_?interval|cron_?pattern|run_?at|period|OnCalendar)$/i;
const INTERVAL =
  /\b(on (unit active|unit inactive|active) sec|interval|poll|polling|refresh|period|every|heartbeat|sync|frequency|refetch|scrape interval|resync|reconcile|flush interval|evaluation interval|check interval|cadence)\b/;
/** What watches and what is looked at is read often by design. */
const PROBE =
  /probe|health ?check|timeout|retry|backoff|jitter|analysis|step ?interval|animation|retention|backup|billing|evaluation period|grace|deprecation|trial|cooldown|lookback|window/i;

function* inConfiguration(input: RuleInput): Generator<FindingDraft> {
  // How often a picture is drawn anew is nobody's load but its own.
  if (/(^|\/)(dashboards?|grafana|kibana)\//i.test(input.path)) return;
  for (const change of changedSettings(input)) {
    const { before, after } = change;
    const atOnce = change.resourceIsGone ? undefined : together(change, input);
    if (atOnce !== undefined) yield { ...placeOf(change), message: fitMessage(atOnce) };
    if (change.resourceIsGone || before?.value === after?.value) continue;
    const found = overlapping(change) ?? (after === undefined ? undefined : (oftener(change) ?? onEveryNode(change)));
    if (found !== undefined) yield { ...placeOf(change), severity: found.severity, message: fitMessage(found.message) };
  }
  for (const resource of input.added.resources) {
    // The same work, once in the cluster before, is on each node now.
    const old = input.removed.resources.find(
      (other) => other.name === resource.name && /^(Deployment|StatefulSet|CronJob|Job)$/.test(other.type),
    );
    if (resource.type === 'DaemonSet' && old !== undefined)
      yield {
        side: 'after',
        range: resource.range,
        severity: 'high',
        message: fitMessage(`${quote(resource.name, 24)}: ${old.type} -> DaemonSet, one on every node`),
      };
  }
}

interface Often {
  readonly severity: 'high' | 'medium';
  readonly message: string;
}

function oftener(change: SettingChange): Often | undefined {
  const { path, before, after } = change;
  const name = nameOf(change);
  const isCron = SCHEDULE.test(name) || (name === 'cron' && path.includes('schedule'));
  const is = (severity: 'high' | 'medium'): Often => ({
    severity,
    message: `${quote(name, 24)}${ofResource(change)}: ${before === undefined ? 'new' : String(before.value)} -> ${String(after?.value)}`,
  });
  if (isCron && typeof after?.value === 'string') {
    const [old, now] = [before === undefined ? undefined : runsPerDay(String(before.value)), runsPerDay(after.value)];
    if (now === undefined || (before === undefined && change.resourceIsNew)) return undefined;
    const isMinutely = now >= EVERY_MINUTE;
    if (old === undefined) return isMinutely && before !== undefined ? is('medium') : undefined;
    return now > old && (isMinutely || now >= old * SCHEDULE_FACTOR) ? is(now >= old * SCHEDULE_FACTOR ? 'high' : 'medium') : undefined;
  }
  const text = words(`${path.at(-2) ?? ''} ${name}`);
  if (
    !INTERVAL.test(words(name)) ||
    PROBE.test(text) ||
    before === undefined ||
    /alarm|alert|Alarm|monitor/.test(change.resource?.type ?? '')
  )
    return undefined;
  const [old, now] = [secondsOf(before.value), secondsOf(after?.value)];
  return old !== undefined && now !== undefined && now > 0 && old >= now * SCHEDULE_FACTOR
    ? is(old >= now * SCHEDULE_FACTOR * 6 ? 'high' : 'medium')
    : undefined;
}

/** Once a minute, or oftener. */
const EVERY_MINUTE = 1440;

function secondsOf(value: Setting['value'] | undefined): number | undefined {
  const minutes = /^Duration\.(seconds|minutes|hours|days|millis)\((\d+)\)$/.exec(String(value));
  if (minutes !== null)
    return Number(minutes[2]) * ({ millis: 0.001, seconds: 1, minutes: 60, hours: 3600, days: 86_400 }[minutes[1] ?? ''] ?? 1);
  return durationOf(value) ?? countOf(value);
}

function overlapping(change: SettingChange): Often | undefined {
  const { path, before, after } = change;
  if (path.at(-1) !== 'concurrencyPolicy' || before === undefined || before.value === 'Allow' || change.resourceIsGone) return undefined;
  // What is not said is allowed.
  if ((after?.value ?? 'Allow') !== 'Allow') return undefined;
  return {
    severity: 'medium',
    message: `${quote('concurrencyPolicy')}${ofResource(change)}: ${String(before.value)} -> Allow, runs may overlap`,
  };
}

const SPREAD =
  /^(RandomizedDelaySec|random(ized)?_?delay(_?sec(onds)?)?|RANDOM_DELAY|splay|cron_?splay|jitter(_?(sec(onds)?|factor))?|stagger)$/i;

/** What kept machines apart is gone, so that all of them start in the same moment. */
function together({ before, after, path }: SettingChange, input: RuleInput): string | undefined {
  if (before === undefined || !SPREAD.test(path.at(-1) ?? '') || before.value === after?.value || /retry|backoff/i.test(path.join()))
    return undefined;
  // A section that went as a whole took its schedule with it.
  if (after === undefined && path.length > 1 && settingsUnder(input.after, before, path.slice(0, -1)).length === 0) return undefined;
  const [old, now] = [secondsOf(before.value), after === undefined ? 0 : secondsOf(after.value)];
  return old !== undefined && now !== undefined && old > 0 && old >= now * SCHEDULE_FACTOR
    ? `${quote(path.at(-1) ?? '', 24)}: ${String(before.value)} -> ${after === undefined ? 'removed' : String(after.value)}, all start at once`
    : undefined;
}

/** `scope: node -> cluster`, `perNode: true`. */
function onEveryNode({ path, before, after }: SettingChange): Often | undefined {
  const name = path.at(-1) ?? '';
  const isScope =
    /^(scope|collect_?scope|target)$/i.test(name) &&
    /^(node|local|host|leader|single)$/i.test(String(before?.value)) &&
    /^(cluster|global|all|every|fleet)$/i.test(String(after?.value));
  const isSwitch =
    /^(leader_?election|leaderElect|enableLeaderElection|singleton|run_?once|single_?instance)$/i.test(name) &&
    isTrue(before?.value) &&
    isFalse(after?.value);
  return isScope || isSwitch
    ? { severity: 'medium', message: `${quote(name, 24)}: ${String(before?.value)} -> ${String(after?.value)}` }
    : undefined;
}
