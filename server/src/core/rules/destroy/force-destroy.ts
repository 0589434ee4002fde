import type { SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { keepOf } from '../vocabulary/code/kept.ts';
import { nameOf } from '../vocabulary/settings/setting-index.ts';
import { isTrue } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, changeName, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';
import { referenceOf, usersOf } from '../vocabulary/settings/terraform-values.ts';

/**
 * ## What it sees
 * A switch that lets a store be deleted while it still holds something: `force_destroy`, `force_delete`,
 * `delete_automated_backups`, `AutoDeleteObjects`, `recovery_window_in_days = 0`; in templates, and in programs that declare them
 * (CDK, Pulumi).
 *
 * ## Why it matters
 * A bucket that is not empty refuses to be deleted. The switch takes that last refusal away.
 *
 * ## When it is fine
 * Turning it off, and stores that are made with it in a sandbox.
 *
 * ## What it misses
 * Values that a caller of a module gives it.
 */
export default defineRule({
  id: 'destroy/force-destroy',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Lets a store be deleted with what it holds',
  reads: ['settings', 'options'],
  evidence: [
    {
      title: 'terraform destroy by an agent, 2026',
      url: 'https://aspov.com/category/ai/when-your-ai-agent-wipes-production-the-terraform-disaster-that-erased-2-5-years-of-data',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const change of changedSettings(input)) {
      if (change.after === undefined) continue;
      const name = changeName(change);
      const forces = FORCES.test(name) && isTrue(change.after.value) && !isTrue(change.before?.value);
      const noWindow = WINDOW.test(name) && change.after.value === 0 && change.before?.value !== 0;
      if ((!forces && !noWindow) || isMonitor(change, input)) continue;
      const of = change.resource === undefined ? '' : ` of ${quote(change.resource.name, 24)}`;
      const message = forces ? `${quote(name)}${of} deletes what it still holds` : `${quote(name)}${of} -> 0: no way back after a delete`;
      yield { ...placeOf(change), message: fitMessage(message) };
    }
    yield* switchedByValue(input);
    // Infrastructure that a program declares: CDK and Pulumi in Python and Go.
    for (const option of input.added.options) {
      const isOn = /^(true|True|\w+\.(?:Bool|BoolPtr|Bool\.of|jsii\.Bool)\(true\))$/.test(option.value);
      if (!isOn || !(DECLARED.test(option.name) || FORCES.test(option.name))) continue;
      if (option.callee === '' && !isInfrastructure(input)) continue;
      const stood = input.before?.options.some(
        (old) => old.key === option.key || (old.name === option.name && old.callee === option.callee && old.value === option.value),
      );
      const told = input.added.settings.some((setting) => setting.range.start.line === option.range.start.line);
      if (told || stood === true) continue;
      yield {
        side: 'after',
        range: option.range,
        message: fitMessage(
          `${quote(option.name)}${option.callee === '' ? '' : ` of ${quote(option.callee, 24)}`} deletes what it still holds`,
        ),
      };
    }
  },
});

/** What watches others holds nothing itself: it has a query and says whom it tells. */
function isMonitor({ after, path }: SettingChange, { after: facts }: RuleInput): boolean {
  const parent = path.slice(0, -1);
  const beside = (name: RegExp): boolean =>
    facts?.settings.some(
      (other) =>
        other.resource === after?.resource &&
        other.path.length > parent.length &&
        parent.every((part, at) => other.path[at] === part) &&
        name.test(other.path[parent.length] ?? ''),
    ) === true;
  return beside(/^query$/) && beside(/^(message|escalation_message|escalationMessage|notify_\w+|renotify_interval|monitor_thresholds)$/);
}

/** A plain object says it of infrastructure only in a program that declares some. */
function isInfrastructure({ after, path }: RuleInput): boolean {
  return (
    /(^|\/)(infra\w*|cdk|pulumi|stacks?|iac|deploy\w*|platform)\//i.test(path) || (after !== undefined && declaresInfrastructure(after))
  );
}

const declaresInfrastructure = keepOf((facts: SourceFacts): boolean =>
  facts.tokens.some(({ text }) => /\b(pulumi|aws_?-?cdk|cdktf|constructs|terraform)\b/i.test(text)),
);

/** The switch takes its value from a variable or a field of one, which is true now where it was not. */
function* switchedByValue(input: RuleInput): Iterable<FindingDraft> {
  for (const change of changedSettings(input)) {
    const { after, before, resource, path } = change;
    if (after === undefined) continue;
    const turned: string[] = [];
    const reference = referenceOf(change, resource, input.path);
    if (reference !== undefined && isTrue(after.value) && !isTrue(before?.value)) turned.push([reference, ...path.slice(1)].join('.'));
    if (resource?.type === 'variable' && path[0] === 'type')
      for (const field of trueFields(String(after.value)))
        if (!trueFields(String(before?.value ?? '')).includes(field)) turned.push(`var.${resource.name}.${field}`);
    for (const name of turned) {
      const user = FORCES.test(name.split('.')[1] ?? '')
        ? undefined
        : usersOf(input, name.split('.').slice(0, 2).join('.')).find(
            ({ setting }) => FORCES.test(nameOf(setting)) && String(setting.value).includes(name),
          );
      if (user !== undefined)
        yield {
          ...placeOf(change),
          message: fitMessage(`${quote(name, 30)}: ${quote(nameOf(user.setting))} deletes what it still holds`),
        };
    }
  }
}

/** Fields of an object type that are true by themselves: `purge = optional(bool, true)`. */
function trueFields(type: string): readonly string[] {
  return [...type.matchAll(/\b(\w+) *= *optional\( *bool *, *true *\)/g)].map((match) => match[1] ?? '');
}

const FORCES =
  /^(force_destroy|force_delete|forceDelete|forceDestroy|autoDeleteObjects|AutoDeleteObjects|delete_automated_backups|DeleteAutomatedBackups|delete_contents_on_destroy|force_detach_policies_and_delete|allow_force_delete|skip_destroy_protection|EmptyOnDelete|emptyOnDelete|force_destroy_\w+|allow_destroy|allowDestroy|delete_on_termination_of_data|purge_soft_delete_on_destroy|purge_soft_deleted_\w+_on_destroy|delete_os_disk_on_termination|delete_data_disks_on_termination|recursive_delete|skip_final_backup_on_destroy|deleteProtectionOverride|forceDeleteRepository|removeOnDelete|ForceDeleteWithoutRecovery|forceDeleteWithoutRecovery)$/;
const DECLARED =
  /^(autoDeleteObjects|forceDestroy|emptyOnDelete|ForceDestroy|force_destroy|AutoDeleteObjects|auto_delete_objects|EmptyOnDelete|empty_on_delete|ForceDelete|force_delete)$/;
const WINDOW = /^(recovery_window_in_days|soft_delete_retention_days|RecoveryWindowInDays)$/;
