import type { Resource, Setting } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { addressed } from '../vocabulary/settings/addressed.ts';
import { madeByFunction } from '../vocabulary/settings/composed-constructs.ts';
import { unlistedResources } from '../vocabulary/settings/kustomize-patches.ts';
import { isLetGo } from '../vocabulary/settings/moved-addresses.ts';
import { settingsOf } from '../vocabulary/settings/setting-index.ts';
import { countOf } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';
import { inProduction } from '../vocabulary/settings/stage-conditions.ts';
import { statefulKind } from '../vocabulary/settings/stateful.ts';
import { leftToCondition, lostModules, switchedOff } from '../vocabulary/settings/stateful-modules.ts';
import { takenOut } from '../vocabulary/settings/taken-out.ts';
import { referenceOf, usersOf } from '../vocabulary/settings/terraform-values.ts';

/**
 * ## What it sees
 * A database, bucket, volume, key or the like that a Terraform file, a CloudFormation or Azure template or a Kubernetes
 * manifest no longer declares; a Terraform address that changed without a `moved` block counts as removed. Also a name that
 * leaves the set, named or not, of which one store each is made, and a manifest that a kustomization no longer takes in.
 *
 * ## Why it matters
 * The next apply deletes it, and often the backups that live with it.
 *
 * ## When it is fine
 * A `moved` block gives the address to another one that is declared, a `removed` block says `destroy = false` of it, the same
 * address stands in another file, or CloudFormation retains it.
 *
 * ## What it misses
 * Resources inside modules whose source changed, and objects that a chart no longer renders.
 */
export default defineRule({
  id: 'destroy/iac-stateful-removed',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Removes infrastructure that holds data',
  reads: ['resources', 'settings'],
  evidence: [
    {
      title: 'terraform destroy by an agent, 2026',
      url: 'https://aspov.com/category/ai/when-your-ai-agent-wipes-production-the-terraform-disaster-that-erased-2-5-years-of-data',
    },
    { title: 'An environment deleted and recreated, 2025', url: 'https://www.vibegraveyard.ai/story/aws-kiro-ai-agent-outage' },
  ],
  *check(input) {
    for (const resource of input.removed.resources) {
      const kind = statefulKind(resource.type);
      if (kind === undefined || isKept(resource, input)) continue;
      yield {
        side: 'before',
        range: resource.range,
        // What is kept when it leaves the stack is in nobody's hands, and not lost.
        ...(isRetained(resource, input) ? { severity: 'medium' as const } : {}),
        message: fitMessage(`removes the ${kind} ${quote(`${resource.type} ${resource.name}`, 44)}`),
        ...addressed(resource, input.path),
      };
    }
    for (const change of changedSettings(input)) {
      const what = fewer(change, input);
      if (what !== undefined) yield { ...placeOf(change), message: fitMessage(what) };
    }
    for (const lost of [...lostModules(input), ...switchedOff(input), ...leftToCondition(input)])
      yield { ...lost, message: fitMessage(lost.message) };
    yield* leftForEach(input);
    yield* leftNamedSet(input);
    yield* leftOut(input);
  },
});

/** `count = 0`, and a count of stores that gets smaller. */
function fewer(change: SettingChange, { after }: RuleInput): string | undefined {
  const { path, before, resource } = change;
  const kind = statefulKind(resource?.type ?? '');
  if (
    kind === undefined ||
    resource === undefined ||
    change.resourceIsNew ||
    change.resourceIsGone ||
    path.length !== 1 ||
    !/^(count|for_each|create)$/.test(path[0] ?? '')
  )
    return undefined;
  const said = change.after?.value;
  // `var.environment == "prod" ? 0 : 1` is none in production.
  const now = countOf(said) ?? (path[0] === 'count' && typeof said === 'string' ? countOf(inProduction(said)) : undefined);
  const old = before === undefined ? 1 : countOf(before.value);
  if (path[0] === 'count')
    return now !== undefined && (now === 0 || (old !== undefined && now < old)) && now !== old
      ? `${quote('count')} ${old ?? ''} -> ${now} removes the ${kind} ${quote(resource.name, 24)}`.replace('  ', ' ')
      : undefined;
  const isMoved =
    after?.resources.some((other) => other.type === 'moved' && other.name.split('[')[0] === `${resource.type}.${resource.name}`) === true;
  return path[0] === 'for_each' && before === undefined && !isMoved
    ? `${quote('for_each')} gives the ${kind} ${quote(resource.name, 20)} another address: replaced`
    : undefined;
}

