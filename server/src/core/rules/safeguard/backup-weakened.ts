import type { Command, Resource } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { changedSettings, countOf, durationOf, isFalse, isTrue, nameOf, placeOf, type SettingChange } from '../settings.ts';

/**
 * What it sees
 * Retention that gets shorter, a final snapshot that is skipped, point-in-time recovery or versioning that is turned off or
 * taken out; in scripts, a prune of backups that keeps fewer days, a backup that is no longer checked, and a copy that is no
 * longer made.
 *
 * Why it matters
 * Nobody misses a backup until the day it is needed. At GitLab five kinds of backup had failed before anybody noticed.
 *
 * When it is fine
 * Longer retention, and a resource that is removed altogether, which is reported as such.
 *
 * What it misses
 * Values that come from variables, and schedules that run less often.
 */
export default defineRule({
  id: 'safeguard/backup-weakened',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Keeps fewer backups, or none',
  reads: ['settings', 'commands', 'resources'],
  evidence: [
    {
      title: 'GitLab database outage of 31 January 2017',
      url: 'https://about.gitlab.com/2017/02/10/postmortem-of-database-outage-of-january-31/',
    },
    { title: 'checkov CKV_AWS_133 and CKV_AWS_28', url: 'https://www.checkov.io/5.Policy%20Index/terraform.html' },
  ],
  *check(input) {
    for (const change of changedSettings(input)) {
      if (change.resourceIsGone) continue;
      const what = weakened(change);
      if (what === undefined) continue;
      const of = change.resource === undefined ? '' : ` of ${quote(change.resource.name, 18)}`;
      yield { ...placeOf(change), message: fitMessage(`${quote(settingName(change), 36)}${of}: ${what}`) };
    }
    for (const resource of input.removed.resources) {
      if (!isBackup(resource) || input.after?.resources.some((other) => other.key === resource.key) === true) continue;
      yield {
        side: 'before',
        range: resource.range,
        message: fitMessage(`removes the backup ${quote(`${resource.type} ${resource.name}`, 40)}`),
      };
    }
    yield* weakenedScripts(input);
  },
});

const RETENTION =
  /^(backup_?retention(_?(period|days|in_days))?|BackupRetentionPeriod|retention_?(period|days|in_days)|retentionDays|snapshot_?retention(_?limit|_?period|_?days)?|SnapshotRetentionLimit|automated_snapshot_retention_period|AutomatedSnapshotRetentionPeriod|automatic_backup_retention_days|AutomaticBackupRetentionDays|backup_retention_days|retained_backups|transaction_log_retention_days|noncurrent_days|keep_?(daily|weekly|monthly|last)|keep_?days|delete_after|DeleteAfterDays|MoveToColdStorageAfterDays|(BACKUP_)?(RETENTION|KEEP)(_DAYS)?|failedJobsHistoryLimitBackups)$/i;
const SWITCH =
  /^(point_in_time_recovery(_enabled)?|point_in_time_recovery|PointInTimeRecoveryEnabled|pitr(_enabled)?|binary_log_enabled|backup_?enabled|enable_?backups?|automated_?backups?|AutomaticBackups?|geo_redundant_backup(_enabled)?|cross_region_backup|snapshot_?enabled|versioning_?enabled|copy_tags_to_snapshot_enabled|blob_versioning_enabled)$/i;
const SKIP = /^(skip_final_snapshot|SkipFinalSnapshot|skip_final_backup)$/;
const BACKUP_RESOURCE =
  /^(aws_(backup_plan|backup_selection|backup_vault_lock_configuration|s3_bucket_versioning|dlm_lifecycle_policy|db_snapshot_copy|db_instance_automated_backups_replication|s3_bucket_replication_configuration)|AWS::(Backup::(BackupPlan|BackupSelection)|DLM::LifecyclePolicy)|azurerm_(backup_policy_\w+|backup_protected_\w+)|google_(sql_)?\w*backup\w*|google_compute_resource_policy|ScheduledBackup|VolumeSnapshotClass|Schedule)$/;

/** Backups by their type, and scheduled jobs by their name. */
function isBackup(resource: Resource): boolean {
  return BACKUP_RESOURCE.test(resource.type) || (resource.type === 'CronJob' && BACKUP_NAME.test(resource.name));
}

