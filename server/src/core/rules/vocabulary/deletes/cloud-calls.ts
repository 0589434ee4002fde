import type { Call, SourceFacts } from '../../../model/facts.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName } from '../code/call-names.ts';
import { mayMention } from '../code/mentions.ts';
import { isNamedStore } from '../shell/cloud-stores.ts';

const PLACE =
  /\/(volumes?|buckets?|databases?|db-?instances?|clusters?|projects?|environments?|snapshots?|disks?|droplets?|servers|instances|storage-?accounts?|file-?systems?|backups?|branches|namespaces?|zones?|keyspaces?|vaults?|tenants?)(?=["'`/]|$)/i;
const HOST = /https?:\/\/|\b(api|base|endpoint|host|url)\w*\b/i;

/** A DELETE that is sent to the interface of a platform: `requests.delete(f"{API}/v1/volumes/{id}")`. */
export function requested(call: Call, facts: SourceFacts | undefined): string | undefined {
  const name = lastName(call.callee);
  const [first = ''] = call.args;
  const mayDelete =
    /^del(?:ete)?$/i.test(name) ||
    call.args.some((argument) => /delete/i.test(argument)) ||
    (facts !== undefined && mayMention(facts, 'DELETE'));
  if (!mayDelete) return undefined;
  const address =
    facts !== undefined && /^[a-z]\w*$/.test(first) ? boundAbove(facts, first, call.range.start.line)?.replaceAll(' ', '') : undefined;
  const text = [...call.args, address ?? ''].join(', ');
  const isDelete =
    (/^(delete|del|Delete)$/.test(name) &&
      /(^|[._])(requests|httpx|axios|session|http|got|ky|superagent|client|api|rest\w*)(\.|$)/i.test(call.callee)) ||
    /\bmethod: ['"`]DELETE['"`]|method=['"]DELETE['"]|^["']DELETE["']|, ["']DELETE["']|http\.MethodDelete\b|HttpMethod\.DELETE/.test(text);
  return isDelete && HOST.test(text) && PLACE.test(text) && !/localhost|127\.0\.0\.1/.test(text)
    ? `DELETE ${PLACE.exec(text)?.[1] ?? ''}`
    : undefined;
}

const STORE =
  '(Volumes?|Buckets?|Objects|Tables?|DBInstances?|DBClusters?|DatabaseInstances?|Databases?|Clusters?|FileSystems?|Snapshots?|Stacks?|Projects?|Environments?|Namespaces?|Secrets?|Keyspaces?|HostedZones?|Repositor(?:y|ies)|Vaults?|BackupVaults?|RecoveryPoints?|Backups?|Disks?|Streams?|Domains?|ReplicationGroups?|Collections?|StorageAccounts?|ResourceGroups?|Pvcs?|PersistentVolumeClaims?)';
const COMMAND = new RegExp(`^(Delete|Remove|Terminate|Destroy|Purge|Drop)${STORE}(Command|Request)?$`);
const METHOD = new RegExp(`^(delete|remove|destroy|purge|drop)${STORE}$`);
export const MUTATION = new RegExp(
  `\\b(?:(?:delete|remove|destroy)${STORE}|${STORE.toLowerCase()}(?:Delete|Remove|Destroy))\\b\\s*\\(`,
  'i',
);
const CLIENT =
  /(s3|rds|dynamo|ddb|ec2|ecs|eks|efs|elasticache|kms|secrets|cloudformation|cfn|route53|backup|storage|bigquery|firestore|spanner|cosmos|azure|gcp|aws|cloud|railway|neon|supabase|planetscale|fly|heroku|vercel|render|digitalocean|linode|hetzner|k8s|kube|core_?v1|apps_?v1|container|compute|resource|client|sdk|api|admin)/i;

/** The same names in other languages: `delete_db_instance`, `DeleteBucket`. */
const ANY_CASE = new RegExp(
  `^(delete|remove|destroy|purge|drop|terminate|schedule)(CollectionNamespaced|Namespaced|DB|Cluster|DBCluster|Volume|Disk|Instance|Table|SQL|File|Storage|Cache|Manual|Managed|Block)?(${STORE.slice(1, -1)}|Dataset|Instance|Keydeletion|Droplet|Server|DBInstanceAutomatedBackup|Namespace|PersistentVolume)$`,
  'i',
);

/** A store's own object: `Table(name).delete()`, `bucket.objects.all().delete()`, `PersistentVolumeClaims(ns).Delete(ctx, …)`. */
function deletesOwn(call: Call): boolean {
  const name = lastName(call.callee);
  const from = call.callee.slice(0, Math.max(0, call.callee.lastIndexOf('.')));
  // Azure's clients begin what takes a while: `client.resource_groups.begin_delete(name)`, `disks.BeginDelete(ctx, group, name, nil)`.
  if (/^begin_?delete(_?and_?wait)?$/i.test(name)) return AZURE_COLLECTION.test(from);
  // All files of a bucket, where no prefix says which.
  if (name === 'deleteFiles') return /bucket/i.test(from) && !/prefix/i.test(call.args.join());
  if (/^(delete|Delete)$/.test(name) && OWN_COLLECTION.test(from.replace(/\([^()]*\)$/, ''))) {
    // Google's clients say by whom it goes: `svc.Disks.Delete(project, zone, name)`, `compute.disks.delete({ project, … })`.
    const text = call.args.join(', ');
    if (name === 'Delete' ? call.args.length >= 2 : /\b(project|zone|region|projectId)\b/.test(text)) return true;
  }
  if (name === 'delete')
    return (
      /\b(Table|Bucket)\([^()]*\)$|\b\w*[bB]ucket(\([^()]*\))?\.(objects|object_versions)(\.(all|filter)\([^()]*\))?$/.test(from) ||
      (/\b\w*[bB]ucket(\([^()]*\))?$/.test(from) && call.args.includes('force=True'))
    );
  return name === 'Delete' && /\.(PersistentVolumeClaims|Namespaces|PersistentVolumes|StatefulSets)\([^()]*\)$/.test(from);
}

const OWN_COLLECTION =
  /\.(disks|region_?disks|instances|snapshots|buckets|clusters|databases|projects|managed_?zones|backups|tables|datasets|node_?pools|topics|instance_?groups?|networks|addresses)$/i;

const AZURE_COLLECTION =
  /(resource_?groups?|disks|servers|databases|storage_?accounts?|(managed_?)?clusters|vaults|containers|snapshots|file_?shares|namespaces|registries)(client)?$/i;

const CLIENT_OR_STORE =
  /(s3|rds|dynamo|ddb|ec2|ecs|eks|efs|elasticache|kms|secret|cloudformation|cfn|route53|backup|storage|minio|bigquery|\bbq\b|firestore|spanner|cosmos|azure|gcp|gcs|aws|cloud|railway|neon|k8s|kube|core|apps|batch|container|compute|resource|client|clientset|sdk|api|admin|svc|service|conn|db\b)/i;

/** Its own request says that a client of a cloud is asked: `repo.DeleteTable(ctx, &dynamodb.DeleteTableInput{…})`, `DeleteTableRequest.builder()`. */
function isRequestOfCloud({ callee, args, kind }: Call): boolean {
  const name = lastName(callee);
  if (kind !== 'call' || !(COMMAND.test(name) || METHOD.test(name)) || /(Collection|Stream|Domain|Project|Object)s?$/.test(name))
    return false;
  const request = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return args.some((argument) => argument.includes(`.${request}Input{`) || argument.startsWith(`${request}Request.builder()`));
}

export function deleted(call: Call): string | undefined {
  const name = lastName(call.callee);
  const plain = name.replaceAll('_', '');
  const from = call.callee.slice(0, Math.max(0, call.callee.lastIndexOf('.')));
  if ((name.includes('_') || /^[A-Z]/.test(name)) && call.kind === 'call' && from !== '') {
    const isMany = /^(delete|remove)(Collection|Stream|Domain|Project|Object)s?$/i.test(plain);
    if (
      ANY_CASE.test(plain) &&
      !/Migrator\(\)$/.test(from) &&
      CLIENT_OR_STORE.test(from) &&
      (!isMany || (/objects$/i.test(plain) && /s3|bucket|storage|minio|gcs/i.test(from)))
    )
      return name;
  }
  if (/^delete(Collection)?(Namespaced)?(PersistentVolumeClaim|PersistentVolume|StatefulSet)$/.test(name) && from !== '') return name;
  if (deletesOwn(call) || isNamedStore(call)) return call.callee;
  if (call.kind === 'new' && COMMAND.test(name)) return name;
  if (
    METHOD.test(name) &&
    call.callee.includes('.') &&
    CLIENT.test(call.callee.slice(0, call.callee.lastIndexOf('.'))) &&
    !/^(delete|remove)(Collection|Stream|Domain|Project|Object)s?$/.test(name)
  )
    return name;
  if (isRequestOfCloud(call)) return call.callee;
  const mutation = call.args.find((argument) => /^['"`]\s*mutation\b/.test(argument) && MUTATION.test(argument));
  return mutation === undefined ? undefined : (MUTATION.exec(mutation)?.[0].replace(/(?<!\s)\s*\($/, '') ?? name);
}
