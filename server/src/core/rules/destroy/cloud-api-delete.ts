import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { lastName, shorten } from '../vocabulary/code/call-names.ts';
import { rangeOfLine, tokensOn } from '../vocabulary/code/code-text.ts';
import { calleesOf } from '../vocabulary/code/facts-by-place.ts';
import { ownBody } from '../vocabulary/code/own-wrappers.ts';
import { cameAlong } from '../vocabulary/code/scope-changes.ts';
import { tokenTexts } from '../vocabulary/code/token-lines.ts';
import { freedSelections } from '../vocabulary/guards/freed-selections.ts';
import { freedWork } from '../vocabulary/guards/freed-work.ts';
import { deletesInCloud } from '../vocabulary/shell/cloud-commands.ts';
import { isNamedStore } from '../vocabulary/shell/cloud-stores.ts';
import { keepsItsChoice } from '../vocabulary/shell/kept-choices.ts';
import { spawnedCommands } from '../vocabulary/shell/spawned.ts';

/**
 * ## What it sees
 * A call of a cloud's interface, or a GraphQL mutation of it, that deletes something that holds data: a volume, a bucket or its objects, a table, a database,
 * a key, a project. The same where the function that chooses what goes leaves out less than it did.
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
  reads: ['calls', 'commands', 'guards', 'conditions', 'tokens'],
  evidence: [{ title: 'PocketOS: a volume deleted in nine seconds, 2026-04', url: 'https://rentry.co/5rme2sea' }],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<number>();
    for (const call of input.added.calls) {
      const what = deleted(call) ?? requested(call) ?? deletedWithin(call, input);
      if (what === undefined || flagged.has(call.range.start.line) || cameAlong(input, call) || keepsItsChoice(input, call)) continue;
      flagged.add(call.range.start.line);
      yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(what, 40)}\` deletes a store and what is in it`) };
    }
    for (const { side, range, test, calls } of freedWork(input)) {
      const what = calls.map(deleted).find((name) => name !== undefined);
      if (what !== undefined) yield { side, range, message: fitMessage(`${quote(what, 26)} no longer asks for ${quote(test, 26)}`) };
    }
    for (const { guard, call } of freedSelections(input, (call) => deleted(call) !== undefined))
      yield {
        side: 'before',
        range: guard.range,
        severity: 'high',
        message: fitMessage(`${quote(deleted(call) ?? '', 26)} also takes what ${quote(guard.test, 30)} left out`),
      };
    for (const command of [...input.added.commands, ...spawnedCommands(input.added)]) {
      const found = deletesInCloud(command, input.path, input.removed.commands);
      if (found !== undefined)
        yield {
          side: 'after',
          range: command.range,
          ...found,
          message: fitMessage(`${quote(command.written, 44)} deletes what holds data`),
        };
    }
    yield* mutations(input, flagged);
  },
});

/** A mutation that stands in a constant, and is sent by a call that says nothing of it. */
function* mutations(input: RuleInput, flagged: ReadonlySet<number>): Iterable<FindingDraft> {
  const { start, lines } = input.hunk.after;
  for (const { text, line } of tokensOn(input.after, start, start + lines - 1)) {
    if (!/^["'`]\s*mutation\b/.test(text) || (input.before !== undefined && tokenTexts(input.before).has(text)) || flagged.has(line))
      continue;
    const what = MUTATION.exec(text)?.[0].replace(/(?<!\s)\s*\($/, '');
    if (what !== undefined)
      yield {
        side: 'after',
        range: rangeOfLine(input, 'after', line),
        message: fitMessage(`${quote(what, 40)} deletes a store and what is in it`),
      };
  }
}

/** The project's own function does it. */
function deletedWithin(call: Call, input: RuleInput): string | undefined {
  if (deleted(call) !== undefined || (input.before !== undefined && calleesOf(input.before.calls).has(call.callee))) return undefined;
  const found = ownBody(input, call)?.calls.some((inner) => (deleted(inner) ?? requested(inner)) !== undefined);
  return found === true ? call.callee : undefined;
}

const PLACE =
  /\/(volumes?|buckets?|databases?|db-?instances?|clusters?|projects?|environments?|snapshots?|disks?|droplets?|servers|instances|storage-?accounts?|file-?systems?|backups?|branches|namespaces?|zones?|keyspaces?|vaults?|tenants?)(?=["'`/]|$)/i;
const HOST = /https?:\/\/|\b(api|base|endpoint|host|url)\w*\b/i;

/** A DELETE that is sent to the interface of a platform: `requests.delete(f"{API}/v1/volumes/{id}")`. */
function requested(call: Call): string | undefined {
  const name = lastName(call.callee);
  const text = call.args.join(', ');
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
const MUTATION = new RegExp(`\\b(?:(?:delete|remove|destroy)${STORE}|${STORE.toLowerCase()}(?:Delete|Remove|Destroy))\\b\\s*\\(`, 'i');
const CLIENT =
  /(s3|rds|dynamo|ddb|ec2|ecs|eks|efs|elasticache|kms|secrets|cloudformation|cfn|route53|backup|storage|bigquery|firestore|spanner|cosmos|azure|gcp|aws|cloud|railway|neon|supabase|planetscale|fly|heroku|vercel|render|digitalocean|linode|hetzner|k8s|kube|core_?v1|apps_?v1|container|compute|resource|client|sdk|api|admin)/i;

/** The same names in other languages: `delete_db_instance`, `DeleteBucket`. */
const ANY_CASE = new RegExp(
  `^(delete|remove|destroy|purge|drop|terminate|schedule)(Namespaced|DB|Cluster|DBCluster|Volume|Disk|Instance|Table|SQL|File|Storage|Cache|Manual|Managed|Block)?(${STORE.slice(1, -1)}|Dataset|Instance|Keydeletion|Droplet|Server|DBInstanceAutomatedBackup|Namespace|PersistentVolume)$`,
  'i',
);

/** A store's own object: `Table(name).delete()`, `bucket.objects.all().delete()`, `PersistentVolumeClaims(ns).Delete(ctx, …)`. */
function deletesOwn(call: Call): boolean {
  const name = lastName(call.callee);
  const from = call.callee.slice(0, Math.max(0, call.callee.lastIndexOf('.')));
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
