import type { Resource, Setting, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { literal } from '../code/call-names.ts';
import { settingsOf } from './setting-index.ts';
import { changedSettings, placeOf, type SettingChange } from './settings.ts';
import { statefulKind } from './stateful.ts';

/**
 * A store that the tool knows by another name now, while every line of its own stays: Terraform's `for_each` that became a `count`, another
 * provider, what Kustomize puts before all names or another namespace, a chart's name for its store, and Pulumi's names in Go.
 */
export function* changedAddresses(input: RuleInput): Generator<FindingDraft> {
  for (const change of changedSettings(input)) {
    const what = indexed(change, input) ?? provided(change) ?? kustomized(change, input) ?? charted(change, input);
    if (what !== undefined) yield { ...placeOf(change), severity: what.severity, message: fitMessage(what.message) };
  }
  yield* namedInGo(input);
}

interface Readdressed {
  readonly message: string;
  readonly severity: 'critical' | 'high';
}

/** Of a count each is known by its number, of a set by its key; without a `moved` block for each all are made anew. */
function indexed({ path, before, resource, resourceIsNew }: SettingChange, input: RuleInput): Readdressed | undefined {
  const kind = statefulKind(resource?.type ?? '');
  if (
    kind === undefined ||
    resource === undefined ||
    resourceIsNew ||
    before === undefined ||
    path.length !== 1 ||
    !/^(count|for_each)$/.test(path[0] ?? '')
  )
    return undefined;
  const other = path[0] === 'count' ? 'for_each' : 'count';
  const has = (facts: SourceFacts | undefined, name: string): boolean =>
    settingsOf(facts, resource.key).some((setting) => setting.path[0] === name);
  const isMoved = [...(input.after?.resources ?? []), ...input.addedElsewhere().resources].some(
    ({ type, name }) => type === 'moved' && name.split('[')[0] === `${resource.type}.${resource.name}`,
  );
  if (isMoved || has(input.after, path[0] ?? '') || has(input.before, other) || !has(input.after, other)) return undefined;
  return { severity: 'critical', message: `${quote(other)} gives each ${kind} of ${quote(resource.name, 20)} another address: replaced` };
}

/** Another account or region: what is there is given up, and a new one is made. */
function provided({ path, before, after, resource, resourceIsNew }: SettingChange): Readdressed | undefined {
  const kind = statefulKind(resource?.type ?? '');
  if (
    kind === undefined ||
    resource === undefined ||
    resourceIsNew ||
    path.join() !== 'provider' ||
    before === undefined ||
    after === undefined
  )
    return undefined;
  if (before.value === after.value || !/^aws|^google|^azurerm|\./.test(String(after.value))) return undefined;
  return {
    severity: 'high',
    message: `another provider for the ${kind} ${quote(resource.name, 20)}: ${String(before.value)} -> ${String(after.value)}`,
  };
}

/** What is put before, or behind, every name of what a kustomization takes in, and its namespace. */
function kustomized({ path, before, after, resource }: SettingChange, input: RuleInput): Readdressed | undefined {
  const [name = ''] = path;
  if (resource?.type !== 'Kustomization' || !/^(namePrefix|nameSuffix|namespace)$/.test(name) || path.length !== 1 || before === undefined)
    return undefined;
  if (before.value === after?.value || String(before.value) === '') return undefined;
  const folder = input.path.slice(0, input.path.lastIndexOf('/') + 1);
  const store = settingsOf(input.after, resource.key)
    .filter((setting) => setting.path[0] === 'resources' && /^(\.\/)?\w[\w/-]*\.ya?ml$/.test(String(setting.value)))
    .flatMap((entry) => storesIn(entry, folder, input))[0];
  return store === undefined
    ? undefined
    : {
        severity: 'high',
        message: `${quote(name)} gives ${quote(`${store.type} ${store.name}`, 28)} another name: a new one, without its data`,
      };
}

function storesIn({ value }: Setting, folder: string, input: RuleInput): readonly Resource[] {
  // Joined of parts of the same tree.
  const path = `${folder}${String(value).replace(/^\.\//, '')}` as RepoPath;
  return input.factsAt('after', path)?.resources.filter(({ type }) => type !== 'Namespace' && statefulKind(type) !== undefined) ?? [];
}

/** Stores by the names that charts give to those they bring along. */
export const STORE_OF_CHART =
  /^(postgres\w*|mysql|mariadb|mongo\w*|redis|valkey|rabbitmq|kafka|elasticsearch|opensearch|minio|cassandra|clickhouse|etcd|neo4j|influxdb\w*|vault|zookeeper|nats|couchdb|cockroachdb)(-ha|-cluster|Cluster|HA)?$/;

export function isValuesOfChart(path: string): boolean {
  return /(^|\/)(values[\w.-]*|[\w.-]*values)\.ya?ml$/.test(path);
}

function charted({ path, before, after, resource }: SettingChange, input: RuleInput): Readdressed | undefined {
  const [chart = '', name = ''] = path.slice(-2);
  if (
    resource !== undefined ||
    !isValuesOfChart(input.path) ||
    !/^(fullnameOverride|nameOverride)$/.test(name) ||
    !STORE_OF_CHART.test(chart)
  )
    return undefined;
  if (before === undefined || before.value === after?.value || !before.value) return undefined;
  return { severity: 'high', message: `${quote(`${chart}.${name}`, 36)} names the store anew: a new one, without its data` };
}

/** `rds.NewInstance(ctx, "ledger", …)`: the second word is what Pulumi knows it by. */
function* namedInGo({ added, removed, path }: RuleInput): Generator<FindingDraft> {
  if (!path.endsWith('.go')) return;
  for (const call of added.calls) {
    if (!GO_STORE.test(call.callee) || call.args[0] !== 'ctx') continue;
    const old = removed.calls.filter(({ callee, scope }) => callee === call.callee && scope === call.scope);
    const [was, is] = [literal(old[0]?.args[1]), literal(call.args[1])];
    if (old.length !== 1 || was === undefined || is === undefined || was === is) continue;
    // Pulumi is told what it was called, and keeps it.
    if (call.args.some((argument) => argument.includes('pulumi.Alias'))) continue;
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(`${quote(was, 18)} is now ${quote(is, 18)}: a new store, without its data`),
    };
  }
}

const GO_STORE =
  /^(rds\.New(Instance|Cluster)|dynamodb\.NewTable|s3\.NewBucket(V2)?|efs\.NewFileSystem|ebs\.NewVolume|kms\.NewKey|sql\.NewDatabaseInstance|storage\.New(Bucket|Account)|compute\.NewDisk|elasticache\.New\w+|docdb\.NewCluster|spanner\.New\w+|bigquery\.New(Dataset|Table))$/;
