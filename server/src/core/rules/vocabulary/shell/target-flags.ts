import type { Command, Setting, SourceFacts } from '../../../model/facts.ts';
import { nameOf } from '../settings/setting-index.ts';
import { type Flag, flagsOf, ownVariables } from './command-parts.ts';

/** A kind of target that a command may be told: which environment, which account, which part of it. */
interface TargetKind {
  readonly name: string;
  readonly flags: RegExp;
  /** Short options, which mean a target only for these programs. */
  readonly short?: Readonly<Record<string, RegExp>>;
  /** Variables that say the same to the command. */
  readonly variables: RegExp;
}

/** Where a command acts: without it, it acts wherever the machine happens to point. */
const PLACES: readonly TargetKind[] = [
  {
    name: 'environment',
    flags: /^--?(env|environment|stage|target-env|deploy-env|app-env|rails-env|mode|workspace|stack|target-stage|pipeline-env)$/,
    short: { wrangler: /^-e$/, serverless: /^-s$/, sls: /^-s$/, pulumi: /^-s$/, railway: /^-e$/, eb: /^-e$/, sst: /^-s$/ },
    variables: /^(\w+_)?(ENV|ENVIRONMENT|STAGE|WORKSPACE|STACK)$/i,
  },
  {
    name: 'context',
    flags: /^--?(context|kube-?context|kubeconfig|kube-config|cluster|cluster-name|server|kube-apiserver|endpoint|endpoint-url)$/,
    short: { docker: /^-[Hc]$/, argocd: /^-s$/ },
    variables: /^(KUBECONFIG|KUBE_?CONTEXT|KUBECTL_CONTEXT|HELM_KUBECONTEXT|DOCKER_(HOST|CONTEXT)|\w*CLUSTER(_NAME)?|\w*CONTEXT)$/i,
  },
  {
    name: 'namespace',
    flags: /^--?(namespace|kube-namespace|ns)$/,
    short: { kubectl: /^-n$/, oc: /^-n$/, helm: /^-n$/, helmfile: /^-n$/, kustomize: /^-n$/, velero: /^-n$/, istioctl: /^-n$/ },
    variables: /^(\w+_)?(NAMESPACE|NS)$/i,
  },
  {
    name: 'account',
    flags:
      /^--?(profile|aws-profile|account|account-id|project|project-id|project-ref|subscription|resource-group|org|organization|tenant-id|vault-name|app|application|site|configuration|impersonate-service-account|role-arn|identity|scope|team)$/,
    short: { az: /^-g$/, heroku: /^-a$/, fly: /^-a$/, flyctl: /^-a$/, firebase: /^-P$/, cf: /^-o$/, oci: /^-c$/, netlify: /^-s$/ },
    variables:
      /^(AWS_(PROFILE|DEFAULT_PROFILE|ACCESS_KEY_ID|ROLE_ARN)|(\w+_)?(PROJECT|PROJECT_ID|SUBSCRIPTION|SUBSCRIPTION_ID|RESOURCE_GROUP|ACCOUNT|ACCOUNT_ID)|HEROKU_APP|FLY_APP|\w*SITE_ID)$/i,
  },
  {
    name: 'region',
    flags: /^--?(region|regions|zone|location|datacenter|dc|availability-zone)$/,
    short: { sls: /^-r$/, serverless: /^-r$/, fly: /^-r$/, nomad: /^-region$/ },
    variables: /^(AWS_(DEFAULT_)?REGION|(\w+_)?(REGION|ZONE|LOCATION))$/i,
  },
  {
    name: 'database',
    flags: /^--?(host|hostname|dbname|database|db|database-url|url|uri|connection|conn|dsn|port)$/,
    short: { psql: /^-[hd]$/, pg_restore: /^-[hd]$/, mysql: /^-[hD]$/, mariadb: /^-[hD]$/, 'redis-cli': /^-[hn]$/, mongosh: /^-h$/ },
    variables: /^(PG(HOST|DATABASE)|(\w+_)?(HOST|DB_URL|DATABASE_URL|DATABASE|DB_NAME|DSN)|MYSQL_HOST|REDIS_URL|MONGO\w*_UR[IL])$/i,
  },
  {
    name: 'inventory',
    flags: /^--?(inventory|inventory-file|var-file|vars-file|values|extra-vars|backend-config|chdir|config-file|settings)$/,
    short: { 'ansible-playbook': /^-i$/, ansible: /^-i$/, helm: /^-f$/, helmfile: /^-f$/ },
    variables: /^(ANSIBLE_INVENTORY|TF_CLI_ARGS\w*|TF_VAR_\w+)$/,
  },
];

