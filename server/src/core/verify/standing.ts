import type { AckRecord } from '../attest/records.ts';
import { parseInstant } from '../model/instant.ts';

/** What one person's records about one finding come to. */
export interface Standing {
  /** Acknowledgements that still stand. */
  readonly acknowledged: readonly AckRecord[];
  /** The last rejection that still stands. */
  readonly rejection?: AckRecord;
  /** True where the person had acknowledged and took it back. */
  readonly withdrew: boolean;
}

/**
 * The rule of decisions in time, for one person and one fingerprint; times are the person's own claims.
 *
 * - A revocation withdraws everything of the same person up to its time: acknowledgements (a tie too) and rejections (but not
 *   one of the same instant: of two readings the one that asks again holds).
 * - An acknowledgement after the last revocation counts anew.
 * - A rejection stands until the same person revokes it; neither a later acknowledgement of that person nor anybody else's
 *   lifts it. Whoever changed their mind says so twice: revoke, then acknowledge.
 * - A revocation from the future withdraws acknowledgements, and lifts no rejection.
 * - A revocation touches only its own person's records: taking back one's own word is no veto of another's.
 *
 * Held by test/verify/standing.test.ts. `latest` is the last instant that is no future.
 */
export function standingOf(records: readonly AckRecord[], latest: number): Standing {
  const all = {
    acknowledged: recordsOf(records, 'acknowledged'),
    rejected: recordsOf(records, 'rejected'),
    revoked: recordsOf(records, 'revoked'),
  };
  const lastRevoked = Math.max(Number.NEGATIVE_INFINITY, ...all.revoked.map(instantOf));
  const lastLifting = Math.max(Number.NEGATIVE_INFINITY, ...all.revoked.map(instantOf).filter((instant) => instant <= latest));
  const acknowledged = all.acknowledged.filter((record) => instantOf(record) > lastRevoked);
  const rejection = all.rejected
    .filter((record) => instantOf(record) >= lastLifting)
    .sort(byInstant)
    .at(-1);
  return {
    acknowledged,
    ...(rejection === undefined ? {} : { rejection }),
    withdrew: acknowledged.length < all.acknowledged.length,
  };
}

/** Milliseconds of the claimed time. Records are only made of readable times (core/attest/read-statement.ts). */
export function instantOf(record: AckRecord): number {
  return parseInstant(record.acknowledgement.at) ?? Number.POSITIVE_INFINITY;
}

/** Of one instant by what was signed, so that the order of the carriers decides nothing. */
function byInstant(a: AckRecord, b: AckRecord): number {
  return instantOf(a) - instantOf(b) || (a.payloadDigest < b.payloadDigest ? -1 : 1);
}

function recordsOf(records: readonly AckRecord[], decision: string): readonly AckRecord[] {
  return records.filter(({ acknowledgement }) => acknowledgement.decision === decision);
}
