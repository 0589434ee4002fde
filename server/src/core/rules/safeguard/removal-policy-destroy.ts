import type { Setting, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { shorten } from '../vocabulary/code/call-names.ts';
import { changedOptions } from '../vocabulary/code/option-changes.ts';
import { cameAlong } from '../vocabulary/code/scope-changes.ts';
import { settingsUnder } from '../vocabulary/settings/setting-index.ts';
import { isFalse, isTrue } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, changeName, ofResource, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';
import { inProduction } from '../vocabulary/settings/stage-conditions.ts';

/**
 * ## What it sees
 * A store that may now be destroyed with its stack: a removal policy that goes from RETAIN or SNAPSHOT to DESTROY or Delete, or is
 * taken out where the default is to delete; claims that go with their StatefulSet, a storage class that reclaims by deleting, an
 * annotation of a chart or a controller that kept a resource, Crossplane's `managementPolicies`. CDK, Pulumi, CloudFormation,
 * Kubernetes, Helm and Terraform.
 *
 * ## Why it matters
 * A renamed construct replaces the resource; with the policy gone, the old one is not kept.
 *
 * ## When it is fine
 * Stacks of a sandbox, and log groups, which hold no data of anybody and are a note.
 *
 * ## What it misses
 * A policy that an aspect sets from outside.
 */
export default defineRule({
  id: 'safeguard/removal-policy-destroy',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'A data store may be destroyed with its stack',
  reads: ['settings', 'options', 'calls'],
  evidence: [
    {
      title: 'AWS Cost Explorer deleted and recreated by an agent, 2025-12',
      url: 'https://www.vibegraveyard.ai/story/aws-kiro-ai-agent-outage',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    const told = new Set<number>();
    for (const change of changedSettings(input)) {
      const what = destroyed(change, input);
      if (what === undefined) continue;
      const place = placeOf(change);
      told.add(place.range.start.line);
      yield { ...place, ...(isStateless(change) ? { severity: 'low' as const } : {}), message: fitMessage(what) };
    }
    yield* options(input, told);
    for (const { before, after } of changedOptions(input)) {
      const isConstant = !input.added.options.some(
        (option) => option.name === after.name && option.range.start.line === after.range.start.line,
      );
      if (!isConstant || !POLICY.test(after.name) || !KEEPS.test(before.value) || !DESTROYS.test(after.value)) continue;
      yield {
        side: 'after',
        range: after.range,
        message: fitMessage(
          `\`${shorten(after.name, 20)}\` of \`${shorten(after.callee, 24)}\` is \`${shorten(after.value, 26)}\` by this constant`,
        ),
      };
    }
    for (const call of input.added.calls) {
      if (
        /\.(applyRemovalPolicy|ApplyRemovalPolicy|apply_removal_policy)$/.test(call.callee) &&
        /DESTROY/.test(call.args[0] ?? '') &&
        !cameAlong(input, call)
      )
        yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(call.callee, 36)}\` lets the stack destroy it`) };
    }
    for (const call of input.removed.calls) {
      const keeps = /\.(applyRemovalPolicy|apply_removal_policy)$/.test(call.callee) && /RETAIN|SNAPSHOT/.test(call.args[0] ?? '');
      const stays = input.after?.calls.some((other) => other.callee === call.callee && other.scope === call.scope) ?? true;
      if (keeps && !stays && input.after?.scopes.some((scope) => scope.name === call.scope) === true)
        yield { side: 'before', range: call.range, message: fitMessage(`\`${shorten(call.callee, 36)}\` no longer keeps it`) };
    }
  },
});

const POLICY =
  /^(removalPolicy|deletionPolicy|DeletionPolicy|UpdateReplacePolicy|updateReplacePolicy|removal_policy|deletion_policy|whenDeleted|whenScaled|reclaimPolicy|persistentVolumeReclaimPolicy|reclaim_policy|on_delete|onDelete|cascadeDeletePolicy|delete_policy|deletePolicy)$/;
