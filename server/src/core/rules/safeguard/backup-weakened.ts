import type { Call, Command, Resource } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { lastName, words } from '../vocabulary/code/call-names.ts';
import { counterpartScope } from '../vocabulary/code/counterpart.ts';
import { isExtracted, newCallsIn } from '../vocabulary/code/scope-changes.ts';
import { runsPerDay } from '../vocabulary/settings/cron.ts';
import { changesInCode } from '../vocabulary/settings/declared-in-code.ts';
import { isLetGo } from '../vocabulary/settings/moved-addresses.ts';
import {
  changedSettings,
  changeName,
  countOf,
  durationOf,
  isFalse,
  isTrue,
  ofResource,
  placeOf,
  type SettingChange,
  settingsUnder,
} from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * Retention that gets shorter, a final snapshot that is skipped, point-in-time recovery or versioning that is turned off or
 * taken out, a backup that is removed or runs less often; in scripts, a prune of backups that keeps fewer days, a backup that is no longer checked, and a copy that is no
 * longer made.
 *
 * ## Why it matters
 * Nobody misses a backup until the day it is needed. At GitLab five kinds of backup had failed before anybody noticed.
 *
 * ## When it is fine
 * Longer retention, and a resource that is removed altogether, which is reported as such.
 *
 * ## What it misses
 * Values that come from variables.
 */
export default defineRule({
  id: 'safeguard/backup-weakened',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Keeps fewer backups, or none',
  reads: ['settings', 'commands', 'resources', 'options', 'calls'],
  evidence: [
    {
      title: 'GitLab database outage of 31 January 2017',
      url: 'https://about.gitlab.com/2017/02/10/postmortem-of-database-outage-of-january-31/',
    },
    { title: 'checkov CKV_AWS_133 and CKV_AWS_28', url: 'https://www.checkov.io/5.Policy%20Index/terraform.html' },
  ],
  *check(input) {
    for (const change of [...changedSettings(input), ...changesInCode(input)]) {
      if (change.resourceIsGone) continue;
      const what = weakened(change) ?? rarer(change, input) ?? lostPart(change, input);
      if (what === undefined) continue;
      yield { ...placeOf(change), message: fitMessage(`${quote(settingName(change), 36)}${ofResource(change, 18)}: ${what}`) };
    }
    for (const resource of input.removed.resources) {
      if (!isBackup(resource) || input.after?.resources.some((other) => other.key === resource.key) === true) continue;
      if (isLetGo(`${resource.type}.${resource.name}`, input)) continue;
      yield {
        side: 'before',
        range: resource.range,
        message: fitMessage(`removes the backup ${quote(`${resource.type} ${resource.name}`, 40)}`),
      };
    }
    yield* leftOut(input);
    yield* weakenedScripts(input);
    yield* unverified(input);
  },
});

/** A place that a backup took in and takes in no more: one name less in `includedNamespaces`, one more in `excludedResources`. */
function* leftOut(input: RuleInput): Generator<FindingDraft> {
  const facts = { removed: input.after, added: input.before };
  for (const side of ['removed', 'added'] as const) {
    for (const setting of input[side].settings) {
      const at = setting.path.findIndex((element) => (side === 'removed' ? INCLUDES : EXCLUDES).test(element));
      const resource = (input.after?.resources ?? []).find((other) => other.key === setting.resource);
      const isOfBackup =
        BACKUP_NAME.test(
          `${resource?.name ?? ''} ${resource?.type ?? ''} ${setting.path.slice(0, Math.max(0, at)).join('/')} ${input.path}`,
        ) ||
        (resource !== undefined && isBackup(resource));
      // What a policy lets somebody touch is no part of a backup.
      if (
        /iam_|::Policy|::Role|policy_document|^(Cluster)?Role(Binding)?$/i.test(
          resource?.type === 'data' ? resource.name : (resource?.type ?? ''),
        )
      )
        continue;
      if (at < 0 || !isOfBackup || setting.value === null || setting.value === '' || input.before === undefined) continue;
      if (input.before.resources.every((other) => other.key !== setting.resource) && setting.resource !== '') continue;
      const others =
        facts[side]?.settings.filter((other) => other.resource === setting.resource && other.path.includes(setting.path[at] ?? '')) ?? [];
      // The whole list that goes takes in everything; a star takes in what was named.
      if (
        others.some((other) => other.value === setting.value) ||
        (side === 'removed' && (others.length === 0 || others.some((other) => other.value === '*')))
      )
        continue;
      const told = side === 'removed' ? 'is no longer taken in' : 'is left out';
      yield {
        side: side === 'removed' ? 'before' : 'after',
        range: setting.range,
        message: fitMessage(`${quote(String(setting.value), 30)} ${told} by ${quote(setting.path[at] ?? '', 24)}`),
      };
    }
  }
}

