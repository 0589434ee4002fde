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
  const claimed: Person = peopleNamed([id], policy)[0] ?? {
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

/** A veto names no repository to count: whoever adds an id to the policy must not void a rejection that was made without one. */
function repositoryObstacles({ repositoryId, acknowledgement }: AckRecord, policy: Policy): readonly Obstacle[] {
  if (repositoryId === undefined && acknowledgement.decision !== 'acknowledged') return [];
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
  const own = current.flatMap((key) => key.principals);
  const principals = allPrincipals(own, trust);
  const direct = peopleNamed(own, policy);
  const people = direct.length > 0 ? direct : peopleNamed(principals, policy);
  if (people.length > 1)
    return refuse(`expected a key of one person, found ${name} listed for ${people.map(({ id }) => id).join(' and ')}`);
  const person = people[0] ?? { id: principals[0] ?? by.id, roles: [], principals };
  // A signer without any name is named by the key itself, which cannot be another person's.
  const names = [person.id, ...person.principals, ...principals, name];
  return names.some((one) => isSameName(one, by.id))
    ? { person, obstacles: [] }
    : refuse(`expected the statement to name ${person.id}, whose key signed it, found ${by.id}`);
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

function peopleNamed(names: readonly string[], { people }: Policy): readonly Person[] {
  return people.filter((person) => [person.id, ...person.principals].some((one) => names.some((name) => isSameName(one, name))));
}

/** As people are counted: by their ids without case. */
function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
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
