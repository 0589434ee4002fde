import type { Envelope } from '../model/statement.ts';
import { decodeBase64 } from './base64.ts';
import { type JsonObject, listOf, objectOf, textOf } from './json-fields.ts';
import { parseStrictJson } from './strict-json.ts';

export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** Longer lines are junk unread. A statement of a hunk has a few thousand bytes. */
export const MOST_ENVELOPE_BYTES = 262_144;
const MOST_SIGNATURES = 16;

/** An envelope with what its base64 says. Verify, then use these bytes; never parse the envelope again. */
export interface OpenedEnvelope {
  readonly envelope: Envelope;
  readonly payload: Buffer;
  readonly signatures: readonly Buffer[];
}

export type ParsedEnvelope = ({ readonly kind: 'envelope' } & OpenedEnvelope) | { readonly kind: 'junk'; readonly reason: string };

/** The bytes that are signed (DSSE v1.0.2): `"DSSEv1" SP LEN(type) SP type SP LEN(body) SP body`, lengths in bytes. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType, 'utf8');
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload]);
}

/** One line of compact JSON without a line end, as carriers and the ledger hold it. */
export function printEnvelope(envelope: Envelope): string {
  const { payloadType, payload, signatures, sshsig } = envelope;
  const printed = signatures.map(({ keyid, sig }) => (keyid === undefined ? { sig } : { keyid, sig }));
  return JSON.stringify({ payloadType, payload, signatures: printed, ...(sshsig === undefined ? {} : { sshsig }) });
}

/** Invariant: parsing what was printed gives an equal envelope (test/properties/print-parse-envelope.test.ts). */
export function parseEnvelope(line: string): ParsedEnvelope {
  if (line.length > MOST_ENVELOPE_BYTES) return junk(`expected at most ${MOST_ENVELOPE_BYTES} bytes, found ${line.length}`);
  const json = parseStrictJson(line);
  if (json.kind === 'invalid') return junk(json.reason);
  const fields = objectOf(json.value);
  if (fields === undefined) return junk('expected a JSON object, found another value');
  const payloadType = textOf(fields, 'payloadType');
  if (payloadType === undefined || !isStatementType(payloadType)) return junk(`expected the payload type ${PAYLOAD_TYPE}, found another`);
  const encoded = textOf(fields, 'payload');
  const payload = encoded === undefined ? undefined : decodeBase64(encoded);
  if (encoded === undefined || payload === undefined || payload.length === 0)
    return junk('expected the payload in base64, found something else');
  const signatures = readSignatures(fields);
  if (typeof signatures === 'string') return junk(signatures);
  const sshsig = textOf(fields, 'sshsig');
  if (sshsig === undefined && 'sshsig' in fields) return junk('expected sshsig as text, found another value');
  if (sshsig === undefined && signatures.length === 0) return junk('expected a signature, found none');
  const printed = signatures.map(({ keyid, sig }) => (keyid === undefined ? { sig } : { keyid, sig }));
  const envelope: Envelope = { payloadType, payload: encoded, signatures: printed, ...(sshsig === undefined ? {} : { sshsig }) };
  return { kind: 'envelope', envelope, payload, signatures: signatures.map(({ bytes }) => bytes) };
}

/** In-toto's own type, or `application/vnd.in-toto.<predicate>+json` (in-toto/attestation, spec/v1/envelope.md). */
function isStatementType(type: string): boolean {
  return type === PAYLOAD_TYPE || /^application\/vnd\.in-toto\.[A-Za-z0-9._-]{1,100}\+json$/.test(type);
}

interface ReadSignature {
  readonly keyid: string | undefined;
  readonly sig: string;
  readonly bytes: Buffer;
}

function readSignatures(fields: JsonObject): readonly ReadSignature[] | string {
  const list = listOf(fields, 'signatures');
  if (list === undefined) return 'expected a list of signatures, found another value';
  if (list.length > MOST_SIGNATURES) return `expected at most ${MOST_SIGNATURES} signatures, found ${list.length}`;
  const read: ReadSignature[] = [];
  for (const item of list) {
    const entry = objectOf(item);
    const sig = entry === undefined ? undefined : textOf(entry, 'sig');
    const bytes = sig === undefined ? undefined : decodeBase64(sig);
    if (entry === undefined || sig === undefined || bytes === undefined || bytes.length === 0)
      return 'expected each sig in base64, found something else';
    read.push({ keyid: textOf(entry, 'keyid'), sig, bytes });
  }
  return read;
}

function junk(reason: string): ParsedEnvelope {
  return { kind: 'junk', reason };
}
