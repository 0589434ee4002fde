import type { Option, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { LIMIT_FACTOR } from '../thresholds.ts';
import { shorten, words } from '../vocabulary/code/call-names.ts';
import { numberIn } from '../vocabulary/code/computed-numbers.ts';
import { keepOf } from '../vocabulary/code/kept.ts';
import { changedOptions, rehousedOptions } from '../vocabulary/code/option-changes.ts';
import { isCountedCapacity } from '../vocabulary/load/counts-in-code.ts';
import { limitsInCode } from '../vocabulary/load/limits-in-code.ts';
import { limitsInTexts } from '../vocabulary/load/limits-in-texts.ts';
import { isBatchOfDeletes, isOwnBound } from '../vocabulary/load/own-bounds.ts';
import { isSaferBelow } from '../vocabulary/load/safer-below.ts';
import { vacuumOff } from '../vocabulary/schema/vacuum-settings.ts';
import { amountOf } from '../vocabulary/settings/amounts.ts';
import { CAPACITY_COUNT } from '../vocabulary/settings/capacity-names.ts';
import { regroupedSettings } from '../vocabulary/settings/regrouped.ts';
import { findSetting } from '../vocabulary/settings/setting-index.ts';
import { changedSettings, changeName, ofResource, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A number that bounds a resource (a pool, a quota, a buffer, a concurrency, a time to live) and that more than doubled or
 * halved, or became unlimited; also inside the address of a database, the options of a machine (`-Xmx`) and the command line of a server.
 *
 * ## Why it matters
 * Limits are set against each other: a pool of 500 in twenty processes is ten thousand connections to a database that takes
 * five hundred.
 *
 * ## When it is fine
 * A measured change; the acknowledgement then holds the measure. Less than a factor of two is not flagged; exactly twice or half, and a
 * rate of requests, the size of a body and the life of a session that sink, are a note.
 *
 * ## What it misses
 * A setting whose name says nothing of a limit, and a limit that is computed.
 */
export default defineRule({
  id: 'deploy/limit-changed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A limit changed by a factor',
  reads: ['options', 'settings', 'calls', 'commands', 'statements'],
  evidence: [
    { title: 'AWS Kinesis 2020-11-25: a thread limit', url: 'https://aws.amazon.com/message/11201/' },
    { title: 'Cloudflare 2025-11-18: a file over its limit', url: 'https://blog.cloudflare.com/18-november-2025-outage/' },
  ],
  *check(input): Iterable<FindingDraft> {
    const told = new Set<string>();
    // A pool's timeout bounds both how long and how much: it is told once.
    for (const draft of [...inConfiguration(input), ...limitsInCode(input), ...limitsInTexts(input)]) {
      told.add(`${draft.range.start.line}:${draft.range.start.character}`);
      yield draft;
    }
    yield* vacuumOff(input);
    for (const { before, after } of [...changedOptions(input), ...rehousedOptions(input)]) {
      const place = `${after.range.start.line}:${after.range.start.character}`;
      if (told.has(place) || !isLimit(after.name, after.callee) || isCountedCapacity(after.name, after.callee)) continue;
      const old = numberIn(before.value, input.before);
      const now = isUnset(after) ? Number.POSITIVE_INFINITY : numberIn(after.value, input.after);
      if (old === undefined || now === undefined || old === now) continue;
      if (input.after?.settings.some((setting) => setting.range.start.line === after.range.start.line) === true) continue;
      const factor = factorOf(old, now);
      if (factor < LIMIT_FACTOR.notes || Math.max(old, now) < 4) continue;
      told.add(place);
      yield {
        side: 'after',
        range: after.range,
        message: fitMessage(`\`${shorten(after.name, 26)}\` went from ${old} to ${now}`),
        ...(factor === LIMIT_FACTOR.notes ||
        (now > 0 && now < old && (factor <= 4 ? isOwnBound(after, input) : isBatchOfDeletes(after, input))) ||
        isSaferBelow(after.name, after.callee, old, now)
          ? { severity: 'low' as const }
          : {}),
      };
    }
  },
});

function isLimit(name: string, callee: string): boolean {
  const text = words(name);
  if (
    /\b(width|height|length|lines|rows|cols|columns|depth|digits|age|zoom|opacity|retry|retries|attempts|date|year|size px|fixed|interval|poll|period|every|cron|tax|vat|fee|price|exchange|interest|font|index|value|score|temperature|tokens|words|chars)\b/.test(
      text,
    ) ||
    /^(z|yup|Joi|expect|Math)\b/.test(callee)
  )
    return false;
  if (/^(max|min)$/.test(text)) return /pool|queue|worker|semaphore|limit|thread/i.test(callee);
  return (
    /\b(pool|threads?|quota|limit|ttl|buffer|concurrency|concurrent|connections?|workers?|parallelism|batch|queue|capacity|heap|memory|max size|max sites|max items|max entries|max rows|high water mark|backlog|max sockets|rate)\b/.test(
      text,
    ) && !/\b(id|name|url|type|key|path)\b/.test(text)
  );
}

/** `max_connections=None`: no bound at all. */
function isUnset({ name, value, callee }: Option): boolean {
  return callee !== '' && /^(None|null|undefined|nil)$/.test(value) && /\bmax\b/.test(words(name));
}

function factorOf(old: number, now: number): number {
  if (now === 0 || old === 0 || now === -1 || !Number.isFinite(now)) return Number.POSITIVE_INFINITY;
  return Math.max(old / now, now / old);
}

const CONFIGURED =
  /\b(timeouts?|deadline|retry|retries|attempts|pool|threads?|quotas?|limits?|ttl|buffers?|concurrency|concurrent|connections?|workers?|parallelism|parallel|batch|queue|capacity|heap|memory|backlog|sockets?|rate|rps|qps|burst|throughput|requests?|sessions?|max|min|maximum|minimum|cap|ceiling|keep ?alive|idle|ulimit|nofile|nproc|fds?|descriptors|backpressure|size|entries|items|records|messages|bytes|events|features?|rules|sites|partitions|shards|inflight|in flight|per (second|minute|hour|tenant|user|ip|day))\b/;
/** Numbers of which a factor of two says nothing of load. */
const OTHERWISE =
  /\b(id|port|ports|version|year|date|width|height|padding|margin|font|opacity|index|order|priority|line|lines|column|columns|length of|print width|indent|zoom|longitude|latitude|lat|lng|lon|score|temperature|weight|percent|percentage|coverage|threshold|thresholds|statements|branches|functions|severity|level|days|retention|price|amount|fee|tax|discount|age|star|stars|rating|quality|seed|asn|uid|gid|user|group|mode|replicas?|node count|instance count|desired|storage|disk|volume|allocated|revision|serial|schema|migration|build|target|ecma|character|chars|digits|precision|scale|depth|tab|radius|delay|interval|period|schedule|backoff|cpu|cpus|probe|initial|failure|success|healthy|unhealthy|surge|unavailable|available|stage|memory (request|limit)|limits memory|requests memory|node|nodes|instances|pods|port range|from port|to port|max unavailable|history|ephemeral|ready|grace|bake|soak|pause)\b/;
/** Words that bound something wherever they stand; the others do so in configuration alone, and mean anything in data. */
const SAYS_LIMIT =
  /\b(timeouts?|deadline|retries|attempts|pool|threads?|quotas?|limits?|ttl|buffers?|concurrency|concurrent|connections?|workers?|parallelism|queue|backlog|ulimits|nofile|nproc|sockets?|rps|qps|burst|throughput|cap|rate ?limit\w*|max \w+|\w+ max|per (second|minute|hour|tenant|user|ip|day))\b/;
const IS_CONFIGURATION =
  /(^|[/._-])(config|configs|configuration|conf|settings?|values|prod|production|staging|gateway|service|services|infra|k8s|kubernetes|helm|charts?|deploy\w*|application|app|server|nginx|envoy|haproxy|limits|quotas|runtime|compose|env|environments?)([/._-]|$)|\.(tf|tfvars|hcl|toml|properties)$/i;
const TOOLING =
  /(^|\/)(\.?(eslint|prettier|stylelint|jest|vitest|babel|biome|tsconfig|jsconfig|nyc|markdownlint|renovate|commitlint|lerna|turbo|nx|lighthouserc|cspell|rollup|webpack|size-limit|bundlesize|mocharc|playwright|cypress|dependabot|codecov|sonar|swagger|openapi|cdk|package|angular|composer|rush|deno)[\w.-]*)\.(json|jsonc|json5|ya?ml|toml)$|locales?\/|i18n\/|translations?\/|\.schema\.json$|schemas?\/|(^|\/)(\.github|dashboards?|grafana|data|assets|public|static)\//i;

const isDescription = keepOf(({ settings }: SourceFacts): boolean =>
  settings.some(({ path }) => path.length === 1 && /^(openapi|swagger|\$schema|asyncapi)$/.test(path[0] ?? '')),
);

/** Numbers of configuration whose name says that they bound something. */
function* inConfiguration(input: RuleInput): Generator<FindingDraft> {
  if (TOOLING.test(input.path) || (input.after !== undefined && isDescription(input.after))) return;
  for (const written of [...changedSettings(input).filter(({ before }) => before !== undefined), ...regroupedSettings(input)]) {
    const change = withLabel(written, input);
    if (change.resourceIsGone || change.before === undefined || !isConfiguredLimit(change)) continue;
    const factor = settingFactor(change);
    if (
      factor === undefined ||
      factor < LIMIT_FACTOR.notes ||
      (!SAYS_LIMIT.test(words(change.path.slice(-2).join(' '))) && !IS_CONFIGURATION.test(input.path))
    )
      continue;
    const [was = 0, is = 0] = [amountOf(change.before.value), amountOf(change.after?.value)];
    yield {
      ...placeOf(change),
      ...((factor === LIMIT_FACTOR.notes && !keepsMessages(change)) || isSaferBelow(change.path.slice(-2).join(' '), '', was, is)
        ? { severity: 'low' as const }
        : {}),
      message: fitMessage(
        `${quote(
          change.path
            .filter((part) => !/^\d+$/.test(part))
            .slice(-2)
            .join('.')
            .replace(/^value#|\.value$/g, ''),
          36,
        )}${ofResource(change)}: ${String(change.before.value)} -> ${String(change.after?.value ?? 'removed')}`,
      ),
    };
  }
}

/** `name = "max_connections"` beside `value = "200"`: what is set goes by the name that stands beside it. */
function withLabel(change: SettingChange, { after }: RuleInput): SettingChange {
  const { path } = change;
  const setting = change.after;
  if (setting === undefined || !/^(value|ParameterValue)$/.test(path.at(-1) ?? '') || /#/.test(path.at(-2) ?? '')) return change;
  const label = ['name', 'key', 'parameter_name', 'ParameterKey', 'ParameterName']
    .map((key) => findSetting(after, { resource: setting.resource, path: [...setting.path.slice(0, -1), key] })?.value)
    .find((value) => typeof value === 'string');
  return label === undefined ? change : { ...change, path: [...path.slice(0, -1), `value#${String(label)}`, 'value'] };
}

/** For how long, or how much, a queue, a topic or a stream keeps what nobody has read yet: less of it loses messages. */
const KEEPS_MESSAGES =
  /\b(messages?|events?|records?|queue|topic|stream) (retention|retain)\b|^(kafka )?(log )?(local )?retention (ms|bytes|minutes|hours|period hours)$|^(max )?(message|msg|event) age\b/;
const KEEPER = /queue|topic|stream|kinesis|pubsub|event_?hub|service_?bus|kafka|sqs|nats|pulsar|redpanda|kafkatopic|msk|subscription/i;

/** The same, where only the thing around it says what is kept: `retention_period` of `aws_kinesis_stream`. */
function keepsMessages(change: SettingChange): boolean {
  const name = words(changeName(change));
  if (KEEPS_MESSAGES.test(name)) return true;
  return /^retention (ms|time|hours|minutes|seconds|duration)$|^max age$/.test(name) && KEEPER.test(change.resource?.type ?? '');
}

function isConfiguredLimit(change: SettingChange): boolean {
  const name = words(changeName(change));
  if (keepsMessages(change)) {
    const [old, now] = [amountOf(change.before?.value), amountOf(change.after?.value)];
    return old !== undefined && now !== undefined && now > 0 && now < old;
  }
  const around = words(change.path.slice(-3).join(' '));
  // Checks of health are tuned, and more machines are no danger: deploy/capacity-reduced looks at fewer.
  if (
    change.path.some((element) => /probe|health_?check|startup|readiness|liveness/i.test(element)) ||
    (CAPACITY_COUNT.test(changeName(change)) && !isMoreOfOne(change))
  )
    return false;
  if (/\b(progress deadline|ttl seconds after finished|termination grace|active deadline|memory|max allocated)\b/.test(name)) return false;
  if (
    /^(CustomResourceDefinition|Dashboard|GrafanaDashboard|job|PersistentVolumeClaim|PodDisruptionBudget|HorizontalPodAutoscaler|PrometheusRule|aws_cloudwatch_metric_alarm|Schedule|Backup|ScheduledBackup|dns-record|dns-zone|DNSEndpoint|\w*route53\w*|AWS::Route53::\w+|\w*_dns_\w+|cloudflare_record)$/.test(
      change.resource?.type ?? '',
    )
  )
    return false;
  if (
    /^(aws_(autoscaling|appautoscaling|eks_node|elasticache|rds|db_instance)|google_container_node|azurerm_kubernetes)/.test(
      change.resource?.type ?? '',
    ) &&
    !/timeout|quota|limit|connections|throttl/.test(name)
  )
    return false;
  if (OTHERWISE.test(name) && !/\b(timeout|pool|quota|ttl|rate limit|connections?|threads?|workers?|concurrency|queue|buffer)\b/.test(name))
    return false;
  // A chart's and a container's resources are told as such.
  if (/\bresources (limits|requests)\b|\blimits (cpu|memory)\b|\brequests (cpu|memory)\b/.test(around)) return false;
  return (
    CONFIGURED.test(name) ||
    /\b(pool|quota|quotas|limits?|rate ?limit(ing|s)?|throttl\w*|timeouts?|concurrency|thread ?pool|buffers?|cache)\b/.test(
      words(change.path.at(-2) ?? ''),
    )
  );
}

/** How many of one function run at once: more of them is more load on whatever stands behind. */
function isMoreOfOne({ path, before, after }: SettingChange): boolean {
  const [was, is] = [amountOf(before?.value), amountOf(after?.value)];
  return /^reserved_?concurrent_?executions$/i.test(path.at(-1) ?? '') && was !== undefined && (is === -1 || (is ?? 0) > was);
}

/** Undefined where the two values are no numbers of one kind; a limit that is gone is unlimited. */
function settingFactor({ before, after }: SettingChange): number | undefined {
  const old = amountOf(before?.value);
  if (old === undefined || typeof before?.value === 'boolean') return undefined;
  if (after === undefined || after.value === null) return undefined;
  if (/^(unlimited|infinity|inf|none|-1|off|never)$/i.test(String(after.value))) return Number.POSITIVE_INFINITY;
  const now = amountOf(after.value);
  if (now === undefined || old === now || Math.max(old, now) < 4) return undefined;
  return factorOf(old, now);
}
