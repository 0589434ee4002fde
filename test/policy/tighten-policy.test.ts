import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEVERITIES } from '../../server/src/core/model/finding.ts';
import { type Exemption, type Policy, PRESENCES, type Requirement } from '../../server/src/core/model/policy.ts';
import { DEFAULT_POLICY } from '../../server/src/core/policy/default-policy.ts';
import { severityFloor } from '../../server/src/core/policy/severity-floor.ts';
import { tightenPolicy } from '../../server/src/core/policy/tighten-policy.ts';
import { repoPath } from '../support/git.ts';

const roles = fc.array(fc.subarray(['junior', 'senior', 'security'], { minLength: 1 }), { maxLength: 2 });
const common = {
  people: fc.nat(3),
  reason: fc.boolean(),
  confirmDependents: fc.boolean(),
  self: fc.boolean(),
  roles,
  presence: fc.constantFrom(...PRESENCES),
};
const requirements: fc.Arbitrary<Requirement> = fc.oneof(
  fc.record(common),
  fc.record({ ...common, days: fc.integer({ min: 1, max: 90 }) }),
);
const severities = fc.record({ low: requirements, medium: requirements, high: requirements, critical: requirements });
const when = fc.record({ author: fc.subarray(['junior', 'mid'], { minLength: 1 }) });
const exemptions = fc.record({
  match: fc.constantFrom('a/**', 'b/**'),
  rules: fc.subarray(['data/drop-table', 'money/*']),
  atMost: fc.constantFrom(...SEVERITIES),
  until: fc.constantFrom('2026-12-01T23:59:59Z', '2026-12-02T23:59:59Z', '2027-01-01T23:59:59Z'),
  reason: fc.constant('we begin'),
});
const policies: fc.Arbitrary<Policy> = fc
  .record({
    severities,
    signoffs: fc.array(fc.record({ when, require: requirements }), { maxLength: 2 }),
    exemptions: fc.uniqueArray(exemptions, { maxLength: 3, selector: ({ until: _, ...rest }) => JSON.stringify(rest) }),
    rulesets: fc.subarray(['one', 'two', 'three']),
    bindBranch: fc.boolean(),
  })
  .map((parts) => ({ ...DEFAULT_POLICY, ...parts }));

describe('tightenPolicy', () => {
  it('is never weaker than the base, and equals it where the head changed nothing', () => {
    fc.assert(
      fc.property(policies, policies, (base, head) => {
        const tight = tightenPolicy(base, head);
        for (const severity of SEVERITIES) {
          expect(isAtLeast(tight.severities[severity], base.severities[severity])).toBe(true);
          expect(isAtLeast(tight.severities[severity], head.severities[severity])).toBe(true);
        }
        for (const signoff of base.signoffs) expect(tight.signoffs).toContainEqual(signoff);
        for (const exemption of tight.exemptions) expect(base.exemptions.some((one) => covers(one, exemption))).toBe(true);
        for (const exemption of tight.exemptions) expect(head.exemptions.some((one) => covers(one, exemption))).toBe(true);
        expect(base.rulesets.length === 0 || tight.rulesets.every((one) => base.rulesets.includes(one))).toBe(true);
        expect(base.rulesets.length > 0 && tight.rulesets.length === 0).toBe(false);
        expect(tight.bindBranch).toBe(base.bindBranch || head.bindBranch);
        const { severities: same, signoffs, ...rest } = tightenPolicy(base, base);
        expect(rest).toEqual({ ...withoutDemands(base), paths: [...base.paths, ...base.paths] });
        expect(new Set(signoffs.map((one) => JSON.stringify(one)))).toEqual(new Set(base.signoffs.map((one) => JSON.stringify(one))));
        for (const severity of SEVERITIES) expect(isAtLeast(base.severities[severity], same[severity])).toBe(true);
      }),
    );
  });

  it('takes what the head made stricter', () => {
    const high: Requirement = {
      people: 2,
      reason: true,
      confirmDependents: true,
      self: false,
      roles: [['senior']],
      presence: 'touch',
      days: 7,
    };
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

describe('what a head may say', () => {
  const exemption: Exemption = { match: 'old/**', rules: [], atMost: 'high', until: '2026-12-31T23:59:59Z', reason: 'we begin' };

  it('adds no exemption, widens none, and may end one', () => {
    const base: Policy = { ...DEFAULT_POLICY, exemptions: [exemption] };
    const tight = (exemptions: Policy['exemptions']): Policy['exemptions'] =>
      tightenPolicy(base, { ...DEFAULT_POLICY, exemptions }).exemptions;
    expect(tight([])).toEqual([]);
    expect(tight([{ ...exemption, until: '2030-01-01T23:59:59Z' }])).toEqual([exemption]);
    expect(tight([{ ...exemption, until: '2026-12-01T23:59:59Z' }])).toEqual([{ ...exemption, until: '2026-12-01T23:59:59Z' }]);
    expect(tight([{ ...exemption, atMost: 'critical' }])).toEqual([]);
    expect(tight([{ ...exemption, match: '**' }, exemption])).toEqual([exemption]);
  });

  it('a pin of other rules than those of the base pins nothing new', () => {
    const pinned = (rulesets: readonly string[]): Policy => ({ ...DEFAULT_POLICY, rulesets });
    expect(tightenPolicy(pinned(['new']), pinned(['old'])).rulesets).toEqual(['new']);
    expect(tightenPolicy(pinned(['new', 'old']), pinned(['old'])).rulesets).toEqual(['old']);
    expect(tightenPolicy(pinned([]), pinned(['old'])).rulesets).toEqual(['old']);
  });

  it('roles of both sides are asked for, not the choice between them', () => {
    const asking = (...groups: Requirement['roles']): Policy => ({
      ...DEFAULT_POLICY,
      severities: { ...DEFAULT_POLICY.severities, high: { ...DEFAULT_POLICY.severities.high, roles: groups } },
    });
    expect(tightenPolicy(asking(['senior']), asking(['junior'])).severities.high.roles).toEqual([['senior'], ['junior']]);
    expect(tightenPolicy(asking(['senior', 'lead']), asking(['lead', 'senior'])).severities.high.roles).toHaveLength(1);
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
    base.roles.every((group) => tight.roles.some((other) => [...other].sort().join() === [...group].sort().join())) &&
    PRESENCES.indexOf(tight.presence) >= PRESENCES.indexOf(base.presence) &&
    (base.days === undefined || (tight.days ?? Number.POSITIVE_INFINITY) <= base.days)
  );
}

function covers(wide: Exemption, narrow: Exemption): boolean {
  return (
    wide.match === narrow.match && wide.atMost === narrow.atMost && wide.until >= narrow.until && wide.rules.join() === narrow.rules.join()
  );
}

function withoutDemands({ severities: _, signoffs: __, ...rest }: Policy): Partial<Policy> {
  return rest;
}