/** Old to new where the new keeps less. */
function weakened(change: SettingChange): string | undefined {
  const name = settingName(change);
  const { before, after } = change;
  if (SKIP.test(name))
    return isTrue(after?.value) && !isTrue(before?.value) && (before !== undefined || !change.resourceIsNew)
      ? `${before === undefined ? 'unset' : shown(before.value)} -> true`
      : undefined;
  if (isVersioning(change))
    return before !== undefined && isOn(before.value) && (after === undefined || !isOn(after.value))
      ? `${shown(before.value)} -> ${shown(after?.value)}`
      : undefined;
  if (SWITCH.test(name))
    return before !== undefined && isTrue(before.value) && (after === undefined || isFalse(after.value))
      ? `true -> ${shown(after?.value)}`
      : undefined;
  const expires =
    /^(days|ExpirationInDays)$/.test(name) &&
    change.path.some((element) => /^(expiration|ExpirationInDays|noncurrent_version_expiration)(#\d+)?$/.test(element));
  if (before === undefined || (!RETENTION.test(name) && !expires)) return undefined;
  // An expiry that is taken out keeps everything.
  if (expires && after === undefined) return undefined;
  const old = daysOf(before.value);
  const fresh = after === undefined ? 0 : daysOf(after.value);
  return old !== undefined && fresh !== undefined && fresh < old ? `${shown(before.value)} -> ${shown(after?.value)}` : undefined;
}

/** `versioning { enabled = true }`, `VersioningConfiguration: Status: Enabled`, `point_in_time_recovery { enabled = true }`. */
function isVersioning(change: SettingChange): boolean {
  const [key, parent] = [change.path.at(-1) ?? '', change.path.at(-2) ?? ''];
  return (
    /^(status|enabled|MfaDelete|mfa_delete)$/i.test(key) &&
    /^(versioning|versioning_configuration|VersioningConfiguration|point_in_time_recovery|pointInTimeRecovery|PointInTimeRecoverySpecification|backup_configuration|backupConfiguration|backup|continuous_backups)$/i.test(
      parent,
    )
  );
}

/** The parent names a setting that is only called `enabled`. */
function settingName(change: SettingChange): string {
  const name = nameOf(change);
  return /^(enabled|status)$/i.test(name) ? `${change.path.at(-2) ?? ''}.${name}`.replace(/^\./, '') : name;
}

function isOn(value: string | number | boolean | null): boolean {
  return isTrue(value) || (typeof value === 'string' && /^enabled$/i.test(value));
}

function shown(value: string | number | boolean | null | undefined): string {
  return value === undefined ? 'removed' : String(value);
}

const BACKUP_NAME = /back-?_?up|dump|snapshot|archive|wal|\.bak\b/i;

function* weakenedScripts({ removed, added, after, path }: RuleInput): Generator<FindingDraft> {
  const about = BACKUP_NAME.test(path);
  const before = removed.commands.filter((command) => about || BACKUP_NAME.test(`${command.pipedFrom ?? ''} ${command.written}`));
  for (const command of added.commands) {
    const fresh = pruneAge(command);
    const old = before.map(pruneAge).find((age) => age !== undefined);
    if (fresh !== undefined && old !== undefined && fresh < old)
      yield { side: 'after', range: command.range, message: fitMessage(`prunes backups older than ${old} days -> ${fresh}`) };
  }
  for (const command of before) {
    const what = guardOf(command);
    if (what === undefined || after === undefined || after.commands.some((other) => guardOf(other) === what)) continue;
    yield {
      side: 'before',
      range: command.range,
      message: fitMessage(`${quote(command.words.map((word) => word.source).join(' '), 40)} no longer ${what}`),
    };
  }
}

/** Days that `find -mtime +N -delete`, `restic forget --keep-daily N` and their like keep. */
function pruneAge(command: Command): number | undefined {
  const words = command.words.map((word) => word.text);
  if (command.name === 'find' && words.some((word) => word === '-delete' || word === '-exec')) {
    const at = words.findIndex((word) => /^-[mc]time$/.test(word));
    return at < 0 ? undefined : daysOf((words[at + 1] ?? '').replace(/^\+/, ''));
  }
  if (command.name === 'restic' || command.name === 'borg') {
    const keep = words.flatMap((word, at) =>
      /^--keep-(daily|last|within)/.test(word) ? [word.includes('=') ? word.split('=')[1] : words[at + 1]] : [],
    );
    return daysOf(keep[0]);
  }
  return undefined;
}

/** A retention in days; a plain number is one already. */
function daysOf(value: string | number | boolean | null | undefined): number | undefined {
  const seconds = durationOf(value);
  return seconds === undefined ? countOf(value) : seconds / 86_400;
}

/** What a command of a backup script gives that nothing else does. */
function guardOf(command: Command): string | undefined {
  const text = command.words.map((word) => word.text).join(' ');
  if (
    /^(pg_restore (--list|-l)|pg_verifybackup|restic check|borg check|gunzip -t|gzip -t|tar -?t|sha256sum (-c|--check)|md5sum -c|mysqlcheck|zstd -t|xtrabackup --prepare)/.test(
      text,
    )
  )
    return 'checks the backup';
  if (
    /^(aws s3 (cp|sync)|gsutil (cp|rsync)|gcloud storage (cp|rsync)|rclone (copy|sync)|rsync|scp|azcopy|restic copy|b2 upload)/.test(text)
  )
    return 'copies the backup away';
  if (/^(pg_dump|pg_dumpall|pg_basebackup|mysqldump|mongodump|restic backup|borg create|xtrabackup|mariabackup|velero backup)/.test(text))
    return 'makes the backup';
  return undefined;
}
