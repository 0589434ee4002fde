import type { Call } from '../../../model/facts.ts';
import { lastName, receiver, words } from '../code/call-names.ts';

/** Calls that take a row away. */
export const HARD =
  /^(delete|deleteOne|deleteMany|remove|destroy|hardDelete|findByIdAndDelete|findOneAndDelete|del|purge|erase|hard_delete|delete_one|delete_many|delete_by_id|Delete|DeleteOne|DeleteByID|DeleteById|Remove|HardDelete|Purge|Erase|deleteById|deleteAll|deleteAllById|deleteInBatch|deleteAllInBatch|deleteAllByIdInBatch)$/;

/** The same in a project's own words: `ledger.expunge(case)`, `store.dropMember(id)`. */
const TAKES = /^(hard )?(delete|remove|destroy|purge|erase|expunge|wipe|obliterate|shred|drop|nuke|eradicate|scrub)\b/;

/** Past the mark that gorm would set. */
export const UNSCOPED = /\bUnscoped\(\)/;

/** A row's end, said by a repository, a session, a model, or by a statement that is built: `delete(Member)`, `diesel::delete(…)`. */
export function deletesRow({ callee, args, kind }: Call): boolean {
  const name = lastName(callee);
  if (kind === 'decorator') return false;
  if (callee === 'delete' || /^(diesel|sa|sqlalchemy|sql)(::|\.)delete$/.test(callee)) return /^[A-Za-z_]/.test(args[0] ?? '');
  // What a view of a framework does by itself: `super().perform_destroy(instance)`.
  if (/\bsuper\(/.test(callee) && /^(perform_destroy|delete|destroy|remove)$/.test(name)) return true;
  return (
    (HARD.test(name) || TAKES.test(words(name))) &&
    (receiver(callee) !== '' || callee.includes('::')) &&
    !/(^|[.>])(cache|map|set|params|headers|localStorage|sessionStorage|searchParams|\w*(Cache|Map|Index|ById|ByKey|Queue))$/i.test(
      receiver(callee),
    )
  );
}
