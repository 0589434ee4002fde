import { PRESENCES, type Presence, type Requirement } from '../model/policy.ts';

/** Both requirements at once. Invariant: no field is weaker than in either (test/policy/tighten-policy.test.ts). */
export function stricter(one: Requirement, other: Requirement): Requirement {
  const days = [one.days, other.days].filter((value) => value !== undefined);
  return {
    people: Math.max(one.people, other.people),
    reason: one.reason || other.reason,
    confirmDependents: one.confirmDependents || other.confirmDependents,
    self: one.self && other.self,
    roles: allGroups(one.roles, other.roles),
    presence: provesPresence(one.presence, other.presence) ? one.presence : other.presence,
    ...(days.length === 0 ? {} : { days: Math.min(...days) }),
  };
}

/** True where `proven` is as much as `asked`. */
export function provesPresence(proven: Presence, asked: Presence): boolean {
  return PRESENCES.indexOf(proven) >= PRESENCES.indexOf(asked);
}

/** Each group once; roles inside a group are alternatives, so their order says nothing. */
function allGroups(one: Requirement['roles'], other: Requirement['roles']): Requirement['roles'] {
  const groups = new Map([...one, ...other].map((group) => [JSON.stringify([...group].sort()), group]));
  return [...groups.values()];
}
