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

/** `5432:5432`, with no address in front. */
const PUBLISHED = /^(?:0\.0\.0\.0:)?\d{2,5}:\d{2,5}(?:\/tcp)?$/;
const STORE =
  /(?:^|\/)(?:postgres\w*|postgis|timescaledb|mysql|mariadb|mongo|redis|valkey|keydb|memcached|elasticsearch|opensearch|clickhouse\S*|cassandra|rabbitmq|kafka|minio|etcd|consul|vault|influxdb|neo4j|couchdb|cockroach|mssql)(?:[:@]|$)/i;
