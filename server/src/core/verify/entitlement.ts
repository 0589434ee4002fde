import type { AckRecord } from '../attest/records.ts';
import { keyFingerprint } from '../attest/ssh-key.ts';
import { parseInstant } from '../model/instant.ts';
import type { Person, Policy } from '../model/policy.ts';
import type { GapCode, TrustedKey, TrustMaterial } from '../model/result.ts';

/** What coverage is judged against beside policy and trust. */
export interface CoverageContext {
  /** RFC 3339; core has no clock. */
  readonly now: string;
  /** Authors and committers of the change; undefined where they are not known, which is never read as nobody. */
  readonly authors?: readonly { readonly name: string; readonly email: string }[];
}

/** Something that keeps one record from counting. */
export interface Obstacle {
  readonly code: GapCode;
  readonly message: string;
}

/** The person behind a record, and everything that keeps the record from counting; no obstacles means it counts. */
export interface Entitlement {
  readonly person: Person;
  readonly obstacles: readonly Obstacle[];
}

/** Clocks differ; a claim of up to this many milliseconds ahead is no future. */
export const SKEW = 300_000;

/**
 * Decides who made a record. With trust: the person whose key signed it, by allowed_signers and the policy's people; the name
 * in the statement must agree. Without trust (a person's own ledger): whoever the statement names, if the signature holds.
 */
export function entitle(record: AckRecord, policy: Policy, trust: TrustMaterial | undefined, context: CoverageContext): Entitlement {
  const { id } = record.acknowledgement.by;
  const claimed: Person = policy.people.find((person) => [person.id, ...person.principals].includes(id)) ?? {
    id,
    roles: [],
    principals: [id],
  };
  if (!record.signatureValid) {
    const found = `expected a valid signature by ${keyFingerprint(record.publicKey)}, found one that does not verify`;
    return { person: claimed, obstacles: [{ code: 'bad-signature', message: found }] };
  }
  const foreign = repositoryObstacles(record, policy);
  if (trust === undefined) return { person: claimed, obstacles: foreign };
  const { person, obstacles } = trustedPerson(record, policy, trust, context);
  return { person, obstacles: [...foreign, ...obstacles] };
}

function repositoryObstacles({ repositoryId }: AckRecord, policy: Policy): readonly Obstacle[] {
  if (policy.repositoryId === undefined || policy.repositoryId === repositoryId) return [];
  return [
    {
      code: 'wrong-repository',
      message: `expected an acknowledgement of repository ${policy.repositoryId}, found one of ${repositoryId ?? 'none'}`,
    },
  ];
}

function trustedPerson(record: AckRecord, policy: Policy, trust: TrustMaterial, context: CoverageContext): Entitlement {
  const { by, at } = record.acknowledgement;
  const fallback: Person = { id: by.id, roles: [], principals: [by.id] };
  const refuse = (message: string): Entitlement => ({ person: fallback, obstacles: [{ code: 'untrusted-signer', message }] });
  const name = keyFingerprint(record.publicKey);
  const listed = trust.signers.filter(({ publicKey }) => publicKey === record.publicKey);
  if (listed.length === 0) return refuse(`expected a key of .brakeline/allowed_signers of the base, found ${name} of ${by.id}`);
  const current = listed.filter((key) => isValidAt(key, at) && isValidAt(key, context.now));
  if (current.length === 0)
    return refuse(`expected a key that is valid now and was when it signed, found ${name} of ${by.id} outside its dates`);
  const principals = current.flatMap((key) => key.principals);
  const people = policy.people.filter((person) => [person.id, ...person.principals].some((one) => principals.includes(one)));
  if (people.length > 1)
    return refuse(`expected a key of one person, found ${name} listed for ${people.map(({ id }) => id).join(' and ')}`);
  const person = people[0] ?? { id: principals[0] ?? by.id, roles: [], principals };
  // A signer without any name is named by the key itself, which cannot be another person's.
  const names = [person.id, ...person.principals, ...principals, name];
  return names.includes(by.id)
    ? { person, obstacles: [] }
    : refuse(`expected the statement to name ${person.id}, whose key signed it, found ${by.id}`);
}

/**
 * `at` is a claim of the signer, so a key must also be valid now: a key past its end would otherwise go on signing by
 * writing older dates.
 */
function isValidAt({ validAfter, validBefore }: TrustedKey, time: string): boolean {
  if (validAfter === undefined && validBefore === undefined) return true;
  const instant = parseInstant(time);
  if (instant === undefined) return false;
  if (validAfter !== undefined && instant < (parseInstant(validAfter) ?? Number.POSITIVE_INFINITY)) return false;
  return validBefore === undefined || instant < (parseInstant(validBefore) ?? Number.NEGATIVE_INFINITY);
}
