import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote, restoreExpressions } from '../quote.ts';
import { shorten } from '../vocabulary/code/call-names.ts';
import { nameOf } from '../vocabulary/settings/setting-index.ts';
import { testsOnProduction } from '../vocabulary/settings/tests-on-production.ts';
import { changedCommands, isMutating, sourceOf } from '../vocabulary/shell/command-parts.ts';
import { lostStepVariables } from '../vocabulary/shell/lost-step-variables.ts';
import { lostInDefinitions } from '../vocabulary/shell/named-targets.ts';
import { lostSpawnTargets } from '../vocabulary/shell/spawned-targets.ts';
import { droppedPlace, pointsAt } from '../vocabulary/shell/target-flags.ts';

/**
 * ## What it sees
 * A command that changes something and no longer says where: `--env`, `--context`, `--namespace`, `--profile`, `--region`,
 * `--project`, `-var-file` or an inventory was taken from it; so was a variable before it (`RAILS_ENV=…`), or the line that
 * pointed the tool somewhere (`kubectl config use-context`, `terraform workspace select`), or a variable of a workflow's step, or the variables that a program gets
 * from the code which starts it. The same where a script says it once: in a variable (`KUBECTL ?= kubectl --context …`), an alias
 * or a function that hands on what it is given. Also tests or a preview that now work on a store of production.
 *
 * ## Why it matters
 * It then acts on whatever the machine points at, and the default is often production. Credentials that were rotated without
 * `--env` went to the wrong environment and took an object store down for an hour.
 *
 * ## When it is fine
 * The same place is named in another way: another option, a variable of the step, a word of the command. Commands that only
 * read, and dry runs, are not flagged.
 *
 * ## What it misses
 * A default inside the script that is called, and targets that a configuration file names.
 */
export default defineRule({
  id: 'deploy/environment-target-dropped',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A command no longer says which environment it acts on',
  reads: ['commands', 'settings', 'calls', 'options'],
  evidence: [
    {
      title: 'Cloudflare R2, 21 March 2025: rotation without --env',
      url: 'https://blog.cloudflare.com/cloudflare-incident-march-21-2025/',
    },
    { title: 'Railway volume deleted by an agent, 2026', url: 'https://rentry.co/5rme2sea' },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const { before, after } of changedCommands(input)) {
      if (!isMutating(after)) continue;
      const dropped = droppedPlace(before, after, input.after);
      if (dropped === undefined) continue;
      const { name, value } = dropped.flag;
      const flag = value === undefined ? name : `${name}${name.startsWith('-') ? ' ' : '='}${restoreExpressions(value)}`;
      yield { side: 'after', range: after.range, message: fitMessage(`${quote(sourceOf(after), 34)} lost ${quote(flag, 28)}`) };
    }
    yield* lostInDefinitions(input);
    yield* lostPointers(input);
    yield* lostInputs(input);
    yield* lostContexts(input);
    yield* lostSpawnTargets(input);
    yield* lostStepVariables(input);
    yield* testsOnProduction(input);
  },
});

/** The line above that chose the cluster, the account or the workspace. */
function* lostPointers({ removed, after }: RuleInput): Generator<FindingDraft> {
  for (const command of removed.commands) {
    if (!pointsAt(command) || after === undefined || after.commands.some(pointsAt)) continue;
    const tool = toolOf(command.name);
    const victim = after.commands.find((other) => tool.test(other.name) && isMutating(other));
    if (
      victim === undefined ||
      /--?(context|kube-context|profile|project|workspace|stack|subscription|kubeconfig|app)\b/.test(victim.written)
    )
      continue;
    yield { side: 'before', range: command.range, message: fitMessage(`nothing chooses where ${quote(sourceOf(victim), 36)} acts`) };
  }
}

function toolOf(name: string): RegExp {
  if (/^(kubectl|kubectx|kubens|oc|aws|gcloud|az|doctl)$/.test(name))
    return /^(kubectl|helm|oc|kustomize|argocd|flux|istioctl|aws|gcloud|az)$/;
  return /^(terraform|tofu)$/.test(name) ? /^(terraform|tofu|terragrunt)$/ : new RegExp(`^${name.replace(/[^\w-]/g, '')}$`);
}

/** `kubeContext` of a helmfile or of skaffold, which then act on whatever context is current. */
function* lostContexts({ removed, after, path }: RuleInput): Generator<FindingDraft> {
  if (!/(^|\/)(helmfile|skaffold)[^/]*\.ya?ml(\.gotmpl)?$/.test(path)) return;
  for (const setting of removed.settings) {
    if (!/^kube-?context$/i.test(nameOf(setting)) || setting.value === null || setting.value === '') continue;
    if (after === undefined || after.settings.some((other) => /^kube-?context$/i.test(nameOf(other)) && other.value !== '')) continue;
    yield {
      side: 'before',
      range: setting.range,
      message: fitMessage(`nothing chooses the cluster any more: lost ${quote(`${nameOf(setting)}: ${String(setting.value)}`, 40)}`),
    };
  }
}

const INPUT =
  /^(environment|env|namespace|context|kube-?context|cluster|cluster-name|region|aws-region|project|project-?id|profile|stage|stack|workspace|account)$/i;

/** An input of a step that deploys, `with: { environment: staging }`, whose step stays. */
function* lostInputs({ removed, after }: RuleInput): Generator<FindingDraft> {
  for (const setting of removed.settings) {
    const at = setting.path.lastIndexOf('with');
    const name = nameOf(setting);
    if (at < 1 || at !== setting.path.length - 2 || !INPUT.test(name) || setting.value === null) continue;
    const step = setting.path.slice(0, at);
    const inStep =
      after?.settings.filter((other) => other.resource === setting.resource && step.every((part, index) => other.path[index] === part)) ??
      [];
    const uses = inStep.find((other) => nameOf(other) === 'uses');
    if (
      uses === undefined ||
      !/deploy|publish|release|wrangler|helm|kube|terraform|pulumi|serverless|cdk|rollout|apply/i.test(
        `${String(uses.value)} ${step.join(' ')}`,
      )
    )
      continue;
    if (inStep.some((other) => INPUT.test(nameOf(other)) && other.path.includes('with') && String(other.value) === String(setting.value)))
      continue;
    if (inStep.some((other) => nameOf(other) === name)) continue;
    yield {
      side: 'before',
      range: setting.range,
      message: fitMessage(
        `${quote(shorten(String(uses.value).split('@')[0] ?? '', 30), 32)} lost ${quote(`${name}: ${String(setting.value)}`, 30)}`,
      ),
    };
  }
}
