import type { Resource, Setting } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { BAKE_CUT } from '../../thresholds.ts';
import { keepOf } from '../code/kept.ts';
import { isInCalledWorkflow, settingsOfJob } from './jobs.ts';
import { nameOf, settingsOf } from './setting-index.ts';
import { durationOf } from './setting-values.ts';

/** Jobs of a pipeline that came before the deploying one, and the gates of that one. */
export function* removedStagingJobs(input: RuleInput): Generator<FindingDraft> {
  const { removed, before, after } = input;
  if (after === undefined) return;
  const deploying = deployingJobs(after);
  if (deploying.length === 0) return;
  for (const job of removed.resources) {
    if (job.type !== 'job' || after.resources.some((other) => other.key === job.key) || !isStaging(job, before)) continue;
    if (renamedTo(job, input)) continue;
    yield {
      side: 'before',
      range: job.range,
      message: fitMessage(`the job ${quote(job.name, 20)} no longer comes before ${quote(deploying[0]?.name ?? '', 20)}`),
    };
  }
  const isGated = settingsOfJobs(after, deploying).some((setting) => setting.path[0] === 'environment' && setting.value !== null);
  const gate = isGated
    ? undefined
    : removed.settings.find(
        (setting) => setting.path[0] === 'environment' && setting.resource.includes('job ') && APPROVES.test(String(setting.value)),
      );
  if (gate !== undefined && after.resources.every((job) => job.key !== gate.resource))
    yield {
      side: 'before',
      range: gate.range,
      message: fitMessage(`nothing that deploys waits for the environment ${quote(String(gate.value), 24)} any more`),
    };
  for (const setting of removed.settings) {
    const job = deploying.find((other) => other.key === setting.resource);
    if (job === undefined || setting.value === null) continue;
    const key = setting.path[0] ?? '';
    const now = settingsOfJob(after, job.key).filter((other) => other.path[0] === key && other.value !== null);
    const gone = now.length === 0 && !isInCalledWorkflow(input, job.key, key);
    if (key === 'environment' && gone && APPROVES.test(String(setting.value)))
      yield {
        side: 'before',
        range: setting.range,
        message: fitMessage(`${quote(job.name, 20)} no longer waits for the environment ${quote(String(setting.value), 20)}`),
      };
    // The needed job may still be there: then this one no longer waits for it.
    if (
      key === 'needs' &&
      STAGING_JOB.test(String(setting.value)) &&
      !now.some((other) => STAGING_JOB.test(String(other.value))) &&
      after.resources.some((other) => other.type === 'job' && other.name === setting.value)
    )
      yield {
        side: 'before',
        range: setting.range,
        message: fitMessage(`${quote(job.name, 20)} no longer waits for ${quote(String(setting.value), 20)}`),
      };
    if (setting.path.at(-1) === 'start_in' && waitsLess(setting, settingsOfJob(after, job.key)))
      yield {
        side: 'before',
        range: setting.range,
        message: fitMessage(`${quote(job.name, 20)} no longer waits ${quote(String(setting.value), 20)} before it starts`),
      };
    if (key === 'when' && setting.value === 'manual' && !now.some((other) => other.value === 'manual'))
      yield {
        side: 'before',
        range: setting.range,
        message: fitMessage(`${quote(job.name, 20)} no longer waits for a person: ${quote('when: manual')}`),
      };
  }
}

/** GitLab's `when: delayed`: every rule by which the job runs starts it in less than half of the time, or at once. */
function waitsLess({ value }: Setting, now: readonly Setting[]): boolean {
  const [old = 0, ...waits] = [value, ...now.filter(({ path }) => path.at(-1) === 'start_in').map((other) => other.value)].map(
    (time) => durationOf(time) ?? 0,
  );
  const isManual = now.some((other) => other.path.at(-1) === 'when' && /^(?:manual|never)$/.test(String(other.value)));
  return !isManual && Math.max(0, ...waits) <= old * BAKE_CUT;
}

const STAGING_JOB =
  /canary|staging|stage\b|smoke|verif|soak|bake|ring|wave|pre-?prod|preview-?check|health-?check|acceptance|approve|approval|gate/i;

const DEPLOYS =
  /deploy|release|rollout|fleet|set-(version|image|traffic|weight)|--(percent|weight|traffic)|roll-?out|publish|promote|apply|helm|kubectl|terraform|cdk|full|production|ship|(^|\/)(push|roll|sync|upgrade|install|update|activate|distribute|swap)\b(?!\.(lock|md))|\b(gcloud run|update-service|create-invocation|serverless|fly(ctl)? |nomad job|argocd|ansible-playbook)/i;

/** Environments that a person approves, by what they are called. */
const APPROVES = /prod|live|canary|release|approv/i;

function settingsOfJobs(facts: NonNullable<RuleInput['after']>, jobs: readonly Resource[]): readonly Setting[] {
  return jobs.flatMap((job) => settingsOfJob(facts, job.key));
}

const deployingJobs = keepOf((facts: NonNullable<RuleInput['after']>): readonly Resource[] => {
  const deploys = facts.commands.filter((command) => DEPLOYS.test(command.written));
  return facts.resources.filter(
    (job) =>
      job.type === 'job' &&
      (DEPLOYS.test(job.name) ||
        deploys.some((command) => command.scope.endsWith(job.name)) ||
        settingsOf(facts, job.key).some((setting) => /^(uses|run|script)$/.test(nameOf(setting)) && DEPLOYS.test(String(setting.value)))),
  );
});

function isStaging(job: Resource, facts: RuleInput['before']): boolean {
  return (
    STAGING_JOB.test(job.name) ||
    settingsOf(facts, job.key).some(
      (setting) => setting.path[0] === 'environment' && /canary|staging|stage|preprod/i.test(String(setting.value)),
    )
  );
}

/** A job that came in its place. */
function renamedTo(job: Resource, { added, before, after }: RuleInput): boolean {
  const commands = (key: string, facts: RuleInput['before']): string =>
    settingsOf(facts, key)
      .filter((setting) => /^(run|uses|script)$/.test(nameOf(setting)))
      .map((setting) => String(setting.value))
      .sort()
      .join('\n');
  const old = commands(job.key, before);
  return added.resources.some((other) => other.type === 'job' && (STAGING_JOB.test(other.name) || commands(other.key, after) === old));
}
