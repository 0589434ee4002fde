import type { Setting } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { settingsUnder } from '../settings/setting-index.ts';

/** A store of a compose file for production that only its neighbours reached, and whose port is published on every interface now. */
export function* publishedStores(input: RuleInput): Generator<FindingDraft> {
  const { before, after, added, path } = input;
  if (before === undefined || after === undefined || !/prod|live|staging|deploy/i.test(path)) return;
  for (const setting of added.settings) {
    const port = String(setting.value);
    if (setting.path[0] !== 'ports' || !PUBLISHED.test(port)) continue;
    const service = after.resources.find(({ key, type }) => key === setting.resource && type === 'service');
    if (service === undefined || !before.resources.some(({ key }) => key === service.key)) continue;
    const image = settingsUnder(after, setting, ['image'])[0]?.value;
    const had = settingsUnder(before, setting, ['ports']).length > 0;
    if (!had && STORE.test(String(image ?? '')))
      yield {
        side: 'after',
        range: setting.range,
        severity: 'high',
        message: fitMessage(`${quote(service.name, 20)} is published on ${quote(port, 20)} of every interface`),
      };
  }
}

/** A port that only the machine itself reached, `127.0.0.1:5432:5432`, in the long form and without its address now. */
export function* unboundPorts({ before, after, added }: RuleInput): Generator<FindingDraft> {
  if (before === undefined || after === undefined) return;
  for (const setting of added.settings) {
    const [list, place = '', key] = setting.path;
    if (list !== 'ports' || key !== 'published' || setting.path.length !== 3) continue;
    const entry = settingsUnder(after, setting, ['ports', place]);
    const address = entry.find(({ path }) => path[2] === 'host_ip')?.value;
    if (address !== undefined && !/^(?:0\.0\.0\.0|::)$/.test(String(address))) continue;
    const target = String(entry.find(({ path }) => path[2] === 'target')?.value ?? setting.value);
    const old = settingsUnder(before, setting, ['ports']);
    const was = old.find(({ path, value }) => isOwnPort(String(value), target) || isOwnEntry(old, path, target));
    if (was === undefined) continue;
    yield {
      side: 'after',
      range: setting.range,
      severity: 'high',
      message: fitMessage(`port ${quote(target, 12)} is published on every interface, it was the machine's own`),
    };
  }
}

function isOwnPort(value: string, target: string): boolean {
  return /^(?:127\.0\.0\.1|\[::1\]|localhost):/.test(value) && value.replace(/\/\w+$/, '').endsWith(`:${target}`);
}

function isOwnEntry(old: readonly Setting[], [, place, key]: readonly string[], target: string): boolean {
  return (
    key === 'host_ip' &&
    old.some(({ path, value }) => path[1] === place && path[2] === 'host_ip' && /^(?:127\.|::1|localhost)/.test(String(value))) &&
    old.some(({ path, value }) => path[1] === place && path[2] === 'target' && String(value) === target)
  );
}

/** `5432:5432`, with no address in front. */
const PUBLISHED = /^(?:0\.0\.0\.0:)?\d{2,5}:\d{2,5}(?:\/tcp)?$/;
const STORE =
  /(?:^|\/)(?:postgres\w*|postgis|timescaledb|mysql|mariadb|mongo|redis|valkey|keydb|memcached|elasticsearch|opensearch|clickhouse\S*|cassandra|rabbitmq|kafka|minio|etcd|consul|vault|influxdb|neo4j|couchdb|cockroach|mssql)(?:[:@]|$)/i;
