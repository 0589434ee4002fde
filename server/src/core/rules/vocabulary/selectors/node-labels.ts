import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { objectsMentioning } from '../settings/kubernetes-labels.ts';
import { settingsOf } from '../settings/setting-index.ts';
import { changedSettings, placeOf } from '../settings/settings.ts';

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
      NODE_GROUP.test(`${change.resource?.type ?? ''} ${before.resource} ${path.join('/')}`)
    ) {
      if (stillAskFor(input, label, before.value))
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

/** True where a manifest of the after side still chooses nodes by the label. */
function stillAskFor(input: RuleInput, label: string, value: unknown): boolean {
  const word = label.split('/').at(-1) ?? label;
  return objectsMentioning(input, 'after', String(value) === '' || value === true ? word : String(value)).some(({ facts, resource }) =>
    settingsOf(facts, resource.key).some(
      (setting) =>
        (setting.path.at(-2) === 'nodeSelector' && setting.path.at(-1) === label && String(setting.value) === String(value)) ||
        (setting.path.includes('nodeAffinity') && setting.value === label),
    ),
  );
}