/** A name that leaves the set of which one store each is made. */
function* leftForEach({ removed, after }: RuleInput): Generator<FindingDraft> {
  for (const setting of removed.settings) {
    const resource = after?.resources.find((other) => other.key === setting.resource);
    const kind = statefulKind(resource?.type ?? '');
    if (
      kind === undefined ||
      resource === undefined ||
      setting.path[0] !== 'for_each' ||
      setting.path.length !== 2 ||
      setting.value === null
    )
      continue;
    if (
      after?.settings.some((other) => other.resource === resource.key && other.path[0] === 'for_each' && other.value === setting.value) ===
      true
    )
      continue;
    yield {
      side: 'before',
      range: setting.range,
      message: fitMessage(`removes the ${kind} ${quote(`${resource.name}[${String(setting.value)}]`, 40)}`),
    };
  }
}

/** The same where the set has a name: a local value, a variable's default, a line of a `.tfvars` file. */
function* leftNamedSet(input: RuleInput): Generator<FindingDraft> {
  const { removed, before, after, path } = input;
  if (!/\.(tf|tofu|tfvars)$/.test(path)) return;
  const told = new Set<string>();
  for (const setting of removed.settings) {
    const owner = before?.resources.find((other) => other.key === setting.resource);
    const reference = referenceOf(setting, owner, path);
    const at = owner?.type === 'variable' || owner?.type === 'locals' || owner === undefined ? 1 : -1;
    const own = setting.path[at];
    if (reference === undefined || own === undefined) continue;
    const isList = /^\d+$/.test(own) && setting.path.length === 2;
    const element = isList ? String(setting.value) : own;
    const isSame = (other: Setting): boolean =>
      other.resource === setting.resource &&
      other.path[0] === setting.path[0] &&
      (isList ? other.path.length === 2 && other.value === setting.value : other.path[1] === own);
    if (setting.value === null && isList) continue;
    if (told.has(`${reference} ${element}`) || after?.settings.some(isSame) === true) continue;
    told.add(`${reference} ${element}`);
    // A set that is gone altogether went with what used it, or went elsewhere.
    if (after?.settings.some((other) => other.resource === setting.resource && other.path[0] === setting.path[0]) !== true) continue;
    const user = usersOf(input, reference).find(
      ({ resource, setting: use }) => use.path[0] === 'for_each' && statefulKind(resource.type) !== undefined,
    );
    if (user === undefined) continue;
    const kind = statefulKind(user.resource.type) ?? 'store';
    yield {
      side: 'before',
      range: setting.range,
      message: fitMessage(`removes the ${kind} ${quote(`${user.resource.name}[${element}]`, 40)}`),
    };
  }
}

/** A store that an overlay deletes or no longer takes in; a controller that prunes deletes it. */
function* leftOut(input: RuleInput): Generator<FindingDraft> {
  for (const { entry, resource } of unlistedResources(input)) {
    const kind = statefulKind(resource.type);
    if (kind === undefined) continue;
    const message = `no longer takes in the ${kind} ${quote(`${resource.type} ${resource.name}`, 40)}`;
    yield { side: 'before', range: entry.range, severity: 'high', message: fitMessage(message) };
  }
  for (const { kind: type, name, path, setting } of takenOut(input)) {
    const kind = statefulKind(type);
    if (kind === undefined || path.length > 0) continue;
    yield {
      side: 'after',
      range: setting.range,
      severity: 'high',
      message: fitMessage(`takes out the ${kind} ${quote(`${type} ${name}`, 44)}`),
    };
  }
}

/** The stack lets go of it and leaves it as it is. */
function isRetained(resource: Resource, { before }: RuleInput): boolean {
  // Azure deletes what a template no longer names in its complete mode alone, which is not the default.
  if (resource.type.startsWith('Microsoft.')) return true;
  return settingsOf(before, resource.key).some(
    (setting) =>
      (setting.path.length === 1 &&
        /^(DeletionPolicy|removalPolicy)$/.test(setting.path[0] ?? '') &&
        /(Retain|RETAIN)$/.test(String(setting.value))) ||
      (setting.path.at(-1) === 'helm.sh/resource-policy' && setting.value === 'keep'),
  );
}

function isKept(resource: Resource, input: RuleInput): boolean {
  const { after, path } = input;
  if (after?.resources.some((other) => other.key === resource.key) === true) return true;
  // Another logical id for the same kind of store is a replacement, and told as one.
  if (/^(AWS::|cdk:|pulumi:)/.test(resource.type) && input.added.resources.some((other) => other.type === resource.type)) return true;
  if (/^(cdk:|pulumi:)/.test(resource.type) && isMadeInPlace(resource, input)) return true;
  if (!/\.(tf|tofu)(\.json)?$/.test(path)) return false;
  return isLetGo(`${resource.type}.${resource.name}`, input);
}

/** A function that was put in its place makes it where it stood: one inside another construct has another address. */
function isMadeInPlace(resource: Resource, input: RuleInput): boolean {
  const made = madeByFunction(resource, input);
  return (
    made !== undefined &&
    (!made.args[1]?.startsWith('`') || made.args[0] !== 'this' || made.scope.split('.')[0] === resource.scope.split('.')[0])
  );
}
