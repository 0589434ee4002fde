import type { Command } from '../../model/facts.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { changedOptions } from '../vocabulary/code/option-changes.ts';
import { followsNewest } from '../vocabulary/rollouts/followed-versions.ts';
import { settingsUnder } from '../vocabulary/settings/setting-index.ts';
import { countOf, isFalse, isTrue, shownValue } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, changeName, ofResource, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * Machines, databases and clusters that may now update themselves: automatic minor versions, automatic upgrades of an operating
 * system or a node pool, `unattended-upgrades` and its kin that are installed or turned on, tags that are followed without a person,
 * a range where a controller had one version, updates that are merged unasked, an application that syncs by itself, and a wave of updates that takes in more machines at once.
 *
 * ## Why it matters
 * The whole fleet updates in the same hour, outside any release; twice that alone was the outage.
 *
 * ## When it is fine
 * Turning it off, an image for development, and a resource that is made with it.
 *
 * ## What it misses
 * Updates that the provider makes by default.
 */
export default defineRule({
  id: 'deploy/unattended-update-on',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Lets machines update themselves',
  reads: ['settings', 'commands', 'options'],
  evidence: [
    {
      title: 'Datadog 2023-03-08: an unattended upgrade',
      url: 'https://www.datadoghq.com/blog/engineering/2023-03-08-deep-dive-into-platform-level-impact/',
    },
    { title: 'Heroku 2025-06-10: an unattended update', url: 'https://www.heroku.com/blog/summary-of-june-10-outage/' },
  ],
  *check(input) {
    const told = new Set<number>();
    for (const change of changedSettings(input)) {
      const what =
        turnedOn(change) ??
        freed(change, input.path) ??
        widened(change) ??
        installed(change) ??
        written(change) ??
        followsNewest(change, input) ??
        syncsUnasked(change, input);
      if (what === undefined) continue;
      const place = placeOf(change);
      if (told.has(place.range.start.line)) continue;
      told.add(place.range.start.line);
      yield { ...place, message: fitMessage(what) };
    }
    // Where the language reads the declaration as a resource, it is told as a setting.
    for (const { before, after } of changedOptions(input)) {
      const { line } = after.range.start;
      const isOn = SWITCH.test(after.name) && isSwitched(before.value, after.value) && /\.[A-Z]\w*$/.test(after.callee);
      if (isOn && !told.has(line) && input.after?.settings.some(({ range }) => range.start.line === line) !== true)
        yield { side: 'after', range: after.range, message: fitMessage(`${quote(after.name, 34)}: ${before.value} -> ${after.value}`) };
    }
    for (const command of input.added.commands) {
      const what = updates(command);
      if (what !== undefined && !told.has(command.range.start.line))
        yield { side: 'after', range: command.range, message: fitMessage(`${quote(what, 44)}: updates itself from now on`) };
    }
  },
});

/** `pulumi.Bool(false)` that is `pulumi.Bool(true)`. */
function isSwitched(before: string, after: string): boolean {
  const bare = (value: string): string => /^(?:[\w.]+\()?(true|false)\)?$/i.exec(value)?.[1]?.toLowerCase() ?? '';
  return bare(before) === 'false' && bare(after) === 'true';
}

const SWITCH =
  /^(?:apt_|yum_|dnf_|os_|system_|node_|host_|server_|linux_|security_)?(auto_?minor_?version_?upgrades?|autoMinorVersionUpgrade|AutoMinorVersionUpgrade|auto_?(upgrade|update)s?(_?enabled)?|(enable_?)?auto_?(matic_?)?(upgrade|update)s?|enable_?automatic_?(upgrades?|updates?|os_?upgrade)|automatic_?os_?upgrade(_?enabled)?|unattended[_-]?upgrades?(_?enabled)?|package_?upgrade|apply_?updates|automatic_reboot|Automatic-Reboot|self_?update|auto_?apply_?(updates|patches)|allow_?major_?version_?upgrade|allow_?version_?upgrade|enable_?hotpatching|enable_?auto_?patch\w*|patching_?enabled|auto_?patch\w*|enableAutomaticUpdates|autoUpdate|autoUpgrade|AutoUpgrade|automaticUpdates|package_reboot_if_required|auto_?software_?update_?enabled|unattended)$/i;
