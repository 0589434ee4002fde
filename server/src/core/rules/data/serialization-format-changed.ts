import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { lastName, literal, shorten, words } from '../call-names.ts';
import { counterpartScope, isExtracted, newCallsIn, within } from '../counterpart.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { changedOptions } from '../option-changes.ts';
import { fitMessage } from '../quote.ts';

/**
 * ## What it sees
 * What is stored or queued is written in another form: another encoder, a date as a number where it was text, an enum by its
 * place where it was its name, a key of the payload under another name.
 *
 * ## Why it matters
 * The old form lies in tables, queues and caches, and the old release still reads and writes it while the new one rolls out.
 *
 * ## When it is fine
 * The change adds a version to the payload, or a reader that takes both forms. Answers of a web page are judged as contracts of
 * their own.
 *
 * ## What it misses
 * A change inside a type that a library writes out whole.
 */
export default defineRule({
  id: 'data/serialization-format-changed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'Stored or queued data has another form',
  reads: ['calls', 'options'],
  evidence: [
    {
      title: 'CrowdStrike 2024-07-19: 21 fields, 20 inputs',
      url: 'https://www.crowdstrike.com/falcon-content-update-remediation-and-guidance-hub/',
    },
    { title: 'buf breaking: JSON names', url: 'https://buf.build/docs/breaking/rules/' },
  ],
  *check(input): Iterable<FindingDraft> {
    if (input.before === undefined || input.after === undefined || takesBoth(input)) return;
    const flagged = new Set<number>();
    for (const draft of [...encoders(input), ...annotations(input), ...keys(input), ...settings(input)]) {
      if (flagged.has(draft.range.start.line)) continue;
      flagged.add(draft.range.start.line);
      yield draft;
    }
  },
});

/** A version came to the payload, or the reader has a second way. */
function takesBoth(input: RuleInput): boolean {
  const isVersion = (name: string): boolean =>
    /^(v|ver|version|schema version|format|format version|payload version|schema)$/.test(words(name));
  if (input.added.options.some((option) => isVersion(option.name))) return true;
  return input.added.calls.some(
    (call) =>
      /\b(migrate|upgrade|legacy|fallback|compat\w*)\b/.test(words(call.callee)) ||
      (call.kind === 'decorator' && /^JsonAlias$/.test(lastName(call.callee))),
  );
}

/** Ways to write something down, by what comes out of them. */
const FORMS: readonly (readonly [form: string, pattern: RegExp])[] = [
  [
    'JSON',
    /^(JSON\.stringify|json\.dumps?|orjson\.dumps|ujson\.dumps|json\.Marshal|json\.NewEncoder|serde_json::to_(string|vec)|.*\bwriteValueAs(String|Bytes)|.*\bmodel_dump_json|.*[gG]son\.toJson)$/,
  ],
  ['MessagePack', /^(msgpack|msgpackr|.*[mM]sg[pP]ack)\.(encode|pack|packb|dumps|Marshal)$|^rmp_serde::to_vec/],
  ['pickle', /^(c?[pP]ickle|dill|cloudpickle)\.dumps?$/],
  [
    'a binary form',
    /^(v8\.serialize|gob\.NewEncoder|bincode::serialize|bson\.(encode|Marshal|dumps)|cbor2?\.(encode|dumps|Marshal)|avro\.\w+|.*\.(SerializeToString|toByteArray|encodeDelimited|toBinary)|proto\.Marshal)$/,
  ],
  ['YAML', /^(yaml\.(dump|safe_dump|stringify|Marshal)|YAML\.stringify)$/],
  ['XML', /^(xml\.Marshal|.*\bbuildObject|ET\.tostring)$/],
  ['a date as text', /(^|\.)(toISOString|isoformat|toJSON|to_rfc3339|toInstant|ISO_INSTANT\.format)$/],
  ['a date as a number', /(^|\.)(getTime|valueOf|timestamp|toEpochMilli|getEpochSecond|toEpochSecond|Unix|UnixMilli|timestamp_millis)$/],
  ['a name', /(^|\.)name$/],
  ['an ordinal', /(^|\.)ordinal$/],
  ['base64', /(^|\.)(b64encode|btoa|encodeToString|StdEncoding\.EncodeToString)$/],
  ['hex', /(^|\.)(hexlify|hexdigest|hex\.EncodeToString)$/],
];