const INCLUDES =
  /^(included?_?(namespaces?|resources?|clusterScopedResources|namespaceScopedResources|databases?|tables?|schemas?|paths?|volumes?|dirs?|directories)|namespaces|databases|schemas|source_?(directories|paths|dirs)|backup_?(paths|dirs|sources|databases|volumes)|selection|resources)$/i;
const EXCLUDES =
  /^(excluded?_?(namespaces?|resources?|databases?|tables?|schemas?|paths?|volumes?|dirs?|patterns?)|not_resources|NotResources)$/i;

/** `verify_backup(path)` that no longer follows the backup. */
function* unverified(input: RuleInput): Generator<FindingDraft> {
  const asks = (call: Call): boolean =>
    call.kind === 'call' &&
    /^(verify|check|validate|test|assert|restore test)\b/.test(words(lastName(call.callee))) &&
    /\b(backups?|dumps?|snapshots?|restores?|restorable|archives?)\b/.test(words(call.callee));
  for (const call of input.removed.calls) {
    if (!asks(call) || counterpartScope(input, call.scope) === undefined || isExtracted(input, call)) continue;
    if (newCallsIn(input, call.scope).some(asks) || !BACKUP_NAME.test(`${input.path} ${call.scope} ${call.callee}`)) continue;
    if (input.after?.calls.some((other) => lastName(other.callee) === lastName(call.callee)) === true) continue;
    yield { side: 'before', range: call.range, message: fitMessage(`${quote(call.callee, 40)} no longer asks whether the backup is one`) };
  }
}

const RETENTION =
  /^(backup_?retention(_?(period|days|in_days))?|BackupRetentionPeriod|retention_?(period|days|in_days)|retentionDays|snapshot_?retention(_?limit|_?period|_?days)?|SnapshotRetentionLimit|automated_snapshot_retention_period|AutomatedSnapshotRetentionPeriod|automatic_backup_retention_days|AutomaticBackupRetentionDays|backup_retention_days|retained_backups|transaction_log_retention_days|noncurrent_days|keep_?(daily|weekly|monthly|last)|keep_?days|delete_after|DeleteAfterDays|MoveToColdStorageAfterDays|(BACKUP_)?(RETENTION|KEEP)(_DAYS)?|preferred_backup_retention|backup_retention_count|retained_count|retainedBackups|retain_days|retain_count|retention_count|backupRetentionDays|backupRetention|backup_retention_in_days|retain(ed)?_backup_count|ttl|daily_retention|point_in_time_restore_days|pitr_days|restore_window_days|hourly_retention|snapshotRetentionLimit|soft_delete_retention_days|softDeleteRetentionInDays|retention|recovery_period_days|recoveryPeriodInDays|RecoveryPeriodInDays|backup_copies|max_backups|keep_backups|retentionPolicy|retention_policy|version_retention_period|retainBackups|min_?backup\w*|num_?backups|keepLast|keepDaily|keepWeekly|keepMonthly|keep_hourly|automaticBackupRetentionDays|BackupRetentionDays|snapshots?_to_keep)$/i;
