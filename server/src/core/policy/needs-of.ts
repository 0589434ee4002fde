import type { AssessedHunk, Assessment } from '../model/assessment.ts';
import type { Finding } from '../model/finding.ts';
import type { Exemption, Policy, Requirement } from '../model/policy.ts';
import { type ChangeAuthor, exemptionOf, requirementOf, signoffsOf } from './requirement-of.ts';
import { ableTo, type Member, shortfall } from './roster.ts';

/** What one finding would need before a verification passes it, and who could give that. */
export interface Need {
  readonly hunk: AssessedHunk;
  readonly finding: Finding;
  readonly requirement: Requirement;
  /** Numbers of the sign-offs that added to it, from 1 as they stand in the file. */
  readonly signoffs: readonly number[];
  readonly exemption?: Exemption;
  readonly able: readonly Member[];
  /** What is missing where those who are able cannot meet it together. */
  readonly shortfall?: string;
}

export interface NeedsCase {
  readonly policy: Policy;
  readonly roster: readonly Member[];
  readonly authors: readonly ChangeAuthor[];
  /** RFC 3339. */
  readonly now: string;
}

/** The findings of an assessment that ask for somebody, or would but for an exemption, in its order. */
export function needsOf({ hunks }: Assessment, { policy, roster, authors, now }: NeedsCase): readonly Need[] {
  return hunks.flatMap((hunk) =>
    hunk.findings.flatMap((finding): readonly Need[] => {
      const requirement = requirementOf(policy, hunk, finding, authors);
      if (requirement.people === 0) return [];
      const exemption = exemptionOf(policy, hunk, finding, now);
      const applied = signoffsOf(policy, hunk, finding, authors);
      const able = ableTo(roster, requirement, authors);
      const missing = shortfall(able, requirement);
      return [
        {
          hunk,
          finding,
          requirement,
          signoffs: applied.map((signoff) => policy.signoffs.indexOf(signoff) + 1),
          ...(exemption === undefined ? {} : { exemption }),
          able,
          ...(missing === undefined ? {} : { shortfall: missing }),
        },
      ];
    }),
  );
}
