import { SIGNERS_PATH } from '../../host/policy/load-policy.ts';
import type { Session } from '../../host/session.ts';
import type { BaseFiles } from '../reporters/remedy.ts';
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
