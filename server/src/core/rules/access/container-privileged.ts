import type { Resource, Setting, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { hostRightsOfCommands } from '../vocabulary/access/host-rights-of-commands.ts';
import { changedOptions } from '../vocabulary/code/option-changes.ts';
import { nameOf } from '../vocabulary/settings/setting-index.ts';
import { isFalse, isTrue } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';
import { nameOfTaken, takenOut } from '../vocabulary/settings/taken-out.ts';

/**
 * ## What it sees
 * A container that gets the host: `privileged`, the host's network, processes, folders or runtime socket, strong capabilities,
 * root as its user; and the settings that kept it from that (`runAsNonRoot`, `allowPrivilegeEscalation: false`) taken away, or
 * noted instead of enforced (`validationFailureAction: Audit`).
 *
 * ## Why it matters
 * Whoever breaks into such a container has broken into the node and all that runs on it.
 *
 * ## When it is fine
 * A container that goes away, a build stage, and `USER root` that a later `USER` follows.
 *
 * ## What it misses
 * Limits that an admission controller holds by the text of its rules.
 */
export default defineRule({
  id: 'access/container-privileged',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Gives a container the rights of its host',
  reads: ['settings', 'commands', 'options'],
  evidence: [
    { title: 'kube-linter: privileged-container', url: 'https://docs.kubelinter.io/#/generated/checks?id=privileged-container' },
    { title: 'hadolint DL3002', url: 'https://github.com/hadolint/hadolint/wiki/DL3002' },
  ],
  *check(input) {
    for (const change of changedSettings(input)) {
      const right = gained(change, input.after);
      const found = right ?? lost(change, input) ?? stageUser(change, input) ?? unitUser(change, input);
      if (found === undefined) continue;
      const onSharedHosts = right?.severity === 'high' ? { onSharedHosts: true as const } : {};
      yield { ...placeOf(change), severity: found.severity, message: fitMessage(found.message), ...onSharedHosts };
    }
    yield* inCode(input);
    for (const { range, right } of hostRightsOfCommands(input))
      yield { side: 'after', range, message: fitMessage(`is started with ${quote(right, 48)}`) };
    for (const gone of takenOut(input)) {
      const name = gone.path.at(-1) ?? '';
      if (!/^((pod|container)?securityContext|runAsNonRoot|allowPrivilegeEscalation|seccompProfile)$/i.test(name)) continue;
      const of = nameOfTaken(gone);
      const message = `takes out ${quote(name)}${of === '' ? '' : ` of ${quote(of, 20)}`}`;
      yield { side: 'after', range: gone.setting.range, severity: 'medium', message: fitMessage(message) };
    }
  },
});

/** The same words as an option of a program that declares containers: `ensureNonRoot: false`, `privileged: true`. */
function* inCode(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    const [was, now] = [before.value.toLowerCase(), after.value.toLowerCase()];
    const isGiven = GIVES.test(after.name) && was === 'false' && now === 'true';
    const isFreed = KEEPS.test(after.name) && was === 'true' && now === 'false';
    const isSetting = input.after?.settings.some(({ range }) => range.start.line === after.range.start.line);
    if ((isGiven || isFreed) && isSetting !== true)
      yield { side: 'after', range: after.range, severity: 'high', message: fitMessage(`${quote(after.name)}: ${was} -> ${now}`) };
  }
}

const GIVES = /^(?:privileged|host_?network|host_?pid|allow_?privilege_?escalation)$/i;
const KEEPS = /^(?:ensure_?non_?root|run_?as_?non_?root)$/i;

type Judgement = { readonly severity: 'high' | 'medium' | 'low'; readonly message: string };

const POWERFUL = /^(CAP_)?(ALL|SYS_ADMIN|SYS_PTRACE|SYS_MODULE|NET_ADMIN|DAC_READ_SEARCH|DAC_OVERRIDE|BPF|SYS_RAWIO|SYS_BOOT)$/;
const HOST_PATH =
  /^(\/|\/etc|\/root|\/var|\/proc|\/sys|\/home|\/var\/lib\/(kubelet|docker|containerd)|\/var\/run|\/run|.*(docker|containerd|crio)\.sock)(\/?$|:)/;

