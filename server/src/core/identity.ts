import { createHash } from 'node:crypto';
import type { RepoPath } from './model/tree.ts';

/**
 * SHA-256 (hex) of length-prefixed parts: each part is its UTF-8 byte length as 8 bytes big-endian, then its bytes. The
 * prefix makes the split of the parts part of the digest, so that no two lists of parts collide by concatenation.
 */
export function digestParts(parts: readonly string[]): string {
  const hash = createHash('sha256');
  const length = Buffer.alloc(8);
  for (const part of parts) {
    const bytes = Buffer.from(part, 'utf8');
    length.writeBigUInt64BE(BigInt(bytes.length));
    hash.update(length).update(bytes);
  }
  return hash.digest('hex');
}

/** What a fingerprint is made of. The bytes are the git blob form of the region: whole lines, no context, no line numbers. */
export interface FindingIdentity {
  readonly rule: string;
  readonly ruleVersion: string;
  readonly scope: string;
  readonly path: RepoPath;
  readonly removed: string;
  readonly added: string;
}

/**
 * The identity that a person signs. Invariant: it survives moved lines, edited neighbours and every rewrite of history,
 * and dies with one changed byte of the region, another path, scope or rule major (test/properties/fingerprint.test.ts).
 */
export function findingFingerprint(identity: FindingIdentity): string {
  const major = identity.ruleVersion.slice(0, identity.ruleVersion.indexOf('.'));
  return digestParts([
    'brakeline/finding/v1',
    `${identity.rule}@${major}`,
    identity.scope,
    identity.path,
    identity.removed,
    identity.added,
  ]);
}

/**
 * Names one hunk of one change, for a conversation between editor and server; never signed. `ordinal` counts equal hunks of
 * the change from 0. There is no scope in it: the ordinal already tells twins apart, and hunks are split before any parser runs.
 */
export function hunkId(path: RepoPath, removed: readonly string[], added: readonly string[], ordinal: number): string {
  return digestParts(['brakeline/hunk/v1', path, removed.join(''), added.join(''), String(ordinal)]);
}
