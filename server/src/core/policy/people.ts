import type { Person, Policy } from '../model/policy.ts';

/** The people of the policy that one of these names is of: an id, a principal or an address, compared without case. */
export function peopleNamed(names: readonly string[], { people }: Pick<Policy, 'people'>): readonly Person[] {
  return people.filter((person) => namesOf(person).some((one) => names.some((name) => isSameName(one, name))));
}

export function namesOf({ id, principals }: Pick<Person, 'id' | 'principals'>): readonly string[] {
  return [id, ...principals];
}

/** As people are counted: without case. */
export function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Whether a key is enrolled as this person's hardware. `fingerprint` is `SHA256:…`. */
export function isHardware(person: Person, fingerprint: string): boolean {
  return person.hardware?.includes(fingerprint) === true;
}

/** Every name that one signer may stand under in a record: their own, their address, and those of the person the policy knows. */
export function namesOfSigner(signer: { readonly by: { readonly id: string }; readonly email: string }, policy: Policy): readonly string[] {
  return [signer.by.id, signer.email, ...peopleNamed([signer.by.id], policy).flatMap(namesOf)].filter(Boolean);
}
