import type { SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { rangeOfLine, scopeAtLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { callsInside, guardKind, isAccessName } from '../guards/guard-kinds.ts';
import { isGuardByBody, PASSES, REFUSES, refuses } from './refusing-functions.ts';

/** A function that answered with 401 or 403, and that lets everybody through now. */
export interface SilencedRefusal {
  readonly name: string;
  readonly range: Range;
}

/**
 * The body of a middleware, an interceptor or an extractor that refused by any means its language has (`map_err(…)?`, a handler, a pattern)
 * and refuses nobody any more. A lost condition is told as one; this is for bodies that had none, or whose condition only sorts now.
 */
export function* silencedRefusals(input: RuleInput): Iterable<SilencedRefusal> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined) return;
  for (const [at, text] of hunk.removed.entries()) {
    if (!REFUSES.test(text)) continue;
    const line = hunk.before.start + at;
    const scope = scopeAtLine(before, line);
    const now = scope === '' ? undefined : counterpartScope(input, scope);
    // What a handler refused with is another rule's: access/fail-open.
    const isHandled = before.language !== 'rust' && before.handlers.some(({ range }) => range.start.line <= line && line <= range.end.line);
    if (isHandled || now === undefined || now === '' || isToldAsCondition(input, before, scope) || !passesAll(after, now)) continue;
    // A check that is called in its place, or one that the change brought.
    const own = new Set(scope.split('.'));
    const fresh = newCallsIn(input, scope).filter(({ callee }) => !own.has(lastName(callee)));
    const asks = fresh.some(
      ({ callee }) =>
        isGuardByBody(input, callee) ||
        refuses(after, lastName(callee)) ||
        (isAccessName(lastName(callee)) && DEMANDS.test(lastName(callee))),
    );
    if (asks) continue;
    yield { name: scope, range: rangeOfLine(input, 'before', line) };
    return;
  }
}

const DEMANDS = /^(?:require|assert|ensure|demand|must|enforce|deny|refuse|reject|authori[sz]e|guard|only)/i;

function isToldAsCondition({ removed }: RuleInput, before: SourceFacts, scope: string): boolean {
  return removed.guards.some((guard) => within(guard.scope, scope) && guardKind(guard, callsInside(guard, before.calls)) === 'access');
}

/** Goes on to what it stood in front of, and has no word left by which it could stop. */
function passesAll(facts: SourceFacts, scope: string): boolean {
  const place = facts.scopes.findLast(({ name }) => name === scope);
  if (place === undefined || place.endLine - place.startLine > MOST_LINES) return false;
  if (facts.guards.some((guard) => within(guard.scope, scope) && guard.exit !== 'break')) return false;
  const tokens = tokensOn(facts, place.startLine, place.endLine).map(({ text }) => text);
  if (tokens.some((text) => REFUSES.test(text))) return false;
  const stops = tokens.some((text, at) => STOPS.test(text) || (facts.language === 'rust' && stopsInRust(tokens, at)));
  return !stops && tokens.some((text, at) => PASSES.test(text) || (text === 'return' && /^(?:true|True)$/.test(tokens[at + 1] ?? '')));
}

const MOST_LINES = 60;
const STOPS =
  /^(?:throw|raise|abort|panic|reject|redirect|Redirect|sendError|sendRedirect|deny|denied|forbid|false|False|bail|ensure|Reject)$/;

/** `?`, and an `Err(…)` that is made and not matched. */
function stopsInRust(tokens: readonly string[], at: number): boolean {
  if (tokens[at] === '?') return true;
  if (tokens[at] !== 'Err') return false;
  const close = tokens.indexOf(')', at);
  return tokens[close + 1] !== '=>' && tokens[close + 1] !== '=';
}
