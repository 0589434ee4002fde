import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { leftWithOverload } from '../code/overloads.ts';
import { newGuardsIn } from '../code/scope-changes.ts';
import { symbolsNamed } from '../code/symbols-by-name.ts';
import { answersAlike, isAssertedInPart } from './answer-tables.ts';
import { isAnsweredAtomically } from './answered-atomically.ts';
import { isAnsweredByMethod } from './answered-by-method.ts';
import { isAnsweredByPart } from './answered-guards.ts';
import { isAskedAnew } from './asked-anew.ts';
import { askedByMiddleware } from './asked-by-middleware.ts';
import { isAskedByName, isSearchedFor, isSpelledOut } from './asked-by-name.ts';
import { isAskedByPredicate } from './asked-by-predicate.ts';
import { isAskedByProcedure } from './asked-by-procedure.ts';
import { isAskedByScopes } from './asked-by-scopes.ts';
import { isAskedByTable } from './asked-by-table.ts';
import { isAskedByWrapper } from './asked-by-wrapper.ts';
import { isAskedElsewhere } from './asked-elsewhere.ts';
import { isAskedInAChain } from './asked-in-a-chain.ts';
import { isAskedOfASet } from './asked-of-a-set.ts';
import { isAskedOfGivenSet } from './asked-of-given-set.ts';
import { isBoundedOtherwise } from './bounded-otherwise.ts';
import { isBoundAlike } from './bounds-alike.ts';
import { isComputedAlike } from './computed-operands.ts';
import { isDeclaredInstead } from './declared-instead.ts';
import { isAskedInPart } from './extracted-guards.ts';
import { isAskedByFieldNames } from './fields-by-name.ts';
import { isFilteredInFront } from './filtered-in-front.ts';
import { isFirstOfRows } from './first-of-rows.ts';
import { isFoundBeforeCount } from './found-before-write.ts';
import { isFoundForOwner } from './found-for-owner.ts';
import { checksSame, saysNothing } from './guard-likeness.ts';
import { isBodyLimited } from './limited-bodies.ts';
import { isLookedUpInFront } from './looked-up-in-front.ts';
import { isMatchedInstead } from './matched-instead.ts';
import { isOtherLock } from './other-locks.ts';
import { isProvenByType } from './proven-by-type.ts';
import { isRefusedAlike } from './refused-alike.ts';
import { isRefusedByAnswer } from './refused-by-answer.ts';
import { isRefusedBySchema } from './refused-by-schema.ts';
import { asksOfAnother, replaces } from './replaced-guards.ts';
import { isRethrownOtherwise } from './rethrown-otherwise.ts';
import { isRuledOutByType } from './ruled-out-by-type.ts';
import { bySubject } from './same-bounds.ts';
import { isComparedAsSum } from './same-sum.ts';
import { isSortedByKind } from './sorted-errors.ts';
import { isSoughtNow } from './sought-items.ts';
import { isTakenApart } from './taken-apart.ts';
import { isTakenByPattern } from './taken-by-pattern.ts';
import { isTakenFromSlots } from './taken-from-slots.ts';
import { isBranched, isTurnedRound } from './turned-round.ts';
import { isUnmetPart } from './unmet-parts.ts';
import { isRunChecked } from './unnoticed-runs.ts';
import { isValidatedInstead } from './validated-instead.ts';

/** Removed guards whose function stays and which nothing like them replaces, in this file or another one of the change. */
export function lostGuards(input: RuleInput, isWanted: (guard: Guard) => boolean): readonly Guard[] {
  // `err != nil` stands for whatever was called above it, so each new one takes the place of one old one.
  const taken = new Set<Guard>();
  return input.removed.guards.filter((guard) => {
    const scope = counterpartScope(input, guard.scope);
    if (!isWanted(guard) || scope === undefined || leftWithOverload(input, guard)) return false;
    // Declared without a body now: the work went away with what it asked.
    if (scope !== '' && symbolsNamed(input.after, scope).some(({ abstract }) => abstract === true)) return false;
    const isNameless = saysNothing(guard.test);
    const isUnmet =
      !isNameless && (isUnmetPart(input, guard) || newGuardsIn(input, guard.scope).some((other) => asksOfAnother(input, guard, other)));
    const candidates = newGuardsIn(input, guard.scope).filter(
      (other) =>
        !(isNameless && taken.has(other)) &&
        (!isUnmet || other.scope === scope) &&
        isAsTelling(guard, other) &&
        replaces(input, guard, other),
    );
    const fresh = candidates.find((other) => checksSame(guard, other)) ?? candidates.find((other) => !isNameless || isFree(input, other));
    if (fresh !== undefined) {
      taken.add(fresh);
      return false;
    }
    const inFront = askedByMiddleware(input, guard);
    return isUnmet || inFront === false || !(inFront === true || EXCUSES.some((excuses) => excuses(input, guard)));
  });
}

/**
 * Where else the question may be asked now: in other words, by another name, of another part. Each looks at the same lost guard by
 * itself, and none of them is believed where `isUnmetPart` found that what it points at does not stop this work.
 */
const EXCUSES: readonly ((input: RuleInput, guard: Guard) => boolean)[] = [
  isSearchedFor,
  isSoughtNow,
  isFirstOfRows,
  isAskedByName,
  isSpelledOut,
  (input, guard) => bySubject(guard).every((part) => isBoundAlike(input, part)),
  isAskedInAChain,
  isAskedAnew,
  isTakenApart,
  isTurnedRound,
  isBranched,
  isFilteredInFront,
  isSortedByKind,
  isRethrownOtherwise,
  isAnsweredByPart,
  isAnsweredByMethod,
  isRefusedByAnswer,
  isRefusedBySchema,
  isOtherLock,
  isAskedByWrapper,
  isAskedByProcedure,
  isBoundedOtherwise,
  isComputedAlike,
  isComparedAsSum,
  isAskedInPart,
  isAskedByTable,
  isAskedByFieldNames,
  isAskedByPredicate,
  isAskedOfASet,
  isLookedUpInFront,
  isFoundForOwner,
  (input, { test, scope }) => isFoundBeforeCount(input, test, scope),
  isRefusedAlike,
  isAskedElsewhere,
  (input, guard) => answersAlike(input, guard.scope),
  isAssertedInPart,
  isDeclaredInstead,
  isValidatedInstead,
  isRuledOutByType,
  isRunChecked,
  isAskedByScopes,
  isTakenByPattern,
  isProvenByType,
  isMatchedInstead,
  isBodyLimited,
  isAskedOfGivenSet,
  isAnsweredAtomically,
  isTakenFromSlots,
];

/** `err != nil` of another call is no part of `err != nil || n == 0`. */
function isAsTelling(old: Guard, fresh: Guard): boolean {
  return saysNothing(old.test) || !saysNothing(fresh.test) || checksSame(old, fresh);
}

/** No other condition of the old function asked for what this one asks for, so it may stand for any of them. */
function isFree(input: RuleInput, fresh: Guard): boolean {
  return input.removed.guards.every((old) => !checksSame(old, fresh));
}
