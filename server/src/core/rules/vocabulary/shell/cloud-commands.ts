import type { Command } from '../../../model/facts.ts';
import type { Severity } from '../../../model/finding.ts';
import { isDryRun, plainWords } from './command-parts.ts';

/** What holds data, as the programs of the clouds name it. */
const STORES =
  /\b(sql|instances?|databases?|db|dbs|db-?instances?|db-?clusters?|clusters?|tables?|buckets?|datasets?|volumes?|disks?|snapshots?|backups?|recovery-?points?|vaults?|backup-?vaults?|file-?systems?|filestore|keys?|secrets?|projects?|environments?|namespaces?|repositor(y|ies)|topics?|subscriptions?|streams?|queues?|domains?|hosted-?zones?|zones?|managed-zones|storage|accounts?|containers?|blobs?|shares?|stacks?|groups?|servers?|spanner|bigtable|firestore|redis|caches?|replication-groups?|keyspaces?|user-pools?|registries|registry|branch(es)?|apps?|addons?|pg|mysql|postgres|ledgers?|collections?|pools?|images?)\b/;

/** Programs of clouds and platforms whose words are nouns and a verb. */
const CLOUDS =
  /^(gcloud|az|doctl|ibmcloud|oci|openstack|aliyun|scw|hcloud|linode-cli|vultr-cli|civo|exo|upctl|ovh|yc|tccli|aws|atlas|mongocli|confluent|ccloud|cockroach|ccloud|snow|snowsql|databricks|planetscale|pscale|neon|neonctl|railway|render|vercel|netlify|wrangler|supabase|turso|fly|flyctl|heroku|heroku-cli|aiven|avn|redisctl|minikube|mc|s3cmd|s5cmd|rclone|gsutil|bq|cbt|rados|ceph|gh|glab)$/;

const VERB = /^(delete|destroy|remove|rm|rb|purge|terminate|drop|del|delete-object|undelete)$/;
/** Nothing that lasts goes with these. */
const HARMLESS =
  /\b(delete-(tags?|rule|listener|target|log-stream|alarms?|dashboards?|role\w*|policy\w*|user-policy|access-key|login-profile|security-group|route\w*|network\w*|subnet|function|layer-version|launch-template\w*|placement-group|parameter-group|subnet-group|event\w*|message(-batch)?|item|object-tagging|notification\w*|bucket-(policy|lifecycle|cors|tagging|website|encryption|replication)|public-access-block|metric\w*|scheduled-action|scaling-policy|instance-profile|account-alias|ssh-public-key|certificate|key-pair|vpc\S*|nat-gateway|internet-gateway|load-balancer|target-group|image)|firewall|firewall-rules|addresses|forwarding-rules|roles?|iam|service-accounts?|policy|policies|rules?|tags?|labels?|alias(es)?|revisions|versions|services?|functions?|jobs?|workflows?|run|deployments?|cache|artifacts?|releases?|secrets? set|config|logs?|operations?|instance-templates|instance-groups|health-checks?|backend-services|url-maps|target-\w+|ssh-keys?|acl|env|networks?|subnets?|nsg|nic|public-ip|vnet|routers?|vpn\S*|nat|sessions?|tokens?|keyrings|comments?|labels|variable|codespaces?)\b/;

/** These are commands that take infrastructure down, or wipe a database, and are told as such. */
const TOLD_ELSEWHERE =
  /^(fly|flyctl|heroku|railway|turso|neonctl|pscale|firebase|supabase|minikube)\b|^gcloud (projects delete|container clusters)\b|^az (group delete|aks)\b|^doctl (kubernetes|databases)\b|^aws (cloudformation|organizations)\b/;

/**
 * What a command of a cloud's own program deletes; undefined where it deletes nothing that holds data. What a job of a throw-away
 * environment deletes is passing, unless one of the `removed` commands of that job named the environment and this one does not.
 */
