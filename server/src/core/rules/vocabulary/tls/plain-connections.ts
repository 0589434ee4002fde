import type { Option, Setting } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { changedOptions } from '../code/option-changes.ts';
import { nameOf } from '../settings/setting-index.ts';
import { changedSettings, placeOf } from '../settings/settings.ts';
import { plainTexts } from './plain-texts.ts';

/** Connections that were encrypted and are not any more: `ssl: false`, `sslmode=disable`, `rediss://` that became `redis://`. */
export function* plainConnections(input: RuleInput): Generator<FindingDraft> {
  const told = new Set<number>();
  for (const draft of [...turnedOff(input), ...leftOut(input), ...inSettings(input), ...plainTexts(input)]) {
    if (told.has(draft.range.start.line)) continue;
    told.add(draft.range.start.line);
    yield draft;
  }
}

/** What libraries and files call the switch. */
const SWITCH =
  /^(?:(?:\w+ ){0,3}(?:ssl|tls)(?: ?mode| enabled| required?| config| options| context)?|(?:\w+ ){0,2}(?:use|require|enforce|force|enable) (?:ssl|tls|https)|(?:pg|db)?sslmode|transit encryption enabled|encryption in transit|ssl enforcement enabled|require secure transport|client broker|(?:enable )?https(?: traffic)? only(?: enabled)?|security protocol|viewer protocol policy|tls config|encrypt)$/;
/** Says something of a certificate or a version, which others judge. */
const OTHER =
  /^(?:\w+ )*(?:skip|insecure|ignore|no|disable|without|allow|verify|reject\w*) (?:\w+ )*(?:ssl|tls)\b|^start ?tls$|^\w+ tls version/;

const OFF =
  /^(?:false|0|off|no|none|null|nil|undefined|disabled?|prefer|preferred|allow|allow-all|plaintext|tls_plaintext|sasl_plaintext|allow_unencrypted_and_encrypted|(?:\w+(?:::|\.)){1,3}(?:disabled?|prefer|preferred|allow|plaintext|sasl_plaintext|none))$/i;
const NUMBER = /^-?\d+$/;

function isSwitch(name: string): boolean {
  const text = words(name);
  return SWITCH.test(text) && !OTHER.test(text);
}

function isOff(value: Setting['value']): boolean {
  return OFF.test(String(value).replace(/^['"`]|['"`]$/g, ''));
}

function isOn(value: Setting['value']): boolean {
  const text = String(value).replace(/^['"`]|['"`]$/g, '');
  return text !== '' && !OFF.test(text) && (!NUMBER.test(text) || text === '1');
}

/** An option that was set and says no now; the `require` of an `ssl` object among them. */
function* turnedOff(input: RuleInput): Generator<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    const isRequired =
      after.name === 'require' &&
      input.after?.options.some((outer) => isSwitch(outer.name) && /\brequire: false\b/.test(outer.value)) === true;
    if (!(isRequired || isSwitch(after.name)) || !isOn(before.value) || !isOff(after.value) || isLocal(input, after)) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`\`${shorten(after.name, 24)} = ${shorten(after.value, 20)}\` may send in the clear`),
    };
  }
}

/** Opens a connection to a store or a broker, by its own name or by what it is told. */
const CONNECTS =
  /(?:^|[.:])(?:Pool|Client|Connection|createPool|createConnection|DataSource|Sequelize|connect|createConnection|create_engine|create_async_engine|create_pool|create_connection|from_url|Redis|StrictRedis|Cluster|Kafka|MongoClient|AsyncIOMotorClient|PrismaClient|PrismaPg|postgres|knex|Knex|createClient|forRoot|NewClient|Options|ClusterOptions|UniversalOptions|Config|KafkaProducer|KafkaConsumer|Elasticsearch|OpenSearch)$/;
const ADDRESS =
  /\b(?:host|hostname|url|uri|dsn|user|connectionString|database|dialect|ENGINE|HOST|dbname|brokers|Addr|Addrs|bootstrap_servers)\b/;
const ANY_TLS = /ssl|tls|rediss:|amqps:|encrypt|\.\.\.|\*\*/i;

/** An option that is gone from a connection which stays, and nothing else speaks of TLS there. */
function* leftOut(input: RuleInput): Generator<FindingDraft> {
  const { before, after, removed, added } = input;
  if (before === undefined || after === undefined) return;
  const kept = new Set(changedOptions(input).map((change) => change.before));
  for (const option of removed.options) {
    if (kept.has(option) || !isSwitch(option.name) || !isOn(option.value) || isLocal(input, option)) continue;
    const isSaid = (other: Option): boolean => isSwitch(other.name) || ANY_TLS.test(other.value);
    if (added.options.some(isSaid) || input.addedElsewhere().options.some(isSaid)) continue;
    if (input.addedElsewhere().settings.some((setting) => ANY_TLS.test(String(setting.value)))) continue;
    const scope = counterpartScope(input, option.scope);
    const calls =
      scope === undefined || !CONNECTS.test(option.callee)
        ? []
        : after.calls.filter((call) => call.callee === option.callee && within(call.scope, scope));
    const [outer] = option.callee === '' ? holders(before.options, option) : [];
    const left =
      calls.length > 0
        ? calls.map(({ args }) => args.join(' '))
        : after.options.filter((other) => isTwin(other, outer)).map(({ value }) => value);
    if (left.length === 0 || left.some((text) => ANY_TLS.test(text))) continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(`\`${shorten(option.name, 24)}: ${shorten(option.value, 28)}\` is gone: it may send in the clear`),
    };
  }
}

