import type { Setting } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { lostCompaction, lostRetention } from '../vocabulary/events/compacted-topics.ts';
import { findSetting, settingsOf, settingsUnder } from '../vocabulary/settings/setting-index.ts';
import { isFalse, isTrue } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';
import { exchangedClaim } from '../vocabulary/volumes/exchanged-claims.ts';
import { CLAIM, PASSING, TEMPLATE } from '../vocabulary/volumes/volume-names.ts';

/**
 * ## What it sees
 * Data that no longer lies on a volume of its own: `volumeClaimTemplates` or a claim that goes or becomes an `emptyDir`, a mount
 * of such a volume that is taken out or moved, a named volume that a compose service loses or changes, persistence that a
 * chart's values turn off, and a reclaim policy that becomes Delete; a claim of another class, volume or name, a compose project that
 * is called otherwise. Also a topic that kept the last message of each key and lets it go
 * with its age (`cleanup.policy: compact` that became `delete`), or kept all of them for far longer (`retention.ms: -1`).
 *
 * ## Why it matters
 * The next restart begins with an empty folder. One call that deleted a volume took its backups with it.
 *
 * ## When it is fine
 * Volumes for caches and temporary files, a service that goes away with its volume, and development overlays.
 *
 * ## What it misses
 * Folders of the host that only look like data, storage that an operator decides on, and topics that a program or a command makes.
 */
export default defineRule({
  id: 'destroy/persistent-storage-removed',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Takes the lasting storage from what needs it',
  reads: ['settings'],
  evidence: [{ title: 'A volume and its backups deleted by one call, 2026', url: 'https://rentry.co/5rme2sea' }],
  *check(input) {
    const told = new Set<string>();
    const changes = changedSettings(input);
    for (const change of changes) {
      const found =
        lostClaim(change, input) ??
        lostMount(change, input) ??
        disabled(change) ??
        reclaimed(change) ??
        exchangedClaim(change, input) ??
        uncompacted(change, input);
      if (found === undefined || told.has(found.about)) continue;
      told.add(found.about);
      yield { ...placeOf(change), severity: found.severity ?? 'critical', message: fitMessage(found.message) };
    }
    // Where the claim went in another hunk, the empty folder in its place says what the change does.
    for (const change of changes) {
      const found = emptied(change, input);
      if (found === undefined || told.has(found.about)) continue;
      told.add(found.about);
      yield { ...placeOf(change), message: fitMessage(found.message) };
    }
    yield* lostComposeVolumes(input);
  },
});

interface Loss {
  readonly message: string;
  /** One finding per volume. */
  readonly about: string;
  readonly severity?: 'high';
}

/** The volume's claim, or the template that makes claims, while the workload stays. */
function lostClaim(change: SettingChange, { before: facts, after }: RuleInput): Loss | undefined {
  const { path, before, resource } = change;
  if (before === undefined || change.after !== undefined) return undefined;
  if (change.resourceIsGone && !isAnotherKind(change, after)) return undefined;
  const at = path.findIndex((element) => CLAIM.test(element) || TEMPLATE.test(element));
  if (at < 0) return undefined;
  const element = path[at] ?? '';
  const isTemplate = TEMPLATE.test(element);
  // A volume inside a list is known by the element before its claim.
  const place = path.slice(0, isTemplate ? at + 1 : at);
  const claim = findSetting(facts, { resource: before.resource, path: [...path.slice(0, at + 2), 'metadata', 'name'] });
  const name = isTemplate ? String(claim?.value ?? '') : (path[at - 1] ?? '');
  if (PASSING.test(name) || settingsUnder(after, before, path.slice(0, at + 1)).some((setting) => setting.value !== null)) return undefined;
  const siblings = settingsUnder(after, before, place);
  const emptied = siblings.some(
    (setting) => /^(emptyDir|empty_dir|hostPath|tmpfs)$/.test(setting.path[place.length] ?? '') || setting.path.includes('emptyDir'),
  );
  const of = resource === undefined ? '' : ` of ${quote(resource.name, 20)}`;
  const what = isTemplate ? 'the volume claims' : `the volume ${quote(name, 16)}`;
  return {
    message: `${what}${of} ${emptied ? 'become an empty folder' : 'removed'}: its data does not last`,
    about: `${before.resource} ${place.join('/')}`,
  };
}

