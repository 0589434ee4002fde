import { keyFingerprint } from '../../core/attest/ssh-key.ts';
import type { Policy } from '../../core/model/policy.ts';
import type { TrustMaterial } from '../../core/model/result.ts';
import { type Candidate, keyObstacle, mendedBy } from '../../core/signoff/second-person.ts';
import { SIGNERS_PATH } from '../../host/policy/load-policy.ts';
import type { Review, ReviewRequest, Session } from '../../host/session.ts';
import { type BaseFiles, requestCommand } from '../reporters/remedy.ts';
import { printable } from '../reporters/terminal.ts';
import type { CommandContext } from './command.ts';

/** What of `.brakeline` a revision holds. Errors: `bad-revision` and the like. */
export function baseFiles({ repository }: Session, revision: string): BaseFiles {
  return { hasSigners: repository.commitTree(revision).read(SIGNERS_PATH) !== undefined };
}

/** Says in one line that what is signed will count nowhere yet, where the base trusts nobody. No reason to sign less. */
export function warnOfNoSigners(session: Session, revision: string, context: CommandContext): void {
  if (baseFiles(session, revision).hasSigners) return;
  context.err.write(
    `brakeline: ${revision} has no ${SIGNERS_PATH}: verify trusts no key until what \`brakeline init\` writes is committed on the branch that changes are merged into\n`,
  );
}

/**
 * Says in one line, before anything is signed, why what this person signs will not count in a verification by the base, and what mends
 * it; nothing where it may count. `own` is undefined where the first signature makes the key. No reason to sign less: a rejection by
 * a stranger and an acknowledgement by somebody who is listed tomorrow are still worth having.
 */
export function warnOfDistrust(
  session: Session,
  review: Pick<Review, 'trust' | 'policy'>,
  request: ReviewRequest,
  own: Candidate | undefined,
  context: CommandContext,
): void {
  const base = request.base ?? 'HEAD';
  if (!baseFiles(session, base).hasSigners) {
    warnOfNoSigners(session, base, context);
    return;
  }
  const line = distrustOf(base, { trust: review.trust(), policy: review.policy }, request, own);
  if (line !== undefined) context.err.write(`brakeline: ${printable(line)}\n`);
}

function distrustOf(
  base: string,
  { trust, policy }: { readonly trust: TrustMaterial | undefined; readonly policy: Policy },
  request: ReviewRequest,
  own: Candidate | undefined,
): string | undefined {
  if (trust === undefined)
    return `${SIGNERS_PATH} of ${base} lists nobody who can be read: verify trusts no key; see brakeline policy check`;
  const isListed = own !== undefined && trust.signers.some(({ publicKey }) => publicKey === own.publicKey);
  const obstacle = own === undefined ? undefined : keyObstacle(own, policy, trust, new Date().toISOString()).obstacle;
  if (isListed && obstacle === undefined) return undefined;
  if (isListed || obstacle?.code === 'revoked-key')
    return `verify will not count what you sign here: ${obstacle === undefined ? '' : mendedBy(obstacle, 'brakeline ack')}`;
  const whose = own === undefined ? 'the key that is made now' : `the key of ${own.by.id} (${keyFingerprint(own.publicKey)})`;
  const add = `let somebody listed there add the line that \`brakeline init\` prints`;
  return `${SIGNERS_PATH} of ${base} lacks ${whose}: verify will not count what it signs; ${add}, or ask them: ${requestCommand(request)}`;
}
