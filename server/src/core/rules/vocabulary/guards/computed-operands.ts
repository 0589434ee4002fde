import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { keepOfBoth } from '../code/kept.ts';
import { inlined } from '../code/one-line-bodies.ts';
import { isIn, partScopes } from '../code/own-parts.ts';
import { newGuards } from '../code/scope-changes.ts';
import { alternatives, anonymous, piecesOf } from '../conditions/pieces.ts';

/**
 * True where a new condition of the same function asks the same once what it names is written out: `cents > this.open` of a property
 * that gives `this.paid - this.spent` back, where `cents > payment.paid - payment.spent` stood.
 */
export function isComputedAlike(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const now = counterpartScope(input, guard.scope);
  if (before === undefined || after === undefined || now === undefined || now === '') return false;
  const wanted = writtenOut(before, guard);
  if (!wanted.some((reason) => TELLS.test(reason))) return false;
  const parts = partScopes(after, now);
  return newGuards(after.guards, before.guards).some((fresh) => {
    const isNear = within(fresh.scope, now) || (isIn(parts, fresh.scope) && !hasScope(before, fresh.scope));
    if (!isNear || (fresh.exit !== guard.exit && fresh.exit !== 'throw')) return false;
    const found = writtenOut(after, fresh);
    return wanted.every((reason) => found.includes(reason));
  });
}

/** A field or a function by its name, so that two conditions of one form are about one thing. */
const TELLS = /\. ?[A-Za-z_]\w{2,}|(?<!\w)\d*[A-Za-z_]\w{3,} ?\(/;

/** Of many lost guards each looks at the same new ones. */
const writtenOut = keepOfBoth((facts: SourceFacts, { test }: Guard): readonly string[] =>
  alternatives(inlined(facts, piecesOf(test))).map(anonymous),
);