/** The workload of that name is of another kind now (a StatefulSet became a Deployment), and claims nothing. */
function isAnotherKind({ resource }: SettingChange, after: RuleInput['after']): boolean {
  const heir = after?.resources.find(
    (other) =>
      resource !== undefined &&
      other.name === resource.name &&
      /^(Deployment|StatefulSet|DaemonSet|ReplicaSet|Pod|Job|CronJob)$/.test(other.type),
  );
  return (
    heir !== undefined &&
    !settingsOf(after, heir.key).some((setting) => setting.path.some((part) => CLAIM.test(part) || TEMPLATE.test(part)))
  );
}

/** A volume that is an empty folder now, and was a claim or a template of claims under the same name. */
function emptied(change: SettingChange, { before: facts }: RuleInput): Loss | undefined {
  const { path, after, resource } = change;
  const at = path.findIndex((element) => /^(emptyDir|empty_dir)$/.test(element));
  if (after === undefined || at < 1 || change.resourceIsNew) return undefined;
  const name = path[at - 1] ?? '';
  const claim = settingsOf(facts, after.resource).find(
    (setting) =>
      (setting.path[at - 1] === name && CLAIM.test(setting.path[at] ?? '')) ||
      (setting.value === name && setting.path.slice(-2).join('.') === 'metadata.name' && setting.path.some((part) => TEMPLATE.test(part))),
  );
  if (claim === undefined || PASSING.test(name)) return undefined;
  const template = claim.path.findIndex((element) => TEMPLATE.test(element));
  const place = template < 0 ? path.slice(0, at) : claim.path.slice(0, template + 1);
  const of = resource === undefined ? '' : ` of ${quote(resource.name, 20)}`;
  return {
    message: `the volume ${quote(name, 16)}${of} is an empty folder now: its data does not last`,
    about: `${after.resource} ${place.join('/')}`,
  };
}

