import type { Policy, Requirement } from '../model/policy.ts';

/**
 * The policy of a verification: the base's, with whatever the head made stricter (law 7). People, digest, source and the size
 * limit stay the base's, because a head that could name people could name itself. Invariant: no field is ever weaker than the
 * base's (test/policy/tighten-policy.test.ts).
 */
export function tightenPolicy(base: Policy, head: Policy): Policy {
  const repositoryId = base.repositoryId ?? head.repositoryId;
  return {
    ...base,
    ...(repositoryId === undefined ? {} : { repositoryId }),
    severities: {
      low: stricter(base.severities.low, head.severities.low),
      medium: stricter(base.severities.medium, head.severities.medium),
      high: stricter(base.severities.high, head.severities.high),
      critical: stricter(base.severities.critical, head.severities.critical),
    },
    paths: [...base.paths, ...head.paths],
  };
}

function stricter(base: Requirement, head: Requirement): Requirement {
  const days = [base.days, head.days].filter((value) => value !== undefined);
  return {
    people: Math.max(base.people, head.people),
    reason: base.reason || head.reason,
    confirmDependents: base.confirmDependents || head.confirmDependents,
    self: base.self && head.self,
    roles: stricterRoles(base.roles, head.roles),
    ...(days.length === 0 ? {} : { days: Math.min(...days) }),
  };
}

/** Roles are alternatives, so fewer of them is stricter; none at all asks for nothing. Where the two share none, the base's stay. */
function stricterRoles(base: readonly string[], head: readonly string[]): readonly string[] {
  if (base.length === 0) return head;
  if (head.length === 0) return base;
  const both = base.filter((role) => head.includes(role));
  return both.length > 0 ? both : base;
}