function gained({ path, before, after, resource }: SettingChange, facts: SourceFacts | undefined): Judgement | undefined {
  if (after === undefined || (resource === undefined && !/security_?context|pod_?security|privileged/i.test(path.join('/'))))
    return undefined;
  const name = nameOf({ path });
  const { value } = after;
  if (before !== undefined && before.value === value) return undefined;
  if (resource?.type === 'module' && name === 'privileged' && !isOfContainers(resource, facts)) return undefined;
  const set = (): Judgement => ({
    severity: 'high',
    message: `${quote(name)}: ${before === undefined ? 'unset' : String(before.value)} -> ${String(value)}`,
  });
  if (
    /^(privileged|hostNetwork|hostPID|hostIPC|allowPrivilegeEscalation|privileged_mode|Privileged|host_network|host_pid|host_ipc|allow_privilege_escalation|privileged_containers|privilegedMode|PrivilegedMode|shareProcessNamespace|allowPrivilegedContainer|allowHostNetwork|allowHostPID|allowHostDirVolumePlugin|seLinuxUnconfined)$/.test(
      name,
    ) &&
    isTrue(value)
  )
    return set();
  if (/^(runAsUser|run_as_user|runAsGroup|fsGroup|run_as_group)$/.test(name) && (value === 0 || value === '0') && name !== 'fsGroup')
    return set();
  if (/^(runAsNonRoot|run_as_non_root)$/.test(name) && isFalse(value)) return set();
  if (/^(type|seccompProfile|apparmor|seccomp)$/.test(name) && /^unconfined$/i.test(String(value))) return set();
  if (name === 'security_opt' && /unconfined|label:disable/.test(String(value)))
    return { severity: 'high', message: `adds ${quote(String(value), 40)}` };
  if (/^pod-security\.kubernetes\.io\/enforce$/.test(path.at(-1) ?? '') && value === 'privileged') return set();
  // What an admission controller refused is let in and noted.
  const isAdmission = /^(validationFailureAction|failureAction|enforcementAction|validationActions)$/.test(name);
  if (isAdmission && /^(enforce|deny)$/i.test(String(before?.value)) && /^(audit|warn|dryrun)$/i.test(String(value))) return set();
  // Whoever breaks in may then speak to the cluster as the pod does.
  if (name === 'automountServiceAccountToken' && isTrue(value) && isFalse(before?.value)) return { ...set(), severity: 'medium' };
  if (/^(userns_mode|cgroup|cgroup_parent|uts)$/.test(name) && value === 'host') return set();
  if (name === 'readOnlyRootFilesystem' && isFalse(value) && before !== undefined) return { ...set(), severity: 'medium' };
  if (/^(network_mode|pid|ipc|networkMode|pidMode)$/.test(name) && value === 'host') return set();
  if (name === 'user' && resource?.type === 'service' && /^(root|0)(:|$)/.test(String(value))) return set();
  if (/^(add|cap_add|Add|linuxParameters|capabilities)$/.test(name) && POWERFUL.test(String(value)))
    return { severity: 'high', message: `adds the capability ${quote(String(value))}` };
  if ((path.includes('hostPath') && name === 'path') || (path.includes('volumes') && resource?.type === 'service')) {
    return HOST_PATH.test(String(value)) ? { severity: 'high', message: `mounts ${quote(String(value), 40)} of the host` } : undefined;
  }
  return undefined;
}

/** What a module is told to be `privileged` may be a role as well as a container: its name and its source say which. */
function isOfContainers({ key, name }: Resource, facts: SourceFacts | undefined): boolean {
  const source = facts?.settings.find((setting) => setting.resource === key && setting.path.join('/') === 'source')?.value;
  return /container|docker|pod|task|ecs|eks|kube|k8s|helm|nomad|runner|build|service|agent|daemon/i.test(`${name} ${String(source ?? '')}`);
}

function lost({ path, before, after, resource, resourceIsGone }: SettingChange, { after: facts }: RuleInput): Judgement | undefined {
  const name = nameOf({ path });
  const inValues = path.some((element) => /^(pod|container)?securityContext$/i.test(element));
  if (before === undefined || after !== undefined || resourceIsGone || (resource === undefined && !inValues)) return undefined;
  const owner = before.resource;
  // The user that is set in its place is told by itself.
  const place = path.slice(0, -1).join('/');
  if (resource === undefined && facts?.settings.some((setting) => setting.path.join('/') === `${place}/runAsUser`) === true)
    return undefined;
  // A template that took the whole block from the values of its chart.
  const isFilledIn =
    /^(pod|container)?securityContext$/i.test(name) &&
    String(before.value).startsWith('__') &&
    /Values|toYaml|include/.test(String(before.value));
  const guards =
    isFilledIn || (name === 'runAsNonRoot' && isTrue(before.value)) || (name === 'allowPrivilegeEscalation' && isFalse(before.value));
  if (!guards || !containerStays(path, owner, facts?.settings ?? []) || isSetElsewhere(name, before.value, owner, facts?.settings ?? []))
    return undefined;
  return { severity: 'medium', message: isFilledIn ? `${quote(name)} removed` : `${quote(name)}: ${String(before.value)} -> removed` };
}