/** A mount of a lasting volume that is gone, or went to another folder, while its container stays. */
function lostMount(change: SettingChange, { before: facts, after }: RuleInput): Loss | undefined {
  const { path, before } = change;
  const at = path.findIndex((element) => /^(volumeMounts|volume_mount(#.*)?|mountPoints)$/.test(element));
  if (before === undefined || change.resourceIsGone || at < 1 || !/^(mountPath|mount_path|containerPath)$/.test(path.at(-1) ?? ''))
    return undefined;
  const container = path.slice(0, at);
  if (!settingsUnder(after, before, container).some((setting) => setting.path.length > container.length)) return undefined;
  const mount = path.slice(0, -1);
  const volume = String(findSetting(facts, { resource: before.resource, path: [...mount, 'name'] })?.value ?? '');
  const claims = settingsOf(facts, before.resource).some(
    (setting) =>
      setting.path.some((element) => CLAIM.test(element) || TEMPLATE.test(element)) &&
      (setting.path.includes(volume) || (setting.path.at(-1) === 'name' && setting.value === volume)),
  );
  if (volume === '' || !claims || PASSING.test(volume) || PASSING.test(String(before.value))) return undefined;
  // The same folder may be mounted under another name: then the volume was replaced or renamed, which its claim says.
  const still = settingsUnder(after, before, container).some(
    (setting) => setting.path.at(-1) === path.at(-1) && setting.value === before.value,
  );
  if (still) return undefined;
  const now = change.after === undefined ? 'is not mounted any more' : `is now mounted at ${quote(String(change.after.value), 20)}`;
  return {
    message: `${quote(String(before.value), 24)} of ${quote(volume, 12)} ${now}`,
    about: `${before.resource} ${volume}`,
    severity: 'high',
  };
}

/** `persistence.enabled: true -> false` of a chart's values. */
function disabled(change: SettingChange): Loss | undefined {
  const { path, before, after } = change;
  if (before === undefined || change.resourceIsGone) return undefined;
  const [name, parent] = [path.at(-1) ?? '', path.at(-2) ?? ''];
  const isSwitch =
    (/^(enabled|create)$/.test(name) &&
      /^(persistence|persistentVolume|persistentVolumeClaim|pvc|persistentStorage|dataVolume|volumePersistence|storageSpec)$/i.test(
        parent,
      )) ||
    /^(persistenceEnabled|usePersistentVolume|persistent|isPersistent|persistence_enabled)$/.test(name);
  if (isSwitch && isTrue(before.value) && (after === undefined || isFalse(after.value)) && !path.some((element) => PASSING.test(element)))
    return {
      message: `${quote(path.slice(-3).join('.'), 36)}: true -> ${after === undefined ? 'removed' : 'false'}`,
      about: path.join('/'),
    };
  if (/^(existingClaim|claimName)$/.test(name) && after?.value === '' && before.value !== '' && parent !== 'persistentVolumeClaim')
    return { message: `${quote(path.slice(-2).join('.'), 36)}: ${String(before.value)} -> none`, about: path.join('/') };
  return undefined;
}

function reclaimed({ path, before, after, resource }: SettingChange): Loss | undefined {
  if (
    !/^(reclaimPolicy|persistentVolumeReclaimPolicy|reclaim_policy)$/.test(path.at(-1) ?? '') ||
    after?.value !== 'Delete' ||
    before === undefined
  )
    return undefined;
  return {
    message: `${quote(path.at(-1) ?? '')} of ${quote(resource?.name ?? '', 20)}: ${String(before.value)} -> Delete`,
    about: `${after.resource} reclaim`,
  };
}

/** The last message of each key was the state, or every message was kept; what is older than the retention is gone. */
function uncompacted(change: SettingChange, input: RuleInput): Loss | undefined {
  const now = lostCompaction(change, input) ?? lostRetention(change);
  const name = change.resource?.name ?? '';
  return now === undefined
    ? undefined
    : {
        message: `messages${name === '' ? '' : ` of ${quote(name, 24)}`} go with their age: ${String(change.before?.value)} -> ${now}`,
        about: `${change.before?.resource ?? ''} cleanup`,
        severity: 'high',
      };
}

const DATA_FOLDER =
  /^\/(var\/(lib|opt|spool|mail|www\/[\w-]*(data|uploads|media|storage))|data|bitnami|pgdata|mnt|srv|home|opt\/[\w-]+\/data|usr\/share\/(elasticsearch|opensearch)|etc\/letsencrypt|root\/\.\w+|export|minio|vault\/(file|data)|prometheus|qdrant|chroma|app\/(data|storage|uploads|media|db))(\/|$)|\/(data|uploads|media|storage|db|database)\/?$/;

/** `volumes:` of a compose service, where the service stays. */
function* lostComposeVolumes({ removed, before, after }: RuleInput): Generator<FindingDraft> {
  for (const setting of removed.settings) {
    const service = after?.resources.find((resource) => resource.type === 'service' && resource.key === setting.resource);
    if (service === undefined || setting.path[0] !== 'volumes') continue;
    const mount = mountOf(setting, before);
    if (mount === undefined || PASSING.test(mount.source) || PASSING.test(mount.target.replace(DATA_FOLDER, '/'))) continue;
    const mounts = settingsOf(after, service.key).flatMap((other) => (other.path[0] === 'volumes' ? (mountOf(other, after) ?? []) : []));
    if (mounts.some((other) => other.source === mount.source && other.target === mount.target)) continue;
    const instead = mounts.find((other) => other.target === mount.target);
    const moved = mounts.find((other) => other.source === mount.source);
    const now =
      instead !== undefined
        ? `is now on ${quote(instead.source, 16)}`
        : moved !== undefined
          ? `moves to ${quote(moved.target, 20)}`
          : 'does not last';
    yield { side: 'before', range: setting.range, message: fitMessage(`${quote(mount.target, 30)} of ${quote(service.name, 14)} ${now}`) };
  }
}

interface Mount {
  readonly source: string;
  readonly target: string;
}

/** Source and folder of a lasting mount; undefined for one that only reads, an anonymous one, and one of no data. */
function mountOf(setting: Setting, facts: RuleInput['after']): Mount | undefined {
  if (setting.path.length === 2) {
    const [source = '', target = '', mode = ''] = String(setting.value).split(':');
    return /\bro\b/.test(mode) ? undefined : lasting({ source, target });
  }
  // The long form: `- type: volume`, `source: …`, `target: …`.
  if (setting.path.length !== 3 || setting.path[2] !== 'target') return undefined;
  const source = findSetting(facts, { resource: setting.resource, path: [...setting.path.slice(0, 2), 'source'] });
  return lasting({ source: String(source?.value ?? ''), target: String(setting.value) });
}

function lasting(mount: Mount): Mount | undefined {
  const isNamed = /^\w[\w.-]*$/.test(mount.source);
  return mount.target !== '' && (isNamed || DATA_FOLDER.test(mount.target)) ? mount : undefined;
}
