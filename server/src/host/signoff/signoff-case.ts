import type { TrustMaterial } from '../../core/model/result.ts';
import type { ChangeAuthor } from '../../core/policy/requirement-of.ts';
import { isAllCommitted } from '../all-committed.ts';
import { loadTrust } from '../policy/load-policy.ts';
import { loadRevocations } from '../policy/load-revocations.ts';
import type { Review, ReviewRequest, Session } from '../session.ts';

/** Whose keys count for a change, and whose change it is: what a second person is compared with. */
export interface SignoffCase {
  readonly trust: TrustMaterial;
  readonly authors: readonly ChangeAuthor[];
  /** RFC 3339. */
  readonly now: string;
}

/** Signers of the base; authors of the commits, and whoever would commit here what is in none of them yet. */
export function signoffCase({ repository }: Session, { base = 'HEAD', head }: ReviewRequest, { change, assessment }: Review): SignoffCase {
  const tree = repository.commitTree(base);
  const { revoked } = loadRevocations(tree, change.after, { cwd: repository.root ?? repository.gitDir });
  const made = repository.authors(base, head ?? 'HEAD');
  const isMade = head !== undefined || (made.length > 0 && isAllCommitted(repository, change, assessment));
  const authors = isMade ? made : [...made, ...repository.committers()];
  return { trust: { ...loadTrust(tree), revoked }, authors, now: new Date().toISOString() };
}