/** How much of a place a command touches: without it, all. */
const PARTS: TargetKind = {
  name: 'part',
  flags:
    /^--?(limit|hosts?-?limit|hosts|host-?list|node|nodes|only|target|targets|selector|field-selector|filter|filters|include|tenant|tenants|tenant-ids?|customer|customer-ids?|user|users|user-ids?|org-ids?|site-ids?|instance-ids?|ids?|service|services|shard|partition|batch|batch-size|max|count|max-count|serial|forks|where|query|table|tables|prefix|group|groups|tags|rack|pool|cell|wave|percent|percentage|older-than|before|since|until|age|max-age|keep)$/,
  short: { 'ansible-playbook': /^-[l]$/, ansible: /^-l$/, kubectl: /^-l$/, oc: /^-l$/, pssh: /^-H$/, clush: /^-w$/, dsh: /^-m$/ },
  variables: /^(LIMIT|ONLY|TARGETS?|HOSTS?|TENANTS?)$/i,
};

const PACE = /^--?(batch|batch-size|serial|forks|f)$/;

export interface DroppedTarget {
  readonly kind: string;
  readonly flag: Flag;
}

/** The place that `before` named and `after` no longer does; undefined where another option, word or variable still says it. */
export function droppedPlace(before: Command, after: Command, facts: SourceFacts | undefined): DroppedTarget | undefined {
  for (const kind of PLACES) {
    const found = dropped(kind, before, after, facts);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The bound on what is touched that `before` had and `after` no longer has. */
export function droppedPart(before: Command, after: Command, facts: SourceFacts | undefined): DroppedTarget | undefined {
  return dropped(PARTS, before, after, facts);
}

/** Options of a command that name a part of its place, or the place. */
export function targetFlags(command: Command): readonly Flag[] {
  return flagsOf(command).filter((flag) => [...PLACES, PARTS].some((kind) => isOf(kind, flag, command)));
}

/** Options of a command that name its place. */
export function placeFlagsOf(command: Command): readonly Flag[] {
  return flagsOf(command).filter((flag) => PLACES.some((kind) => isOf(kind, flag, command)));
}

/** True for a variable that says to a program where it acts. */
export function isPlaceVariable(name: string): boolean {
  return PLACES.some((kind) => kind.variables.test(name));
}

function dropped(kind: TargetKind, before: Command, after: Command, facts: SourceFacts | undefined): DroppedTarget | undefined {
  const flag = flagsOf(before).find((other) => isOf(kind, other, before) && other.value !== undefined);
  if (flag !== undefined) {
    const value = flag.value ?? '';
    // How many at a time is no word about which ones.
    const stays =
      flagsOf(after).some((other) => isOf(kind, other, after) && (PACE.test(flag.name) || !PACE.test(other.name))) ||
      after.words.some((word) => word.text === value || (value.length > 3 && word.text.endsWith(`=${value}`))) ||
      isGivenBy(kind, after, facts);
    return stays ? undefined : { kind: kind.name, flag };
  }
  // `RAILS_ENV=staging rake …` names its place before the command.
  for (const [name, value] of ownVariables(before))
    if (
      kind.variables.test(name) &&
      ![...ownVariables(after).keys()].some((other) => kind.variables.test(other)) &&
      !isGivenBy(kind, after, facts)
    )
      return { kind: kind.name, flag: { name, value } };
  return undefined;
}

function isOf(kind: TargetKind, flag: Flag, command: Command): boolean {
  return (
    kind.flags.test(flag.name) ||
    (kind.short !== undefined && Object.hasOwn(kind.short, command.name) && kind.short[command.name]?.test(flag.name) === true)
  );
}

/** A variable, or a command above that points the tool somewhere. */
function isGivenBy(kind: TargetKind, after: Command, facts: SourceFacts | undefined): boolean {
  if ([...ownVariables(after).keys()].some((name) => kind.variables.test(name))) return true;
  const isSet =
    facts?.settings.some(
      (setting) =>
        isVariable(setting) &&
        ((kind.variables.test(nameOf(setting)) &&
          !isOwn(setting) &&
          (isHeard(nameOf(setting), after) || setting.path.at(-2) === 'with') &&
          setting.value !== '' &&
          setting.value !== null) ||
          (holdsFlag(kind, setting) && isTaken(setting, after))),
    ) ?? false;
  return isSet || (facts?.commands.some((command) => pointsAt(command)) ?? false);
}

/** An assignment of a script, or a variable that a step, a job or an image is given; a job's own `environment` is none. */
function isVariable({ path, resource, scope }: Setting): boolean {
  if (path.length === 1)
    return resource === '' && (scope !== '' || !/^(environment|stage|env|name|on|region|project)$/.test(path[0] ?? ''));
  return /^(env|variables|environment|ENV|ARG|with|build_args|build-args)$/.test(path.at(-2) ?? '') || path[0] === 'ENV';
}

/** A variable of the script alone, which no program that it starts reads: `cluster="$1"`, `CONTEXT="gke_$1"`. */
function isOwn({ path, resource }: Setting): boolean {
  return path.length === 1 && resource === '' && /^[a-z]|^(CONTEXT|CLUSTER|CLUSTER_NAME|NAMESPACE|NS)$/.test(path[0] ?? '');
}

/** Variables that these programs read by themselves; any other one says nothing to them unless it is among their words. */
const HEARD: readonly (readonly [programs: RegExp, variables: RegExp])[] = [
  [/^(kubectl|oc|kustomize|kubectx|kubens)$/, /^KUBECONFIG$/],
  [/^(helm|helmfile)$/, /^(KUBECONFIG|HELM_\w+|HELMFILE_\w+)$/],
  [/^(gcloud|gsutil|bq)$/, /^(CLOUDSDK_\w+|GOOGLE_CLOUD_PROJECT|GCLOUD_PROJECT|GCP_PROJECT)$/],
  [/^aws$/, /^AWS_\w+$/],
  [/^az$/, /^(AZURE|ARM)_\w+$/],
  [/^(fly|flyctl)$/, /^FLY_\w+$/],
  [/^heroku$/, /^HEROKU_\w+$/],
];

function isHeard(name: string, { name: program, written }: Command): boolean {
  const known = HEARD.find(([programs]) => programs.test(program));
  return known === undefined || known[1].test(name) || written.includes(name);
}

/** The command has the variable among its words; what a step is given by its environment is there by itself. */
function isTaken({ path, resource }: Setting, { written }: Command): boolean {
  return path.length > 1 || resource !== '' || written.includes(path[0] ?? '');
}

/** `ARGS=(--context "$CTX")`, which the command then takes as a whole. */
function holdsFlag(kind: TargetKind, { value }: Setting): boolean {
  return (
    typeof value === 'string' &&
    value.includes('-') &&
    value.split(/[\s()"'=]+/).some((word) => word.startsWith('-') && kind.flags.test(word))
  );
}

/** `kubectl config use-context`, `terraform workspace select`, `gcloud config set project`. */
export function pointsAt(command: Command): boolean {
  // `terraform -chdir=infra workspace select`: what stands before the verb says where the files are.
  const text = command.words
    .map((word) => word.text)
    .join(' ')
    .replace(/^(terraform|tofu)( -\S+)+/, '$1');
  return /^(kubectl config (use-context|set-context)|kubectx\b|kubens\b|oc project\b|(terraform|tofu) workspace (select|new)|gcloud config (set|configurations activate)|az account set|aws (configure set|eks update-kubeconfig)|gcloud container clusters get-credentials|az aks get-credentials|pulumi stack select|docker context use|cf target|doctl kubernetes cluster kubeconfig|argocd login|heroku git:remote|firebase use\b|supabase link\b|nvm)/.test(
    text,
  );
}