const CHANNEL =
  /^(automatic_channel_upgrade|automatic_upgrade_channel|upgrade_channel|upgradeChannel|node_os_channel_upgrade|node_os_upgrade_channel|upgrade_policy_mode|upgrade_mode|patch_mode|patchMode|update_?policy|updatePolicy|vm_guest_patch_mode|apt_auto_update|auto_update_mode|upgradeStrategy|update_mode|maintenance_?policy)$/i;

function turnedOn(change: SettingChange): string | undefined {
  const { path, before, after } = change;
  if (after === undefined || (change.resourceIsNew && before === undefined) || before?.value === after.value) return undefined;
  const name = changeName(change);
  const is = (): string =>
    `${quote(/^(enabled?)$/i.test(name) ? path.slice(-2).join('.') : name, 34)}${ofResource(change)}: ${before === undefined ? 'unset' : shownValue(before.value)} -> ${String(after.value)}`;
  const on =
    (isTrue(after.value) || String(after.value) === '1') &&
    (before === undefined || isFalse(before.value) || String(before.value) === '0' || before.value === null);
  if (on && (SWITCH.test(name) || (/^(enabled?|state)$/i.test(name) && SWITCH.test(path.at(-2) ?? '')))) return is();
  if (
    CHANNEL.test(name) &&
    (before !== undefined || /^automatic_(channel_upgrade|upgrade_channel)$/.test(name)) &&
    /^(none|manual|off|disabled|unmanaged|ImageDefault|AutomaticByOS|never|)$/i.test(String(before?.value ?? 'none')) &&
    /^(rapid|stable|patch|node-image|NodeImage|automatic\w*|rolling|auto|AutomaticByPlatform|regular|SecurityPatch|always|latest)$/i.test(
      String(after.value),
    )
  )
    return is();
  if (
    /^(keel\.sh\/policy|fluxcd\.io\/automated|flux\.weave\.works\/automated|image-automation|argocd-image-updater\.argoproj\.io\/[\w.-]*update-strategy|com\.centurylinklabs\.watchtower\.enable|io\.containers\.autoupdate)$/.test(
      name,
    ) &&
    !/^(never|false|none|disabled)$/i.test(String(after.value))
  )
    return is();
  return undefined;
}

/** An application of Argo CD that somebody synced by hand, and that takes what its repository says by itself now. */
function syncsUnasked({ path, before, after, resource, resourceIsNew }: SettingChange, input: RuleInput): string | undefined {
  const at = path.indexOf('automated');
  if (at < 1 || path[at - 1] !== 'syncPolicy' || !/^(Application|ApplicationSet)$/.test(resource?.type ?? '')) return undefined;
  if (resourceIsNew || before !== undefined || after === undefined) return undefined;
  // Told once, where it begins.
  if (settingsUnder(input.after, after, path.slice(0, at + 1))[0] !== after) return undefined;
  return settingsUnder(input.before, after, path.slice(0, at + 1)).length > 0
    ? undefined
    : `${quote('syncPolicy.automated')}${ofResource({ resource })}: syncs by itself from now on`;
}

