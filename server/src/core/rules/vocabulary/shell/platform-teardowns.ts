import type { Command } from '../../../model/facts.ts';
import type { Severity } from '../../../model/finding.ts';

/** How much goes with a command, and how that is said. */
export type Judgement = { readonly severity: Severity; readonly what: string };

/** Platforms whose command says it in its first words. */
const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/^(fly|flyctl) (apps? )?destroy\b|^(fly|flyctl) (volumes?|vol|postgres|pg) (destroy|delete)\b/, 'destroys the app or its data'],
  [/^heroku (apps:destroy|addons:destroy|pg:(reset|kill))\b/, 'destroys the app or its data'],
  [/^railway (down|delete|volume delete|environment delete)\b/, 'removes the deployment or its data'],
  [
    /^(eksctl|gcloud container clusters|az aks|doctl kubernetes cluster|kops|kind|rosa|minikube)\s(delete|delete-cluster|delete cluster)\b/,
    'deletes the cluster',
  ],
  [/^eksctl delete (nodegroup|fargateprofile)\b/, 'deletes nodes of the cluster'],
  [/^gcloud projects delete\b|^aws organizations (close|remove)-account/, 'deletes the project'],
  [/^(argocd app|flux|velero (backup|restore|schedule)) delete\b|^argocd appset delete\b/, 'deletes what it manages'],
  [/^helmfile (destroy|delete)\b|^kapp delete\b|^skaffold delete\b|^tilt down\b/, 'removes the releases'],
  [/^nomad (job )?stop\b.*-purge|^nomad system gc\b|^nomad volume (delete|deregister)/, 'removes the job'],
  [/^(vagrant|multipass) (destroy|delete)\b/, 'destroys the machine'],
  [/^(terraform|tofu) workspace delete\b|^pulumi stack rm\b/, 'deletes the stack'],
  [/^firebase (firestore:delete|projects:delete|database:remove)\b/, 'deletes its data'],
  [/^(docker|podman) volume (rm|prune)\b/, 'deletes volumes'],
  [/^oc delete project\b/, 'deletes what holds data'],
  [/^ansible-playbook\b.*\b(destroy|teardown|decommission)\b/, 'tears it down'],
  [
    /^sam delete\b|^copilot (app|env|svc) delete\b|^amplify delete\b|^chalice delete\b|^zappa undeploy\b|^up stack delete\b|^azd down\b/,
    'removes the stack',
  ],
  [
    /^(turso db|neonctl (projects|branches)|pscale (database|branch)|doctl databases|supabase projects) (destroy|delete)\b/,
    'deletes a database',
  ],
];

/** What a platform's own command takes down; undefined where it takes down nothing. */
export function judgeOthers(command: Command, path: string): Judgement | undefined {
  const text = command.words.map((word, at) => (at === 0 ? command.name : word.text)).join(' ');
  const found = OTHERS.find(([pattern]) => pattern.test(text));
  if (found !== undefined)
    return /^(docker|podman|vagrant|multipass|kind|minikube|tilt|skaffold)$/.test(command.name)
      ? { severity: 'high', what: found[1] }
      : critical(found[1]);
  // Taking a compose project down with its volumes is how tests clean up.
  if (/^(docker compose|docker-compose|podman-compose)\b.* down\b.*(\s-v\b|--volumes)/.test(text))
    return {
      severity: /(^|[/._-])(prod|production|deploy|release|ops|live)([/._-]|$)/i.test(`${path} ${command.written}`) ? 'high' : 'low',
      what: 'takes the volumes down too',
    };
  return undefined;
}

export function critical(what: string): Judgement {
  return { severity: 'critical', what };
}
