import type { Command, Setting, SourceFacts } from '../../model/facts.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { nameOf, settingsUnder } from '../vocabulary/settings/setting-index.ts';
import { changedSettings, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A binding to `cluster-admin` in a file or by a command, a role with `*` among its verbs or resources, also among the values of a chart, one that may read secrets, and verbs that let
 * their holder take more (`escalate`, `bind`, `impersonate`).
 *
 * ## Why it matters
 * A service account with such a role can read every secret of the cluster and delete every object in it.
 *
 * ## When it is fine
 * A role that loses rights, and a role that had the same right before.
 *
 * ## What it misses
 * Aggregated roles, and rights that a chart renders.
 */
export default defineRule({
  id: 'access/rbac-cluster-admin',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Gives all rights in a cluster',
  reads: ['settings', 'commands', 'resources'],
  evidence: [
    {
      title: 'kube-linter: cluster-admin-role-binding',
      url: 'https://docs.kubelinter.io/#/generated/checks?id=cluster-admin-role-binding',
    },
    { title: 'kube-linter: wildcard-in-rules', url: 'https://docs.kubelinter.io/#/generated/checks?id=wildcard-in-rules' },
  ],
  *check(input) {
    for (const change of changedSettings(input)) {
      const found = judge(change, input);
      if (found !== undefined) yield { ...placeOf(change), severity: found.severity, message: fitMessage(found.message) };
    }
    for (const { type, name, range } of input.added.resources) {
      if (
        type !== 'ClusterRoleBinding' ||
        !input.removed.resources.some((old) => old.type === 'RoleBinding' && old.name.replace(/^.*\//s, '') === name)
      )
        continue;
      yield {
        side: 'after' as const,
        range,
        severity: 'high' as const,
        message: fitMessage(`${quote(name, 24)} holds in every namespace now`),
      };
    }
    for (const command of input.added.commands) {
      const message = boundBy(command);
      if (message !== undefined && !input.removed.commands.some((other) => boundBy(other) === message))
        yield { side: 'after' as const, range: command.range, message: fitMessage(message) };
    }
  },
});

/** `kubectl create clusterrolebinding … --clusterrole=cluster-admin`, and a role of everything that a command makes. */
function boundBy({ name, words }: Command): string | undefined {
  if (!/^(kubectl|oc|k|microk8s|k3s|minikube)$/.test(name)) return undefined;
  const text = ` ${words.map((word) => word.text).join(' ')} `;
  const role = / (?:create|adm|policy) .*--clusterrole[= ](\S+)| adm policy add-cluster-role-to-(?:user|group) (\S+) /.exec(text);
  const bound = role?.[1] ?? role?.[2];
  const subject = /--(?:serviceaccount|user|group)[= ](\S+)/.exec(text)?.[1] ?? 'somebody';
  if (bound === 'cluster-admin' && !/--dry-run/.test(text)) return `binds ${quote(subject, 24)} to cluster-admin`;
  return / create (cluster)?role /.test(text) && /--verb[= ]\S*\*/.test(text) ? 'makes a role that may use every verb' : undefined;
}

/** The path of one rule: a place in the list, or a block. */
function ruleOf(path: readonly string[]): readonly string[] {
  return path.slice(0, path[0] === 'rules' ? 2 : 1);
}

type Judgement = { readonly severity: 'critical' | 'high'; readonly message: string };

/** Kubernetes' own kind of a resource that Terraform or Pulumi declares. */
function kindOf(type: string): string {
  const terraform = /^kubernetes_(cluster_)?role(_binding)?(_v1|_v1beta1)?$/.exec(type);
  if (terraform !== null) return `${terraform[1] === undefined ? '' : 'Cluster'}Role${terraform[2] === undefined ? '' : 'Binding'}`;
  return type.slice(type.lastIndexOf('.') + 1);
}

/** Blocks of Terraform bear a label for what is in them: `role_ref#view`, `rule#get,list`, `subject#default`. */
function plainPath(path: readonly string[]): readonly string[] {
  const [first = '', ...rest] = path;
  const block = first.replace(/#.*/s, '');
  const name = { role_ref: 'roleRef', subject: 'subjects', rule: 'rules' }[block];
  return name === undefined ? path : [name, ...rest];
}

/** A rule among the values of a chart: an element of a list that names groups, resources and verbs, as `rbac.rules` does. */
function judgeValue(
  { path }: SettingChange,
  after: Setting,
  before: SourceFacts | undefined,
  facts: SourceFacts | undefined,
): Judgement | undefined {
  const name = nameOf({ path });
  const value = String(after.value);
  if (/^(cluster_?role(_?(ref|name))?|role_?ref)$/i.test(name) && value === 'cluster-admin' && path.some((part) => RBAC.test(part)))
    return { severity: 'critical', message: `${quote(path.join('.'), 32)} is cluster-admin` };
  const at = path.findIndex((part, index) => /^\d+$/.test(path[index - 1] ?? '') && /^(verbs|resources)$/.test(part));
  if (at < 2 || (value !== '*' && !/^(escalate|bind|impersonate)$/.test(value))) return undefined;
  const rule = path.slice(0, at);
  const parts = new Set(settingsUnder(facts, after, rule).map((setting) => setting.path[rule.length]));
  if (!parts.has('verbs') || !(parts.has('resources') || parts.has('apiGroups'))) return undefined;
  // Made only where somebody asks for it.
  const holder = path.slice(0, at - 2);
  const isOff = settingsUnder(facts, after, holder).some(
    (setting) => setting.path.length === holder.length + 1 && /^(create|enabled)$/.test(nameOf(setting)) && setting.value === false,
  );
  const list = path.slice(0, at - 1);
  const had = settingsUnder(before, after, list).some((other) => other.path[at] === path[at] && String(other.value) === value);
  if (had || (isOff && holder.length > 0)) return undefined;
  const where = quote(list.join('.'), 32);
  if (path[at] === 'verbs' && value !== '*') return { severity: 'critical', message: `${where} may ${value}` };
  return value === '*'
    ? { severity: 'critical', message: `${where} gets every ${path[at] === 'verbs' ? 'verb' : 'resource'}: ${quote('*')}` }
    : undefined;
}

const RBAC = /rbac|role|service_?account|permission/i;

function judge(change: SettingChange, { before, after: facts }: RuleInput): Judgement | undefined {
  const { after } = change;
  if (after === undefined) return undefined;
  if (change.resource === undefined) return judgeValue(change, after, before, facts);
  const resource = { name: change.resource.name, type: kindOf(change.resource.type) };
  const path = plainPath(change.path);
  const value = String(after.value);
  if (/^(Cluster)?RoleBinding$/.test(resource.type)) {
    const isBound = before?.settings.some(
      (other) => other.resource === after.resource && plainPath(other.path).join('/') === 'roleRef/name' && other.value === after.value,
    );
    if (path.join('/') === 'roleRef/name' && value === 'cluster-admin' && isBound !== true)
      return { severity: 'critical', message: `binds ${quote(resource.name, 24)} to cluster-admin` };
    if (path[0] === 'subjects' && nameOf({ path }) === 'name' && /^system:(unauthenticated|anonymous|authenticated)$/.test(value))
      return { severity: 'critical', message: `binds a role to ${quote(value)}` };
    return undefined;
  }
  if (!/^(Cluster)?Role$/.test(resource.type) || path[0] !== 'rules') return undefined;
  const name = nameOf({ path });
  const had = settingsUnder(before, after, []).some(
    (other) => plainPath(other.path)[0] === 'rules' && nameOf(other) === name && String(other.value) === value,
  );
  if (had) return undefined;
  const role = `${resource.type} ${resource.name}`;
  if ((name === 'verbs' || name === 'resources') && value === '*')
    return { severity: 'critical', message: `${quote(role, 32)} gets every ${name === 'verbs' ? 'verb' : 'resource'}: ${quote('*')}` };
  if (name === 'verbs' && /^(escalate|bind|impersonate)$/.test(value))
    return { severity: 'critical', message: `${quote(role, 32)} may ${value}` };
  const isRead = (): boolean =>
    settingsUnder(facts, after, ruleOf(change.path)).some(
      (other) => nameOf(other) === 'verbs' && /^(\*|get|list|watch)$/.test(String(other.value)),
    );
  const isNamed = (): boolean => settingsUnder(facts, after, ruleOf(change.path)).some((other) => nameOf(other) === 'resourceNames');
  if (name === 'resources' && value === 'secrets' && isRead() && !isNamed())
    return { severity: 'high', message: `${quote(role, 32)} may read secrets` };
  if (name === 'resources' && value === 'pods/exec') return { severity: 'high', message: `${quote(role, 32)} may run commands in pods` };
  return undefined;
}
