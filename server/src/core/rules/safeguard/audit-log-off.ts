import type { Call, Resource, Setting } from '../../model/facts.ts';
import type { FindingDraft, Severity } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { LOG_RETENTION_FACTOR } from '../thresholds.ts';
import { lostAuditLayers } from '../vocabulary/access/audit-layers.ts';
import { standIns } from '../vocabulary/access/stand-ins.ts';
import { lastName, words } from '../vocabulary/code/call-names.ts';
import { counterpartScope } from '../vocabulary/code/counterpart.ts';
import { changedOptions } from '../vocabulary/code/option-changes.ts';
import { optionPath } from '../vocabulary/code/option-paths.ts';
import { isExtracted, newCallsIn } from '../vocabulary/code/scope-changes.ts';
import { madeByFunction } from '../vocabulary/settings/composed-constructs.ts';
import { lostDatabaseAudit } from '../vocabulary/settings/database-audit.ts';
import { mutedAlarms } from '../vocabulary/settings/muted-alarms.ts';
import { countOf, isFalse, isTrue, shownValue } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, changeName, ofResource, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';
import { referenceOf, usersOf } from '../vocabulary/settings/terraform-values.ts';
import { isImportedAudit } from '../vocabulary/writes/imported-audits.ts';

/**
 * ## What it sees
 * Records of who did what that are no longer written: a trail, flow log, detector, alarm or audit sink that is removed or turned
 * off, or that watches fewer regions or events; an alarm that calls nobody any more, or only far later; audit rules of a cluster that become None; a database
 * that audits less (`pgaudit`); logs that are kept for half as long; a
 * call that wrote an audit entry and is gone from a function that stays, a middleware that wrote one for each request,
 * the history of a model, and a trigger of a database.
 *
 * ## Why it matters
 * Nothing breaks. It is missed on the day somebody asks what happened, and it is the first thing an intruder turns off.
 *
 * ## When it is fine
 * Another trail or sink that the same change adds, and logs that are kept for longer.
 *
 * ## What it misses
 * Sinks that are chosen by a variable, and entries that a framework writes by itself.
 */
export default defineRule({
  id: 'safeguard/audit-log-off',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Turns a record of what happened off',
  reads: ['settings', 'resources', 'calls', 'options', 'tokens', 'statements'],
  evidence: [{ title: 'checkov CKV_AWS_67', url: 'https://www.checkov.io/5.Policy%20Index/terraform.html' }],
  *check(input) {
    for (const change of changedSettings(input)) {
      const found = weakened(change);
      if (found !== undefined) yield { ...placeOf(change), severity: found.severity, message: fitMessage(found.message) };
    }
    for (const { change, message } of mutedAlarms(input)) yield { ...placeOf(change), severity: 'medium', message: fitMessage(message) };
    for (const { side, range, name, of, what } of lostDatabaseAudit(input))
      yield { side, range, message: fitMessage(`${quote(name, 28)}${of} no longer writes ${quote(what, 20)}`) };
    yield* removedRecorders(input);
    yield* droppedKinds(input);
    yield* droppedTriggers(input);
    const told = new Set<number>();
    for (const draft of droppedCalls(input)) {
      told.add(draft.range.start.line);
      yield draft;
    }
    for (const { side, range, name } of lostAuditLayers(input))
      if (!told.has(range.start.line)) yield { side, range, message: fitMessage(`${quote(name, 38)} no longer sees the requests`) };
    for (const { range, was, now } of standIns(input, AUDITS))
      yield { side: 'after', range, message: fitMessage(`${quote(now, 34)} stands where ${quote(was, 26)} wrote`) };
    for (const { before, after } of changedOptions(input)) {
      const isOff = /^(true|True)$/.test(before.value) && /^(false|False)$/.test(after.value);
      if (
        isOff &&
        /\baudit(ing)?\b/.test(words(optionPath(after))) &&
        input.after?.settings.some((setting) => setting.range.start.line === after.range.start.line) !== true
      )
        yield { side: 'after', range: after.range, message: fitMessage(`${quote(optionPath(after), 40)}: true -> false`) };
    }
  },
});

const AUDITS = /\baudit(?:s|or|ing|log|trail)?\b/;

