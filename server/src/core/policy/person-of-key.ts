import { keyFingerprint } from '../attest/ssh-key.ts';
import { parseInstant } from '../model/instant.ts';
import type { Person, Policy } from '../model/policy.ts';
import type { TrustedKey, TrustMaterial } from '../model/result.ts';
import { peopleNamed } from './people.ts';

/**
 * The person whom these lines of allowed_signers, all of one key, belong to: somebody of the policy, or else a person of that
 * name and without roles. The principals of a person are every name that the policy or a line has for them, because an author
 * may commit under any of these. A text says what is wrong: a key that two people share is nobody's.
 */
export function personOfKey(lines: readonly TrustedKey[], policy: Policy, trust: TrustMaterial): Person | string {
  const own = lines.flatMap((line) => line.principals);
  const principals = allPrincipals(own, trust);
  const direct = peopleNamed(own, policy);
  const people = direct.length > 0 ? direct : peopleNamed(principals, policy);
  const [person, other] = people;
  if (other !== undefined) {
    const name = keyFingerprint(lines[0]?.publicKey ?? '');
    return `expected a key of one person, found ${name} listed for ${people.map(({ id }) => id).join(' and ')}`;
  }
  if (person === undefined) return { id: principals[0] ?? '', roles: [], principals };
  return { ...person, principals: [...new Set([...person.principals, ...principals])] };
}

/**
 * Every principal that is the same person as these, in the order of the file: lines of allowed_signers that share a principal
 * or a key are one person, whatever their dates. Two lines for two machines must not count as two people.
 */
function allPrincipals(own: readonly string[], { signers }: TrustMaterial): readonly string[] {
  const united = new Set<TrustedKey>();
  const names = new Set(own.map((one) => one.toLowerCase()));
  const keys = new Set<string>();
  for (let before = -1; before < united.size; ) {
    before = united.size;
    for (const line of signers) {
      if (!keys.has(line.publicKey) && !line.principals.some((one) => names.has(one.toLowerCase()))) continue;
      united.add(line);
      keys.add(line.publicKey);
      for (const one of line.principals) names.add(one.toLowerCase());
    }
  }
  return [...new Set(signers.filter((line) => united.has(line)).flatMap((line) => line.principals))];
}

/** Whether a line's key is within its dates at an RFC 3339 time. */
export function isValidAt({ validAfter, validBefore }: TrustedKey, time: string): boolean {
  if (validAfter === undefined && validBefore === undefined) return true;
  const instant = parseInstant(time);
  if (instant === undefined) return false;
  if (validAfter !== undefined && instant < (parseInstant(validAfter) ?? Number.POSITIVE_INFINITY)) return false;
  return validBefore === undefined || instant < (parseInstant(validBefore) ?? Number.NEGATIVE_INFINITY);
}