const KEEPS = /(RETAIN(_ON_UPDATE_OR_DELETE)?|SNAPSHOT|Retain|Snapshot|RetainExceptOnCreate|Orphan|ABANDON|PREVENT|keep|Never)['"]?$/;
const DESTROYS = /(DESTROY|Delete|DELETE|Recycle|delete|destroy)['"]?$/;
const KEEP_SWITCH = /^(retainOnDelete|retain_on_delete|skip_destroy|keepOnDelete|retain|preserve_on_delete|keepPvc|keepPVC|retainPvc)$/;

function destroyed(change: SettingChange, { before: base, after: facts }: RuleInput): string | undefined {
  const { path, before, after } = change;
  if (change.resourceIsGone) return undefined;
  const name = changeName(change);
  const text = (setting: Setting | undefined): string | undefined => (setting === undefined ? undefined : String(setting.value));
  const chosen = (setting: Setting | undefined): string | undefined => chosenIn(setting === before ? base : facts, setting);
  // A choice by the stage is judged by what production gets.
  const [old, now] = [before, after].map((setting) => inProduction(chosen(setting) ?? text(setting) ?? '') ?? text(setting));
  const is = (): string => `${quote(name, 24)}${ofResource(change)}: ${old ?? 'unset'} -> ${now ?? 'removed'}`;
  const kept = keptBy(change);
  if (kept !== undefined) return kept ? is() : undefined;
  if (KEEP_SWITCH.test(name))
    return before !== undefined && isTrue(before.value) && (after === undefined || isFalse(after.value)) ? is() : undefined;
  if (!POLICY.test(name) || /^(foreign|constraint|sql)/.test(path.join('/'))) return undefined;
  if (now !== undefined && DESTROYS.test(now) && old !== now) {
    // A new resource says what it is; for an old one, deleting was the default of some and not of others.
    if (
      before === undefined &&
      (change.resourceIsNew || (/^(whenScaled|whenDeleted)$/.test(name) === false && /StorageClass|Policy$/.test(name)))
    )
      return undefined;
    return old === undefined || KEEPS.test(old) || !DESTROYS.test(old) ? is() : undefined;
  }
  if (now !== undefined || old === undefined || !KEEPS.test(old)) return undefined;
  // Taken out: the volume claims of a StatefulSet are kept by default, everything else of these is deleted.
  if (/^when/.test(name)) return undefined;
  const whole = path.slice(0, -1);
  return whole.length > 0 && facts !== undefined && settingsUnder(facts, { resource: before?.resource ?? '' }, whole).length === 0
    ? undefined
    : is();
}

/** Annotations and switches by which a controller keeps what it manages: true where it did and does not any more; undefined for any other. */
function keptBy({ path, before, after }: SettingChange): boolean | undefined {
  const name = path.at(-1) ?? '';
  const [old, now] = [String(before?.value ?? ''), String(after?.value ?? '')];
  if (
    /^(helm\.sh\/resource-policy|services\.k8s\.aws\/deletion-policy|cnrm\.cloud\.google\.com\/deletion-policy|kustomize\.toolkit\.fluxcd\.io\/prune)$/.test(
      name,
    )
  )
    return /^(keep|retain|abandon|disabled)$/.test(old) && now !== old;
  if (name === 'argocd.argoproj.io/sync-options') return /\b(Prune|Delete)=false\b/.test(old) && !/\b(Prune|Delete)=false\b/.test(now);
  if (/^(deleteClaim|deletePVC|deletePvc|deletePersistentVolumeClaims|delete_on_termination|deleteOnTermination)$/.test(name))
    return isTrue(after?.value) && (isFalse(before?.value) || (before === undefined && /^deleteC/.test(name)));
  // Crossplane may do to a thing what its list says: without a word of deleting, it leaves it.
  if (path.at(-2) === 'managementPolicies') return /^(\*|Delete)$/.test(now) && old !== '' && !/^(\*|Delete)$/.test(old);
  return undefined;
}

/** `!If [IsProd, Delete, Snapshot]` of CloudFormation as a choice that is made in other languages. */
function chosenIn(facts: SourceFacts | undefined, setting: Setting | undefined): string | undefined {
  if (setting === undefined || setting.value !== null) return undefined;
  const parts = settingsUnder(facts, setting, setting.path).filter(({ path }) => path.length > setting.path.length);
  const [test, yes, no] = parts.map(({ value }) => String(value));
  return parts.length === 3 && test !== undefined ? `${test} ? ${yes} : ${no}` : undefined;
}

function isStateless({ resource }: SettingChange): boolean {
  return (
    /LogGroup|log_group|Function|Lambda|Topic$|Queue$|Alarm|Role$|Policy$|Parameter$|Repository/.test(resource?.type ?? '') &&
    !/ecr|Ecr/.test(resource?.type ?? '')
  );
}

/** Properties of an object that becomes a construct's elsewhere, and assignments. */
function* options(input: RuleInput, told: ReadonlySet<number>): Generator<FindingDraft> {
  const isSetting = (line: number): boolean =>
    told.has(line) || input.after?.settings.some((setting) => setting.range.start.line === line) === true;
  for (const option of input.added.options) {
    if (isSetting(option.range.start.line)) continue;
    const old = input.removed.options.find((other) => other.name === option.name && other.callee === option.callee);
    const isPolicy =
      /^(removalPolicy|removal_policy|deletionPolicy|deletion_policy)$/i.test(option.name) &&
      DESTROYS.test(option.value) &&
      old?.value !== option.value;
    const isSwitch =
      /^(retainOnDelete|retain_on_delete|protect)$/i.test(option.name) && /^(false|False)$/.test(option.value) && old !== undefined;
    if (!isPolicy && !isSwitch) continue;
    yield {
      side: 'after',
      range: option.range,
      message: fitMessage(
        `\`${shorten(option.name, 24)}\` is \`${shorten(option.value, 26)}\`${old === undefined ? '' : `, was \`${shorten(old.value, 14)}\``}`,
      ),
    };
  }
}
