import { createHash, verify } from 'node:crypto';
import { NAMESPACE } from '../model/statement.ts';
import { decodePublicKey, type KeyScheme, type SshPublicKey } from './ssh-key.ts';
import { readWire, wireString } from './wire.ts';

export const MAGIC = 'SSHSIG';
export const ARMOUR_BEGIN = '-----BEGIN SSH SIGNATURE-----';
export const ARMOUR_END = '-----END SSH SIGNATURE-----';
const MOST_ARMOUR = 16_384;

/** An SSHSIG taken apart; nothing in it is verified yet. */
export interface Sshsig {
  readonly publicKey: SshPublicKey;
  readonly namespace: string;
  readonly reserved: Buffer;
  readonly hash: 'sha256' | 'sha512';
  readonly format: string;
  readonly signature: Buffer;
  /** What an authenticator says of the person: 0x01 touched, 0x04 verified. Undefined for keys that are not `sk`. */
  readonly flags?: number;
  readonly counter?: number;
}

export type ParsedSshsig = { readonly kind: 'sshsig'; readonly sshsig: Sshsig } | { readonly kind: 'unreadable'; readonly reason: string };

/** Takes an armoured signature apart (OpenSSH PROTOCOL.sshsig). Strict: one armour, no trailing bytes, version 1, our namespace. */
export function parseSshsig(armour: string): ParsedSshsig {
  const blob = readArmour(armour);
  if (blob === undefined) return unreadable('expected one armoured SSH signature, found something else');
  const wire = readWire(blob);
  if (wire.take(MAGIC.length)?.toString('latin1') !== MAGIC) return unreadable('expected the letters SSHSIG, found others');
  const version = wire.uint32();
  if (version !== 1) return unreadable(`expected SSHSIG version 1, found ${version ?? 'none'}`);
  const keyBlob = wire.string();
  const namespace = wire.string()?.toString('utf8');
  const reserved = wire.string();
  const hash = wire.string()?.toString('latin1');
  const signatureBlob = wire.string();
  if (keyBlob === undefined || namespace === undefined || reserved === undefined || signatureBlob === undefined || !wire.isDone()) {
    return unreadable('expected the fields of an SSH signature, found fewer or more bytes');
  }
  if (namespace !== NAMESPACE) return unreadable(`expected the namespace ${NAMESPACE}, found ${JSON.stringify(namespace.slice(0, 40))}`);
  if (hash !== 'sha256' && hash !== 'sha512') return unreadable('expected the hash sha256 or sha512, found another');
  const publicKey = decodePublicKey(keyBlob);
  if (publicKey === undefined)
    return unreadable('expected a key of a supported kind (ed25519, ecdsa, rsa of 2048 bits or more, sk), found another');
  const inner = readSignature(signatureBlob, publicKey.scheme);
  if (inner === undefined || !isFormatOf(publicKey, inner.format))
    return unreadable(`expected a signature made by a key of type ${publicKey.type}, found another form`);
  return { kind: 'sshsig', sshsig: { publicKey, namespace, reserved, hash, ...inner } };
}

/** True where the signature was made over exactly `message` by the key that it names. Says nothing of who may hold that key. */
export function checkSshsig(sshsig: Sshsig, message: Uint8Array): boolean {
  const { publicKey, signature, format } = sshsig;
  const signed = composedBytes(sshsig, message);
  if (signed === undefined) return false;
  const { scheme, key } = publicKey;
  if (scheme.kind === 'ed25519') return signature.length === 64 && verify(null, signed, key, signature);
  if (scheme.kind === 'rsa') return checkRsa(publicKey, format, signed, signature);
  const points = ecdsaPoints(signature, scheme.bytes);
  return points !== undefined && verify(scheme.hash, signed, { key, dsaEncoding: 'ieee-p1363' }, points);
}

/**
 * The human presence that the signature proves: the flags byte of an `sk` key, which ssh-keygen -Y verify does not check.
 * It is proof only for a key that someone else enrolled as hardware: software can claim any flags for a key of its own.
 */
