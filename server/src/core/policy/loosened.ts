import type { Requirement } from '../model/policy.ts';
import { provesPresence } from './stricter.ts';

/**
 * What one requirement asked for and another, in its place, asks for no more; a word each, as the policy says it. A key that is left
 * out of a policy is easily taken for one that stays: `{ people: 2 }` in place of `{ people: 1, self: false }` lets an author be one of the two.
 */
export function loosened(before: Requirement, after: Requirement): readonly string[] {
  const groups = new Set(after.roles.map(keyOf));
  return [
    ...(after.people < before.people ? [`people: ${before.people} became ${after.people}`] : []),
    ...(before.reason && !after.reason ? ['reason: true went'] : []),
    ...(before.confirmDependents && !after.confirmDependents ? ['confirmDependents: true went'] : []),
    ...(!before.self && after.self ? ['self: false went, so an author may be one of the people'] : []),
    ...before.roles.filter((group) => !groups.has(keyOf(group))).map((group) => `roles: [${group.join(', ')}] went`),
    ...(provesPresence(after.presence, before.presence) ? [] : [`presence: ${before.presence} became ${after.presence}`]),
    ...daysLoosened(before.days, after.days),
  ];
}

function daysLoosened(before: number | undefined, after: number | undefined): readonly string[] {
  if (before === undefined || (after !== undefined && after <= before)) return [];
  return [after === undefined ? `days: ${before} went` : `days: ${before} became ${after}`];
}

/** Roles of a group are alternatives: their order says nothing. */
function keyOf(group: readonly string[]): string {
  return JSON.stringify([...group].sort());
}
