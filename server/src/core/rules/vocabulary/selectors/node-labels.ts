import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { factsMentioning } from '../settings/kubernetes-labels.ts';
import { nameOf, settingsUnder } from '../settings/setting-index.ts';
import { changedSettings, placeOf, type SettingChange } from '../settings/settings.ts';

const NODE_LABELS = /^(labels|node_labels|nodeLabels|kubernetes_labels|k8s_labels|Labels|node-labels)$/;
const NODE_GROUP =
  /node_group|node_pool|NodeGroup|Nodegroup|NodePool|MachineDeployment|MachinePool|Provisioner|EC2NodeClass|eksctl|ClusterConfig|agent_pool|KubeletConfiguration|JoinConfiguration|InitConfiguration|Node$/;

/** What chooses nodes asks for another label, or a group of nodes loses one that is asked for. */
export function* nodeLabels(input: RuleInput): Generator<FindingDraft> {
  for (const change of changedSettings(input)) {
    const { path, before, after } = change;
    if (before === undefined || before.value === null || change.resourceIsGone || before.value === after?.value) continue;
    const label = path.at(-1) ?? '';
    const parent = path.at(-2) ?? '';
    if (parent === 'nodeSelector' || parent === 'node_selector' || isAffinity(path)) {
      if (
        after === undefined &&
        path.length > 1 &&
        !input.after?.settings.some((setting) => setting.resource === before.resource && setting.path.includes(parent))
      )
        continue;
      const others = stillAskFor(input, label, before.value);
      yield {
        ...placeOf(change),
        ...(others ? {} : { severity: 'medium' as const }),
        message: fitMessage(
          `chooses other nodes: ${quote(isAffinity(path) ? String(before.value) : `${label}=${String(before.value)}`, 28)} -> ${after === undefined ? 'removed' : quote(String(after.value), 16)}`,
        ),
      };
    } else if (
      path.some((element) => NODE_LABELS.test(element)) &&
      (NODE_GROUP.test(`${change.resource?.type ?? ''} ${before.resource} ${path.join('/')}`) || isOfMachines(change, input))
    ) {
      if (stillAskFor(input, label, before.value) || isMatched(input, label, before.value, after === undefined))
        yield {
          ...placeOf(change),
          message: fitMessage(`nodes lose ${quote(`${label}=${String(before.value)}`, 40)}, which is still asked for`),
        };
    }
  }
}

function isAffinity(path: readonly string[]): boolean {
  return (
    path.includes('nodeAffinity') &&
    path.some((element) => /^(matchExpressions|matchFields)$/.test(element)) &&
    /^(key|values|\d+)$/.test(path.at(-1) ?? '')
  );
}

/** Labels that stand beside the kind of machine, in a bootstrapper's own format: `machineType: m6i.large`. */
function isOfMachines({ path, before }: SettingChange, { before: facts }: RuleInput): boolean {
  const at = path.findLastIndex((element) => NODE_LABELS.test(element));
  if (before === undefined || facts === undefined || at < 0) return false;
  return settingsUnder(facts, before, path.slice(0, at)).some((other) => other.path.length === at + 1 && MACHINE.test(nameOf(other)));
}

const MACHINE = /^(machine_?types?|instance_?types?|vm_?size|server_?type|node_?pool|flavou?r|taints|node_?count|ami_?(id|type)?)$/i;

/** True where a manifest of the after side still chooses nodes by the label. */
function stillAskFor(input: RuleInput, label: string, value: unknown): boolean {
  return factsMentioning(input, 'after', wordFor(label, value)).some(({ facts }) =>
    facts.settings.some(
      (setting) =>
        (/^node_?selector$/i.test(setting.path.at(-2) ?? '') && nameOf(setting) === label && String(setting.value) === String(value)) ||
        (setting.path.includes('nodeAffinity') && setting.value === label),
    ),
  );
}

function wordFor(label: string, value: unknown): string {
  return String(value) === '' || value === true ? (label.split('/').at(-1) ?? label) : String(value);
}

/**
 * True where an expression still asks for the label, as the networks of pods do: `nodeSelector: has(role)`, `role == 'ingress'`.
 *
 * @param isGone the label itself is gone, and not its value alone
 */
function isMatched(input: RuleInput, label: string, value: unknown, isGone: boolean): boolean {
  return factsMentioning(input, 'after', label.split('/').at(-1) ?? label).some(({ facts }) =>
    facts.settings.some((setting) => {
      if (!EXPRESSION.test(nameOf(setting)) || typeof setting.value !== 'string' || !setting.value.includes(label)) return false;
      const plain = setting.value.replace(/["'\s]/g, '');
      return (isGone && plain.includes(`has(${label})`)) || (plain.includes(`${label}==${String(value)}`) && String(value) !== '');
    }),
  );
}

const EXPRESSION = /^(node|peer|node_|peer_)?selector$/i;
