import type { Resource } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { words } from '../code/call-names.ts';
import { runsPerDay } from '../settings/cron.ts';
import { settingsUnder } from '../settings/setting-index.ts';
import { countOf, durationOf, isFalse, isTrue } from '../settings/setting-values.ts';
import { changeName, type SettingChange } from '../settings/settings.ts';

/** Names of what holds copies: a file, a bucket, a script. */
export const BACKUP_NAME = /back-?_?up|dump|snapshot|archive|wal|\.bak\b/i;

const RETENTION =
  /^(backup_?retention(_?(period|days|in_days))?|BackupRetentionPeriod|retention_?(period|days|in_days)|retentionDays|snapshot_?retention(_?limit|_?period|_?days)?|SnapshotRetentionLimit|automated_snapshot_retention_period|AutomatedSnapshotRetentionPeriod|automatic_backup_retention_days|AutomaticBackupRetentionDays|backup_retention_days|retained_backups|transaction_log_retention_days|noncurrent_days|keep_?(daily|weekly|monthly|last)|keep_?days|delete_after|DeleteAfterDays|MoveToColdStorageAfterDays|(BACKUP_)?(RETENTION|KEEP)(_DAYS)?|preferred_backup_retention|backup_retention_count|retained_count|retainedBackups|retain_days|retain_count|retention_count|backupRetentionDays|backupRetention|backup_retention_in_days|retain(ed)?_backup_count|ttl|daily_retention|point_in_time_restore_days|pitr_days|restore_window_days|hourly_retention|snapshotRetentionLimit|soft_delete_retention_days|softDeleteRetentionInDays|retention|recovery_period_days|recoveryPeriodInDays|RecoveryPeriodInDays|backup_copies|max_backups|keep_backups|retentionPolicy|retention_policy|version_retention_period|retainBackups|min_?backup\w*|num_?backups|keepLast|keepDaily|keepWeekly|keepMonthly|keep_hourly|automaticBackupRetentionDays|BackupRetentionDays|snapshots?_to_keep|deletion_window_in_days|deletionWindowInDays|PendingWindowInDays|pendingWindow|recovery_window_in_days|recoveryWindowInDays|retention_duration_seconds|retentionDurationSeconds|repo\d+-retention-(full|diff|archive|history)|etcd-snapshot-retention|retention-days)$/i;
/** Names that many things have; of a backup only where something around them says so. */
const AMBIGUOUS =
  /^(ttl|retention|retain_days|retain_count|retention_count|retention[_-]?(period|days|in_days)|retentionDays|retentionPolicy|retention_policy|keep_?(daily|weekly|monthly|last)|delete_after|noncurrent_days|(RETENTION|KEEP)(_DAYS)?|retained_count)$/i;
/** How many, or how long, by words. */
const KEEPS =
  /^(keep|kept|retain|retained|preserve|hold)( \w+)? (full|fulls|count|copies|backups?|snapshots?|dumps?|archives?|generations?|versions?|sets?|days?|weeks?|months?|hours?|daily|dailies|weekly|weeklies|monthly|monthlies|yearly|hourly|last|latest|newest|incrementals?|wal|base)$|^(backups?|snapshots?|dumps?|archives?|copies|generations?)( to)? (keep|kept|retained?|count|retention)( \w+)?$|^(\w+ ){1,3}retention (days|hours|weeks|months)$|^retention (copies|count|full|fulls|backups|snapshots|redundancy|weeks|months|hours)$/;
const AROUND =
  /purge|prune|clean-?_?up|sweeper|janitor|back-?_?up|snapshot|pitr|point.?in.?time|velero|wal|dump|restic|archive|recovery|retention_policy|db_|rds|database|Schedule|barman|pgbackrest|lifecycle|versioning|s3|bucket|storage|vault|queue|kinesis|dynamodb|redshift|elasticache|sql|postgres|mysql|mongo|restore|dlm/i;
const SWITCH =
  /^(point_in_time_recovery(_enabled)?|point_in_time_recovery|PointInTimeRecoveryEnabled|pitr(_enabled)?|binary_log_enabled|backup_?enabled|enable_?backups?|automated_?backups?|AutomaticBackups?|geo_redundant_backup(_enabled)?|cross_region_backup|snapshot_?enabled|versioning_?enabled|copy_tags_to_snapshot_enabled|blob_versioning_enabled|deleteAutomatedBackups_off|pointInTimeRecovery|pointInTimeRecoveryEnabled|versioned|versioning|backup_enabled|continuous_backups?(_enabled)?|snapshotVolumes|snapshot_volumes|defaultVolumesToFsBackup|enableBackup|backupEnabled|enable_point_in_time_recovery|cross_region_replication(_enabled)?|soft_delete_enabled|enable_soft_delete|softDelete|enableVersioning|snapshots?_enabled|wal_archiving|archive_mode|backup_replication_enabled|storage_backup_enabled|enable_backup|enableSnapshots|geoRedundantBackup|copyTagsToSnapshot|enableContinuousBackup|enable_continuous_backup|deleteAutomatedBackups|start_time_enabled|enable_bin_log|binaryLogEnabled|verify_?backups?|backup_?verif\w*|test_?restore\w*|restore_?tests?(_enabled)?|check_?integrity|offsite(_copy)?(_enabled)?)$/i;
