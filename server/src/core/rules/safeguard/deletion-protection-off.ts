import type { Resource } from '../../model/facts.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { shorten } from '../vocabulary/code/call-names.ts';
import { changedOptions } from '../vocabulary/code/option-changes.ts';
import { openedTables } from '../vocabulary/queries/global-sessions.ts';
import { isOffByDefault, isOn, leftOut, lostOnTheWay, PROTECTION, switchedOffInCalls } from '../vocabulary/settings/lost-protection.ts';
import { isFalse, isTrue, shownValue } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, changeName, ofResource, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';
import { lostShared } from '../vocabulary/settings/shared-protection.ts';
import { inProduction, isOffInProduction } from '../vocabulary/settings/stage-conditions.ts';
import { sourceOfValue } from '../vocabulary/settings/terraform-values.ts';
import { weakerLocks } from '../vocabulary/settings/weaker-locks.ts';
import { unprotectingCommands } from '../vocabulary/shell/unprotecting-commands.ts';

/**
 * ## What it sees
 * Deletion or termination protection that goes from on, or from a condition, to off, is taken out, or was `prevent_destroy`; in
 * Terraform with the defaults and files of its variables, CloudFormation, Azure's templates and other configuration, and in
 * programs that declare infrastructure (CDK, Pulumi); also where the resource went to another file on the way. What a provider
 * protects by itself and is now written down as off, what was on and is now worked out by Terraform from what is not known, such
 * as `var.env == "prod"` (high: it was on for certain, and whoever misses the name of the environment has none), a condition on the
 * stage that leaves production out (`stage !== 'prod'`), a management lock that is removed or holds less, a command or a call that
 * takes it off (`--no-deletion-protection`), and a switch off that refuses writes to
 * a whole table (`sql_safe_updates`, gorm's `AllowGlobalUpdate`), count too.
 *
 * ## Why it matters
 * It is the last thing that stops a wrong apply, and it is taken off by the very edit that needs it.
 *
 * ## When it is fine
 * Turning it on, and a resource that the change removes altogether, which is reported as such. A lock that an Azure template no
 * longer names asks for less: the default mode leaves it in place.
 *
 * ## What it misses
 * What a variable holds that a pipeline or a file named on the command line gives, and protection that is set outside the file.
 */
export default defineRule({
  id: 'safeguard/deletion-protection-off',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Takes deletion protection off',
  reads: ['settings', 'resources', 'options', 'statements', 'commands', 'calls'],
  evidence: [
    {
      title: 'terraform destroy by an agent, 2026',
      url: 'https://aspov.com/category/ai/when-your-ai-agent-wipes-production-the-terraform-disaster-that-erased-2-5-years-of-data',
    },
    { title: 'checkov CKV_AWS_293', url: 'https://www.checkov.io/5.Policy%20Index/terraform.html' },
  ],
  *check(input) {
    for (const change of changedSettings(input)) {
      if (!PROTECTION.test(changeName(change)) || change.resourceIsGone || isVersioned(change)) continue;
      const of = ofResource(change);
      if (wasOn(change)) {
        const now = computedValue(change, input) ?? shownValue(change.after?.value);
        yield { ...placeOf(change), message: fitMessage(`${quote(changeName(change))}${of}: ${String(change.before?.value)} -> ${now}`) };
      } else if (wasDefault(change))
        yield { ...placeOf(change), message: fitMessage(`${quote(changeName(change))}${of}: unset -> ${shownValue(change.after?.value)}`) };
      else if (wasOnInProduction(change.before?.value) && isOffInProduction(change.after?.value))
        yield {
          ...placeOf(change),
          message: fitMessage(`${quote(changeName(change))}${of} is off in production: ${shownValue(change.after?.value)}`),
        };
      else if (wasComputed(change) && isOffNow(change)) {
        const now = shownValue(change.after?.value);
        yield { ...placeOf(change), message: fitMessage(`${quote(changeName(change))}${of}: ${String(change.before?.value)} -> ${now}`) };
      } else if (change.before !== undefined && isOn(change.before.value)) {
        const now = computedValue(change, input);
        const isOff = now === 'false' || now === 'null';
        if (!isOff && !isUnknownNow(change, now, input)) continue;
        yield {
          ...placeOf(change),
          ...(isOff ? {} : { severity: 'high' as const }),
          message: fitMessage(
            `${quote(changeName(change))}${of}: ${String(change.before.value)} -> ${isOff ? now : shownValue(change.after?.value)}`,
          ),
        };
      }
    }
    for (const { change, what } of weakerLocks(input))
      yield { ...placeOf(change), severity: 'high', message: fitMessage(`${quote(changeName(change))}${ofResource(change)}: ${what}`) };
    for (const command of unprotectingCommands(input))
      yield {
        side: 'after',
        range: command.range,
        severity: 'high',
        message: fitMessage(`${quote(command.written, 44)} takes the protection off`),
      };
    yield* switchedOffInCalls(input);
    yield* lostOnTheWay(input);
    yield* leftOut(input);
    for (const resource of input.removed.resources) {
      if (
        !LOCK.test(resource.type) ||
        input.after?.resources.some((other) => other.key === resource.key) === true ||
        isMoved(resource, input)
      )
        continue;
      yield {
        side: 'before',
        range: resource.range,
        // Azure deletes what a template no longer names in its complete mode alone, which is not the default.
        ...(resource.type.startsWith('Microsoft.') ? { severity: 'medium' as const } : {}),
        message: fitMessage(`removes the lock ${quote(resource.name)}`),
      };
    }
    for (const { before, after } of changedOptions(input)) {
      // What a construct is given is told above, as its settings.
      if (after.callee !== '' && input.after?.settings.some((setting) => setting.range.start.line === after.range.start.line) === true)
        continue;
      if (PROTECTION.test(after.name) && wasOnInProduction(before.value) && isOffInProduction(after.value))
        yield {
          side: 'after',
          range: after.range,
          message: fitMessage(`${quote(after.name)} is off in production: ${shorten(after.value, 40)}`),
        };
      else if (
        PROTECTION.test(after.name) &&
        (/^(true|True)$/.test(before.value) || mayBeOn(after.name, before.value)) &&
        /^(false|False|undefined|None|nil)$/.test(after.value)
      )
        yield {
          side: 'after',
          range: after.range,
          message: fitMessage(`${quote(after.name)}: ${shorten(before.value, 24)} -> ${after.value}`),
        };
    }
    for (const { name, range } of lostShared(input, (name) => PROTECTION.test(name) && name.length > 8))
      yield { side: 'before', range, message: fitMessage(`${quote(name)} of what is shared: true -> removed`) };
    for (const { side, range, what } of openedTables(input))
      yield { side, range, severity: 'high', message: fitMessage(`${what}: a write without a condition is no longer refused`) };
  },
});

