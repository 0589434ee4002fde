import type { Policy, Requirement } from '../../core/model/policy.ts';
import { isSameName } from '../../core/policy/people.ts';
import type { ChangeAuthor } from '../../core/policy/requirement-of.ts';
import type { Member } from '../../core/policy/roster.ts';
import { plural } from './review-report.ts';

/** What a requirement asks, as a person would say it: `2 people, one of them senior or lead, a reason, a touch`. */
export function requirementWords({ people, roles, reason, confirmDependents, presence, self, days }: Requirement): string {
  if (people === 0) return 'nobody';
  return [
    people === 1 ? '1 person' : `${people} people`,
    ...roles.map((group) => `${people === 1 ? 'who is' : 'one of them'} ${group.join(' or ')}`),
    ...(self ? [] : ['not an author']),
    ...(reason ? ['a reason'] : []),
    ...(confirmDependents ? ['the dependents confirmed'] : []),
    ...(presence === 'none' ? [] : [presence === 'touch' ? 'a touch of a hardware key' : 'a hardware key with its PIN or finger']),
    ...(days === undefined ? [] : [`of the last ${plural(days, 'day')}`]),
  ].join(', ');
}

/** When a sign-off holds: `by junior or mid, made by ai or unknown, at least high, in src/**`. */
export function conditionWords({ author, origin, atLeast, match }: Policy['signoffs'][number]['when']): string {
  return [
    ...(author === undefined ? [] : [`by ${author.join(' or ')}`]),
    ...(origin === undefined ? [] : [`made by ${origin.join(' or ')}`]),
    ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
    ...(match === undefined ? [] : [`in ${match}`]),
  ].join(', ');
}

/** `Ada <ada@example.com>`; the address alone where git knows no other name. */
export function authorWords({ name, email }: Pick<ChangeAuthor, 'name' | 'email'>): string {
  return name === '' || isSameName(name, email) ? email : `${name} <${email}>`;
}

/** `github:1 (senior), bob@example.com`. */
export function memberWords(members: readonly Member[]): string {
  return members.map(({ person: { id, roles } }) => (roles.length === 0 ? id : `${id} (${roles.join(', ')})`)).join(', ');
}
