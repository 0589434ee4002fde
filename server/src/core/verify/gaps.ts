import type { AssessedHunk } from '../model/assessment.ts';
import type { Finding } from '../model/finding.ts';
import type { Requirement } from '../model/policy.ts';
import type { Gap, GapCode } from '../model/result.ts';
import { placeOf } from '../place.ts';
import type { Obstacle } from './entitlement.ts';

/** Said beside a remedy that is another person's to run; a door gives the command the range it needs. */
export const BY_FILE = 'brakeline signoff request asks by a file';

/** A gap of one finding, with the command or the act that closes it. */
export function gapOf(hunk: AssessedHunk, finding: Finding, { code, message, remedy }: Obstacle, { self }: Pick<Requirement, 'self'>): Gap {
  return {
    code,
    fingerprint: finding.fingerprint,
    path: hunk.path,
    line: placeOf(hunk, finding).line,
    ...(finding.side === 'before' ? { removedAt: finding.range.start.line } : {}),
    rule: finding.rule,
    severity: finding.severity,
    finding: finding.message,
    message,
    remedy: remedyOf(code, finding.fingerprint.slice(0, 12), self, remedy),
  };
}

function remedyOf(code: GapCode, short: string, mayAuthor: boolean, ofObstacle: Obstacle['remedy']): string {
  const acknowledge = `brakeline ack ${short} && brakeline export`;
  const others = `let somebody other than the author (${BY_FILE}) run: ${acknowledge}`;
  if (ofObstacle !== undefined) return ofObstacle(acknowledge);
  switch (code) {
    case 'uncovered':
    case 'stale':
    case 'reason-missing':
    case 'dependents-unconfirmed':
    case 'expired':
    case 'revoked':
    case 'wrong-repository':
    case 'bad-signature':
      return mayAuthor ? acknowledge : others;
    case 'untrusted-signer':
      return `add the key to .brakeline/allowed_signers on the base branch, or let somebody listed there run: ${acknowledge}`;
    case 'wrong-branch':
      return `name the branch with git config brakeline.target BRANCH, and run: ${acknowledge}`;
    case 'self-approval':
      return others;
    case 'wrong-role':
      return `let somebody with the role (${BY_FILE}) run: ${acknowledge}`;
    case 'overridden':
      return `let somebody look at it now, and run: ${acknowledge}`;
    case 'presence-missing':
      return `let somebody whose hardware key the policy lists run: ${acknowledge}`;
    case 'revoked-key':
      return `let somebody whose key is not revoked run: ${acknowledge}`;
    case 'rejected':
      return `change the code, or let whoever rejected it take that back: brakeline undo ${short} && brakeline export`;
    case 'unverifiable':
      return 'run brakeline verify where the whole history can be read and the clock is right';
  }
}
