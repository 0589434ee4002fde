import type { AssessedHunk } from '../model/assessment.ts';
import type { Finding } from '../model/finding.ts';
import type { Gap, GapCode } from '../model/result.ts';
import type { Obstacle } from './entitlement.ts';

/** A gap of one finding, with the command or the act that closes it. */
export function gapOf(hunk: AssessedHunk, finding: Finding, { code, message }: Obstacle): Gap {
  return {
    code,
    fingerprint: finding.fingerprint,
    path: hunk.path,
    line: finding.range.start.line,
    rule: finding.rule,
    severity: finding.severity,
    finding: finding.message,
    message,
    remedy: remedyOf(code, finding.fingerprint.slice(0, 12)),
  };
}

function remedyOf(code: GapCode, short: string): string {
  const acknowledge = `brakeline ack ${short} && brakeline export`;
  switch (code) {
    case 'uncovered':
    case 'stale':
    case 'reason-missing':
    case 'dependents-unconfirmed':
    case 'expired':
    case 'revoked':
    case 'wrong-repository':
    case 'bad-signature':
      return acknowledge;
    case 'untrusted-signer':
      return `add the key to .brakeline/allowed_signers on the base branch, or let somebody listed there run: ${acknowledge}`;
    case 'wrong-branch':
      return `name the branch with git config brakeline.target BRANCH, and run: ${acknowledge}`;
    case 'self-approval':
      return `let somebody other than the author (brakeline signoff request asks by a file) run: ${acknowledge}`;
    case 'wrong-role':
      return `let somebody with the role (brakeline signoff request asks by a file) run: ${acknowledge}`;
    case 'overridden':
      return `let somebody look at it now, and run: ${acknowledge}`;
    case 'presence-missing':
      return `let somebody whose hardware key the policy lists run: ${acknowledge}`;
    case 'revoked-key':
      return `let somebody whose key is not revoked run: ${acknowledge}`;
    case 'rejected':
      return 'change the code, or ask whoever rejected it to revoke the rejection';
    case 'unverifiable':
      return 'run brakeline verify where the whole history can be read and the clock is right';
  }
}
