import type { Guard, Handler, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { tokensOn } from '../code/code-text.ts';
import { formerScope, hasScope } from '../code/counterpart.ts';
import { callsInside, guardKind } from './guard-kinds.ts';
import { endsInRefusal, refusesOn } from './handler-refusals.ts';

/**
 * The refusal of access that stands in the guarded block, where the handler only tells of the error and what follows goes on:
 * `try { … if (!grant.ok) return reply.code(403) } catch (e) { log.warn(e) }`.
 */
export function refusalInside(input: RuleInput, handler: Handler): Guard | undefined {
  const { before, after } = input;
  if (before === undefined || after === undefined || refusesOn(after, handler.range)) return undefined;
  const start = handler.range.start.line;
  const had = before.handlers.some(
    (other) => other.scope === handler.scope && other.outcome !== 'rethrows' && !refusesOn(before, other.range),
  );
  if (had || (handler.scope !== '' && !stoodBefore(input, handler.scope))) return undefined;
  return after.guards.find((guard) => {
    const inside = callsInside(guard, after.calls);
    return (
      guard.scope === handler.scope &&
      guard.exit !== 'break' &&
      guard.range.end.line <= start &&
      guard.checks === undefined &&
      inside.every(({ callee }) => handler.guarded.includes(callee) || /(^|\.)(log|logger|console)\./.test(callee)) &&
      callsOnly(guard, after, handler) &&
      guardKind(guard, inside) === 'access' &&
      // Where the function refuses at its end, falling out of the block is a refusal.
      !endsInRefusal(after, handler)
    );
  });
}

/**
 * The refusal below that asks the guarded answer, where the handler leaves the function before it without refusing:
 * `try { grant = await ask(…) } catch { return } if (!grant.ok) return reply.code(403)`.
 */
export function refusalLeftBefore({ before, after }: RuleInput, handler: Handler): Guard | undefined {
  if (before === undefined || after === undefined || refusesOn(after, handler.range)) return undefined;
  const texts = tokensOn(after, handler.range.start.line, handler.range.end.line).map(({ text }) => text);
  const leaves = texts.some((text, at) => text === 'return' && /^(;|\}|next)$/.test(texts[at + 1] ?? '}')) || texts.includes('next');
  if (!leaves || before.handlers.some((other) => other.guarded.some((callee) => handler.guarded.includes(callee)))) return undefined;
  return after.guards.find(
    (guard) =>
      guard.scope === handler.scope &&
      (guard.exit === 'answer' || guard.exit === 'throw' || guard.exit === 'return') &&
      guard.range.start.line > handler.range.end.line &&
      guard.reads.some((name) => isAnswerOf(after, handler, name.split('.')[0] ?? name)) &&
      guardKind(guard, callsInside(guard, after.calls)) === 'access',
  );
}

/** Whether a name holds what a call of the guarded block answered. */
function isAnswerOf(facts: SourceFacts, { scope, guarded, range }: Handler, name: string): boolean {
  const calls = facts.calls.filter(
    (call) => call.scope === scope && guarded.includes(call.callee) && call.range.start.line <= range.start.line,
  );
  const first = Math.min(...calls.map((call) => call.range.start.line));
  if (calls.length === 0) return false;
  const texts = tokensOn(facts, first, range.start.line).map(({ text }) => text);
  return texts.some((text, at) => text === name && texts[at + 1] === '=');
}

/** The guard stands in the block: a call before it, or in it, is one of those that the handler guards. */
function callsOnly(guard: Guard, facts: SourceFacts, handler: Handler): boolean {
  return facts.calls.some(
    (call) =>
      call.scope === guard.scope &&
      handler.guarded.includes(call.callee) &&
      call.range.start.line <= guard.range.end.line &&
      call.range.start.line >= guard.range.start.line - 12,
  );
}

/** A handler that is new, tells of the error and ends nothing, in a function that was there. */
export function leavesOpen(input: RuleInput, handler: Handler): boolean {
  const { after } = input;
  return after !== undefined && stoodBefore(input, handler.scope) && !refusesOn(after, handler.range) && !endsInRefusal(after, handler);
}

/** Under its name, or under another one: `module.exports = function (req, res, next)` that became `session`. */
function stoodBefore(input: RuleInput, scope: string): boolean {
  return input.before !== undefined && (hasScope(input.before, scope) || formerScope(input, scope) !== undefined);
}
