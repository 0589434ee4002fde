import { createHash, verify } from 'node:crypto';
import type { Acknowledgement } from '../model/acknowledgement.ts';
import { type OpenedEnvelope, parseEnvelope, preAuthEncoding } from './dsse.ts';
import { readStatement } from './read-statement.ts';
import { readPublicKey, type SshPublicKey } from './ssh-key.ts';
import { checkSshsig, parseSshsig, presenceOf, type Sshsig } from './sshsig.ts';

/** One line of a carrier or of the ledger with its signature checked. Whether its key counts is another question: see core/verify. */
export interface AckRecord {
  readonly acknowledgement: Acknowledgement;
  readonly repositoryId?: string;
  /** `ssh-ed25519 AAAA…` of the key that signed. */
  readonly publicKey: string;
  readonly signatureValid: boolean;
  /** What the flags of the signature say, not what the statement claims; proof only of a key that the policy lists as hardware. */
  readonly presence: 'none' | 'touch' | 'verified';
  /** SHA-256 (hex) of the signed bytes: two lines that carry one statement are one record. */
  readonly payloadDigest: string;
}

/** A line taken apart, its signature not yet checked: what a verifier sorts by before it spends time on cryptography. */
export interface UncheckedRecord {
  readonly acknowledgement: Acknowledgement;
  readonly repositoryId?: string;
  readonly publicKey: string;
  readonly payloadDigest: string;
  /** Checks every signature of the line over the exact bytes that were read, once. */
  check(): AckRecord;
}

export type RecordReading<T> = { readonly kind: 'record'; readonly record: T } | { readonly kind: 'junk'; readonly reason: string };

/** Reads one line and checks its signature. `junk` is what is no acknowledgement of ours at all; it is never a veto. */
export function readRecord(line: string): RecordReading<AckRecord> {
  const opened = openRecord(line);
  return opened.kind === 'junk' ? opened : { kind: 'record', record: opened.record.check() };
}

/**
 * Reads one line without cryptography. The key is the one of the SSHSIG; a line that carries only a raw signature names its
 * key in the statement. A `keyid` decides nothing (DSSE v1.0.2).
 */
export function openRecord(line: string): RecordReading<UncheckedRecord> {
  const envelope = parseEnvelope(line);
  if (envelope.kind === 'junk') return envelope;
  const reading = readStatement(envelope.payload);
  if (reading.kind === 'junk') return reading;
  const { acknowledgement, repositoryId, publicKey: namedKey } = reading.statement;
  const parsed = envelope.envelope.sshsig === undefined ? undefined : parseSshsig(envelope.envelope.sshsig);
  if (parsed?.kind === 'unreadable') return { kind: 'junk', reason: parsed.reason };
  const key = parsed?.sshsig.publicKey ?? (namedKey === undefined ? undefined : readPublicKey(namedKey));
  if (key === undefined) return { kind: 'junk', reason: 'expected the key of the signature in OpenSSH form, found none' };
  const about = {
    acknowledgement,
    ...(repositoryId === undefined ? {} : { repositoryId }),
    publicKey: key.line,
    payloadDigest: createHash('sha256').update(envelope.payload).digest('hex'),
  };
  const check = (): AckRecord => {
    const namesItsKey = namedKey === undefined || readPublicKey(namedKey)?.line === key.line;
    const signatureValid = namesItsKey && isSigned(envelope, parsed?.sshsig, key);
    return { ...about, signatureValid, presence: signatureValid && parsed !== undefined ? presenceOf(parsed.sshsig) : 'none' };
  };
  return { kind: 'record', record: { ...about, check } };
}

/** The SSHSIG or the raw signatures suffice; where both are present, all must hold, and by one key. */
function isSigned(envelope: OpenedEnvelope, sshsig: Sshsig | undefined, key: SshPublicKey): boolean {
  const pae = preAuthEncoding(envelope.envelope.payloadType, envelope.payload);
  if (sshsig !== undefined && !checkSshsig(sshsig, pae)) return false;
  return envelope.signatures.every((signature) => isRawSignature(key, pae, signature));
}

/** Raw signatures as DSSE tools make them: Ed25519, ECDSA in DER with the curve's hash, RSA PKCS #1 v1.5 with SHA-256. */
function isRawSignature({ key, scheme }: SshPublicKey, pae: Buffer, signature: Buffer): boolean {
  if (scheme.kind === 'rsa') return verify('sha256', pae, key, signature);
  if (scheme.sk) return false;
  return scheme.kind === 'ed25519'
    ? signature.length === 64 && verify(null, pae, key, signature)
    : verify(scheme.hash, pae, key, signature);
}
