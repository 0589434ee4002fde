import type { AckRecord } from '../attest/records.ts';
import type { Acknowledgement } from '../model/acknowledgement.ts';
import type { Person, Policy } from '../model/policy.ts';
import type { TrustMaterial } from '../model/result.ts';
import { isSameName, namesOf, peopleNamed } from '../policy/people.ts';
import type { ChangeAuthor } from '../policy/requirement-of.ts';
import { entitle, type Obstacle } from '../verify/entitlement.ts';
import { authorRefusal } from '../verify/requirement.ts';

/** Whoever would answer a request: the key, and who the git configuration says they are. */
export interface Candidate {
  readonly publicKey: string;
  readonly by: Acknowledgement['by'];
  /** The address of the git configuration; empty where there is none. */
  readonly email: string;
}

/** The person behind a record; what keeps the record from counting stands beside them. */
export interface KnownPerson {
  readonly person: Person;
  readonly obstacles: readonly string[];
}

/** Who made a record, by the signers and people of the base, as a verification would say. The branch is for a verification to judge. */
export function personBehind(record: AckRecord, policy: Policy, trust: TrustMaterial, now: string): KnownPerson {
  const { targetRef } = record.acknowledgement;
  const { person, obstacles } = entitle(record, policy, trust, { now, ...(targetRef === undefined ? {} : { targetRef }) });
  return { person, obstacles: obstacles.map(({ message }) => message) };
}

/** The author that a person is by any of their names; undefined where they are none. People are compared, and never keys. */
export function authorAmong(names: readonly string[], authors: readonly ChangeAuthor[]): ChangeAuthor | undefined {
  return authors.find(({ email }) => names.some((name) => isSameName(name, email)));
}

/**
 * Why somebody may not answer a request, told before anything is asked; undefined where they may. It is what an import and a
 * verification would say of their signature.
 */
export function answerRefusal(
  candidate: Candidate,
  authors: readonly ChangeAuthor[],
  policy: Policy,
  trust: TrustMaterial,
  now: string,
): string | undefined {
  const { by, email } = candidate;
  const { person, obstacle } = keyObstacle(candidate, policy, trust, now);
  // By the key they are one, by the git configuration perhaps another: both are asked.
  const people = [person, ...peopleNamed([by.id, email].filter(Boolean), policy)];
  const author = authorAmong([...people.flatMap(namesOf), by.id, email].filter(Boolean), authors);
  if (author !== undefined) return authorRefusal(person.id, author);
  return obstacle === undefined ? undefined : mendedBy(obstacle, 'brakeline signoff open');
}

/** What keeps a key from counting, and what mends it; `run` is the command that signs anew. */
export function mendedBy({ message, remedy }: Obstacle, run: string): string {
  return remedy === undefined ? message : `${message}; ${remedy(run)}`;
}

/** Who a key is of, by the base, and what keeps whatever it signs now from counting; nothing where it may count. */
export function keyObstacle(
  { publicKey, by }: Candidate,
  policy: Policy,
  trust: TrustMaterial,
  now: string,
): { readonly person: Person; readonly obstacle: Obstacle | undefined } {
  const acknowledgement: Acknowledgement = {
    decision: 'acknowledged',
    hunkId: '',
    findings: [],
    by,
    at: now,
    reason: '',
    confirmedDependents: [],
    channel: 'cli-tty',
    ...(policy.bindBranch ? { targetRef: 'refs/heads/main' } : {}),
  };
  const record: AckRecord = {
    acknowledgement,
    ...(policy.repositoryId === undefined ? {} : { repositoryId: policy.repositoryId }),
    publicKey,
    signatureValid: true,
    presence: 'none',
    payloadDigest: '',
  };
  const { targetRef } = acknowledgement;
  const { person, obstacles } = entitle(record, policy, trust, { now, ...(targetRef === undefined ? {} : { targetRef }) });
  return { person, obstacle: obstacles[0] };
}
