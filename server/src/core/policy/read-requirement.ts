import { SEVERITIES, type Severity } from '../model/finding.ts';
import { type Policy, PRESENCES, type Requirement } from '../model/policy.ts';
import { DEFAULT_POLICY } from './default-policy.ts';
import type { FieldReader } from './field-reader.ts';
import type { Located } from './yaml-reader.ts';

const KEYS = ['people', 'reason', 'confirmDependents', 'self', 'roles', 'presence', 'days'];

export function readSeverities(value: Located | undefined, reader: FieldReader): Policy['severities'] {
  const fields = value === undefined ? undefined : reader.map(value, 'severities', SEVERITIES);
  const requirement = (severity: Severity): Requirement =>
    readRequirement(fields?.get(severity)?.value, severity, DEFAULT_POLICY.severities[severity], reader);
  return { low: requirement('low'), medium: requirement('medium'), high: requirement('high'), critical: requirement('critical') };
}

/** A requirement; what it leaves out is that of `otherwise`. `what` names it in messages: `high`, `require`. */
export function readRequirement(value: Located | undefined, what: string, otherwise: Requirement, reader: FieldReader): Requirement {
  if (value === undefined) return otherwise;
  const fields = reader.map(value, what, KEYS);
  const field = (key: string): Located | undefined => fields?.get(key)?.value;
  const days = reader.integer(field('days'), `${what}.days`, { least: 1, most: 3650 });
  return {
    people: reader.integer(field('people'), `${what}.people`, { least: 0, most: 20 }) ?? otherwise.people,
    reason: reader.truth(field('reason'), `${what}.reason`) ?? otherwise.reason,
    confirmDependents: reader.truth(field('confirmDependents'), `${what}.confirmDependents`) ?? otherwise.confirmDependents,
    self: reader.truth(field('self'), `${what}.self`) ?? otherwise.self,
    roles: oneGroup(reader.texts(field('roles'), `${what}.roles`)),
    presence: reader.choice(field('presence'), `${what}.presence`, PRESENCES) ?? otherwise.presence,
    ...(days === undefined ? {} : { days }),
  };
}

function oneGroup(roles: readonly string[]): Requirement['roles'] {
  return roles.length === 0 ? [] : [roles];
}