function formOf(call: Call): string | undefined {
  return FORMS.find(([, pattern]) => pattern.test(call.callee))?.[0];
}

function* encoders(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.added.calls) {
    const form = formOf(call);
    if (form === undefined || !isKept(input, call.scope)) continue;
    const old = input.removed.calls.find(
      (other) =>
        formOf(other) !== undefined &&
        formOf(other) !== form &&
        isSameKind(formOf(other), form) &&
        counterpartScope(input, other.scope) === call.scope,
    );
    const was = old === undefined ? undefined : formOf(old);
    if (old === undefined || isExtracted(input, old) || stays(input, call.scope, was)) continue;
    yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(call.callee, 30)}\` writes ${form}; it was ${was}`) };
  }
}

/** A whole payload is compared with a payload, and a date with a date. */
function isSameKind(a: string | undefined, b: string): boolean {
  const kind = (form: string | undefined): string =>
    form?.startsWith('a date')
      ? 'date'
      : /^(a name|an ordinal)$/.test(form ?? '')
        ? 'enum'
        : /^(base64|hex)$/.test(form ?? '')
          ? 'bytes'
          : 'payload';
  return kind(a) === kind(b);
}

function stays(input: RuleInput, scope: string, form: string | undefined): boolean {
  return (
    input.after?.calls.some((call) => within(call.scope, scope) && formOf(call) === form) === true && newCallsIn(input, scope).length === 0
  );
}

const KEPT =
  /\b(redis|cache|kv|queue|topic|publish|produce|producer|enqueue|send message|send|sqs|sns|kafka|nats|amqp|channel|bucket|put object|store|storage|save|persist|set|setex|set item|local storage|write file|write|insert|upsert|serialize|serializer|serialise|encode|encoder|marshal|dump|dumps|snapshot|checkpoint|session|to record|to row|to payload|payload|to db|event|outbox|message|xadd|lpush|rpush|add|emit)\b/;
const ANSWERED = /\b(res|response|reply|jsonify|log|logger|console|print|debug)\b/;

/** Something in the function keeps or sends what was written. */
function isKept(input: RuleInput, scope: string): boolean {
  const near =
    input.after?.calls.filter((call) => within(call.scope, scope) && formOf(call) === undefined).map((call) => call.callee) ?? [];
  const text = words(`${scope} ${near.join(' ')}`);
  return KEPT.test(text) && !(ANSWERED.test(text) && !/\b(redis|cache|queue|kafka|publish|store|save|insert)\b/.test(text));
}

const NAMED =
  /^(JsonProperty|SerializedName|JsonFormat|JsonNaming|Column|XmlElement|serde|JsonbProperty|Enumerated|Expose|JsonSerialize|JsonEnumDefaultValue|Field)$/;

/** `@JsonProperty("order_id")`, `@Enumerated(EnumType.ORDINAL)`, `#[serde(rename = "id")]`. */
function* annotations(input: RuleInput): Iterable<FindingDraft> {
  for (const old of input.removed.calls) {
    if (old.kind !== 'decorator' || !NAMED.test(lastName(old.callee))) continue;
    const scope = counterpartScope(input, old.scope) ?? old.scope;
    const now = input.added.calls.find((call) => call.kind === 'decorator' && call.callee === old.callee && call.scope === scope);
    const wasText = old.args.join(', ');
    const isText = now?.args.join(', ') ?? '';
    if (
      wasText === isText ||
      (now === undefined &&
        (!/^(Enumerated|JsonFormat|JsonProperty|SerializedName|serde)$/.test(lastName(old.callee)) || !fieldStays(input, old)))
    )
      continue;
    // A column and a field say many things; what is asked is how the value is written.
    if (/^(Column|Field|Expose|JsonSerialize)$/.test(lastName(old.callee)) && !/\b(name|alias|using|type)\b/.test(`${wasText} ${isText}`))
      continue;
    if (lastName(old.callee) === 'Column' || /\b(alias|aliases)\b/.test(isText)) continue;
    yield now === undefined
      ? {
          side: 'before',
          range: old.range,
          message: fitMessage(`\`${shorten(`@${old.callee}(${wasText})`, 44)}\` no longer says how it is written`),
        }
      : {
          side: 'after',
          range: now.range,
          message: fitMessage(`\`${shorten(old.callee, 18)}\` went from \`${shorten(wasText, 22)}\` to \`${shorten(isText, 22)}\``),
        };
  }
}

