import type { Setting } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { STAGE_JUMP } from '../thresholds.ts';
import { lastName, words } from '../vocabulary/code/call-names.ts';
import { changedOptions } from '../vocabulary/code/option-changes.ts';
import { lostRings } from '../vocabulary/flags/ring-gates.ts';
import { commandedShares } from '../vocabulary/rollouts/commanded-shares.ts';
import { commandedWaves } from '../vocabulary/rollouts/commanded-waves.ts';
import { shortenedStages } from '../vocabulary/rollouts/stages-in-code.ts';
import { uncheckedWaves } from '../vocabulary/rollouts/unchecked-waves.ts';
import { nameOf, settingsUnder } from '../vocabulary/settings/setting-index.ts';
import { countOf, isFalse, isTrue, shownValue } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, changeName, ofResource, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';
import { removedStagingJobs } from '../vocabulary/settings/staging-jobs.ts';

/**
 * ## What it sees
 * Stages of a release that are left out: a percentage or weight that jumps to all, regions or rings that become `*`, waves and
 * steps that are taken out, in configuration, in a list of a program or on a command line, a canary that is turned off, a loop over rings that no longer waits
 * between them; in a pipeline, a canary, verification or staging job that is removed while
 * something still deploys, and a gate (`environment`, `needs`) that a deploying job loses.
 *
 * ## Why it matters
 * Configuration that went to the whole fleet in seconds is behind the widest outages there were; a stage would have stopped each.
 *
 * ## When it is fine
 * The last step of a rollout that was at a half already, a stage that is added, and pipelines that only roll back.
 *
 * ## What it misses
 * Stages that another system keeps, and a share that a script works out.
 */
export default defineRule({
  id: 'deploy/staged-rollout-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Releases to everybody at once',
  reads: ['settings', 'resources', 'guards', 'conditions', 'options', 'calls', 'loops', 'tokens', 'commands'],
  evidence: [
    {
      title: 'CrowdStrike 2024-07-19: channel file 291',
      url: 'https://www.crowdstrike.com/falcon-content-update-remediation-and-guidance-hub/',
    },
    { title: 'Fastly 2021-06-08', url: 'https://www.fastly.com/blog/summary-of-june-8-outage' },
    { title: 'Google Cloud 2025-06-12', url: 'https://status.cloud.google.com/incidents/ow5i3PPK96RduMcb1SsW' },
  ],
  *check(input) {
    if (/roll-?back|revert/i.test(input.path)) return;
    const told = new Set<string>();
    for (const change of changedSettings(input)) {
      if (change.resourceIsGone || input.after === undefined) continue;
      const found = jumped(change) ?? turnedOff(change, input) ?? allAtOnce(change);
      if (found === undefined || told.has(found.about)) continue;
      told.add(found.about);
      yield { ...placeOf(change), message: fitMessage(found.message) };
    }
    yield* widened(input);
    yield* shortened(input);
    yield* removedStagingJobs(input);
    yield* lostRings(input);
    yield* inCode(input);
    yield* shortenedStages(input);
    yield* commandedShares(input);
    yield* uncheckedWaves(input);
    yield* commandedWaves(input);
  },
});

interface Jump {
  readonly message: string;
  readonly about: string;
}

const STAGE = /\b(percent(age)?|weight|rollout|canary|traffic|ramp|exposure|share|stage|wave|ring|fraction|ratio|split)\b/;

const ROLLOUT =
  /\b(rollout|rollouts|canary|release|releases|deploy|deployment|stage|stages|wave|waves|ring|rings|traffic|progressive|ramp|experiment|experiments|split|flag|flags|feature|features|gate|weighted routing policy|routing config|subset|destinations?|target group|stickiness|virtual service|http ?route|grpc ?route|traffic ?split|lb listener|lambda alias|route53 record|backend refs?)\b/;

/** A share that goes to all, or far up. */
function jumped(change: SettingChange): Jump | undefined {
  const { path, before, after } = change;
  if (before === undefined || after === undefined) return undefined;
  const name = words(changeName(change));
  const place = words([change.resource?.type ?? '', change.resource?.name ?? '', ...path].join(' '));
  if (
    !STAGE.test(name) &&
    !/\bcanary-weight\b/.test(changeName(change)) &&
    !(/^(value|default|amount|size|to)$/.test(name) && STAGE.test(place))
  )
    return undefined;
  if (!/\bpercent(age)?\b|\bcanary\b|\brollout\b|\bramp\b|\btraffic\b/.test(name) && !ROLLOUT.test(place)) return undefined;
  if (
    /\b(cpu|memory|disk|error|errors|threshold|coverage|discount|tax|fee|sampl\w*|quality|opacity|font|health|healthy|unavailable|surge|target ?group ?arn|log|trace|traces|heap|utili[sz]ation)\b/.test(
      `${name} ${words(path.slice(-2).join(' '))}`,
    )
  )
    return undefined;
  const [old, now] = [shareOf(before.value, name), shareOf(after.value, name)];
  if (old === undefined || now === undefined || now <= old || old <= 0) return undefined;
  const isJump = (now >= STAGE_JUMP.all && old < STAGE_JUMP.from) || (now > STAGE_JUMP.from && now >= old * STAGE_JUMP.growth);
  return isJump
    ? {
        message: `${quote(
          path
            .filter((part) => !/^\d+$/.test(part))
            .slice(-2)
            .join('.'),
          32,
        )}${ofResource(change)}: ${String(before.value)} -> ${String(after.value)}`,
        about: `${after.resource} ${path.join('/')}`,
      }
    : undefined;
}

