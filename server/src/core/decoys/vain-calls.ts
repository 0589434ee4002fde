import type { Call, Handler, SourceFacts } from '../model/facts.ts';
import { isWrite, lastName } from '../rules/vocabulary/code/call-names.ts';
import { tokensOn } from '../rules/vocabulary/code/code-text.ts';
import { within } from '../rules/vocabulary/code/counterpart.ts';
import { factsWithin } from '../rules/vocabulary/code/facts-by-place.ts';
import { isOfConstants } from './constant-arguments.ts';
import { isAsync, isIdle, isNeverStarted } from './idle-calls.ts';
import type { Loss } from './losses.ts';
import type { NamedCall } from './namings.ts';
import { isNeverReached } from './never-reached.ts';
import { NOTES } from './notes.ts';
import { isTurned } from './turned-answers.ts';
import type { Voucher } from './vouchers.ts';

/** A call, what it calls, and what the function that has it lost. */
export interface AskedCall extends NamedCall {
  readonly voucher: Voucher;
  readonly losses: readonly Loss[];
}

/**
 * True for a call that stops nobody: nobody looks at the answer or waits for it, or who does reads it the wrong way round; what it throws
 * is caught in front of the work; it is handed constants alone; it stands beside or behind the work, or where nobody comes by.
 */
export function isVain(asked: AskedCall): boolean {
  return REASONS.some((isSo) => isSo(asked));
}

const REASONS: readonly ((asked: AskedCall) => boolean)[] = [
  isUnanswered,
  isNeverRead,
  isLetGo,
  isOnlyNoted,
  isNeverReached,
  isNeverStarted,
  isIdle,
  isTurned,
  isOfConstants,
  isBehindWork,
];

/** The answer is thrown away, or comes when the function ends or beside it. */
function isUnanswered({ facts, call, voucher }: AskedCall): boolean {
  if (call.runs !== undefined) return true;
  // A promise that nobody waits for refuses when the work runs already.
  if (voucher.throws) return call.use === 'discarded' && isAsync(voucher) && facts.language === 'typescript';
  return voucher.answers && isDiscarded(facts, call);
}

