import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, literal, shorten, words } from '../vocabulary/code/call-names.ts';
import { rangeOfLine, scopeAtLine, tokensOn } from '../vocabulary/code/code-text.ts';
import { counterpartScope, isExtracted, lostCallsIn, newCallsIn } from '../vocabulary/code/counterpart.ts';
import { factsWithin } from '../vocabulary/code/facts-by-place.ts';
import { changedOptions } from '../vocabulary/code/option-changes.ts';
import { featureIn, featuresOf, hasEncoder } from '../vocabulary/schema/encoder-features.ts';
import { changedSettings } from '../vocabulary/settings/settings.ts';

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
  reads: ['calls', 'options', 'settings', 'tokens'],
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
    for (const draft of [
      ...encoders(input),
      ...annotations(input),
      ...keys(input),
      ...settings(input),
      ...features(input),
      ...written(input),
    ]) {
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

/** `encode(x)`, where the file imports it by that name from a library of another form. */
function importedForm(call: Call, { after }: RuleInput): string | undefined {
  if (!/^(encode|pack|packb|dumps|serialize|stringify|Encode|toBinary)$/.test(call.callee)) return undefined;
  const library = after?.tokens.find(({ text }) => LIBRARY.test(text) && text.length < 40)?.text;
  return library === undefined ? undefined : /msg_?pack/i.test(library) ? 'MessagePack' : 'a binary form';
}

const LIBRARY =
  /^["'`]?(@?[\w/-]*msg_?pack\w*|cbor[\w-]*|bson|avsc|avro\w*|devalue|superjson|flatted|(node:)?v8|protobufjs\S*|bincode|flexbuffers|thrift)["'`]?$/i;

function* encoders(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.added.calls) {
    const form = formOf(call) ?? importedForm(call, input);
    if (form === undefined || !isKept(input, call.scope)) continue;
    // A rewrite is cut into several hunks: what was lost in another one counts.
    const old = [...input.removed.calls, ...lostCallsIn(input, call.scope)].find(
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
  return factsWithin(input.after?.calls ?? [], scope).some((call) => formOf(call) === form) && newCallsIn(input, scope).length === 0;
}

const KEPT =
  /\b(redis|cache|kv|queue|topic|publish|produce|producer|enqueue|send message|send|sqs|sns|kafka|nats|amqp|channel|bucket|put object|store|storage|save|persist|set|setex|set item|local storage|write file|write|insert|upsert|serialize|serializer|serialise|encode|encoder|marshal|dump|dumps|snapshot|checkpoint|session|to record|to row|to payload|payload|to db|event|outbox|message|xadd|lpush|rpush|add|emit)\b/;
const ANSWERED = /\b(res|response|reply|jsonify|log|logger|console|print|debug)\b/;

/** Something in the function keeps or sends what was written. */
function isKept(input: RuleInput, scope: string): boolean {
  const near = factsWithin(input.after?.calls ?? [], scope)
    .filter((call) => formOf(call) === undefined)
    .map((call) => call.callee);
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

/** What it stands on is still there: the type, and where a field is the next thing in the six lines below, that field. */
function fieldStays(input: RuleInput, call: Call): boolean {
  const line = call.range.end.line;
  const below = input.before?.symbols.filter(({ range }) => range.start.line >= line && range.start.line <= line + 6) ?? [];
  const [next] = [...below].sort((a, b) => a.range.start.line - b.range.start.line);
  if (next?.kind === 'property' && input.after?.symbols.some(({ name, kind }) => kind === 'property' && name === next.name) !== true)
    return false;
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

/** What newly says how a thing that was there is written: an annotation, a tag of a field, a switch of the encoder. */
function* written(input: RuleInput): Iterable<FindingDraft> {
  const stood = (scope: string): boolean => scope !== '' && input.before?.symbols.some((symbol) => symbol.name === scope) === true;
  for (const call of input.added.calls) {
    if (call.kind !== 'decorator' || !stood(call.scope) || !renames(call)) continue;
    if (
      input.before?.calls.some(
        (old) => old.kind === 'decorator' && old.scope === call.scope && lastName(old.callee) === lastName(call.callee),
      ) === true
    )
      continue;
    const said = `@${call.callee}(${call.args.join(', ')})`;
    yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(said, 44)}\` says anew how it is written`) };
  }
  for (const option of input.added.options) {
    if (!SWITCHES.test(option.name) || !(option.name === 'alias_generator' || /^(true|True)$/.test(option.value))) continue;
    const isNew = !input.before?.options.some((old) => old.name === option.name && old.callee === option.callee);
    const isOld = stood(option.scope) && input.before?.calls.some((old) => lastName(old.callee) === lastName(option.callee));
    if (!isNew || !(isOld === true || (option.name === 'alias_generator' && stood(option.scope)))) continue;
    yield {
      side: 'after',
      range: option.range,
      message: fitMessage(`\`${shorten(`${option.name}=${option.value}`, 36)}\` writes other names or forms`),
    };
  }
  for (const { before, after } of changedOptions(input))
    if (SWITCHES.test(after.name) && after.name !== 'alias_generator')
      yield {
        side: 'after',
        range: after.range,
        message: fitMessage(`\`${shorten(after.name, 24)}\` went from ${shorten(before.value, 14)} to ${shorten(after.value, 14)}`),
      };
  for (const change of changedSettings(input)) {
    if (
      change.before === undefined ||
      change.after === undefined ||
      !CONFIGURED.test(change.path.join('.').replace(/[-_]/g, '').toLowerCase())
    )
      continue;
    yield {
      side: 'after',
      range: change.after.range,
      message: fitMessage(
        `\`${shorten(change.path.at(-1) ?? '', 30)}\` went from ${shorten(String(change.before.value), 18)} to ${shorten(String(change.after.value), 18)}`,
      ),
    };
  }
  yield* tags(input);
}

const SWITCHES =
  /^(by_alias|alias_generator|UseProtoNames|UseEnumNumbers|preserving_proto_field_name|use_integers_for_enums|preserveProtoFieldNames|useProtoFieldName)$/;
const CONFIGURED =
  /\b(jackson\.(propertynamingstrategy|dateformat|serialization\.write\w+)|gson\.(fieldnamingpolicy|dateformat)|(producer|consumer)\.((key|value)(de)?serializer)|(task|result|accept)serializer|sessionserializer)$/;

/** An annotation that gives a field or all of a type another name or form than its own. */
function renames(call: Call): boolean {
  const text = call.args.join(', ');
  const field = call.scope.slice(call.scope.lastIndexOf('.') + 1);
  switch (lastName(call.callee)) {
    case 'serde':
      return /\b(rename_all|tag|untagged|content|with|rename)\b/.test(text) && !/\balias\b/.test(text);
    case 'JsonNaming':
    case 'JsonFormat':
      return true;
    case 'Enumerated':
      return /STRING/.test(text);
    case 'JsonProperty':
    case 'SerializedName':
      return literal(call.args[0]) !== undefined && literal(call.args[0]) !== field;
    default:
      return false;
  }
}

/** Go's tags: a field of one name and type whose `json`, `bson` or `msgpack` name is another now. */
function* tags(input: RuleInput): Iterable<FindingDraft> {
  if (!input.path.endsWith('.go')) return;
  const fieldsOn = (side: 'before' | 'after'): readonly Tag[] => {
    const { start, lines } = input.hunk[side];
    const tokens = tokensOn(input[side], start, start + lines - 1);
    return tokens.flatMap((token) => {
      if (!token.text.startsWith('`')) return [];
      const names = [...token.text.matchAll(/\b(json|bson|msgpack|cbor|avro|dynamodbav|redis):"([^",]*)/g)].map(
        (match) => `${match[1]}:${match[2]}`,
      );
      const field = tokens.find((other) => other.line === token.line)?.text ?? '';
      return names.length > 0 ? [{ field, names, line: token.line }] : [];
    });
  };
  const old = fieldsOn('before');
  for (const now of fieldsOn('after')) {
    const was = old.find((other) => other.field === now.field);
    const lost = was?.names.find(
      (name) => !now.names.includes(name) && now.names.some((other) => other.split(':')[0] === name.split(':')[0]),
    );
    if (was === undefined || lost === undefined) continue;
    const place = words(`${input.path} ${scopeAtLine(input.after, now.line)}`);
    const fresh = now.names.find((name) => name.split(':')[0] === lost.split(':')[0]) ?? '';
    yield {
      side: 'after',
      range: rangeOfLine(input, 'after', now.line),
      severity:
        KEPT.test(place) || /\b(queue|cache|job|jobs|task|worker|stored?|record)\b/.test(place) || !lost.startsWith('json')
          ? 'high'
          : 'medium',
      message: fitMessage(`\`${shorten(now.field, 20)}\` is written as \`${shorten(fresh, 24)}\`; it was \`${shorten(lost, 24)}\``),
    };
  }
}

interface Tag {
  readonly field: string;
  readonly names: readonly string[];
  readonly line: number;
}

/** What the encoder is told once for all it writes: `enable(WRITE_DATES_AS_TIMESTAMPS)`, a naming strategy. */
function* features(input: RuleInput): Iterable<FindingDraft> {
  if (!hasEncoder(input.before) || !hasEncoder(input.after)) return;
  const told = new Set<string>();
  const sides = [
    { side: 'after' as const, found: featuresOf(input.added.calls) },
    { side: 'before' as const, found: featuresOf(input.removed.calls) },
  ];
  for (const { side, found } of sides)
    for (const { name, call } of found) {
      const [old, now] = [featureIn(input.before, name), featureIn(input.after, name)];
      if (old === now || told.has(name)) continue;
      told.add(name);
      yield { side, range: call.range, message: fitMessage(`${name}: ${shorten(old, 18)} -> ${shorten(now, 18)} in all that is written`) };
    }
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
    if (!/^(setDateFormat|SnakeCase)$/.test(lastName(call.callee))) continue;
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