/** In percent. A fraction says so by being at most one, and by its name or its digits. */
function shareOf(value: Setting['value'], name: string): number | undefined {
  const percent = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(String(value))?.[1];
  if (percent !== undefined) return Number(percent);
  if (/^(all|everyone|everybody|full|global|ga)$/i.test(String(value))) return STAGE_JUMP.all;
  const count = countOf(value);
  if (count === undefined) return undefined;
  return count <= 1 && (/\b(fraction|ratio|share|traffic|rollout)\b/.test(name) || !Number.isInteger(count)) ? count * 100 : count;
}

const SWITCH =
  /\b(canary|staged|staged ?rollout|progressive|gradual|gradual ?rollout|wave|waves|ring|phased|incremental|blue ?green|canaries|rollout)\b/;

/** `canary.enabled: true -> false`, a canary block that is gone, `strategy: canary -> all`. */
function turnedOff(change: SettingChange, input: RuleInput): Jump | undefined {
  const { path, before, after } = change;
  if (before === undefined || before.value === after?.value) return undefined;
  const name = changeName(change);
  const text = words([path.at(-2) ?? '', name].join(' '));
  const about = `${before.resource} ${path.join('/')}`;
  const is = (): Jump => ({
    message: `${quote(
      path
        .filter((part) => !/^\d+$/.test(part))
        .slice(-2)
        .join('.'),
      34,
    )}${ofResource(change)}: ${shownValue(before.value)} -> ${shownValue(after?.value)}`,
    about,
  });
  if (
    isTrue(before.value) &&
    (after === undefined || isFalse(after.value)) &&
    SWITCH.test(text) &&
    /^(enabled?|active|staged|canary|progressive|gradual|gradualRollout|staged_?rollout|phased)$|enabled$/i.test(name)
  )
    return is();
  if (
    /^(strategy|mode|type|rolloutStrategy|deployment_?strategy|deployment_?config(_?name)?|scope|target|targets|audience|ring|wave|stage|channel)$/i.test(
      name,
    ) &&
    isStaged(String(before.value)) &&
    isAtOnce(String(after?.value ?? ''))
  )
    return is();
  const at = path.findIndex((element) =>
    /^(canary|canaryAnalysis|weighted_routing_policy|routing_config|RoutingConfig|DeploymentPreference|traffic_routing_config|canary_strategy|progressive_?rollout|linear)(#.*)?$/i.test(
      element,
    ),
  );
  if (at < 0 || after !== undefined || settingsUnder(input.after, before, path.slice(0, at + 1)).length > 0) return undefined;
  const outer = path.slice(0, at);
  const stays = outer.length === 0 ? true : settingsUnder(input.after, before, outer).length > 0;
  return stays
    ? {
        message: `${quote(path[at] ?? '', 30)}${ofResource(change)} removed`,
        about: `${before.resource} ${path.slice(0, at + 1).join('/')}`,
      }
    : undefined;
}

/** `max-parallel: 1` of a matrix that deploys: one place after the other became several at once. */
function allAtOnce({ path, before, after, resource }: SettingChange): Jump | undefined {
  if (path.at(-1) !== 'max-parallel' || path.at(-2) !== 'strategy' || countOf(before?.value ?? null) !== 1) return undefined;
  const isShip = /\b(deploy\w*|release|roll ?out|ship|promote|apply|publish)\b/.test(words(resource?.name ?? ''));
  if (!isShip || (after !== undefined && (countOf(after.value) ?? 0) <= 1)) return undefined;
  return {
    message: `${quote(resource?.name ?? '', 24)} goes to several at once: ${quote('max-parallel')} 1 -> ${shownValue(after?.value)}`,
    about: `${(after ?? before)?.resource ?? ''} max-parallel`,
  };
}

function isStaged(value: string): boolean {
  return /canary|linear|staged|progressive|gradual|wave|ring|internal|beta|early|percent|(one|half)_?at_?a_?time/i.test(value);
}