const SKIP =
  /^(skip_final_snapshot|SkipFinalSnapshot|skip_final_backup|skipFinalSnapshot|skip_snapshot|skip_backup|deleteAutomatedBackups|delete_automated_backups|DeleteAutomatedBackups|skip_final_snapshot_before_delete|apply_without_backup|disable_backups?|backups?_disabled|skip_verification|skipVerify|suspended?_backups?|etcd-disable-snapshots|etcd_disable_snapshots)$/;
const BACKUP_RESOURCE =
  /^(aws_(backup_plan|backup_selection|backup_vault_lock_configuration|s3_bucket_versioning|dlm_lifecycle_policy|db_snapshot_copy|db_instance_automated_backups_replication|s3_bucket_replication_configuration)|AWS::(Backup::(BackupPlan|BackupSelection)|DLM::LifecyclePolicy)|azurerm_(backup_policy_\w+|backup_protected_\w+)|google_(sql_)?\w*backup\w*|google_compute_resource_policy|ScheduledBackup|VolumeSnapshotClass|Schedule)$/;

/** A resource whose whole use is to make or keep copies: by its type, and scheduled jobs by their name. */
export function isBackupResource(resource: Resource): boolean {
  return BACKUP_RESOURCE.test(resource.type) || (resource.type === 'CronJob' && BACKUP_NAME.test(resource.name));
}

