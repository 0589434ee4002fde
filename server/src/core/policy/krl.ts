import { createHash } from 'node:crypto';
import { readWire, type WireReader } from '../attest/wire.ts';
import type { RevokedKeys } from '../model/result.ts';

/** `SSHKRL\n\0`, with which every OpenSSH revocation list begins (OpenSSH PROTOCOL.krl, section 1). */
export const KRL_MAGIC = Buffer.from('SSHKRL\n\0', 'latin1');

const CERTIFICATES = 1;
const EXPLICIT_KEY = 2;
const FINGERPRINT_SHA1 = 3;
const SIGNATURE = 4;
const FINGERPRINT_SHA256 = 5;
const EXTENSION = 255;

interface Found {
  readonly sha256: string[];
  readonly sha1: string[];
}

/**
 * The keys of a binary revocation list as `ssh-keygen -k` writes it, or what is wrong with it. Every byte is read: half a list
 * is an error, never a shorter list. Revoked certificates are stepped over, for no certificate counts here; a signed list is
 * refused, for nobody here could say whether its signature holds.
 */
export function parseKrl(bytes: Uint8Array): RevokedKeys | string {
  const wire = readWire(bytes);
  if (wire.take(KRL_MAGIC.length)?.equals(KRL_MAGIC) !== true) return 'expected an OpenSSH revocation list, found other bytes';
  const version = wire.uint32();
  if (version !== 1) return `expected a revocation list of format 1, found ${version ?? 'its end'}`;
  // The list's own version, the time it was made and its flags: 64 bits each, of no weight here.
  const header = [wire.take(24), wire.string(), wire.string()];
  if (header.includes(undefined)) return 'expected the head of a revocation list, found its end';
  const found: Found = { sha256: [], sha1: [] };
  while (!wire.isDone()) {
    const type = wire.byte();
    const data = wire.string();
    if (type === undefined || data === undefined) return 'expected a whole section of a revocation list, found its end';
    const problem = readSection(type, readWire(data), found);
    if (problem !== undefined) return problem;
  }
  return found;
}

function readSection(type: number, wire: WireReader, found: Found): string | undefined {
  switch (type) {
    case CERTIFICATES:
      return readCertificates(wire);
    case EXPLICIT_KEY:
      return readStrings(wire, (blob) => void found.sha256.push(sha256(blob)));
    case FINGERPRINT_SHA1:
      return readStrings(wire, (digest) => void found.sha1.push(digest.toString('hex')), 20);
    case FINGERPRINT_SHA256:
      return readStrings(wire, (digest) => void found.sha256.push(digest.toString('hex')), 32);
    case SIGNATURE:
      return 'expected a revocation list without a signature of its own, found a signed one';
    case EXTENSION:
      return readExtension(wire);
    default:
      return `expected a section of a known type in the revocation list, found type ${type}`;
  }
}

function readStrings(wire: WireReader, use: (value: Buffer) => void, length?: number): string | undefined {
  while (!wire.isDone()) {
    const value = wire.string();
    if (value === undefined || value.length === 0 || (length !== undefined && value.length !== length))
      return 'expected whole keys in a section of the revocation list, found part of one';
    use(value);
  }
  return undefined;
}

function readCertificates(wire: WireReader): string | undefined {
  let isWhole = wire.string() !== undefined && wire.string() !== undefined;
  while (isWhole && !wire.isDone()) isWhole = wire.byte() !== undefined && wire.string() !== undefined;
  return isWhole ? undefined : 'expected whole certificates in a section of the revocation list, found part of one';
}

function readExtension(wire: WireReader): string | undefined {
  const name = wire.string()?.toString('latin1');
  const critical = wire.byte();
  if (name === undefined || critical === undefined || wire.string() === undefined || !wire.isDone())
    return 'expected a whole extension of the revocation list, found part of one';
  return critical === 0 ? undefined : `expected no critical extension in the revocation list, found ${JSON.stringify(name.slice(0, 40))}`;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