/** `CodeDeployDefault.ECSAllAtOnce`, `LambdaDeploymentConfig.ALL_AT_ONCE`, `global`. */
function isAtOnce(value: string): boolean {
  return (
    /^(all|\*|full|global|everyone|immediate|instant|big-?bang|ga|none|production|stable|direct)$/i.test(value) ||
    /all[-_]?at[-_]?once['"]?$/i.test(value)
  );
}

/** How a deployment group is told in code where it is no resource of its own: `deployment_config=…`, `.deploymentConfig(…)`. */
function* inCode(input: RuleInput): Generator<FindingDraft> {
  const isIts = (name: string): boolean => /^deployment_?(config(_?name)?|configuration|strategy)$/i.test(name);
  const told = (range: FindingDraft['range'], was: string, now: string): FindingDraft => ({
    side: 'after',
    range,
    message: fitMessage(`${quote(was, 30)} -> ${quote(now, 26)}`),
  });
  // A builder's setter is an option as well as a call.
  const lines = new Set<number>();
  for (const { before, after } of changedOptions(input))
    if (
      isIts(after.name) &&
      !lines.has(after.range.start.line) &&
      isStaged(before.value) &&
      isAtOnce(after.value) &&
      input.after?.settings.some((setting) => setting.range.start.line === after.range.start.line) !== true
    ) {
      lines.add(after.range.start.line);
      yield told(after.range, before.value, after.value);
    }
  for (const call of input.added.calls.filter(({ callee, args }) => isIts(lastName(callee)) && isAtOnce(args[0] ?? ''))) {
    const old = input.removed.calls.find(({ callee, args }) => lastName(callee) === lastName(call.callee) && isStaged(args[0] ?? ''));
    if (old !== undefined && !lines.has(call.range.start.line)) yield told(call.range, old.args[0] ?? '', call.args[0] ?? '');
  }
}

const PLACES =
  /^(regions?|zones?|locations?|cells?|rings?|waves?|clusters?|pops?|tenants?|cohorts?|segments?|audience|environments?|targets?|countries|markets|groups?|stages?|shards?|customers)$/i;

/** `regions: ["eu-west"] -> ["*"]`. */
function* widened({ added, before }: RuleInput): Generator<FindingDraft> {
  for (const setting of added.settings) {
    const key = nameOf(setting);
    if (!PLACES.test(key) || !/^(\*|all|global|everywhere|everyone|any|worldwide)$/i.test(String(setting.value))) continue;
    if (
      !ROLLOUT.test(words(setting.path.slice(0, -1).join(' '))) &&
      !/rollout|release|deploy|canary|gateway|flag|feature|edge/i.test(`${setting.resource} ${setting.key}`)
    )
      continue;
    const at = setting.path.lastIndexOf(key);
    const old = settingsUnder(before, setting, setting.path.slice(0, at + 1)).filter(
      (other) => other.value !== null && other.value !== '[]',
    );
    if (old.length === 0 || old.some((other) => other.value === setting.value)) continue;
    yield {
      side: 'after',
      range: setting.range,
      message: fitMessage(
        `${quote(
          setting.path
            .slice(0, at + 1)
            .slice(-2)
            .join('.'),
          30,
        )}: ${old.map((other) => String(other.value)).join(', ')} -> ${String(setting.value)}`,
      ),
    };
  }
}

const STEPS =
  /^(steps|stages|waves|rings|phases|stepWeights|rollout_?(steps|stages|plan|waves)|ramp|bake_?stages|canary_?steps|schedule)$/i;

/** A list of stages that keeps at most one of several. */
function* shortened({ removed, before, after }: RuleInput): Generator<FindingDraft> {
  const told = new Set<string>();
  for (const setting of removed.settings) {
    const at = setting.path.findIndex((element) => STEPS.test(element));
    const list = setting.path.slice(0, at + 1);
    const about = `${setting.resource} ${list.join('/')}`;
    if (at < 0 || after === undefined || told.has(about)) continue;
    const stays = setting.resource === '' || after.resources.some((resource) => resource.key === setting.resource);
    if (
      !stays ||
      !(
        ROLLOUT.test(words(list.join(' '))) ||
        /^(Rollout|Canary|AnalysisTemplate)$/.test(typeOf(setting, before)) ||
        /rollout|release|deploy|canary|wave|ring/i.test(setting.key)
      )
    )
      continue;
    if (/\/(jobs|runs|build)\//.test(setting.path.join('/')) || setting.resource.startsWith('job ')) continue;
    const [old, now] = [itemsOf(before, setting, list), itemsOf(after, setting, list)];
    if (old < 2 || now > Math.min(1, old - 1)) continue;
    told.add(about);
    yield {
      side: 'before',
      range: setting.range,
      message: fitMessage(`${quote(list.slice(-2).join('.'), 30)}: ${old} stages -> ${now === 0 ? 'none' : now}`),
    };
  }
}

function typeOf(setting: Setting, facts: RuleInput['before']): string {
  return facts?.resources.find((resource) => resource.key === setting.resource)?.type ?? '';
}

function itemsOf(facts: RuleInput['before'], like: Setting, list: readonly string[]): number {
  return new Set(
    settingsUnder(facts, like, list).flatMap((setting) => (setting.path.length > list.length ? [setting.path[list.length]] : [])),
  ).size;
}
