import type { AckRecord } from '../attest/records.ts';
import type { Policy } from '../model/policy.ts';
import type { TrustMaterial } from '../model/result.ts';
import { type CoverageContext, entitle, type Obstacle } from './entitlement.ts';
import { instantOf } from './standing.ts';

/** Why findings of one fingerprint were shipped unreviewed, once for each that an override names, the latest first. */
export type Overrides = readonly { readonly by: string; readonly reason: string; readonly at: string; readonly count: number }[];

/**
 * The overrides of one fingerprint that stand: signed by somebody who counts, with a reason, and not taken back by the same
 * person since. An override covers nothing. It only turns the gaps of a finding into one of its own kind, which names who
 * shipped it and why; a rejection stays a gap beside it. Held by test/verify/overrides.test.ts.
 */
export function standingOverrides(
  records: readonly AckRecord[],
  fingerprint: string,
  policy: Policy,
  trust: TrustMaterial | undefined,
  context: CoverageContext,
): Overrides {
  const entitled = records.flatMap((record) => {
    const { person, obstacles } = entitle(record, policy, trust, context);
    return obstacles.length > 0 ? [] : [{ person: person.id.toLowerCase(), id: person.id, record }];
  });
  const revokedAt = (person: string): number =>
    Math.max(
      Number.NEGATIVE_INFINITY,
      ...entitled
        .filter((one) => one.person === person && one.record.acknowledgement.decision === 'revoked')
        .map((one) => instantOf(one.record)),
    );
  return entitled
    .filter(({ record }) => record.acknowledgement.decision === 'overridden' && record.acknowledgement.reason.trim() !== '')
    .filter(({ person, record }) => instantOf(record) > revokedAt(person))
    .sort((a, b) => instantOf(b.record) - instantOf(a.record))
    .map(({ id, record: { acknowledgement } }) => ({
      by: id,
      reason: acknowledgement.reason,
      at: acknowledgement.at,
      count: acknowledgement.findings.reduce((sum, one) => (one.fingerprint === fingerprint ? sum + one.count : sum), 0),
    }));
}

/** The gap of the `ordinal`-th of equal findings; undefined where no override reaches so far. */
export function overrideOf(overrides: Overrides, ordinal: number): Obstacle | undefined {
  let reached = 0;
  for (const { by, reason, at, count } of overrides) {
    reached += count;
    if (reached < ordinal) continue;
    const why = reason.trim().replace(/\s+/g, ' ');
    return { code: 'overridden', message: `expected an acknowledgement, found it shipped unreviewed by ${by} at ${at} because "${why}"` };
  }
  return undefined;
}