export function presenceOf(sshsig: Sshsig): 'none' | 'touch' | 'verified' {
  const flags = sshsig.flags ?? 0;
  if ((flags & 0x01) === 0) return 'none';
  return (flags & 0x04) === 0 ? 'touch' : 'verified';
}

/** What SSHSIG signs in place of the message: its digest, bound to namespace and hash. */
export function sshsigMessage(namespace: string, reserved: Uint8Array, hash: 'sha256' | 'sha512', message: Uint8Array): Buffer {
  const digest = createHash(hash).update(message).digest();
  return Buffer.concat([Buffer.from(MAGIC), wireString(namespace), wireString(reserved), wireString(hash), wireString(digest)]);
}

/** `sk` keys sign the application, flags and counter with the digest of the message (OpenSSH PROTOCOL.u2f). */
function composedBytes(sshsig: Sshsig, message: Uint8Array): Buffer | undefined {
  const plain = sshsigMessage(sshsig.namespace, sshsig.reserved, sshsig.hash, message);
  const { application } = sshsig.publicKey;
  if (application === undefined) return plain;
  if (sshsig.flags === undefined || sshsig.counter === undefined) return undefined;
  const tail = Buffer.alloc(5);
  tail.writeUInt8(sshsig.flags, 0);
  tail.writeUInt32BE(sshsig.counter, 1);
  const digest = (bytes: string | Buffer): Buffer => createHash('sha256').update(bytes).digest();
  return Buffer.concat([digest(application), tail, digest(plain)]);
}

function readArmour(armour: string): Buffer | undefined {
  if (armour.length > MOST_ARMOUR) return undefined;
  const lines = armour.trim().split(/\r?\n/);
  if (lines.length < 3 || lines[0] !== ARMOUR_BEGIN || lines.at(-1) !== ARMOUR_END) return undefined;
  const base64 = lines.slice(1, -1).join('');
  const blob = Buffer.from(base64, 'base64');
  return blob.toString('base64') === base64 ? blob : undefined;
}

function readSignature(blob: Buffer, scheme: KeyScheme): Pick<Sshsig, 'format' | 'signature' | 'flags' | 'counter'> | undefined {
  const wire = readWire(blob);
  const format = wire.string()?.toString('latin1');
  const signature = wire.string();
  if (format === undefined || signature === undefined) return undefined;
  if (scheme.kind === 'rsa' || !scheme.sk) return wire.isDone() ? { format, signature } : undefined;
  const flags = wire.byte();
  const counter = wire.uint32();
  return flags === undefined || counter === undefined || !wire.isDone() ? undefined : { format, signature, flags, counter };
}

/** RSA keys sign under names of their own; `ssh-rsa` itself would be SHA-1. */
function isFormatOf(publicKey: SshPublicKey, format: string): boolean {
  return publicKey.scheme.kind === 'rsa' ? format === 'rsa-sha2-256' || format === 'rsa-sha2-512' : format === publicKey.type;
}

function checkRsa(publicKey: SshPublicKey, format: string, signed: Buffer, signature: Buffer): boolean {
  const bytes = Math.ceil((publicKey.key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  if (signature.length > bytes) return false;
  const padded = Buffer.concat([Buffer.alloc(bytes - signature.length), signature]);
  return verify(format === 'rsa-sha2-512' ? 'sha512' : 'sha256', signed, publicKey.key, padded);
}

/** The two numbers of an ECDSA signature, each padded to the width of the curve. */
function ecdsaPoints(signature: Buffer, bytes: number): Buffer | undefined {
  const wire = readWire(signature);
  const r = wire.positive();
  const s = wire.positive();
  if (r === undefined || s === undefined || r.length > bytes || s.length > bytes || !wire.isDone()) return undefined;
  return Buffer.concat([Buffer.alloc(bytes - r.length), r, Buffer.alloc(bytes - s.length), s]);
}

function unreadable(reason: string): ParsedSshsig {
  return { kind: 'unreadable', reason };
}