/** Names that many things have; of a backup only where something around them says so. */
const AMBIGUOUS =
  /^(ttl|retention|retain_days|retain_count|retention_count|retention_?(period|days|in_days)|retentionDays|retentionPolicy|retention_policy|keep_?(daily|weekly|monthly|last)|delete_after|noncurrent_days|(RETENTION|KEEP)(_DAYS)?|retained_count)$/i;
/** How many, or how long, by words. */
const KEEPS =
  /^(keep|kept|retain|retained|preserve|hold)( \w+)? (full|fulls|count|copies|backups?|snapshots?|dumps?|archives?|generations?|versions?|sets?|days?|weeks?|months?|hours?|daily|dailies|weekly|weeklies|monthly|monthlies|yearly|hourly|last|latest|newest|incrementals?|wal|base)$|^(backups?|snapshots?|dumps?|archives?|copies|generations?)( to)? (keep|kept|retained?|count|retention)( \w+)?$|^retention (copies|count|full|fulls|backups|snapshots|redundancy|weeks|months|hours)$/;
const AROUND =
  /back-?_?up|snapshot|pitr|point.?in.?time|velero|wal|dump|restic|archive|recovery|retention_policy|db_|rds|database|Schedule|barman|pgbackrest|lifecycle|versioning|s3|bucket|storage|vault|queue|kinesis|dynamodb|redshift|elasticache|sql|postgres|mysql|mongo|restore|dlm/i;
const SWITCH =
  /^(point_in_time_recovery(_enabled)?|point_in_time_recovery|PointInTimeRecoveryEnabled|pitr(_enabled)?|binary_log_enabled|backup_?enabled|enable_?backups?|automated_?backups?|AutomaticBackups?|geo_redundant_backup(_enabled)?|cross_region_backup|snapshot_?enabled|versioning_?enabled|copy_tags_to_snapshot_enabled|blob_versioning_enabled|deleteAutomatedBackups_off|pointInTimeRecovery|pointInTimeRecoveryEnabled|versioned|versioning|backup_enabled|continuous_backups?(_enabled)?|snapshotVolumes|snapshot_volumes|defaultVolumesToFsBackup|enableBackup|backupEnabled|enable_point_in_time_recovery|cross_region_replication(_enabled)?|soft_delete_enabled|enable_soft_delete|softDelete|enableVersioning|snapshots?_enabled|wal_archiving|archive_mode|backup_replication_enabled|storage_backup_enabled|enable_backup|enableSnapshots|geoRedundantBackup|copyTagsToSnapshot|enableContinuousBackup|enable_continuous_backup|deleteAutomatedBackups|start_time_enabled|enable_bin_log|binaryLogEnabled|verify_?backups?|backup_?verif\w*|test_?restore\w*|restore_?tests?(_enabled)?|check_?integrity|offsite(_copy)?(_enabled)?)$/i;
const SKIP =
  /^(skip_final_snapshot|SkipFinalSnapshot|skip_final_backup|skipFinalSnapshot|skip_snapshot|skip_backup|deleteAutomatedBackups|delete_automated_backups|DeleteAutomatedBackups|skip_final_snapshot_before_delete|apply_without_backup|disable_backups?|backups?_disabled|skip_verification|skipVerify|suspended?_backups?)$/;
const BACKUP_RESOURCE =
  /^(aws_(backup_plan|backup_selection|backup_vault_lock_configuration|s3_bucket_versioning|dlm_lifecycle_policy|db_snapshot_copy|db_instance_automated_backups_replication|s3_bucket_replication_configuration)|AWS::(Backup::(BackupPlan|BackupSelection)|DLM::LifecyclePolicy)|azurerm_(backup_policy_\w+|backup_protected_\w+)|google_(sql_)?\w*backup\w*|google_compute_resource_policy|ScheduledBackup|VolumeSnapshotClass|Schedule)$/;

/** Backups by their type, and scheduled jobs by their name. */
function isBackup(resource: Resource): boolean {
  return BACKUP_RESOURCE.test(resource.type) || (resource.type === 'CronJob' && BACKUP_NAME.test(resource.name));
}

