import { createHash } from 'node:crypto';
import { readPublicKey } from '../attest/ssh-key.ts';
import type { RevokedKeys } from '../model/result.ts';
import { clip } from './clip.ts';
import { KRL_MAGIC, parseKrl } from './krl.ts';
import type { FileError } from './yaml-reader.ts';

export type ParsedRevocations =
  | { readonly kind: 'revoked'; readonly revoked: RevokedKeys }
  | { readonly kind: 'invalid'; readonly errors: readonly FileError[] };

export const NOBODY_REVOKED: RevokedKeys = { sha256: [], sha1: [] };

/**
 * `.brakeline/revoked_keys`: what `ssh-keygen -Y verify -r` reads, a binary list made by `ssh-keygen -k` or a text of public
 * keys, one a line. Stricter than ssh-keygen, which steps over a line that it cannot read: here it makes the whole file
 * invalid, and with it the verification, for it may have been the line of the stolen key. So does an empty file.
 */
export function parseRevokedKeys(bytes: Uint8Array): ParsedRevocations {
  if (bytes.length === 0) return invalid(1, 'expected public keys, a remark or a list made by ssh-keygen -k, found an empty file');
  if (KRL_MAGIC.equals(bytes.subarray(0, KRL_MAGIC.length))) {
    const revoked = parseKrl(bytes);
    return typeof revoked === 'string' ? invalid(1, revoked) : { kind: 'revoked', revoked };
  }
  if (bytes.includes(0)) return invalid(1, 'expected public keys, one a line, or a list made by ssh-keygen -k, found other bytes');
  const text = Buffer.from(bytes).toString('utf8');
  const errors: FileError[] = [];
  const sha256: string[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const key = readPublicKey(line);
    if (key === undefined) errors.push({ line: index + 1, message: `expected a public key, found ${JSON.stringify(clip(line))}` });
    else sha256.push(digestOf(key.line, 'sha256'));
  }
  return errors.length > 0 ? { kind: 'invalid', errors } : { kind: 'revoked', revoked: { sha256, sha1: [] } };
}

/** Both lists: a key that either revokes is revoked. */
export function allRevoked(one: RevokedKeys, other: RevokedKeys): RevokedKeys {
  return { sha256: [...new Set([...one.sha256, ...other.sha256])], sha1: [...new Set([...one.sha1, ...other.sha1])] };
}

/** How many keys `before` revokes and `after` does not name in the same way. */
export function reinstated(before: RevokedKeys, after: RevokedKeys): number {
  const gone = (kind: keyof RevokedKeys): number => before[kind].filter((digest) => !after[kind].includes(digest)).length;
  return gone('sha256') + gone('sha1');
}

/** `publicKey` is a line `type base64`. */
export function isRevoked(revoked: RevokedKeys, publicKey: string): boolean {
  return revoked.sha256.includes(digestOf(publicKey, 'sha256')) || revoked.sha1.includes(digestOf(publicKey, 'sha1'));
}

function digestOf(publicKey: string, hash: 'sha256' | 'sha1'): string {
  return createHash(hash)
    .update(Buffer.from(publicKey.split(' ')[1] ?? '', 'base64'))
    .digest('hex');
}

function invalid(line: number, message: string): ParsedRevocations {
  return { kind: 'invalid', errors: [{ line, message }] };
}
