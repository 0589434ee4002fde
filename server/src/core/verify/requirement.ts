import type { AckRecord } from '../attest/records.ts';
import { keyFingerprint } from '../attest/ssh-key.ts';
import type { Finding } from '../model/finding.ts';
import { parseInstant } from '../model/instant.ts';
import type { Person, Requirement } from '../model/policy.ts';
import type { TrustMaterial } from '../model/result.ts';
import { isHardware, isSameName, namesOf } from '../policy/people.ts';
import type { ChangeAuthor } from '../policy/requirement-of.ts';
import { provesPresence } from '../policy/stricter.ts';
import { dependentsToConfirm, unconfirmedDependents } from './dependents.ts';
import { type CoverageContext, type Obstacle, SKEW } from './entitlement.ts';
import { instantOf } from './standing.ts';

const DAY = 86_400_000;

/** Everything that keeps a standing acknowledgement of `person` from meeting what the finding's severity demands. */
export function requirementObstacles(
  record: AckRecord,
  person: Person,
  finding: Finding,
  requirement: Requirement,
  trust: TrustMaterial | undefined,
  context: CoverageContext,
): readonly Obstacle[] {
  const { reason, confirmedDependents } = record.acknowledgement;
  const obstacles: Obstacle[] = [...timeObstacles(record, person, requirement, context)];
  if (requirement.reason && reason.trim() === '') {
    obstacles.push({ code: 'reason-missing', message: `expected a reason in words, found none by ${person.id}` });
  }
  // Where reach was not computed nobody was shown a dependent, and there is none that could be confirmed.
  const unconfirmed = requirement.confirmDependents ? unconfirmedDependents(finding, confirmedDependents) : 0;
  if (unconfirmed > 0) {
    const asked = dependentsToConfirm(finding).length || unconfirmed;
    obstacles.push({
      code: 'dependents-unconfirmed',
      message: `expected the ${asked} dependents that are shown confirmed, found ${asked - unconfirmed} confirmed by ${person.id}`,
    });
  }
  obstacles.push(...presenceObstacles(record, person, requirement));
  if (!requirement.self) obstacles.push(...selfObstacles(person, trust, context));
  return obstacles;
}

function timeObstacles(record: AckRecord, person: Person, { days }: Requirement, { now }: CoverageContext): readonly Obstacle[] {
  const { at, validUntil } = record.acknowledgement;
  const instant = parseInstant(now);
  if (instant === undefined)
    return [{ code: 'unverifiable', message: `expected the present as an RFC 3339 time, found ${JSON.stringify(now)}` }];
  if (instantOf(record) > instant + SKEW)
    return [
      {
        code: 'unverifiable',
        message: `expected a time up to ${now}, found ${at} by ${person.id}`,
        remedy: (run) => `run brakeline verify where the clock is right; if it was the signer's that was not, let them run: ${run}`,
      },
    ];
  if (validUntil !== undefined && (parseInstant(validUntil) ?? Number.NEGATIVE_INFINITY) <= instant) {
    return [{ code: 'expired', message: `expected an acknowledgement in force, found one by ${person.id} that ended ${validUntil}` }];
  }
  if (days !== undefined && instantOf(record) + days * DAY <= instant) {
    return [{ code: 'expired', message: `expected an acknowledgement of the last ${days} days, found one by ${person.id} of ${at}` }];
  }
  return [];
}

/**
 * The flags of the signature count only where the policy enrols the key as hardware: software can make a key of an `sk` type and
 * sign with any flags it likes. What the statement claims of presence is not looked at.
 */
function presenceObstacles(record: AckRecord, person: Person, { presence }: Requirement): readonly Obstacle[] {
  const fingerprint = keyFingerprint(record.publicKey);
  const isEnrolled = isHardware(person, fingerprint);
  if (provesPresence(isEnrolled ? record.presence : 'none', presence)) return [];
  const found = isEnrolled ? `${record.presence === 'none' ? 'no touch' : record.presence} of` : 'no hardware key of';
  const message = `expected a signature that proves presence (${presence}), found ${found} ${person.id} (${fingerprint})`;
  return [{ code: 'presence-missing', message }];
}

/** In a person's own ledger nobody can say who will be the author, so only a verification with trust judges it. */
function selfObstacles(person: Person, trust: TrustMaterial | undefined, { authors }: CoverageContext): readonly Obstacle[] {
  if (trust === undefined) return [];
  if (authors === undefined) return [{ code: 'unverifiable', message: 'expected the authors of the change, found none to compare with' }];
  const names = new Set(namesOf(person).map((name) => name.toLowerCase()));
  const author = authors.find(({ email }) => names.has(email.toLowerCase()));
  if (author === undefined) return hasAddress(names) ? [] : [noAddress(person)];
  return [{ code: 'self-approval', message: authorRefusal(person.id, author) }];
}

/** Why an author does not answer for their own change. An author whose name is the address is named once. */
export function authorRefusal(id: string, { email }: Pick<ChangeAuthor, 'email'>): string {
  return `expected somebody other than the author, found ${id}${isSameName(id, email) ? '' : `, who is ${email}`}`;
}

/** Commits name their authors by address alone: somebody without one could be any of them. */
function hasAddress(names: ReadonlySet<string>): boolean {
  return [...names].some((name) => name.includes('@'));
}

function noAddress({ id }: Person): Obstacle {
  return {
    code: 'unverifiable',
    message: `expected an address of ${id} among the people of the policy, to compare with the authors, found none`,
    remedy: (run) => `add their address to the people of the policy on the base branch, or let somebody else run: ${run}`,
  };
}