/** How far behind the newest a name stays: what rises here takes versions sooner, and unasked. */
const PACE: readonly RegExp[] = [
  /^(unspecified|none|manual|off|never|disabled|pinned|fixed|frozen|hold|held|paused([_-]?\w+)?|static|v?\d+(\.\d+)+([._+-][\w.]+)?|extended|lts)$/i,
  /^(n-[1-9]\d?|delayed([_-]?\w+)?|deferred|staged|scheduled|stable|slow|late|broad|semi-annual\w*|security([_-]only)?|patch)$/i,
  /^(regular|current|n|auto|automatic|default|general|ga|main|minor)$/i,
  /^(rapid|fast|latest|auto[_-]?latest|newest|edge|early([_-]access)?|beta|preview|immediate(ly)?|always|continuous|asap|all|major|nightly|insiders?)$/i,
];
const UPDATES =
  /release_?channel|update|upgrade|patch|\b(channel|ring|track|sensor|agent|engine|firmware|definitions?|signatures?|content|build)\b/i;
const FOLLOWS =
  /^(channel|release_?channel|(\w+_)?(build|channel|track|ring|version|policy|mode|updates?|update_?(mode|policy|channel|ring|type)|rollout|definitions?|signatures?|content))$/i;

/** A channel, build or policy of updates that follows the newest sooner than it did, in something that updates machines. */
function freed(change: SettingChange, file: string): string | undefined {
  const { path, before, after } = change;
  if (before === undefined || after === undefined || change.resourceIsNew || before.value === after.value) return undefined;
  const name = changeName(change);
  const about = `${path.join(' ')} ${change.resource?.type ?? ''}`;
  // An image's tag and a package's version are told as what they are.
  if (!FOLLOWS.test(name) || /image|chart|dependenc|package|engines|docker|workflow|orb|plugin/i.test(`${path.join('/')} ${name}`))
    return undefined;
  const isUpdate =
    /update|upgrade|patch|release_?channel|releaseChannel/i.test(`${about} ${/(^|\/)[^/]*$/.exec(file)?.[0] ?? ''}`) ||
    /\b(sensor|agent|firmware|endpoint|fleet|mdm)\b/i.test(`${file} ${about}`);
  if (!isUpdate || !UPDATES.test(`${about} ${file}`)) return undefined;
  const [old, now] = [before, after].map((setting) => PACE.findIndex((pace) => pace.test(String(setting.value))));
  if (old === undefined || now === undefined || old < 0 || now < 2 || now <= old) return undefined;
  return `${quote(path.length > 1 && /^channel$/i.test(name) ? path.slice(-2).join('.') : name, 32)}${ofResource(change)}: ${String(before.value)} -> ${String(after.value)}`;
}

/** More machines in one wave, or a wave for those that had none. */
function widened(change: SettingChange): string | undefined {
  const { path, before, after } = change;
  if (before === undefined || after === undefined || before.value === after.value) return undefined;
  const name = changeName(change);
  const isUpdate = /updat|upgrad|patch|maint|auto.?repair|ssm|wave/i.test(
    `${path.join('/')} ${change.resource?.type ?? ''} ${change.resource?.name ?? ''}`,
  );
  const isWave =
    /^(max_?concurrency|MaxConcurrency|waves?|update_?wave|wave_?size|rings?|batch_?size|max_?parallel\w*|percent(age)?|max_?errors|MaxErrors)$/i.test(
      name,
    ) ||
    (/^\d+$/.test(path.at(-1) ?? '') && /^(waves?|rings?|targets)$/i.test(path.at(-2) ?? ''));
  if (!isUpdate || !isWave) return undefined;
  const [old, now] = [before, after].map((setting) => countOf(String(setting.value).replace(/%$/, '')));
  const grew =
    old !== undefined && now !== undefined ? now >= old * 2 && now > 1 : /^(all|\*|everything|fleet|global)$/i.test(String(after.value));
  return grew ? `${quote(name, 28)}${ofResource(change)}: ${String(before.value)} -> ${String(after.value)}` : undefined;
}