/** True where the container that lost the setting is still declared, or where the setting was the pod's. */
function containerStays(path: readonly string[], resource: string, settings: RuleInput['added']['settings']): boolean {
  const at = path.findIndex((element) => /^(init)?[cC]ontainers$/.test(element));
  if (at < 0) return true;
  const container = path.slice(0, at + 2).join('/');
  return settings.some((setting) => setting.resource === resource && setting.path.join('/').startsWith(`${container}/`));
}

function isSetElsewhere(name: string, value: unknown, resource: string, settings: RuleInput['added']['settings']): boolean {
  return settings.some((setting) => setting.resource === resource && nameOf(setting) === name && setting.value === value);
}

/** The user that a unit of systemd starts its program as. */
function unitUser({ path, before, after }: SettingChange, { after: facts }: RuleInput): Judgement | undefined {
  if (path.join('/') !== 'Service/User' || before === undefined || /^(root|0)$/.test(String(before.value))) return undefined;
  const has = (name: string): boolean => facts?.settings.some(({ path: other }) => other.join('/') === `Service/${name}`) === true;
  if (after === undefined ? !has('ExecStart') || has('DynamicUser') : !/^(root|0)$/.test(String(after.value))) return undefined;
  return { severity: 'high', message: `the service runs as root, was ${quote(String(before.value), 24)}` };
}

/** The user that the last stage of a Dockerfile ends with. */
function stageUser({ path, before, after, resource }: SettingChange, input: RuleInput): Judgement | undefined {
  if (resource?.type !== 'stage' || nameOf({ path }) !== 'USER') return undefined;
  const stages = (input.after?.resources ?? []).filter((other) => other.type === 'stage');
  if (after === undefined && stages.at(-1)?.key !== resource.key) return rewrittenImage(before, input);
  if (stages.at(-1)?.key !== resource.key) return undefined;
  const users = (input.after?.settings ?? []).filter((setting) => setting.resource === resource.key && nameOf(setting) === 'USER');
  const last = users.at(-1);
  if (after !== undefined) {
    const isLast = last !== undefined && last.range.start.line === after.range.start.line;
    const isRoot = /^(root|0)(:|$)/.test(String(after.value));
    return isLast && isRoot ? { severity: 'high', message: `the image runs as root: ${quote(`USER ${String(after.value)}`)}` } : undefined;
  }
  const wasUser = before !== undefined && !/^(root|0)(:|$)/.test(String(before.value));
  return wasUser && last === undefined && !(input.after !== undefined && OWN_USER.test(baseOf(input.after, resource.key)))
    ? { severity: 'high', message: `${quote(`USER ${String(before.value)}`)} removed: the image runs as root` }
    : undefined;
}

/** Images that bring a user of their own. */
const OWN_USER = /non-?root|unprivileged|rootless|cgr\.dev|chainguard/i;

function baseOf({ settings }: SourceFacts, stage: string): string {
  return String(settings.findLast((setting) => setting.resource === stage && nameOf(setting) === 'FROM')?.value ?? '');
}

/** The image ended with a user of its own, and its last stage, which bears another name now, has none. */
function rewrittenImage(before: Setting | undefined, { before: facts, after }: RuleInput): Judgement | undefined {
  if (before === undefined || facts === undefined || after === undefined) return undefined;
  const stageOf = ({ resources }: SourceFacts): string | undefined => resources.filter(({ type }) => type === 'stage').at(-1)?.key;
  const usersOf = ({ settings }: SourceFacts, stage: string | undefined): readonly Setting[] =>
    settings.filter((setting) => setting.resource === stage && nameOf(setting) === 'USER');
  const [old, now] = [stageOf(facts), stageOf(after)];
  if (now === undefined || before.resource !== old || usersOf(facts, old).at(-1) !== before || /^(root|0)(:|$)/.test(String(before.value)))
    return undefined;
  // A stage takes the user of the stage that it is made from, and some images bring one along.
  for (let [stage, left]: [string | undefined, number] = [now, 20]; stage !== undefined && left > 0; left--) {
    const user = usersOf(after, stage).at(-1);
    if (user !== undefined) return undefined;
    const base = baseOf(after, stage);
    if (OWN_USER.test(base)) return undefined;
    stage = after.resources.find((other) => other.type === 'stage' && other.key !== stage && other.name === base.split(/\s/)[0])?.key;
  }
  return { severity: 'high', message: `${quote(`USER ${String(before.value)}`)} removed: the image runs as root` };
}