export function deletesInCloud(
  command: Command,
  path: string,
  removed: readonly Command[] = [],
): { readonly severity?: Severity } | undefined {
  const { name } = command;
  if (!CLOUDS.test(name) || isDryRun(command) || PASSING.test(command.written)) return undefined;
  const isWider =
    !PART.test(command.written) && removed.some((old) => old.name === name && old.scope === command.scope && PART.test(old.written));
  if (PASSING.test(`${command.scope} ${path}`) && !isWider) return undefined;
  const words = plainWords(command);
  const text = words.join(' ');
  if (TOLD_ELSEWHERE.test(`${name} ${text}`)) return undefined;
  if (name === 'aws') return ofAws(command, words);
  if (/^(gsutil|mc|s3cmd|s5cmd|rclone)$/.test(name)) return ofObjects(command, words);
  if (name === 'bq') return words[0] === 'rm' ? {} : undefined;
  if (name === 'cbt') return /^(deletetable|deleteinstance|deletefamily|deleteallrows)$/.test(words[0] ?? '') ? {} : undefined;
  if (/^(ceph|rados)$/.test(name))
    return /\bpool (delete|rm)\b|^(rmpool|purge)\b|\bfs rm\b|\bosd (purge|destroy)\b/.test(text) ? {} : undefined;
  const at = words.findIndex((word) => VERB.test(word) || /^[\w-]+:(destroy|delete|remove|reset)$/.test(word));
  const nouns = words.slice(0, Math.max(at, 0)).join(' ') || (words[at] ?? '').replace(/:.*/s, '') || (words[at + 1] ?? '');
  if (at < 0 || at > 5 || HARMLESS.test(nouns) || !STORES.test(`${nouns} ${words[at] ?? ''} ${at === 0 ? (words[1] ?? '') : ''}`))
    return undefined;
  if (/^(gh|glab)$/.test(name)) return /^(repo|project) (delete|rm)\b/.test(text) ? {} : undefined;
  return {};
}

function ofAws(command: Command, words: readonly string[]): { readonly severity?: Severity } | undefined {
  const [service = '', verb = ''] = words;
  if (service === 's3') return verb === 'rb' ? {} : verb === 'rm' ? recursive(command) : undefined;
  if (!/^(delete|terminate|remove|purge|schedule-key-deletion|deregister|batch-delete|disable-key)/.test(verb) || HARMLESS.test(verb))
    return undefined;
  if (verb === 'schedule-key-deletion') return {};
  if (service === 'cloudformation') return undefined;
  return STORES.test(verb.replace(/^[a-z]+-/, '').replaceAll('-', ' ')) || STORES.test(verb) ? {} : undefined;
}

function recursive(command: Command): { readonly severity?: Severity } | undefined {
  return command.words.some(({ text }) => text === '--recursive') ? { severity: 'high' } : undefined;
}

function ofObjects(command: Command, words: readonly string[]): { readonly severity?: Severity } | undefined {
  const [verb = ''] = words;
  const isDeep =
    command.words.some((word) => /^(-r|-R|--recursive|-rf|-a|--force|-m)$/.test(word.text)) || /^(purge|rb|deletebucket)$/.test(verb);
  if (/^(rb|deletebucket|purge)$/.test(verb)) return {};
  const isRemoval = words.slice(0, 2).some((word) => /^(rm|del|delete|remove)$/.test(word));
  return isRemoval && isDeep ? { severity: 'high' } : undefined;
}

const PASSING =
  /(^|[\s/="'_.-])(preview|ephemeral|review|pr|sandbox|scratch|throwaway|localstack|e2e|tests?|ci-test|tmp|temp|cache)([-_/\s"'$.=]|$)/i;

/** A command that names one environment among many, by its words or by a variable of the pipeline. */
const PART =
  /\b(previews?|reviews?|ephemeral|prs?|branch(es)?|sandbox(es)?)\b|preview|SLUG|REF_NAME|MERGE_REQUEST|PULL_REQUEST|PR_(NUMBER|ID)|head_ref|event\.number|pull_request\.number/i;
