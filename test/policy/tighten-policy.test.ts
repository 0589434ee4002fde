import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEVERITIES } from '../../server/src/core/model/finding.ts';
import type { Policy, Requirement } from '../../server/src/core/model/policy.ts';
import { DEFAULT_POLICY } from '../../server/src/core/policy/default-policy.ts';
import { severityFloor } from '../../server/src/core/policy/severity-floor.ts';
import { tightenPolicy } from '../../server/src/core/policy/tighten-policy.ts';
import { repoPath } from '../support/git.ts';

const roles = fc.subarray(['junior', 'senior', 'security']);
const common = { people: fc.nat(3), reason: fc.boolean(), confirmDependents: fc.boolean(), self: fc.boolean(), roles };
const requirements: fc.Arbitrary<Requirement> = fc.oneof(
  fc.record(common),
  fc.record({ ...common, days: fc.integer({ min: 1, max: 90 }) }),
);
const policies: fc.Arbitrary<Policy> = fc
  .record({ low: requirements, medium: requirements, high: requirements, critical: requirements })
  .map((severities) => ({ ...DEFAULT_POLICY, severities }));

describe('tightenPolicy', () => {
  it('is never weaker than the base, and equals it where the head changed nothing', () => {
    fc.assert(
      fc.property(policies, policies, (base, head) => {
        const tight = tightenPolicy(base, head);
        for (const severity of SEVERITIES) expect(isAtLeast(tight.severities[severity], base.severities[severity])).toBe(true);
        expect(tightenPolicy(base, base)).toEqual({ ...base, paths: [...base.paths, ...base.paths] });
      }),
    );
  });

  it('takes what the head made stricter', () => {
    const high: Requirement = { people: 2, reason: true, confirmDependents: true, self: false, roles: ['senior'], days: 7 };
    const head: Policy = {
      ...DEFAULT_POLICY,
      severities: { ...DEFAULT_POLICY.severities, high },
      paths: [{ match: 'x/**', atLeast: 'critical' }],
      repositoryId: 'r'.repeat(16),
    };
    expect(tightenPolicy(DEFAULT_POLICY, head)).toEqual({
      ...DEFAULT_POLICY,
      severities: head.severities,
      paths: head.paths,
      repositoryId: head.repositoryId,
    });
  });

  it('takes no people, no identity and no size limit of the head', () => {
    const base: Policy = { ...DEFAULT_POLICY, repositoryId: 'a'.repeat(16), people: [] };
    const head: Policy = {
      ...base,
      repositoryId: 'b'.repeat(16),
      people: [{ id: 'me', roles: ['senior'], principals: [] }],
      maxFileBytes: 1,
      digest: 'x',
      source: 'file',
    };
    expect(tightenPolicy(base, head)).toEqual({ ...base, paths: [] });
  });
});

describe('severityFloor', () => {
  const policy: Policy = {
    ...DEFAULT_POLICY,
    paths: [
      { match: 'infra/**', atLeast: 'high' },
      { match: '**/*.sql', atLeast: 'critical' },
      { match: '**', atLeast: 'low' },
    ],
  };

  it.each([
    ['infra/main.tf', 'high'],
    ['infra/.hidden/x', 'high'],
    ['infra/db.sql', 'critical'],
    ['db.sql', 'critical'],
    ['src/a.ts', 'low'],
  ])('%s is at least %s', (path, severity) => {
    expect(severityFloor(policy, repoPath(path))).toBe(severity);
  });

  it('is nothing where no pattern matches', () => {
    expect(severityFloor({ ...policy, paths: policy.paths.slice(0, 2) }, repoPath('src/a.ts'))).toBeUndefined();
    expect(severityFloor({ ...DEFAULT_POLICY, paths: [{ match: 'infra/*', atLeast: 'high' }] }, repoPath('infra/a/b'))).toBeUndefined();
  });
});

function isAtLeast(tight: Requirement, base: Requirement): boolean {
  return (
    tight.people >= base.people &&
    (tight.reason || !base.reason) &&
    (tight.confirmDependents || !base.confirmDependents) &&
    (!tight.self || base.self) &&
    (base.roles.length === 0 || (tight.roles.length > 0 && tight.roles.every((role) => base.roles.includes(role)))) &&
    (base.days === undefined || (tight.days ?? Number.POSITIVE_INFINITY) <= base.days)
  );
}