/** What a setting that keeps copies lost: a shorter retention, a switch turned off, a final copy skipped. */
export function weakened(change: SettingChange, file = ''): string | undefined {
  const name = givenName(change);
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
    change.path.some((element) => /^(expiration|ExpirationInDays|noncurrent_version_expiration)(#.*)?$/.test(element));
  const isKept = RETENTION.test(name) || KEEPS.test(words(name));
  if (before === undefined || (!isKept && !expires) || (isLog(change) && !/snapshot|backup/i.test(name))) return undefined;
  const around = `${change.path.slice(0, -1).join('/')} ${change.resource?.type ?? ''} ${change.resource?.name ?? ''} ${before.resource}`;
  const isOfBackup = name === 'retention-days' ? BACKUP_NAME.test(`${file} ${around}`) : AROUND.test(around);
  if ((AMBIGUOUS.test(name) || !RETENTION.test(name)) && !expires && !isOfBackup) return undefined;
  // An expiry that is taken out keeps everything.
  if (expires && after === undefined) return undefined;
  const old = daysKept(before.value);
  const fresh = after === undefined ? 0 : daysKept(after.value);
  return old !== undefined && fresh !== undefined && fresh < old ? `${shown(before.value)} -> ${shown(after?.value)}` : undefined;
}

/** A variable of a container goes by its own name, and not by `value`. */
function givenName(change: SettingChange): string {
  const [variable, key] = change.path.slice(-2);
  return key === 'value' && change.path.at(-3) === 'env' && variable !== undefined ? variable : changeName(change);
}

/** `versioning { enabled = true }`, `VersioningConfiguration: Status: Enabled`, `point_in_time_recovery { enabled = true }`. */
function isVersioning(change: SettingChange): boolean {
  const [key, parent] = [change.path.at(-1) ?? '', change.path.at(-2) ?? ''];
  // Pulumi names the block by the type of what it is given: `s3.BucketVersioningV2VersioningConfigurationArgs{Status: …}`.
  if (
    change.path.length === 1 &&
    /^(?:status|enabled)$/i.test(key) &&
    /(?:Versioning|PointInTimeRecovery)\w*$/.test(change.resource?.type ?? '')
  )
    return true;
  // A rule by which another bucket, or another region, gets a copy.
  if (/^status$/i.test(key) && /replication_configuration$|ReplicationConfiguration/.test(`${change.resource?.type ?? ''}`)) return true;
  return (
    /^(status|enabled|MfaDelete|mfa_delete)$/i.test(key) &&
    /^(versioning|versioning_configuration|VersioningConfiguration|point_in_time_recovery|pointInTimeRecovery|PointInTimeRecoverySpecification|backup_configuration|backupConfiguration|backup|continuous_backups)$/i.test(
      parent,
    )
  );
}

/** Logs are no backups; safeguard/audit-log-off looks after them. A record's time to live is no retention either. */
function isLog({ path, resource }: SettingChange): boolean {
  return /log_group|LogGroup|log_analytics|logging|cloudtrail|flow_log|route53|dns|RecordSet|Kafka|topic|cache|cdn|cloudfront|session|token|cookie|prometheus|thanos|loki|metrics/i.test(
    `${resource?.type ?? ''} ${path.join('/')}`,
  );
}

/** A schedule of a backup that runs less often, or not at all. */
export function rarer(change: SettingChange, { path: file }: RuleInput): string | undefined {
  const { path, before, after, resource } = change;
  const isBackup =
    BACKUP_NAME.test(`${resource?.name ?? ''} ${resource?.type ?? ''} ${path.slice(0, -1).join('/')} ${file}`) ||
    /^(Schedule|ScheduledBackup|Backup)$/.test(resource?.type ?? '');
  const name = path.at(-1) ?? '';
  if (!isBackup) return undefined;
  if (/^(suspend|suspended|paused|disabled)$/i.test(name))
    return !change.resourceIsNew && !isTrue(before?.value) && isTrue(after?.value)
      ? `${before === undefined ? 'unset' : 'false'} -> true`
      : undefined;
  if (before === undefined) return undefined;
  if (/^(enabled|active|create)$/i.test(name) && isTrue(before.value) && (after === undefined || isFalse(after.value)))
    return `true -> ${shown(after?.value)}`;
  if (!/^(schedule|cron|schedule_expression|ScheduleExpression|backup_schedule|interval)$/.test(name) || after === undefined)
    return undefined;
  const [old, now] = [runsPerDay(String(before.value)), runsPerDay(String(after.value))];
  return old !== undefined && now !== undefined && now <= old / 2 ? `${shown(before.value)} -> ${shown(after.value)}` : undefined;
}

const PART =
  /^(backup|backup_configuration|backupConfiguration|backup_policy|backupPolicy|point_in_time_recovery|pointInTimeRecovery|PointInTimeRecoverySpecification|versioning|VersioningConfiguration|versioning_configuration|replication_configuration|ReplicationConfiguration|copy_action|copyActions|CopyActions|snapshot_configuration|automated_backup_policy|blob_properties_versioning|backups|daily_backup|restore_policy|delete_retention_policy|snapshotPolicy|verify|verification|offsite|replica_destination)(#.*)?$/;

/** A block that made copies, taken out whole while its store stays. */
export function lostPart(change: SettingChange, { after: facts }: RuleInput): string | undefined {
  const { path, before, after } = change;
  if (before === undefined || after !== undefined || facts === undefined) return undefined;
  const at = path.findIndex((element) => PART.test(element));
  if (at < 0 || at !== path.length - 1 || before.value !== null || settingsUnder(facts, before, path).length > 0) return undefined;
  const outer = path.slice(0, at);
  return outer.length > 0 && settingsUnder(facts, before, outer).length === 0 ? undefined : 'removed';
}

/** The parent names a setting that is only called `enabled`. */
export function settingName(change: SettingChange): string {
  const name = givenName(change);
  if (name === change.path.at(-2)) return name;
  return /^(enabled|status|retention|schedule|interval|suspend|ttl|days|retention_?days)$/i.test(name)
    ? `${change.path.at(-2) ?? ''}.${name}`.replace(/^\./, '')
    : name;
}

function isOn(value: string | number | boolean | null): boolean {
  return isTrue(value) || (typeof value === 'string' && /^enabled$/i.test(value));
}

function shown(value: string | number | boolean | null | undefined): string {
  return value === undefined ? 'removed' : String(value);
}

/** A retention in days; a plain number is one already. */
export function daysKept(value: string | number | boolean | null | undefined): number | undefined {
  const built = /Duration\.(hours|days|minutes)\((\d+)\)/.exec(String(value));
  if (built !== null) return Number(built[2]) / ({ days: 1, hours: 24, minutes: 1440 }[built[1] ?? ''] ?? 1);
  const iso = /^P(\d+)([DWMY])$/.exec(String(value));
  if (iso !== null) return Number(iso[1]) * ({ D: 1, W: 7, M: 30, Y: 365 }[iso[2] ?? ''] ?? 1);
  const seconds = durationOf(value);
  return seconds === undefined ? countOf(value) : seconds / 86_400;
}
