import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { within } from '../code/counterpart.ts';
import { type NewBody, newBodiesOf } from '../code/new-bodies.ts';

/**
 * True for a call of a function that this change brought and whose name alone says that it asks: nothing in its body can stop anybody, so
 * it takes the place of no check. It neither throws nor leaves early, answers with no condition, and calls nothing that might do so by
 * its name (test/rules/safeguard/approval-removed). False where its body is not in the change.
 */
export function stopsNobody(input: RuleInput, { callee }: Pick<Call, 'callee'>): boolean {
  const bodies = newBodiesOf(input, callee);
  return bodies.length > 0 && bodies.every((body) => !mayStop(body));
}

function mayStop({ facts, place }: NewBody): boolean {
  const isInside = ({ scope }: { readonly scope: string }): boolean => within(scope, place.name);
  return (
    facts.guards.some(isInside) ||
    facts.conditions.some((condition) => condition.kind === 'answers' && !STANDS_IN.test(condition.test) && isInside(condition)) ||
    facts.calls.some((call) => isInside(call) && isAsking(call)) ||
    tokensOn(facts, place.startLine, place.endLine).some(({ text }) => STOPS.test(text))
  );
}

function isAsking({ callee, kind }: Call): boolean {
  return kind === 'decorator' || ASKS.test(words(lastName(callee)));
}

/** `permit or Permit(number)`: something made up in place of what is not there. */
const STANDS_IN = /(?:\bor\b|\|\||\?\?) (?:new )?[A-Z]\w*\(/;

const STOPS = /^(?:throw|throws|raise|panic|assert|unwrap|expect|\?|abort|exit|die|fail|bail|reject|Err|Errorf|errors|yield)$/;

const ASKS =
  /\b(?:require|requires|assert|ensure|check|checks|verify|validate|must|authori[sz]e|authenticate|enforce|guard|demand|deny|refuse|confirm|prompt|ask|parse|limit|or throw|or raise|or fail|abort|exit|die|fail|expect|unwrap)\b/;