/** Objects around an option that say where to connect to, the closest first. */
function holders(options: readonly Option[], { name, value, scope }: Option): readonly Option[] {
  return options
    .filter(
      (other) =>
        other.scope === scope &&
        other.name !== name &&
        ADDRESS.test(other.value) &&
        other.value.includes(value) &&
        other.value.includes(name),
    )
    .sort((a, b) => a.value.length - b.value.length);
}

function isTwin(option: Option, outer: Option | undefined): boolean {
  return outer !== undefined && option.name === outer.name && option.scope === outer.scope && ADDRESS.test(option.value);
}

/** What never leaves the machine. */
const LOCAL = /localhost|127\.0\.0\.1|\[::1\]|host\.docker\.internal/;

function isLocal({ after }: RuleInput, { callee, scope }: Option): boolean {
  return (
    after?.options.some(
      (other) =>
        other.callee === callee &&
        other.scope === scope &&
        /^(?:host|hostname|url|uri|HOST|Addr|connectionString)$/.test(other.name) &&
        LOCAL.test(other.value),
    ) === true
  );
}

/** A switch in a template, an environment or a file of settings. */
function* inSettings(input: RuleInput): Generator<FindingDraft> {
  for (const change of changedSettings(input)) {
    const { before, after, path } = change;
    if (before === undefined || change.resourceIsNew || change.resourceIsGone) continue;
    const name = switchOf(path);
    if (name === undefined || name === 'encrypt' || !isOn(before.value) || (after !== undefined && !isOff(after.value))) continue;
    if (after === undefined && !/^(?:transit_encryption_enabled|require_ssl|ssl_enforcement_enabled|sslmode|PGSSLMODE)$/.test(name))
      continue;
    if (after === undefined && input.added.settings.some((other) => ANY_TLS.test(`${nameOf(other)} ${other.value}`))) continue;
    yield {
      ...placeOf(change),
      message: fitMessage(
        after === undefined
          ? `\`${shorten(name, 30)}\` is gone: it may send in the clear`
          : `\`${shorten(name, 30)}: ${shorten(String(after.value), 20)}\` may send in the clear`,
      ),
    };
  }
}

/** The switch that a setting is, by its key, by the element it belongs to (`env.PGSSLMODE.value`), or by a switch above (`tls.enabled`). */
function switchOf(path: readonly string[]): string | undefined {
  const keys = path.filter((key) => !/^\d+$/.test(key)).map((key) => key.replace(/^\w+#/, ''));
  const [above = '', own = ''] = [keys.at(-2), keys.at(-1)];
  if (/^(?:value|Value|apply_value)$/.test(own)) return isSwitch(above) ? above : undefined;
  if (/^(?:enabled?|mode|required?)$/.test(own) && isSwitch(above)) return `${above}.${own}`;
  return isSwitch(own) ? own : undefined;
}