const RECORDER =
  /^(aws_(cloudtrail|cloudtrail_event_data_store|flow_log|guardduty_(detector|organization_configuration|organization_admin_account)|config_(configuration_recorder|configuration_recorder_status|delivery_channel)|securityhub_account|inspector2_enabler|macie2_account|s3_bucket_logging|wafv2_web_acl_logging_configuration|route53_query_log|route53_resolver_query_log_config|accessanalyzer_analyzer|cloudwatch_metric_alarm|cloudwatch_composite_alarm|cloudwatch_log_metric_filter|cloudwatch_event_rule)|google_(logging_(project|folder|organization)_sink|(project|folder|organization)_iam_audit_config|monitoring_alert_policy|scc_notification_config)|azurerm_(monitor_diagnostic_setting|network_watcher_flow_log|monitor_(metric_alert|activity_log_alert|scheduled_query_rules_alert\w*)|mssql_(server|database)_extended_auditing_policy|mssql_server_security_alert_policy|security_center_(subscription_pricing|contact)|sentinel_\w+|log_analytics_workspace)|datadog_monitor|pagerduty_service_integration|grafana_rule_group|AWS::(CloudTrail::Trail|EC2::FlowLog|GuardDuty::Detector|Config::(ConfigurationRecorder|DeliveryChannel)|SecurityHub::Hub|CloudWatch::(Alarm|CompositeAlarm)|WAFv2::LoggingConfiguration|Route53::RecoveryReadiness)|cdk:([\w$]+\.)*(Trail|FlowLog|CfnDetector|CfnTrail|Alarm)|PrometheusRule|ClusterOutput|ClusterFlow|ClusterLogForwarder)$/;
/** Alarms watch; they record nothing, and one less of many is not the end of the trail. */
const ALARM = /alarm|alert|PrometheusRule|monitor$|metric_filter|event_rule/i;
function isAlarm(resource: Resource | undefined): boolean {
  return ALARM.test(resource?.type ?? '');
}

const SWITCH =
  /^(enable_?logging|IsLogging|is_?multi_?region_?trail|include_?global_?service_?events|enable_?log_?file_?validation|is_?organization_?trail|enable_?flow_?logs?|audit_?logs?_?enabled|enable_?audit(_?logs?|ing)?|auditing_?enabled|query_?log_?enabled|access_?logs?_?enabled|sendToCloudWatchLogs|record_?all_?resources|all_supported|logging_?enabled|send_to_cloudwatch|sendAuditLogs|isMultiRegionTrail|includeGlobalServiceEvents|enableFileValidation|audit_?trail(_?enabled)?|auditLog|audit_log|flow_log_enabled|enable_intranode_visibility)$/i;
const OWNER =
  /^(audit\w*|auditing|access_?logs?|logging|log_config|flow_?logs?|cloudtrail|guard_?duty|query_logging|monitoring|AccessLogSetting|logConfiguration|audit_log_config|LoggingConfiguration)$/i;

type Found = { readonly severity: Severity; readonly message: string };

function weakened(change: SettingChange): Found | undefined {
  const { before, after, path, resource } = change;
  if (change.resourceIsGone) return undefined;
  const name = changeName(change);
  const is = (what: string): Found => ({ severity: 'high', message: `${quote(shownName(path, name), 34)}${ofResource(change)}: ${what}` });
  const off = after === undefined || isFalse(after.value);
  if (SWITCH.test(name)) {
    const wasOn = before !== undefined && isTrue(before.value);
    // Logging of a trail is on until it is turned off.
    const wasDefault =
      before === undefined && !change.resourceIsNew && /^(enable_logging|IsLogging|include_global_service_events)$/i.test(name);
    return (wasOn && off) || (wasDefault && isFalse(after?.value))
      ? is(`${before === undefined ? 'unset' : shownValue(before.value)} -> ${shownValue(after?.value)}`)
      : undefined;
  }
  const parent = path.at(-2) ?? '';
  const isRecorder = resource !== undefined && RECORDER.test(resource.type) && path.length === 1;
  if (/^(is_?)?disabled$/i.test(name) && (isRecorder || OWNER.test(parent)) && !change.resourceIsNew && isTrue(after?.value))
    return isTrue(before?.value)
      ? undefined
      : { ...is(`${before === undefined ? 'unset' : shownValue(before.value)} -> true`), severity: isAlarm(resource) ? 'medium' : 'high' };
  if (
    /^(enabled?|active|on)$/i.test(name) &&
    ((OWNER.test(parent) && (resource !== undefined || !/^(logging|monitoring)$/i.test(parent))) || isRecorder)
  )
    return before !== undefined && isTrue(before.value) && off ? is(`true -> ${shownValue(after?.value)}`) : undefined;
  if (/^audit_?(log_?)?level$|^level$/i.test(name) && (resource?.type === 'Policy' || /audit/i.test(path.join('/'))))
    return before !== undefined && rank(before.value) > rank(after?.value)
      ? is(`${shownValue(before.value)} -> ${shownValue(after?.value)}`)
      : undefined;
  return retention(change, name);
}

