import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { nameOf } from '../settings/setting-index.ts';
import { isMutating, sourceOf } from './command-parts.ts';
import { isPlaceVariable } from './target-flags.ts';

/** A variable of a step or a job that chose where its commands act, `env: { KUBECONFIG: … }`, gone while they stay. */
export function* lostStepVariables({ removed, after, path }: RuleInput): Generator<FindingDraft> {
  if (after === undefined || !/(^|\/)\.github\//.test(path)) return;
  for (const setting of removed.settings) {
    const name = nameOf(setting);
    if (setting.path.at(-2) !== 'env' || !CHOOSES.test(name) || !isPlaceVariable(name) || setting.value === null) continue;
    const step = setting.path.slice(0, -2);
    if (after.settings.some((other) => nameOf(other) === name || String(other.value).includes(name))) continue;
    const runs = after.settings.filter(
      (other) => other.resource === setting.resource && nameOf(other) === 'run' && step.every((part, at) => other.path[at] === part),
    );
    const victim = after.commands.find(
      (command) =>
        TOOLS.test(command.name) &&
        isMutating(command) &&
        !/--?(context|kube-context|kubeconfig|profile)\b/.test(command.written) &&
        runs.some(({ range }) => range.start.line <= command.range.start.line && command.range.end.line <= range.end.line),
    );
    if (victim === undefined) continue;
    yield {
      side: 'before',
      range: setting.range,
      message: fitMessage(`${quote(sourceOf(victim), 34)} lost the variable ${quote(name, 26)}`),
    };
    return;
  }
}

const CHOOSES =
  /^(KUBECONFIG|KUBE_?CONTEXT|HELM_KUBECONTEXT|DOCKER_(HOST|CONTEXT)|AWS_PROFILE|CLOUDSDK_CORE_PROJECT|TF_WORKSPACE|PULUMI_STACK)$/;
const TOOLS = /^(kubectl|helm|oc|kustomize|helmfile|argocd|flux|docker|aws|gcloud|terraform|tofu|pulumi)$/;
