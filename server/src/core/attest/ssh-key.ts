import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readWire, type WireReader, wirePositive, wireString } from './wire.ts';

/** How a key makes signatures; for `sk` keys the authenticator signs a composite that holds the person's presence. */
export type KeyScheme =
  | { readonly kind: 'ed25519'; readonly sk: boolean }
  | { readonly kind: 'ecdsa'; readonly sk: boolean; readonly hash: 'sha256' | 'sha384' | 'sha512'; readonly bytes: number }
  | { readonly kind: 'rsa' };

export interface SshPublicKey {
  readonly type: string;
  /** `ssh-ed25519 AAAA…`, without a comment. The one form in which keys are compared. */
  readonly line: string;
  readonly scheme: KeyScheme;
  readonly key: KeyObject;
  /** The application an `sk` key is bound to, `ssh:`; undefined for other keys. */
  readonly application?: string;
}

interface Curve {
  readonly name: string;
  readonly jwk: string;
  readonly hash: 'sha256' | 'sha384' | 'sha512';
  readonly bytes: number;
}

const CURVES: readonly Curve[] = [
  { name: 'nistp256', jwk: 'P-256', hash: 'sha256', bytes: 32 },
  { name: 'nistp384', jwk: 'P-384', hash: 'sha384', bytes: 48 },
  { name: 'nistp521', jwk: 'P-521', hash: 'sha512', bytes: 66 },
];

/** RSA below this many bits is refused. */
const LEAST_RSA_BITS = 2048;

/** A line of an OpenSSH public key file, `type base64 [comment]`; undefined where it is none that Brakeline verifies. */
export function readPublicKey(line: string): SshPublicKey | undefined {
  const [type, base64 = ''] = line.trim().split(/[ \t]+/);
  const blob = Buffer.from(base64, 'base64');
  const key = blob.toString('base64') === base64 ? decodePublicKey(blob) : undefined;
  return key?.type === type ? key : undefined;
}

/** A public key blob (RFC 4253 section 6.6, RFC 5656, RFC 8709, OpenSSH PROTOCOL.u2f); strict, without trailing bytes. */
export function decodePublicKey(blob: Uint8Array): SshPublicKey | undefined {
  const wire = readWire(blob);
  const type = wire.string()?.toString('latin1');
  const parts = type === undefined ? undefined : readParts(type, wire);
  if (type === undefined || parts === undefined || !wire.isDone()) return undefined;
  const key = importKey(parts.jwk);
  if (key === undefined) return undefined;
  if (parts.scheme.kind === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) < LEAST_RSA_BITS) return undefined;
  const application = parts.application === undefined ? {} : { application: parts.application };
  return { type, line: `${type} ${Buffer.from(blob).toString('base64')}`, scheme: parts.scheme, key, ...application };
}

/** The OpenSSH line of a public key that Node holds; undefined for kinds that OpenSSH has no name for. */
export function encodePublicKey(key: KeyObject): string | undefined {
  const jwk = key.export({ format: 'jwk' });
  if (jwk.kty === 'OKP' && jwk.crv === 'Ed25519') return keyLine('ssh-ed25519', [wireString(fromJwk(jwk.x))]);
  if (jwk.kty === 'RSA') return keyLine('ssh-rsa', [wirePositive(fromJwk(jwk.e)), wirePositive(fromJwk(jwk.n))]);
  const curve = CURVES.find((one) => one.jwk === jwk.crv);
  if (jwk.kty !== 'EC' || curve === undefined) return undefined;
  const point = Buffer.concat([Buffer.of(4), fromJwk(jwk.x), fromJwk(jwk.y)]);
  return keyLine(`ecdsa-sha2-${curve.name}`, [wireString(curve.name), wireString(point)]);
}

/** `SHA256:…` as ssh-keygen -l prints it, of a line `type base64`. A name for people; trust compares whole keys. */
export function keyFingerprint(line: string): string {
  const blob = Buffer.from(line.split(' ')[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256')
    .update(blob)
    .digest('base64')
    .replace(/(?<!=)=+$/, '')}`;
}

interface KeyParts {
  readonly scheme: KeyScheme;
  readonly jwk: JsonWebKey;
  readonly application?: string;
}

function readParts(type: string, wire: WireReader): KeyParts | undefined {
  if (type === 'ssh-ed25519') return readEd25519(wire, false);
  if (type === 'ssh-rsa') return readRsa(wire);
  if (type === 'sk-ssh-ed25519@openssh.com') return withApplication(readEd25519(wire, true), wire);
  if (type === 'sk-ecdsa-sha2-nistp256@openssh.com') return withApplication(readEcdsa('nistp256', wire, true), wire);
  return type.startsWith('ecdsa-sha2-') ? readEcdsa(type.slice('ecdsa-sha2-'.length), wire, false) : undefined;
}

function readEd25519(wire: WireReader, sk: boolean): KeyParts | undefined {
  const x = wire.string();
  return x?.length === 32 ? { scheme: { kind: 'ed25519', sk }, jwk: { kty: 'OKP', crv: 'Ed25519', x: toJwk(x) } } : undefined;
}

function readRsa(wire: WireReader): KeyParts | undefined {
  const e = wire.positive();
  const n = wire.positive();
  return e === undefined || n === undefined ? undefined : { scheme: { kind: 'rsa' }, jwk: { kty: 'RSA', e: toJwk(e), n: toJwk(n) } };
}

function readEcdsa(curveName: string, wire: WireReader, sk: boolean): KeyParts | undefined {
  const curve = CURVES.find((one) => one.name === curveName);
  const named = wire.string()?.toString('latin1');
  const point = wire.string();
  if (curve === undefined || named !== curveName || point?.length !== 1 + 2 * curve.bytes || point[0] !== 4) return undefined;
  const jwk = { kty: 'EC', crv: curve.jwk, x: toJwk(point.subarray(1, 1 + curve.bytes)), y: toJwk(point.subarray(1 + curve.bytes)) };
  return { scheme: { kind: 'ecdsa', sk, hash: curve.hash, bytes: curve.bytes }, jwk };
}

/** Keys of other applications were made for a web site, and a web site can ask them for signatures. */
function withApplication(parts: KeyParts | undefined, wire: WireReader): KeyParts | undefined {
  const application = wire.string()?.toString('utf8');
  return parts === undefined || !application?.startsWith('ssh:') ? undefined : { ...parts, application };
}

function importKey(jwk: JsonWebKey): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    // Node throws for a point that is not on its curve: such a key verifies nothing, and the caller says so.
    return undefined;
  }
}

function keyLine(type: string, parts: readonly Buffer[]): string {
  return `${type} ${Buffer.concat([wireString(type), ...parts]).toString('base64')}`;
}

function toJwk(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function fromJwk(text: string | undefined): Buffer {
  return Buffer.from(text ?? '', 'base64url');
}
