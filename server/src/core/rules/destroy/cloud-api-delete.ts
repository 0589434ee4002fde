import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten } from '../vocabulary/code/call-names.ts';
import { cameAlong } from '../vocabulary/code/counterpart.ts';

/**
 * ## What it sees
 * A call of a cloud's interface that deletes something that holds data: a volume, a bucket or its objects, a table, a database,
 * a key, a project.
 *
 * ## Why it matters
 * The interface asks nobody. A volume goes with its backups in seconds, and the token in use may reach more than was meant.
 *
 * ## When it is fine
 * Throw-away environments that a test made. Deleting one object by its key is not flagged.
 *
 * ## What it misses
 * A client whose names do not say what they delete.
 */
export default defineRule({
  id: 'destroy/cloud-api-delete',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'medium',
  title: 'A cloud resource with data is deleted',
  reads: ['calls'],
  evidence: [{ title: 'PocketOS: a volume deleted in nine seconds, 2026-04', url: 'https://rentry.co/5rme2sea' }],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<number>();
    for (const call of input.added.calls) {
      const what = deleted(call);
      if (what === undefined || flagged.has(call.range.start.line) || cameAlong(input, call)) continue;
      flagged.add(call.range.start.line);
      yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(what, 40)}\` deletes a store and what is in it`) };
    }
  },
});

const STORE =
  '(Volumes?|Buckets?|Objects|Tables?|DBInstances?|DBClusters?|DatabaseInstances?|Databases?|Clusters?|FileSystems?|Snapshots?|Stacks?|Projects?|Environments?|Namespaces?|Secrets?|Keyspaces?|HostedZones?|Repositor(?:y|ies)|Vaults?|BackupVaults?|RecoveryPoints?|Backups?|Disks?|Streams?|Domains?|ReplicationGroups?|Collections?|StorageAccounts?|ResourceGroups?|Pvcs?|PersistentVolumeClaims?)';
const COMMAND = new RegExp(`^(Delete|Remove|Terminate|Destroy|Purge|Drop)${STORE}(Command|Request)?$`);
const METHOD = new RegExp(`^(delete|remove|destroy|purge|drop)${STORE}$`);
const MUTATION = new RegExp(`\\b(?:(?:delete|remove|destroy)${STORE}|${STORE.toLowerCase()}(?:Delete|Remove|Destroy))\\b\\s*\\(`, 'i');
const CLIENT =
  /(s3|rds|dynamo|ddb|ec2|ecs|eks|efs|elasticache|kms|secrets|cloudformation|cfn|route53|backup|storage|bigquery|firestore|spanner|cosmos|azure|gcp|aws|cloud|railway|neon|supabase|planetscale|fly|heroku|vercel|render|digitalocean|linode|hetzner|k8s|kube|core_?v1|apps_?v1|container|compute|resource|client|sdk|api|admin)/i;

/** The same names in other languages: `delete_db_instance`, `DeleteBucket`. */
const ANY_CASE = new RegExp(
  `^(delete|remove|destroy|purge|drop|terminate|schedule)(Namespaced)?(${STORE.slice(1, -1)}|Dataset|Instance|Keydeletion|DBInstanceAutomatedBackup|Namespace|PersistentVolume)$`,
  'i',
);

/** A store's own object: `Table(name).delete()`, `bucket.objects.all().delete()`, `PersistentVolumeClaims(ns).Delete(ctx, …)`. */
function deletesOwn(call: Call): boolean {
  const name = lastName(call.callee);
  const from = call.callee.slice(0, Math.max(0, call.callee.lastIndexOf('.')));
  if (name === 'delete')
    return (
      /\b(Table|Bucket)\([^()]*\)$|\b\w*[bB]ucket(\([^()]*\))?\.(objects|object_versions)(\.(all|filter)\([^()]*\))?$/.test(from) ||
      (/\b\w*[bB]ucket(\([^()]*\))?$/.test(from) && call.args.includes('force=True'))
    );
  return name === 'Delete' && /\.(PersistentVolumeClaims|Namespaces|PersistentVolumes|StatefulSets)\([^()]*\)$/.test(from);
}

const CLIENT_OR_STORE =
  /(s3|rds|dynamo|ddb|ec2|ecs|eks|efs|elasticache|kms|secret|cloudformation|cfn|route53|backup|storage|minio|bigquery|\bbq\b|firestore|spanner|cosmos|azure|gcp|gcs|aws|cloud|railway|neon|k8s|kube|core|apps|batch|container|compute|resource|client|clientset|sdk|api|admin|svc|service|conn|db\b)/i;

function deleted(call: Call): string | undefined {
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
  if (deletesOwn(call)) return call.callee;
  if (call.kind === 'new' && COMMAND.test(name)) return name;
  if (
    METHOD.test(name) &&
    call.callee.includes('.') &&
    CLIENT.test(call.callee.slice(0, call.callee.lastIndexOf('.'))) &&
    !/^(delete|remove)(Collection|Stream|Domain|Project|Object)s?$/.test(name)
  )
    return name;
  const mutation = call.args.find((argument) => /^['"`]\s*mutation\b/.test(argument) && MUTATION.test(argument));
  return mutation === undefined ? undefined : (MUTATION.exec(mutation)?.[0].replace(/\s*\($/, '') ?? name);
}