/** A statement of its own, waited for or not. */
function isDiscarded(facts: SourceFacts, { use, callee, range }: Call): boolean {
  if (use !== 'awaited') return use === 'discarded';
  const [first, second] = tokensOn(facts, range.start.line, range.start.line).filter(({ text }) => !/^[;{]$/.test(text));
  return first?.text === 'await' && second !== undefined && callee.startsWith(second.text);
}

/** `const ok = may(user);` and nobody reads `ok`; `check = lambda: demand(user)` and nobody calls `check`. */
function isNeverRead({ facts, call, voucher }: AskedCall): boolean {
  const line = tokensOn(facts, call.range.start.line, call.range.start.line).map(({ text }) => text);
  const own = line.indexOf(lastName(call.callee));
  const at = line.findIndex((text, index) => index < own && /^:?=$/.test(text));
  const name = line[at - 2] === '.' ? '' : (line[at - 1] ?? '');
  const isLazy = line.slice(at + 1, own).some((text) => /^(?:lambda|=>|\(\)=>|func|->)$/.test(text));
  if (at < 0 || !/^[A-Za-z_$][\w$]*$/.test(name) || (!isLazy && voucher.throws)) return false;
  const between = line.slice(at + 1, own).filter((text) => !/^(?:await|lambda|:|\(|\)|=>|->|\{|async|!|not|this|self|\.)$/.test(text));
  // `ok = user and may(user)`, `const order = load(may(user))`: part of something larger.
  if (between.some((text) => !call.callee.includes(text))) return false;
  const outer = isLazy ? ownerOf(call.scope, name) : call.scope;
  const scope = facts.scopes.find((each) => each.name === outer);
  if (scope === undefined) return false;
  const named = tokensOn(facts, scope.startLine, scope.endLine).filter(
    ({ text }) => text === name || (/^[`"'f]/.test(text) && text.includes(name)),
  );
  return named.length === 1;
}

/** The function in which a local one is bound to a name. */
function ownerOf(scope: string, name: string): string {
  return scope.endsWith(`.${name}`) ? scope.slice(0, -name.length - 1) : scope;
}

/** What it throws, or the error that it gives, ends in a handler of its own, and the work goes on behind it. */
function isLetGo({ facts, call, losses }: AskedCall): boolean {
  const guarding = factsWithin(facts.handlers, call.scope).filter(
    (handler) => handler.scope === call.scope && /^(?:swallows|reports)$/.test(handler.outcome) && isAround(handler, call),
  );
  const [handler] = guarding;
  // Where one stood around the guard before, what the guard threw ended there as well.
  if (
    handler === undefined ||
    losses.some(({ file, scope, fact }) => scope === call.scope && fact !== undefined && isCaughtAlready(file.before, fact, handler))
  )
    return false;
  const work = new Set(losses.flatMap(({ file, fact }) => (fact === undefined ? [] : calledBehind(file.before, fact))));
  const isWork = (callee: string): boolean => lastName(callee) !== lastName(call.callee) && (work.has(callee) || isWrite(callee));
  if (handler.guarded.some(isWork)) return false;
  return !tokensOn(facts, handler.range.start.line, handler.range.end.line).some(
    ({ text, line }) => LEAVES.test(text) && line > call.range.end.line,
  );
}

function isCaughtAlready(before: SourceFacts | undefined, fact: NonNullable<Loss['fact']>, { outcome }: Handler): boolean {
  return (
    before?.handlers.some((old) => old.scope === fact.scope && old.outcome === outcome && old.range.start.line >= fact.range.end.line) ===
    true
  );
}

const LEAVES = /^(?:return|raise|throw|continue|break|exit|abort|fail|next|panic|redirect|reject)$/;

/** A `catch` behind the call, a `.catch(…)` on it, a `with suppress(…)` above it, Go's `_ =` and `if err != nil` around it. */
function isAround({ guarded, range }: Handler, call: Call): boolean {
  return (
    guarded.some((callee) => callee === call.callee) &&
    (range.end.line >= call.range.start.line || range.start.line < call.range.start.line) &&
    Math.abs(range.start.line - call.range.end.line) <= NEAR
  );
}

const NEAR = 6;

/** `if (!may(user)) log.warn('refused');`: the answer decides of a remark alone. */
function isOnlyNoted({ facts, call, voucher }: AskedCall): boolean {
  const { line } = call.range.start;
  if (voucher.throws || !voucher.answers || call.use === 'discarded') return false;
  const isHere = ({ range }: { readonly range: AskedCall['call']['range'] }): boolean => range.start.line <= line && line <= range.end.line;
  const own = factsWithin(facts.conditions, call.scope).filter((condition) => condition.kind === 'wraps' && isHere(condition));
  if (factsWithin(facts.guards, call.scope).some(isHere) || own.some(({ guarded }) => !guarded.every((callee) => NOTES.test(callee))))
    return false;
  if (!/^(?:if|}|else|unless)$/.test(tokensOn(facts, line, line).find(({ text }) => !/^[;{]$/.test(text))?.text ?? '')) return false;
  const body = factsWithin(facts.calls, call.scope).filter(
    (other) =>
      other !== call && other.range.start.line >= line && other.range.start.line <= line + 1 && !other.callee.startsWith(`${call.callee}(`),
  );
  const isSaid = body.some(({ callee }) => NOTES.test(callee));
  const after = tokensOn(facts, line, line + 1).map(({ text }) => text);
  return isSaid && !after.some((text) => /^(?:\+?=|return|throw|raise|yield|continue|break)$/.test(text));
}

/** Everything that was done behind what the function lost is done in front of the call. */
function isBehindWork({ facts, call, losses }: AskedCall): boolean {
  const own = losses.filter(({ scope, fact }) => within(call.scope, scope) && fact !== undefined && 'test' in fact);
  if (own.length === 0) return false;
  const stood = new Set(own.flatMap(({ file, fact }) => (fact === undefined ? [] : calledBehind(file.before, fact))));
  const work = factsWithin(facts.calls, call.scope).filter(
    ({ kind, callee }) => kind === 'call' && stood.has(callee) && !NOTES.test(callee),
  );
  const isInFront = ({ range }: Call): boolean => range.end.line < call.range.start.line;
  return work.some(isInFront) && (work.every(isInFront) || work.some((other) => isInFront(other) && isWrite(other.callee)));
}

/** What a function called behind one of its guards, and not in front of it as well. */
function calledBehind(before: SourceFacts | undefined, { scope, range }: NonNullable<Loss['fact']>): readonly string[] {
  if (before === undefined || scope === '') return [];
  const calls = factsWithin(before.calls, scope).filter(({ kind }) => kind === 'call');
  const front = new Set(calls.filter((call) => call.range.end.line < range.start.line).map(({ callee }) => callee));
  return calls.flatMap(({ callee, range: own }) => (own.start.line > range.end.line && !front.has(callee) ? [callee] : []));
}