/** A file of settings that stands as text in another: `write_files` of cloud-init, `content` of a task. */
function written({ before, after }: SettingChange): string | undefined {
  if (typeof after?.value !== 'string' || after.value.length < 12 || before?.value === after.value) return undefined;
  const old = typeof before?.value === 'string' ? linesOf(before.value) : [];
  const start = INSTALLS_IN_TEXT.exec(after.value)?.[0];
  const line =
    linesOf(after.value).find((text) => ON_IN_TEXT.test(text) && !old.includes(text)) ??
    (start !== undefined && before !== undefined && !INSTALLS_IN_TEXT.test(String(before.value)) ? start : undefined);
  return line === undefined || (before === undefined && old.length === 0 && !/Unattended-Upgrade\b/.test(line))
    ? undefined
    : `${quote(line, 44)}: updates itself from now on`;
}

const ON_IN_TEXT =
  /^(APT::Periodic::Unattended-Upgrade\s+"[1-9]\d*"|Unattended-Upgrade::Automatic-Reboot\s+"true"|apply_updates\s*=\s*(yes|true|1)|upgrade_type\s*=\s*default|AutomaticUpdatePolicy\s*=\s*(stage|apply)|REBOOT_STRATEGY\s*=\s*"?(reboot|etcd-lock|best-effort)|GROUP\s*=\s*"?(alpha|beta|edge)\b)/i;

/** A script of a machine's first start that stands as text in a resource. */
const INSTALLS_IN_TEXT = /\b(install|enable)\b[^;&|\n]{0,120}\b(unattended-upgrades|dnf-automatic|yum-cron)\b/;

function linesOf(text: string): readonly string[] {
  return text.split('\n').map((line) => line.trim().replace(/;$/, ''));
}

const PACKAGE = /^(unattended-upgrades|dnf-automatic|yum-cron|apt-listchanges-auto|uupd|os-autoinst-update)$/;

/** In the packages of cloud-init, of an Ansible task, or as a service that watches images. */
function installed({ path, before, after }: SettingChange): string | undefined {
  if (after === undefined || before?.value === after.value) return undefined;
  const value = String(after.value);
  if (/^(runcmd|bootcmd)$/.test(path[0] ?? '') && path.length === 3)
    return SERVICE.test(value) ? `starts ${quote(value)}: updates itself from now on` : undefined;
  if (PACKAGE.test(value) && /^(packages?|name|pkg|pkgs|\d+)$/.test(path.at(-1) ?? ''))
    return `installs ${quote(value)}: updates itself from now on`;
  if (
    /^(image|repository)$/.test(path.at(-1) ?? '') &&
    /(^|\/)(containrrr\/watchtower|v2tec\/watchtower|nickfedor\/watchtower|pyouroboros\/ouroboros|keelhq\/keel)\b/.test(value)
  )
    return `${quote(value, 40)} updates every container by itself`;
  return undefined;
}

const SERVICE =
  /^(unattended-upgrades|dnf-automatic[\w-]*|apt-daily(-upgrade)?|yum-cron|packagekit-offline-update|snapd\.refresh|zincati|update-engine|locksmithd)(\.(service|timer))?$/;

function updates({ name, words, written }: Command): string | undefined {
  const texts = words.map((word) => word.text);
  const isInstall =
    /^(apt|apt-get|dnf|yum|aptitude|apk|zypper)$/.test(name) && texts.includes('install') && texts.some((text) => PACKAGE.test(text));
  const isTimer =
    name === 'systemctl' && texts.some((text) => /^(enable|start|unmask)$/.test(text)) && texts.some((text) => SERVICE.test(text));
  const isSetup =
    (name === 'dpkg-reconfigure' && texts.includes('unattended-upgrades')) ||
    (name === 'unattended-upgrade' && !texts.includes('--dry-run'));
  const isFlag = texts.some((text) =>
    /^--(auto-minor-version-upgrade|enable-autoupgrade|auto-upgrade-channel|enable-auto-upgrade)(=(?!none)|$)/.test(text),
  );
  return isInstall || isTimer || isSetup || isFlag ? written : undefined;
}