/** Old to new where the new keeps less. */
function weakened(change: SettingChange): string | undefined {
  const name = changeName(change);
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
  if ((AMBIGUOUS.test(name) || !RETENTION.test(name)) && !expires && !AROUND.test(around)) return undefined;
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

/** Logs are no backups; safeguard/audit-log-off looks after them. A record's time to live is no retention either. */
function isLog({ path, resource }: SettingChange): boolean {
  return /log_group|LogGroup|log_analytics|logging|cloudtrail|flow_log|route53|dns|RecordSet|Kafka|topic|cache|cdn|cloudfront|session|token|cookie|prometheus|thanos|loki|metrics/i.test(
    `${resource?.type ?? ''} ${path.join('/')}`,
  );
}

/** A schedule of a backup that runs less often, or not at all. */
function rarer(change: SettingChange, { path: file }: RuleInput): string | undefined {
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
function lostPart(change: SettingChange, { after: facts }: RuleInput): string | undefined {
  const { path, before, after } = change;
  if (before === undefined || after !== undefined || facts === undefined) return undefined;
  const at = path.findIndex((element) => PART.test(element));
  if (at < 0 || at !== path.length - 1 || before.value !== null || settingsUnder(facts, before, path).length > 0) return undefined;
  const outer = path.slice(0, at);
  return outer.length > 0 && settingsUnder(facts, before, outer).length === 0 ? undefined : 'removed';
}

/** The parent names a setting that is only called `enabled`. */
function settingName(change: SettingChange): string {
  const name = changeName(change);
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

const BACKUP_NAME = /back-?_?up|dump|snapshot|archive|wal|\.bak\b/i;

function* weakenedScripts(input: RuleInput): Generator<FindingDraft> {
  const { removed, added, after, path } = input;
  const about = BACKUP_NAME.test(path);
  const isOfBackup = (command: Command): boolean => about || BACKUP_NAME.test(`${command.pipedFrom ?? ''} ${command.written}`);
  const before = removed.commands.filter(isOfBackup);
  for (const command of added.commands) {
    const fresh = pruneAge(command);
    const old = lostIn(input)
      .filter((other) => isOfBackup(other) && other.name === command.name)
      .map(pruneAge)
      .find((age) => age !== undefined);
    // An age in a variable is an age.
    const isVariable = command.words.some(({ text }, at) => /\$/.test(text) && /^-[mc]time$/.test(command.words[at - 1]?.text ?? ''));
    if (fresh === undefined && old !== undefined && prunes(command) && !isVariable)
      yield { side: 'after', range: command.range, message: fitMessage(`prunes backups of any age; it was those older than ${old} days`) };
    const excused =
      command.rescues === undefined || !/^(true|:|echo|exit 0|return 0)/.test(command.written) ? undefined : guardOfText(command.rescues);
    const wasExcused = before.some((other) => other.rescues !== undefined && guardOfText(other.rescues) === excused);
    if (excused !== undefined && !wasExcused && after?.language !== undefined)
      yield {
        side: 'after',
        range: command.range,
        message: fitMessage(`${quote(command.rescues ?? '', 36)} may fail unseen, and it ${excused}`),
      };
    if (fresh !== undefined && old !== undefined && fresh < old)
      yield { side: 'after', range: command.range, message: fitMessage(`prunes backups older than ${old} days -> ${fresh}`) };
  }
  const isBackupScript = after?.language === 'shell' && (about || after.commands.some((command) => BACKUP_NAME.test(command.written)));
  for (const change of isBackupScript ? changedSettings(input) : []) {
    if (!/retention|keep|max_?age|days|copies/i.test(changeName(change)) || change.before === undefined || change.after === undefined)
      continue;
    const [old, now] = [daysOf(orDefault(change.before.value)), daysOf(orDefault(change.after.value))];
    if (old !== undefined && now !== undefined && now < old)
      yield { ...placeOf(change), message: fitMessage(`${quote(changeName(change), 36)}: ${old} -> ${now}`) };
  }
  for (const command of before) {
    const what = guardOf(command);
    if (what === undefined || after === undefined) continue;
    const [was, is] = [input.before, after].map((facts) => facts?.commands.filter((other) => guardOf(other) === what).length ?? 0);
    // One of two copies that goes is one place less, unless the other was written anew and may take both, as in a loop.
    const known = new Set(input.before?.commands.map(({ key }) => key));
    const isAnew = after.commands.some(
      (other) => !known.has(other.key) && guardOf(other) === what && other.words.some(({ expansions }) => expansions.length > 0),
    );
    // A dump that is made in another way is still made.
    if ((is ?? 0) > 0 && (isAnew || !(what === 'copies the backup away' && (is ?? 0) < (was ?? 0)))) continue;
    yield {
      side: 'before',
      range: command.range,
      message: fitMessage(`${quote(command.words.map((word) => word.source).join(' '), 40)} no longer ${what}`),
    };
  }
}

/** `${DAYS:-30}` is 30 where nobody says otherwise. */
function orDefault(value: string | number | boolean | null): string | number | boolean | null {
  return typeof value === 'string' ? (/^\$\{\w+:?[-=](.*)\}$/.exec(value)?.[1] ?? value) : value;
}

/** `find … -delete` and `restic forget --prune` in a script of backups. */
function prunes(command: Command): boolean {
  const words = command.words.map((word) => word.text);
  return command.name === 'find' && (words.includes('-delete') || words.includes('rm'));
}

/** Days that `find -mtime +N -delete`, `restic forget --keep-daily N` and their like keep. */
function pruneAge(command: Command): number | undefined {
  const words = command.words.map((word) => word.text);
  if (command.name === 'find' && words.some((word) => word === '-delete' || word === '-exec')) {
    const at = words.findIndex((word) => /^-[mc]time$/.test(word));
    return at < 0 ? undefined : daysOf((words[at + 1] ?? '').replace(/^\+/, ''));
  }
  // `ls -t | tail -n +31 | xargs rm` keeps thirty.
  if (command.name === 'tail' || command.name === 'head') {
    const count = words.map((word) => /^-?(?:n)?\+(\d+)$|^-(\d+)$/.exec(word)).find((match) => match !== null);
    return command.pipedFrom === undefined || count === undefined || count === null ? undefined : Number(count[1] ?? count[2]);
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
  const built = /Duration\.(hours|days|minutes)\((\d+)\)/.exec(String(value));
  if (built !== null) return Number(built[2]) / ({ days: 1, hours: 24, minutes: 1440 }[built[1] ?? ''] ?? 1);
  const iso = /^P(\d+)([DWMY])$/.exec(String(value));
  if (iso !== null) return Number(iso[1]) * ({ D: 1, W: 7, M: 30, Y: 365 }[iso[2] ?? ''] ?? 1);
  const seconds = durationOf(value);
  return seconds === undefined ? countOf(value) : seconds / 86_400;
}

/** What a command of a backup script gives that nothing else does. */
function guardOf(command: Command): string | undefined {
  return guardOfText(command.words.map((word) => word.text).join(' '));
}

/** Commands that the whole file lost: a script that was cut into functions lost them in another hunk. */
function lostIn({ before, after }: RuleInput): readonly Command[] {
  const left = new Set(after?.commands.map(({ key }) => key));
  return before?.commands.filter(({ key }) => !left.has(key)) ?? [];
}

function guardOfText(written: string): string | undefined {
  // What restic and its kin are told of their repository stands before the verb.
  const text = written.replace(
    /^(restic|borg|rclone)((?: (?:-r|--repo|--repository|--password-file|--config|-o|--cache-dir)[ =]\S{1,200}| -v| --verbose| --quiet| -q| --json| --no-cache){1,6})(?= )/,
    '$1',
  );
  if (/^(gpg2? .*(-c|-e|--encrypt|--symmetric)|age (-r|-R|-p|--encrypt)|openssl enc)/.test(text)) return 'encrypts the backup';
  if (/^\[\[? -s /.test(text) || /^test -s /.test(text)) return 'checks the backup';
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