const LOCK =
  /^(azurerm_management_lock|google_resource_manager_lien|aws_backup_vault_lock_configuration|aws_backup_vault_policy|aws_s3_bucket_object_lock_configuration|AWS::Backup::BackupVaultLock|scaleway_\w+_lock|Microsoft\.Authorization\/locks)$/;

/** `protect` and `lock` are also names of other things, and no protection where they stand in a list of many. */
function isVersioned({ path, resource }: SettingChange): boolean {
  const name = path.at(-1) ?? '';
  return (
    /^(protect|lock|retain)$/i.test(name) &&
    (resource === undefined || path.length > 2 || /^(job|service|stage|Deployment|ConfigMap)$/.test(resource.type))
  );
}

/** Protection that the provider turns on by itself, and that is now written down as off. */
function wasDefault({ before, after, resource, resourceIsNew }: SettingChange): boolean {
  return (
    before === undefined &&
    !resourceIsNew &&
    isFalse(after?.value) &&
    /^(google_(sql_database_instance|container_cluster|bigtable_\w+|alloydb_\w+|spanner_database|bigquery_table|secret_manager_\w+|cloud_run_v2_\w+)|aws_dsql_cluster)$/.test(
      resource?.type ?? '',
    )
  );
}

/** What `var.protect` or `local.protect` holds, where the same folder says so. */
function computedValue(change: SettingChange, input: RuleInput): string | undefined {
  const reference = /^(?:\$\{ ?)?((?:var|local)(?:\.[\w-]+)+)(?: ?\})?$/.exec(String(change.after?.value))?.[1];
  const source = reference === undefined ? undefined : sourceOfValue(input, 'after', reference);
  if (source !== undefined || reference?.startsWith('var.') !== true) return source === undefined ? undefined : String(source.value);
  return givenAlike(input, reference.slice('var.'.length));
}

/** What every file of values in the folder gives a variable without a default, if they all give the same. */
function givenAlike(input: RuleInput, name: string): string | undefined {
  const folder = input.path.slice(0, input.path.lastIndexOf('/') + 1);
  const files = input.trees.after.mentioning(name.split('.')[0] ?? '', ['.tfvars']).filter((file) => file.startsWith(folder));
  const given = files.flatMap((file) => (input.factsAt('after', file)?.settings ?? []).filter(({ path }) => path.join('.') === name));
  const values = [...new Set(given.map(({ value }) => String(value)))];
  return values.length === 1 ? values[0] : undefined;
}

/** Terraform works out whether it is on, from what we do not know: it was on for certain before. */
function isUnknownNow({ after, byName }: SettingChange, now: string | undefined, { path }: RuleInput): boolean {
  // What ends in a `false` that nobody overrides is told below.
  if (byName === undefined && isOffByDefault(after?.value ?? null)) return false;
  return /\.(tf|tofu)$/.test(path) && typeof after?.value === 'string' && !isOn(after.value) && !isOn(now ?? null);
}

function isMoved(resource: Resource, { after, addedElsewhere }: RuleInput): boolean {
  return [...(after?.resources ?? []), ...addedElsewhere().resources].some(
    (other) => /^(moved|import)$/.test(other.type) && other.name.split('[')[0] === `${resource.type}.${resource.name}`,
  );
}

function wasOn(change: SettingChange): boolean {
  return change.before !== undefined && isOn(change.before.value) && isOffNow(change);
}

function isOffNow({ after }: SettingChange): boolean {
  return after === undefined || isFalse(after.value) || after.value === null || /^(INACTIVE|DISABLED|NONE)$/i.test(String(after.value));
}

/** It was on everywhere, or at least there. */
function wasOnInProduction(value: string | number | boolean | null | undefined): boolean {
  return isTrue(value) || (typeof value === 'string' && /^(?:\w+\.Bool\()?(true|True)\)?$/.test(inProduction(value) ?? value));
}

/** `var.stage == "prod"`: on where it matters, and off everywhere now. */
function wasComputed({ path, before }: SettingChange): boolean {
  return typeof before?.value === 'string' && mayBeOn(path.at(-1) ?? '', before.value);
}

function mayBeOn(name: string, value: string): boolean {
  if (
    isFalse(value) ||
    !/(?<!\w)\d*[A-Za-z_]\w*[.(!=\s?]|^\$\{|^[A-Za-z_]\w*$/.test(value) ||
    /^(INACTIVE|DISABLED|NONE|null|None|nil|undefined|True|true)$/i.test(value)
  )
    return false;
  return !/^(protect|lock|retain)$/i.test(name) || /prod|stage|env|live/i.test(value);
}