/** How much of a request an audit rule writes down. */
function rank(value: Setting['value'] | undefined): number {
  return (
    ['none', 'off', 'metadata', 'request', 'requestresponse'].indexOf(
      String(value)
        .toLowerCase()
        .replace(/[^a-z]/g, ''),
    ) >> 0
  );
}

function retention(change: SettingChange, name: string): Found | undefined {
  const { before, after, resource } = change;
  if (
    !/^(retention_in_days|RetentionInDays|retentionInDays|retention_days|audit_log_retention\w*|log_retention\w*)$/.test(name) ||
    before === undefined ||
    after === undefined
  )
    return undefined;
  const isLog =
    /log_group|LogGroup|cloudtrail|event_data_store|logging|flow_log|diagnostic|log_analytics/i.test(resource?.type ?? '') ||
    /log/i.test(name);
  const [old, fresh] = [countOf(before.value), countOf(after.value)];
  // Zero keeps for ever.
  if (!isLog || old === undefined || fresh === undefined || fresh === 0 || (old !== 0 && fresh * LOG_RETENTION_FACTOR > old))
    return undefined;
  const isAudit = /audit|trail|flow|vpc|access|security|guard|eks|cluster|waf/i.test(
    `${resource?.name ?? ''} ${name} ${resource?.type.replace('log_group', '') ?? ''}`,
  );
  return {
    severity: isAudit ? 'high' : 'low',
    message: `${quote(name, 24)}${ofResource(change)}: ${String(before.value)} -> ${String(after.value)} days`,
  };
}

function shownName(path: readonly string[], name: string): string {
  return /^(enabled?|level|active)$/i.test(name) && path.length > 1 ? path.slice(-2).join('.') : name;
}

function* removedRecorders(input: RuleInput): Generator<FindingDraft> {
  const { removed, added, after, addedElsewhere } = input;
  for (const resource of removed.resources) {
    if (!RECORDER.test(resource.type) || after?.resources.some((other) => other.key === resource.key) === true) continue;
    const again = (other: Resource): boolean =>
      other.type === resource.type || (/^(moved|import)$/.test(other.type) && other.name === `${resource.type}.${resource.name}`);
    if (
      added.resources.some(again) ||
      after?.resources.some((other) => other.type === 'moved' && again(other)) === true ||
      addedElsewhere().resources.some(again) ||
      madeByFunction(resource, input) !== undefined
    )
      continue;
    const severity = isAlarm(resource) ? ('medium' as const) : ('high' as const);
    yield {
      side: 'before',
      range: resource.range,
      severity,
      message: fitMessage(`removes ${quote(`${resource.type} ${resource.name}`, 50)}`),
    };
  }
}

const KINDS =
  /^(enabled_cluster_log_types|enabled_cloudwatch_logs_exports|EnableCloudwatchLogsExports|EnabledTypes|cloudwatchLogsExports|enabled_log_types|log_types|clusterLogging|audit_log_config|advanced_event_selector|event_selector|enabled_log|log_publishing_options|exports)$/;

/** A trigger of a database that wrote down who changed what, dropped and not made anew in the file. */
function* droppedTriggers({ added, after }: RuleInput): Generator<FindingDraft> {
  for (const { verb, names, range } of added.statements) {
    const name = names[names.indexOf('trigger') + (names[names.indexOf('trigger') + 1] === 'if' ? 3 : 1)] ?? '';
    if (verb !== 'drop-trigger' || !/\b(audit\w*|history|journal|changelog|logged)\b/.test(words(name))) continue;
    if (after?.statements.some((other) => /^create/.test(other.verb) && other.names.includes('trigger') && other.names.includes(name)))
      continue;
    yield { side: 'after', range, message: fitMessage(`drops the trigger ${quote(name, 36)}`) };
  }
}

