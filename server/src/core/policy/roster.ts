import { keyFingerprint, readPublicKey } from '../attest/ssh-key.ts';
import type { Person, Policy, Requirement } from '../model/policy.ts';
import type { TrustMaterial } from '../model/result.ts';
import { isHardware, namesOf } from './people.ts';
import { isValidAt, personOfKey } from './person-of-key.ts';
import type { ChangeAuthor } from './requirement-of.ts';
import { isRevoked } from './revoked-keys.ts';

/** Somebody whose acknowledgement can count, and the keys with which it does. */
export interface Member {
  readonly person: Person;
  readonly keys: readonly { readonly fingerprint: string; readonly isHardware: boolean }[];
}

/** Everybody who has a key that is listed, within its dates at `now` (RFC 3339) and not revoked; sorted by id. */
export function rosterOf(policy: Policy, trust: TrustMaterial, now: string): readonly Member[] {
  const members = new Map<string, { person: Person; keys: Member['keys'][number][] }>();
  const { revoked } = trust;
  for (const publicKey of new Set(trust.signers.map((line) => line.publicKey))) {
    const lines = trust.signers.filter((line) => line.publicKey === publicKey && isValidAt(line, now));
    if (lines.length === 0 || (revoked !== undefined && isRevoked(revoked, publicKey))) continue;
    const person = personOfKey(lines, policy, trust);
    if (typeof person === 'string') continue;
    const member = members.get(person.id.toLowerCase()) ?? { person, keys: [] };
    member.keys.push({ fingerprint: keyFingerprint(publicKey), isHardware: isEnrolled(person, publicKey) });
    members.set(person.id.toLowerCase(), member);
  }
  return [...members.values()].sort((a, b) => (a.person.id < b.person.id ? -1 : 1));
}

/** A key that says of itself that it is no hardware proves no presence, whatever the policy says of it. */
function isEnrolled(person: Person, publicKey: string): boolean {
  return isHardware(person, keyFingerprint(publicKey)) && readPublicKey(publicKey)?.application !== undefined;
}

/** Who of the roster may give what a requirement asks of a change by these authors. */
export function ableTo(roster: readonly Member[], requirement: Requirement, authors: readonly ChangeAuthor[]): readonly Member[] {
  const names = new Set(authors.map(({ email }) => email.toLowerCase()));
  return roster.filter(({ person, keys }) => {
    if (requirement.presence !== 'none' && !keys.some((key) => key.isHardware)) return false;
    return requirement.self || !namesOf(person).some((name) => names.has(name.toLowerCase()));
  });
}

/** What is missing where these people together cannot give it; undefined where they can. */
export function shortfall(able: readonly Member[], requirement: Requirement): string | undefined {
  const { people, roles, presence } = requirement;
  const kind = presence === 'none' ? 'a key' : 'a hardware key';
  if (able.length < people) return `expected at least ${people === 1 ? '1 person' : `${people} people`} with ${kind}, found ${names(able)}`;
  const unmet = roles.find((group) => !able.some(({ person }) => person.roles.some((role) => group.includes(role))));
  return unmet === undefined
    ? undefined
    : `expected somebody with ${kind} and the role ${unmet.join(' or ')}, found ${names(able)} without`;
}

function names(members: readonly Member[]): string {
  return members.length === 0 ? 'nobody' : members.map(({ person }) => person.id).join(', ');
}
