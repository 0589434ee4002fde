import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { textsByLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { bodiesAskedBy, type NewBody } from '../code/new-bodies.ts';

/** What a token is asked so that it ends: until when it is good, and whether it was taken back. */
export const ENDS =
  /\b(?:expires?|expired|expiry|expiration|exp|valid until|not after|revoked|revoked at|used at|consumed at|invalidated)\b/;

/**
 * True where a function that came with the change, in this file or another one, orders the end of the token by the time, or asks whether
 * it was taken back as the lost guard did, and the function that stands for the old one uses its answer: `s, ok := cache.get(token, now)`
 * beside `return s, ok && now.Before(s.Expires)`. An end that is only written or noted there, and an answer whose second half is thrown
 * away, count for nothing.
 */
export function isEndAskedInPart(input: RuleInput, guard: Guard): boolean {
  const scope = counterpartScope(input, guard.scope);
  if (scope === undefined || scope === '' || !ENDS.test(words(guard.test))) return false;
  const asks = TAKEN_BACK.test(words(guard.test)) ? TAKEN_BACK : undefined;
  return bodiesAskedBy(input, scope).some((body) => asksEnd(body, asks) && isUsed(input, scope, lastName(body.place.name)));
}

const TAKEN_BACK = /\b(?:revoked|used at|consumed at|invalidated)\b/;
const ORDERS = /(?<![=-])>|<(?!-)|\b(?:is_?)?(?:before|after|past|expired)\s?\(/i;

function asksEnd({ facts, place }: NewBody, takenBack: RegExp | undefined): boolean {
  const isAsked = (test: string): boolean =>
    takenBack === undefined ? ENDS.test(words(test)) && ORDERS.test(test) : takenBack.test(words(test));
  const isAnswer = ({ scope, kind }: { readonly scope: string; readonly kind?: string }): boolean =>
    within(scope, place.name) && kind !== 'wraps';
  if ([...facts.guards, ...facts.conditions].some((fact) => isAnswer(fact) && isAsked(fact.test))) return true;
  const lines = [...textsByLine(tokensOn(facts, place.startLine, place.endLine)).values()];
  // Several values that Go gives back, and what a chain lets through.
  return lines.some((texts) => (texts[0] === 'return' || texts.includes('filter')) && isAsked(texts.join(' ')));
}

/** Somebody looks at what it says: in Go at the second half as well. */
function isUsed({ after }: RuleInput, scope: string, name: string): boolean {
  return (
    after?.calls.some(
      (call) =>
        within(call.scope, scope) &&
        lastName(call.callee) === name &&
        call.use !== 'discarded' &&
        !/, _ :?=/.test(
          tokensOn(after, call.range.start.line, call.range.start.line)
            .map(({ text }) => text)
            .join(' '),
        ),
    ) === true
  );
}
