import type { AckRecord } from '../attest/records.ts';
import { keyFingerprint } from '../attest/ssh-key.ts';
import type { AcknowledgedFinding } from '../model/acknowledgement.ts';
import type { Finding } from '../model/finding.ts';
import type { Person, Policy } from '../model/policy.ts';
import type { GapCode, TrustMaterial } from '../model/result.ts';
import type { RepoPath } from '../model/tree.ts';
import { isSameName, namesOf, peopleNamed } from '../policy/people.ts';
import { isValidAt, personOfKey } from '../policy/person-of-key.ts';
import type { ChangeAuthor } from '../policy/requirement-of.ts';
import { isRevoked } from '../policy/revoked-keys.ts';

/** What coverage is judged against beside policy and trust. */
export interface CoverageContext {
  /** RFC 3339; core has no clock. */
  readonly now: string;
  /** Authors, committers and co-authors of the change, and whoever drove an agent where that is known; undefined where they are not known, which is never read as nobody. */
  readonly authors?: readonly ChangeAuthor[];
  /** Digest of the rules that ship with this engine, for a policy that pins them. */
  readonly ruleset?: string;
  /** The branch that the change goes into, `refs/heads/main`; undefined where nobody says, which is never read as any. */
  readonly targetRef?: string;
  /** What an earlier change has used up (spent.ts); nothing where not given. */
  readonly spent?: ReadonlySet<string>;
  /** Whether an earlier change took in what an older acknowledgement is about (landed.ts); never where not given. */
  readonly isLanded?: (older: AcknowledgedFinding, path: RepoPath, near: readonly Pick<Finding, 'region'>[]) => boolean;
}

/** Something that keeps one record from counting. */
export interface Obstacle {
  readonly code: GapCode;
  readonly message: string;
  /** What closes it, where the code alone does not tell (gaps.ts); `run` is the command that acknowledges. */
  readonly remedy?: (run: string) => string;
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
  return { person, obstacles: [...foreign, ...branchObstacles(record, policy, context), ...obstacles] };
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

/** Asked of what speaks for a change alone: a rejection holds on every branch. */
function branchObstacles({ acknowledgement }: AckRecord, policy: Policy, { targetRef }: CoverageContext): readonly Obstacle[] {
  const { decision, targetRef: named } = acknowledgement;
  if (decision === 'rejected' || decision === 'revoked') return [];
  if (named === undefined ? !policy.bindBranch : named === targetRef) return [];
  const wanted = targetRef ?? 'a branch, which this verification was not told (--target)';
  const message = `expected an acknowledgement for ${wanted}, found one for ${named ?? 'no branch'}`;
  const remedy = (run: string): string =>
    targetRef === undefined
      ? 'verify with --target, and the name of the branch that the change goes into'
      : `let whoever answers set git config brakeline.target ${targetRef.replace('refs/heads/', '')}, and run: ${run}`;
  return [{ code: 'wrong-branch', message, remedy }];
}

function trustedPerson(record: AckRecord, policy: Policy, trust: TrustMaterial, context: CoverageContext): Entitlement {
  const { by, at } = record.acknowledgement;
  const fallback: Person = { id: by.id, roles: [], principals: [by.id] };
  const refuse = (message: string, remedy: NonNullable<Obstacle['remedy']>): Entitlement => ({
    person: fallback,
    obstacles: [{ code: 'untrusted-signer', message, remedy }],
  });
  const name = keyFingerprint(record.publicKey);
  const listed = trust.signers.filter(({ publicKey }) => publicKey === record.publicKey);
  if (trust.revoked !== undefined && isRevoked(trust.revoked, record.publicKey)) return { person: fallback, obstacles: [revokedKey(name)] };
  if (listed.length === 0)
    return refuse(
      `expected a key of .brakeline/allowed_signers of the base, found ${name} of ${by.id}`,
      (run) => `add the key to .brakeline/allowed_signers on the base branch, or let somebody listed there run: ${run}`,
    );
  // The time of a statement is a claim, so a key must also be valid now: a key past its end would go on signing older dates.
  const current = listed.filter((key) => isValidAt(key, at) && isValidAt(key, context.now));
  if (current.length === 0)
    return refuse(
      `expected a key that is valid now and was when it signed, found ${name} of ${by.id} outside its dates`,
      (run) => `mend its dates in .brakeline/allowed_signers on the base branch, or with a key that is in force run: ${run}`,
    );
  const person = personOfKey(current, policy, trust);
  if (typeof person === 'string')
    return refuse(
      person,
      (run) => `list the key for one person alone in .brakeline/allowed_signers on the base branch, or with another key run: ${run}`,
    );
  // A signer without any name is named by the key itself, which cannot be another person's.
  const names = [...namesOf(person), name];
  return names.some((one) => isSameName(one, by.id))
    ? { person, obstacles: [] }
    : refuse(
        `expected the statement to name ${person.id}, whose key signed it, found ${by.id}`,
        (run) => `let whoever signed set git config user.email ${names.find((one) => one.includes('@')) ?? person.id}, and run: ${run}`,
      );
}

/** What a revoked key signed says nothing any more, whenever it was: its dates are claims of whoever holds it now. */
function revokedKey(name: string): Obstacle {
  return { code: 'revoked-key', message: `expected a key that is not revoked, found ${name} in .brakeline/revoked_keys` };
}
