import type { Call, Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope, hasScope } from '../code/counterpart.ts';
import { isIn, partScopes } from '../code/own-parts.ts';

/**
 * What is not there is refused in a function of this file that the own one calls now, where it is looked up: Rust's
 * `text.chars().last().ok_or(Empty)?`, Java's `plays.findById(id).orElseThrow(…)`. It is the very lookup, where
 * the old one was bound to one.
 */
export function isAskedInOwnPart({ before, after }: RuleInput, { scope, test, exit, range }: Guard): boolean {
  const now = counterpartScope({ before, after }, scope);
  if (before === undefined || after === undefined || now === undefined || now === '') return false;
  const name = /^!?([A-Za-z_$][\w$]*)\b/.exec(test.replace(/^not /, ''))?.[1] ?? '';
  const bound = name === '' ? undefined : boundAbove(before, name, range.start.line);
  const asked = new Set([...(bound ?? '').matchAll(/\b(\w+) \(/g)].map((match) => match[1] ?? ''));
  const parts = partScopes(after, now).filter((part) => !hasScope(before, part));
  const isOfLookup = (text: string): boolean => [...text.matchAll(/\b(\w+)\(/g)].some((match) => asked.has(match[1] ?? ''));
  // `let Some(bike) = store.find(id) else { return Err(NotFound) }`.
  if (
    after.language === 'rust' &&
    after.guards.some((fresh) => isIn(parts, fresh.scope) && fresh.exit === exit && isOfElse(fresh) && isOfLookup(fresh.test))
  )
    return true;
  return after.calls.some(
    ({ callee, scope: own }) =>
      REFUSES_NOTHING.test(lastName(callee)) &&
      isIn(parts, own) &&
      (after.language === 'rust' && asked.size === 0 ? /^ok_or/.test(lastName(callee)) : isOfLookup(callee)),
  );
}

function isOfElse({ test }: Guard): boolean {
  return /^!\(.*\)$/s.test(test);
}

/** `play.isArchived()`, `order.shipped`: how a thing is, and not whether it is there. */
export function asksOfState(test: string): boolean {
  return (
    /^!?[\w$]+\.(?:is|has|can|was)?[A-Za-z]\w*(?:\(\))?$/.test(test) &&
    !/(?:isEmpty|isBlank|isPresent|is_none|is_some|is_err|is_ok|is_empty|ok|exists|found|isNull|isDefined)(?:\(\))?$/i.test(test)
  );
}

/** Asks whether there is a thing, whatever state it is in: `findById(id).orElseThrow()`, and no `filter(…).orElseThrow()`. */
export function isOfPresenceAlone({ callee }: Call): boolean {
  return (
    REFUSES_NOTHING.test(lastName(callee)) &&
    !/filter|where|map|and_then|take_if|By[A-Z]\w*And[A-Z]|\b[a-z]+(?:Open|Active|Live|Valid)\w*\(/i.test(callee)
  );
}

/** Gives back what is there, and stops where nothing is. */
const REFUSES_NOTHING = /^(?:ok_or(?:_else)?|orElseThrow|getOrThrow|orThrow|one_or_404|first_or_404)$/;
