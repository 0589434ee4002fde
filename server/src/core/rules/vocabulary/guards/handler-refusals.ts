import type { Handler, SourceFacts } from '../../../model/facts.ts';
import { tokensOn } from '../code/code-text.ts';

const LEAVES =
  /(^| )(return|throw|raise|40[13]|UNAUTHORIZED|FORBIDDEN|StatusUnauthorized|StatusForbidden|Unauthorized|Forbidden|abort|redirect|sendError|reject|exit|deny|denied|signOut|logout|panic) /;

/** True where the code on these lines ends the work or answers with a refusal. */
export function refusesOn(facts: SourceFacts, { start, end }: Handler['range']): boolean {
  const text = ` ${tokensOn(facts, start.line, end.line)
    .map((token) => token.text)
    .join(' ')} `;
  // A bare `return` leaves the hook and lets the request go on.
  return LEAVES.test(text.replace(/ return (?:; )?(?=\} )/g, ' '));
}

/** Whether the function refuses at its end, behind the handler. */
export function endsInRefusal(facts: SourceFacts, handler: Handler): boolean {
  const scope = facts.scopes.find(({ name }) => name === handler.scope);
  if (scope === undefined || scope.endLine <= handler.range.end.line) return false;
  const text = ` ${tokensOn(facts, handler.range.end.line + 1, scope.endLine)
    .map((token) => token.text)
    .join(' ')} `;
  return / (throw|raise|40[13]|StatusUnauthorized|StatusForbidden|UNAUTHORIZED|FORBIDDEN|abort|deny) | return ([Ff]alse|nil|null|None) /.test(
    text,
  );
}
