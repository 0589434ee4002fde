import type { Fact, Guard, Handler, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { goesOn, isPass, NO_ACCESS, type OpenedFailure, REFUSAL } from './failed-checks.ts';

/**
 * Questions whose failure ended the request and passes the refusal by now, in a function that refuses some and hands others on:
 * `if err != nil { 503 }; if !granted { 403 }` became a `switch` whose first case only tells of the error. What is still refused
 * behind the failure, because nothing was granted, is no finding.
 */
export function* passedErrors(input: RuleInput): Iterable<OpenedFailure> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined) return;
  const touches = ({ range }: Pick<Fact, 'range'>): boolean =>
    range.start.line < hunk.after.start + hunk.after.lines && range.end.line >= hunk.after.start;
  for (const refusal of after.guards) {
    if (!touches(refusal) || !REFUSAL.test(textOf(after, refusal)) || !sorts(input, after, refusal.scope)) continue;
    const line = passedBy(after, refusal);
    if (line === undefined || !endedBefore(input, before, after, refusal)) continue;
    yield { side: 'after', range: rangeOfLine(input, 'after', line), what: lastName(refusal.scope) };
  }
  for (const handler of after.handlers) {
    if (!touches(handler) || handler.outcome === 'rethrows' || !sorts(input, after, handler.scope)) continue;
    const refusals = after.guards.filter((guard) => within(guard.scope, handler.scope) && REFUSAL.test(textOf(after, guard)));
    const behind = refusals.filter(({ range }) => range.start.line > handler.range.end.line);
    if (refusals.length === 0 || behind.some((guard) => !isChained(after, guard)) || !goesOn(after, handler)) continue;
    if (endedInHandler(input, before, handler)) yield { side: 'after', range: handler.range, what: handler.guarded[0] ?? 'the check' };
  }
}

/** A place that refuses some and hands the others on. */
function sorts({ path }: RuleInput, { calls }: SourceFacts, scope: string): boolean {
  return scope !== '' && !NO_ACCESS.test(words(`${path} ${scope}`)) && calls.some((call) => within(call.scope, scope) && isPass(call));
}

/** The line at which an error is asked for and left at that, so that this refusal is not reached. */
function passedBy(facts: SourceFacts, refusal: Guard): number | undefined {
  const { line } = refusal.range.start;
  if (/(?:\b\w*err(?:or)? ={2,3} (?:nil|null|undefined)|!err(?:or)?) && /i.test(refusal.test)) return line;
  if (!isChained(facts, refusal)) return undefined;
  for (let above = line - 1; above >= Math.max(1, line - FARTHEST); above -= 1) {
    const text = lineOf(facts, above);
    if (/^(?:\} )?(?:else )?(?:if|case)\b/.test(text)) return ASKS.test(text) ? above : undefined;
  }
  return undefined;
}

const FARTHEST = 8;
/** `if err != nil`, `case err != nil:`, `if (error)`. */
const ASKS = /^(?:\} )?(?:else )?(?:if|case) \(?\s?\w*err(?:or)?\b(?: !={1,2} (?:nil|null|undefined))? ?[){:]/i;

/** It is the other branch of a condition in front of it. */
function isChained(facts: SourceFacts, { range }: Guard): boolean {
  const { line } = range.start;
  return /^(?:\} )?(?:else|elif|case)\b/.test(lineOf(facts, line)) || /\belse (?:\{|:)$/.test(lineOf(facts, line - 1));
}

/** An error of the same function ended the request, and fewer of its errors do now. */
function endedBefore(input: RuleInput, before: SourceFacts, after: SourceFacts, { scope }: Guard): boolean {
  const ends = ({ guards }: SourceFacts, own: (name: string) => boolean): readonly Guard[] =>
    guards.filter((guard) => guard.exit !== 'break' && STOPS.test(guard.test) && own(guard.scope));
  const old = ends(before, (name) => counterpartScope(input, name) === scope);
  return old.length > ends(after, (name) => name === scope).length && old.some((guard) => !hands(before, guard));
}

const STOPS = /(?:^|\|\| )\(?\w*err(?:or)?(?: !={1,2} (?:nil|null|undefined))?\)?(?: \|\||$)/i;

function endedInHandler(input: RuleInput, before: SourceFacts, { scope, guarded }: Handler): boolean {
  return before.handlers.some(
    (old) =>
      counterpartScope(input, old.scope) === scope &&
      old.guarded.some((callee) => guarded.includes(callee)) &&
      /\b(?:return|throw|raise|abort\w*)\b/.test(textOf(before, old)) &&
      !hands(before, old),
  );
}

/** The request is handed on there. */
function hands({ calls }: SourceFacts, { range }: Fact): boolean {
  return calls.some((call) => isPass(call) && call.range.start.line >= range.start.line && call.range.end.line <= range.end.line);
}

function textOf(facts: SourceFacts, { range }: Fact): string {
  return tokensOn(facts, range.start.line, range.end.line)
    .map(({ text }) => text)
    .join(' ');
}

function lineOf(facts: SourceFacts, line: number): string {
  return tokensOn(facts, line, line)
    .map(({ text }) => text)
    .join(' ');
}
