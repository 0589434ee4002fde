import { createHash } from 'node:crypto';
import type { RepoPath } from './model/tree.ts';

/**
 * Length-prefixed parts: each is its UTF-8 byte length as 8 bytes big-endian, then its bytes. The prefix makes the split of
 * the parts part of the bytes, so that no two lists of parts are alike by concatenation.
 */
function encodeParts(parts: readonly string[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part, 'utf8');
      const length = Buffer.alloc(8);
      length.writeBigUInt64BE(BigInt(bytes.length));
      return [length, bytes];
    }),
  );
}

/** SHA-256 (hex) of length-prefixed parts. */
export function digestParts(parts: readonly string[]): string {
  return createHash('sha256').update(encodeParts(parts)).digest('hex');
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
  return digestParts(partsOf(identity));
}

/**
 * The bytes whose SHA-256 is the fingerprint, `brakeline/finding/v1`: as a file, they are what a verifier that knows nothing of
 * Brakeline compares a statement's subject with.
 */
export function findingBytes(identity: FindingIdentity): Buffer {
  return encodeParts(partsOf(identity));
}

function partsOf({ rule, ruleVersion, scope, path, removed, added }: FindingIdentity): readonly string[] {
  const major = ruleVersion.slice(0, ruleVersion.indexOf('.'));
  return ['brakeline/finding/v1', `${rule}@${major}`, scope, path, removed, added];
}

/**
 * Names one hunk of one change, for a conversation between editor and server; never signed. `ordinal` counts equal hunks of
 * the change from 0. There is no scope in it: the ordinal already tells twins apart, and hunks are split before any parser runs.
 */
export function hunkId(path: RepoPath, removed: readonly string[], added: readonly string[], ordinal: number): string {
  return digestParts(['brakeline/hunk/v1', path, removed.join(''), added.join(''), String(ordinal)]);
}