function fieldStays(input: RuleInput, call: Call): boolean {
  return input.after?.symbols.some((symbol) => symbol.name === call.scope) === true;
}

/** A key of an object that is written out at once has another name, and the same value. */
function* keys(input: RuleInput): Iterable<FindingDraft> {
  for (const old of input.removed.options) {
    if (!isWritten(old.callee)) continue;
    const scope = counterpartScope(input, old.scope);
    const siblings = input.after?.options.filter((other) => other.callee === old.callee && other.scope === scope) ?? [];
    if (scope === undefined || siblings.some((other) => other.name === old.name)) continue;
    const now = input.added.options.find(
      (other) =>
        other.callee === old.callee &&
        other.scope === scope &&
        other.value === old.value &&
        other.name !== old.name &&
        !input.before?.options.some((was) => was.name === other.name && was.callee === other.callee && was.scope === old.scope),
    );
    if (now === undefined || now.value === now.name || !isKept(input, scope)) continue;
    yield {
      side: 'after',
      range: now.range,
      message: fitMessage(`key \`${shorten(old.name, 22)}\` of the payload is now \`${shorten(now.name, 22)}\``),
      severity: /stringify|dumps|Marshal|encode|pack/.test(old.callee) ? 'high' : 'medium',
    };
  }
}

function isWritten(callee: string): boolean {
  return (
    FORMS.slice(0, 6).some(([, pattern]) => pattern.test(callee)) ||
    /(^|\.)(enqueue|publish|sendMessage|send_message|produce|sendToQueue|xadd|putRecord|apply_async)$/.test(callee)
  );
}

/** How a library writes everything: naming strategies, dates as numbers, enums as numbers. */
function* settings(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    if (
      !/^(propertyNamingStrategy|property_naming_strategy|dateFormat|date_format|serializer|task_serializer|result_serializer|SERIALIZER|CELERY_TASK_SERIALIZER|encoding|valueEncoding|keyEncoding|compression|use_enum_values|alias_generator|transformer|SESSION_SERIALIZER)$/.test(
        after.name,
      )
    )
      continue;
    if (
      /^(encoding|compression|serializer|transformer)$/.test(after.name) &&
      !/redis|cache|queue|kafka|level|store|session|celery|topic|worker/i.test(`${after.callee} ${input.path} ${after.scope}`)
    )
      continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`\`${shorten(after.name, 24)}\` went from ${shorten(before.value, 20)} to ${shorten(after.value, 20)}`),
    };
  }
  for (const call of input.added.calls) {
    if (!/^(setPropertyNamingStrategy|propertyNamingStrategy|setDateFormat|setFieldNamingPolicy|SnakeCase)$/.test(lastName(call.callee)))
      continue;
    const old = input.removed.calls.find((other) => other.callee === call.callee);
    if (old !== undefined && old.args.join() !== call.args.join() && literal(call.args[0]) !== literal(old.args[0] ?? '-'))
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(
          `\`${shorten(lastName(call.callee), 26)}\` went from ${shorten(old.args.join(', '), 20)} to ${shorten(call.args.join(', '), 20)}`,
        ),
      };
  }
}