/** Kinds of logs that leave a list, and flags of an API server that kept its audit. */
function* droppedKinds(input: RuleInput): Generator<FindingDraft> {
  const { removed, after } = input;
  for (const setting of removed.settings) {
    const value = String(setting.value);
    const stays = after?.resources.some((resource) => resource.key === setting.resource) ?? false;
    if (
      !stays ||
      after?.settings.some(
        (other) => other.resource === setting.resource && other.value === setting.value && other.path[0] === setting.path[0],
      ) === true
    )
      continue;
    const isKind =
      setting.path.some((element) => KINDS.test(element.split('#')[0] ?? '')) &&
      /audit|authenticator|api|security|activity|management|trail|AdminActivity|DATA_(READ|WRITE)/i.test(value);
    const isNamed =
      /^(ADMIN_READ|DATA_READ|DATA_WRITE)$/.test(value) ||
      (isListOfRecorder(input, setting) && /audit|authenticator|api|security|activity|management|trail/i.test(value));
    const isFlag = /^--audit-(log-path|policy-file|log-maxage|webhook-config-file)\b/.test(value) && !/maxage/.test(value);
    if (isKind || isFlag || isNamed)
      yield { side: 'before', range: setting.range, message: fitMessage(`no longer writes ${quote(value, 44)}`) };
  }
}

/** An element of a list that a recorder takes its kinds from by name: `for_each = local.watched`. */
function isListOfRecorder(input: RuleInput, setting: Setting): boolean {
  const resource = input.before?.resources.find((other) => other.key === setting.resource);
  const reference = setting.path.length < 2 && resource?.type !== 'locals' ? undefined : referenceOf(setting, resource, input.path);
  return (
    reference !== undefined &&
    usersOf(input, reference).some(
      (user) => RECORDER.test(user.resource.type) || user.setting.path.some((element) => KINDS.test(element.split('#')[0] ?? '')),
    )
  );
}

/** `audit.record(…)` that is gone from a function that stays. */
function* droppedCalls(input: RuleInput): Generator<FindingDraft> {
  for (const call of input.removed.calls) {
    if (!(isAudit(call) || isImportedAudit(input.before, call)) || counterpartScope(input, call.scope) === undefined || call.scope === '')
      continue;
    if (FIELDS.test(lastName(call.callee)) && isInherited(input, call)) continue;
    if (
      newCallsIn(input, call.scope).some((other) => isAudit(other) || isImportedAudit(input.after, other)) ||
      isExtracted(input, call) ||
      stillThere(input, call) ||
      isAsked(input, call)
    )
      continue;
    yield { side: 'before', range: call.range, message: fitMessage(`no longer writes an audit entry: ${quote(call.callee, 34)}`) };
  }
}

/** What a model says of itself, so that each change of its rows is written down. */
const FIELDS = /^(?:HistoricalRecords|AuditlogHistoryField|has_paper_trail|versioned|Audited|Auditable)$/;

/** A class of which the model is made says it now. */
function isInherited({ before, after, addedElsewhere }: RuleInput, { callee }: Call): boolean {
  const count = (calls: readonly Call[] | undefined): number => calls?.filter((other) => other.callee === callee).length ?? 0;
  return count(after?.calls) + count(addedElsewhere().calls) >= count(before?.calls);
}

function isAudit(call: Call): boolean {
  if (call.kind === 'new' || call.kind === 'assertion') return false;
  if (FIELDS.test(lastName(call.callee))) return true;
  // What is done after it was written is no entry.
  if (/\)\.(?:then|catch|finally)$/.test(call.callee)) return false;
  // What a chain was given on the way says nothing of it: `hasRole('AUDITOR')`.
  const name = words(call.callee.replace(/\([^()]*\)/g, '()'));
  return (
    /\baudit(s|ed|or|ing|log)?\b|\bsecurity (log|event)\b/.test(name) &&
    !/\b(npm|yarn|get|list|find|fetch|read|load|query|count|search|is|has|parse|format|to|render|use|create table)\b/.test(
      words(lastName(call.callee)),
    )
  );
}

/** A decorator, an interceptor or a middleware that the change put around the function or its class writes it now. */
function isAsked({ before, after }: RuleInput, call: Call): boolean {
  const old = new Set(before?.calls.map((other) => other.key));
  const around = (scope: string): boolean => scope === '' || call.scope === scope || call.scope.startsWith(`${scope}.`);
  return (
    after?.calls.some(
      (other) =>
        !old.has(other.key) &&
        around(other.scope) &&
        (other.kind === 'decorator' ||
          /^(use|useGlobalInterceptors|register|addHook|add_middleware|Use|With|layer)$/.test(lastName(other.callee))) &&
        /\baudit(s|ed|or|ing|log)?\b/.test(words(`${other.callee} ${other.args.join(' ')}`)),
    ) === true
  );
}

/** The function itself was renamed, or the same call stands in it in other words. */
function stillThere({ after }: RuleInput, call: Call): boolean {
  return (
    after?.calls.some((other) => other.scope === call.scope && isAudit(other) && other.callee === call.callee && other.key === call.key) ??
    false
  );
}
