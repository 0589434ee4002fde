import type { CodeToken, Guard, Scope, SourceFacts } from '../model/facts.ts';
import { words } from '../rules/vocabulary/code/call-names.ts';
import { tokensOn } from '../rules/vocabulary/code/code-text.ts';
import { within } from '../rules/vocabulary/code/counterpart.ts';
import { NOTES } from './notes.ts';
import type { Voucher } from './vouchers.ts';

/**
 * True for a function whose refusals never leave it: each stands in a `try` of the function whose handler goes on or whose `finally`
 * returns, or behind a `return` that nothing decides.
 */
export function keepsItsRefusals({ name, guards, facts, place, answers }: Voucher): boolean {
  if (isHollow({ facts, place }) && ASKS.test(words(name))) return true;
  const refusing = guards.filter(({ exit }) => exit !== 'break');
  if (answers || refusing.length === 0) return false;
  return refusing.every(
    (guard) =>
      isCaughtInside(guard, { facts, place }) || isDroppedAtLast(guard, { facts, place }) || isBehindReturn(guard, { facts, place }),
  );
}

const ASKS = /^(?:require|assert|ensure|check|verify|validate|must|authori[sz]e|enforce|guard|demand|deny|refuse|only)\b/;

/** It is named like a check, and does no more than say that it was there. */
function isHollow({ facts, place }: Body): boolean {
  const isInside = ({ scope }: { readonly scope: string }): boolean => within(scope, place.name);
  if ([...facts.guards, ...facts.conditions].some(isInside) || facts.calls.some((call) => isInside(call) && !NOTES.test(call.callee)))
    return false;
  const tokens = livingTokens(facts, place);
  return !tokens.some(
    ({ text, line }, at) =>
      STOPS.test(text) || (text === 'return' && tokens[at + 1]?.line === line && !/^[;}]$/.test(tokens[at + 1]?.text ?? ';')),
  );
}

const STOPS = /^(?:throw|raise|panic|assert|exit|abort|yield|if|while|for|with|=|=>)$/;

type Body = Pick<Voucher, 'facts' | 'place'>;

function isCaughtInside(guard: Guard, { facts, place }: Body): boolean {
  const tries = tokensOn(facts, place.startLine, guard.range.start.line).filter(({ text }) => text === 'try');
  const opened = tries.at(-1)?.line;
  if (opened === undefined) return false;
  const handlers = facts.handlers.filter(({ scope, range }) => scope === guard.scope && range.start.line >= guard.range.end.line);
  const [first] = handlers.sort((a, b) => a.range.start.line - b.range.start.line);
  const closed = facts.handlers.some(
    ({ scope, range }) => scope === guard.scope && range.start.line > opened && range.end.line < guard.range.start.line,
  );
  return (
    first !== undefined &&
    !closed &&
    first.outcome !== 'rethrows' &&
    !tokensOn(facts, first.range.start.line, first.range.end.line).some(({ text }) => /^(?:throw|raise|exit|abort|panic)$/.test(text))
  );
}

/** `finally: return`, which drops what was thrown. */
function isDroppedAtLast({ range }: Guard, { facts, place }: Body): boolean {
  const tokens = tokensOn(facts, place.startLine, place.endLine);
  const isTried = tokens.some(({ text, line }) => text === 'try' && line < range.start.line);
  const after = tokens.filter(({ line }) => line > range.end.line).map(({ text }) => text);
  const at = after.indexOf('finally');
  return isTried && at >= 0 && !after.slice(0, at).includes('try') && after.slice(at + 1).find((text) => !/^[:{]$/.test(text)) === 'return';
}

/** Behind a `return` no deeper than the function. */
function isBehindReturn(guard: Guard, { facts, place }: Body): boolean {
  const last = livingTokens(facts, place).at(-1);
  return last !== undefined && last.line < guard.range.start.line;
}

/** The tokens of a function up to a `return` that nothing decides: where languages leave out what stands behind it, that is all. */
function livingTokens(facts: SourceFacts, { startLine, endLine }: Scope): readonly CodeToken[] {
  const tokens = tokensOn(facts, startLine, endLine);
  if (facts.language !== 'typescript') return tokens;
  let depth = 0;
  const end = tokens.findIndex(({ text }, at) => {
    if (/^[{(]$/.test(text)) depth += 1;
    if (/^[})]$/.test(text)) depth -= 1;
    return text === 'return' && depth === 1 && tokens[at - 1]?.line !== tokens[at]?.line && endsOnLine(tokens, at);
  });
  const line = tokens[end]?.line;
  return line === undefined ? tokens : tokens.filter((token) => token.line <= line);
}

/** What is opened on the line behind a token is closed there. */
function endsOnLine(tokens: readonly CodeToken[], from: number): boolean {
  let depth = 0;
  for (let at = from; tokens[at]?.line === tokens[from]?.line && at < tokens.length; at += 1) {
    const { text } = tokens[at] ?? { text: '' };
    if (/^[{([]$/.test(text)) depth += 1;
    if (/^[})\]]$/.test(text)) depth -= 1;
  }
  return depth === 0;
}
