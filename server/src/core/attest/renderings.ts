import { createHash, type KeyObject } from 'node:crypto';
import { parseEnvelope, preAuthEncoding } from './dsse.ts';
import { openRecord } from './records.ts';
import { keyFingerprint, readPublicKey } from './ssh-key.ts';

export const BUNDLE_MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** A record whose signature holds, with what the forms of other tools are made of: one payload, several renderings. */
export interface SignedRecord {
  /** SHA-256 (hex) of the payload; its beginning names the files of an export. */
  readonly payloadDigest: string;
  readonly payloadType: string;
  readonly payload: Buffer;
  /** The name in the statement, by which `ssh-keygen -I` asks. */
  readonly by: string;
  readonly fingerprints: readonly string[];
  /** The key that signed, `type base64`. */
  readonly publicKey: string;
  /** A signature over the DSSE bytes alone. A hardware key or an SSH agent gives none. */
  readonly raw?: Buffer;
  /** An armoured SSH signature over the same bytes. */
  readonly sshsig?: string;
}

/** A raw DSSE signature and the key that made it. */
export interface RawSignature {
  readonly signature: Uint8Array;
  readonly publicKey: string;
}

/** Takes a carrier line apart for export; undefined where it is junk or its signature does not hold. */
export function readSigned(line: string): SignedRecord | undefined {
  const opened = openRecord(line);
  const envelope = parseEnvelope(line);
  if (opened.kind === 'junk' || envelope.kind === 'junk' || !opened.record.check().signatureValid) return undefined;
  const { acknowledgement, publicKey, payloadDigest } = opened.record;
  const { payloadType, sshsig } = envelope.envelope;
  const raw = envelope.signatures[0];
  return {
    payloadDigest,
    payloadType,
    payload: envelope.payload,
    by: acknowledgement.by.id,
    fingerprints: [...new Set(acknowledgement.findings.map(({ fingerprint }) => fingerprint))],
    publicKey,
    ...(raw === undefined ? {} : { raw }),
    ...(sshsig === undefined ? {} : { sshsig }),
  };
}

/** The bytes that every signature of a record was made over: the message of its SSH signature. */
export function signedBytes({ payloadType, payload }: SignedRecord): Buffer {
  return preAuthEncoding(payloadType, payload);
}

/** One line of DSSE v1.0.2 with one signature and none of our own fields. */
export function printDsse(record: SignedRecord, raw: RawSignature): string {
  return JSON.stringify(dsseEnvelope(record, raw));
}

/**
 * A Sigstore bundle v0.3 for verification with a key: one signature, no certificate, no log entry (sigstore/protobuf-specs,
 * sigstore_bundle.proto). The hint is the base64 of the key's SHA-256, as Sigstore's own clients write it.
 */
export function printSigstoreBundle(record: SignedRecord, raw: RawSignature): string {
  const hint = createHash('sha256').update(spkiOf(raw.publicKey)).digest('base64');
  const bundle = {
    mediaType: BUNDLE_MEDIA_TYPE,
    verificationMaterial: { publicKey: { hint }, tlogEntries: [] },
    dsseEnvelope: dsseEnvelope(record, raw),
  };
  return `${JSON.stringify(bundle)}\n`;
}

/** The public key as PEM (SPKI), as tools that know no OpenSSH keys read it. */
export function printPem(publicKey: string): string {
  return keyOf(publicKey).export({ type: 'spki', format: 'pem' }).toString();
}

function dsseEnvelope({ payloadType, payload }: SignedRecord, { signature, publicKey }: RawSignature): object {
  const sig = Buffer.from(signature).toString('base64');
  return { payload: payload.toString('base64'), payloadType, signatures: [{ sig, keyid: keyFingerprint(publicKey) }] };
}

function spkiOf(publicKey: string): Buffer {
  return keyOf(publicKey).export({ type: 'spki', format: 'der' });
}

/** The lines come out of records and signers, which hold keys that were read before. */
function keyOf(publicKey: string): KeyObject {
  const read = readPublicKey(publicKey);
  if (read === undefined) throw new TypeError(`expected a public key in OpenSSH form, found ${publicKey.slice(0, 60)}`);
  return read.key;
}
