import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { words } from '../code/call-names.ts';
import { factsWithin } from '../code/facts-by-place.ts';
import { keepOfText } from '../code/kept.ts';

/** What comes out of a call that writes something down: `JSON`, `a date as text`. Undefined where it is none. */
export function formOf(call: Call): string | undefined {
  return FORMS.find(([, pattern]) => pattern.test(call.callee))?.[0];
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
  ['gzip', /(^|\.)(gzip(Sync)?|gzip\.compress|gzip\.NewWriter(Level)?|GZIPOutputStream|GzEncoder::new)$/],
  ['deflate', /(^|\.)(deflate(Raw)?(Sync)?|zlib\.compress|zlib\.NewWriter|DeflaterOutputStream)$/],
  ['brotli', /(^|\.)(brotliCompress(Sync)?|brotli\.compress|brotli\.NewWriter)$/],
  [
    'zstd',
    /(^|\.)(zstdCompress(Sync)?|ZstdOutputStream|(zstd|zstandard)\.(compress|NewWriter|encode_all|ZstdCompressor)|zstd::encode_all)$/,
  ],
  ['snappy', /(^|\.)(snappy\.(compress|compressSync|Encode)|SnappyOutputStream)$/],
  ['lz4', /(^|\.)(lz4\.(encode|compress|frame\.compress|NewWriter)|lz4_flex::compress\w*|LZ4BlockOutputStream)$/],
];

/** `encode(x)`, where the file imports it by that name from a library of another form. */
export function importedForm(call: Call, { after }: RuleInput): string | undefined {
  if (!/^(encode|pack|packb|dumps|serialize|stringify|Encode|toBinary)$/.test(call.callee)) return undefined;
  const library = after?.tokens.find(({ text }) => LIBRARY.test(text) && text.length < 40)?.text;
  return library === undefined ? undefined : /msg_?pack/i.test(library) ? 'MessagePack' : 'a binary form';
}

const LIBRARY =
  /^["'`]?(@?[\w/-]*msg_?pack\w*|cbor[\w-]*|bson|avsc|avro\w*|devalue|superjson|flatted|(node:)?v8|protobufjs\S*|bincode|flexbuffers|thrift)["'`]?$/i;

/** A whole payload is compared with a payload, and a date with a date. */
export function isSameKind(a: string | undefined, b: string): boolean {
  const kind = (form: string | undefined): string =>
    form?.startsWith('a date')
      ? 'date'
      : /^(a name|an ordinal)$/.test(form ?? '')
        ? 'enum'
        : /^(base64|hex)$/.test(form ?? '')
          ? 'bytes'
          : /^(gzip|deflate|brotli|zstd|snappy|lz4)$/.test(form ?? '')
            ? 'packed'
            : 'payload';
  return kind(a) === kind(b);
}

/** True for a call that writes its argument out as a whole, or hands it to a queue. */
export const isWritten = keepOfText(
  (callee): boolean =>
    FORMS.slice(0, 6).some(([, pattern]) => pattern.test(callee)) ||
    /(^|\.)(enqueue|publish|sendMessage|send_message|produce|sendToQueue|xadd|putRecord|apply_async)$/.test(callee) ||
    // BullMQ and its kin name a job by the queue that it is added to.
    /(^|\.)(\w{0,40}[qQ]ueue|jobs)\.(add|addBulk|addJob|send|push|put)$/.test(callee),
);

/** What was packed in the old way is unpacked in that way still, beside the new one. */
export function isStillUnpacked({ after }: RuleInput, form: string | undefined): boolean {
  const unpacks = UNPACKS[form ?? ''];
  return unpacks !== undefined && after?.calls.some(({ callee }) => unpacks.test(callee)) === true;
}

const UNPACKS: Readonly<Record<string, RegExp>> = {
  gzip: /gunzip|gzip\.(?:decompress|NewReader)|GZIPInputStream|GzDecoder|ungzip/,
  deflate: /inflate|zlib\.(?:decompress|NewReader)|Inflater/,
  brotli: /brotliDecompress|brotli\.(?:decompress|NewReader)/,
  zstd: /zstdDecompress|zstd\.(?:decompress|NewReader|decode_all)|ZstdInputStream|ZstdDecompressor|zstd::decode_all/,
  snappy: /snappy\.(?:uncompress|decompress|Decode)|SnappyInputStream/,
  lz4: /lz4\.(?:decode|decompress|frame\.decompress|NewReader)|lz4_flex::decompress|LZ4BlockInputStream/,
};

/** Words of what keeps or sends on what it is given. */
export const KEPT =
  /\b(redis|cache|kv|queue|topic|publish|produce|producer|enqueue|send message|send|sqs|sns|kafka|nats|amqp|channel|bucket|put object|store|storage|save|persist|set|setex|set item|local storage|write file|write|insert|upsert|serialize|serializer|serialise|encode|encoder|marshal|dump|dumps|snapshot|checkpoint|session|to record|to row|to payload|payload|to db|event|outbox|message|xadd|lpush|rpush|add|emit)\b/;

const ANSWERED = /\b(res|response|reply|jsonify|log|logger|console|print|debug)\b/;

/** Something in the function keeps or sends what was written. */
export function isKept(input: RuleInput, scope: string): boolean {
  const near = factsWithin(input.after?.calls ?? [], scope)
    .filter((call) => formOf(call) === undefined)
    .map((call) => call.callee);
  const text = words(`${scope} ${near.join(' ')}`);
  return KEPT.test(text) && !(ANSWERED.test(text) && !/\b(redis|cache|queue|kafka|publish|store|save|insert)\b/.test(text));
}
