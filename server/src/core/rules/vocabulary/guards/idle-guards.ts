import type { Call, Guard, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { groupBy, keepOf, keepOfBoth, keepOfText } from '../code/kept.ts';
import { isNewPart, newCallsIn } from '../code/scope-changes.ts';
import { symbolsNamed } from '../code/symbols-by-name.ts';
import { inWordsOf } from './condition-changes.ts';
import { changesState } from './lost-wraps.ts';
import { isLetGo } from './unmet-parts.ts';

/** A guard that is still written down and stops nothing any more. */
export interface IdleGuard {
  readonly guard: Guard;
  /** Why it stops nothing, in words for a message. */
  readonly why: string;
  /** Where the function is called or, where nobody does, declared: of the after side. */
  readonly range: Range;
}

/**
 * Guards that went into a function which does not stop the work: nobody calls it, its answer is thrown away, it is called when
 * the work is done, or it is handed constants to compare. Every place where the condition stands now must be such. Told in the
 * hunk that has the call; a condition may stand on a line that no hunk touches, with another function around it.
 */
export function idleGuards(input: RuleInput, isWanted: (guard: Guard) => boolean): readonly IdleGuard[] {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined) return [];
  const { start, lines } = hunk.after;
  return movedOut(input, before, after).flatMap(({ guard, why, line, range }): readonly IdleGuard[] =>
    line >= start && line < start + lines && isWanted(guard) ? [{ guard, why, range: range ?? rangeOfLine(input, 'after', line) }] : [],
  );
}

/** A guard whose condition stands in other functions alone now, none of which stops the work. */
interface MovedOut extends Idle {
  readonly guard: Guard;
}

/** Why a guard stops nothing, and the line of the after side that says so; without a range it is the line itself. */
interface Idle {
  readonly why: string;
  readonly line: number;
  readonly range?: Range;
}

/** Found once for the two sides of a file: every hunk asks. */
function movedOut(input: RuleInput, before: SourceFacts, after: SourceFacts): readonly MovedOut[] {
  const known = moved(before, after);
  known.found ??= findMovedOut(input, without(before.guards, after.guards), without(after.guards, before.guards));
  return known.found;
}

const moved = keepOfBoth((_before: SourceFacts, _after: SourceFacts): { found?: readonly MovedOut[] } => ({}));

function findMovedOut(input: RuleInput, lost: readonly Guard[], fresh: readonly Guard[]): readonly MovedOut[] {
  if (lost.length === 0 || fresh.length === 0) return [];
  const order = new Map(fresh.map((guard, index) => [guard, index]));
  const byTest = groupBy(fresh, ({ test }) => flat(test));
  const byFunction = groupBy(
    fresh.filter(({ scope }) => scope !== '' && !(input.before !== undefined && hasScope(input.before, scope))),
    ({ scope }) => scope.slice(scope.lastIndexOf('.') + 1),
  );
  return lost.flatMap((guard): readonly MovedOut[] => {
    const scope = counterpartScope(input, guard.scope);
    if (scope === undefined || guard.scope === '') return [];
    const called = new Set(newCallsIn(input, guard.scope).map(({ callee }) => lastName(callee)));
    const asked = [...(byTest.get(flat(guard.test)) ?? []), ...[...called].flatMap((name) => byFunction.get(name) ?? [])];
    const now = [...new Set(asked)].filter((other) => asksSame(input, guard, other));
    if (now.some((other) => other.scope === scope)) return [];
    const reasons = now.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0)).map((other) => idleIn(input, guard, other, scope));
    const [reason] = reasons;
    return reason === undefined || reasons.some((other) => other === undefined) ? [] : [{ guard, ...reason }];
  });
}

const flat = keepOfText((test: string): string => test.replace(/\b(?:this|self|[a-z]{1,2})\.(?=\w)|\s+/g, '').replace(/'/g, '"'));

const without = keepOfBoth((guards: readonly Guard[], others: readonly Guard[]): readonly Guard[] => {
  const keys = new Set(others.map(({ key }) => key));
  return guards.filter(({ key }) => !keys.has(key));
});

function asksSame(input: RuleInput, guard: Guard, other: Guard): boolean {
  if (flat(other.test) === flat(guard.test)) return true;
  if (!isNewPart(input, other.scope, guard.scope)) return false;
  const handed = flat(inWordsOf(input, guard.scope, other).test);
  return handed === flat(guard.test) || isOfConstants(input, other, counterpartScope(input, guard.scope) ?? '');
}

function idleIn(input: RuleInput, guard: Guard, other: Guard, scope: string): Idle | undefined {
  const { before, after } = input;
  if (before === undefined || after === undefined) return undefined;
  const own = lastName(other.scope);
  if (!/^[A-Za-z_$][\w$]*$/.test(own)) return undefined;
  const calls = (callsByLast(after).get(own) ?? []).filter((call) => within(call.scope, scope) && call.scope !== other.scope);
  const [first] = calls;
  if (first === undefined) {
    if (other.scope !== `${scope}.${own}`) return undefined;
    const line = after.scopes.find(({ name }) => name === other.scope)?.startLine;
    // What a class declares is called from elsewhere.
    const isDeclared =
      symbolsNamed(after, other.scope).length > 0 || symbolsNamed(after, scope).some(({ kind }) => /^(class|interface|type)$/.test(kind));
    if (line === undefined || isDeclared || isMember(after, own, line) || !isNeverNamed(after, own)) return undefined;
    return { why: `nobody calls \`${own}\``, line };
  }
  const { range } = first;
  const { line } = range.start;
  if (hasScope(before, other.scope) && !isNewPart(input, other.scope, guard.scope)) return undefined;
  if (calls.every(({ use, runs }) => use === 'discarded' && runs === undefined) && answersByValue(other, after))
    return { why: `the answer of \`${own}\` is thrown away`, line, range };
  if (symbolsNamed(after, other.scope)[0]?.async === true && calls.every(({ use }) => use === 'discarded'))
    return { why: `nobody waits for \`${own}\``, line, range };
  if (calls.every((call) => standsBehindWork(input, guard, call))) return { why: `\`${own}\` is asked when the work is done`, line, range };
  if (calls.every((call) => isLetGo(input, guard, call))) return { why: `what \`${own}\` throws is caught`, line, range };
  return isOfConstants(input, other, scope) ? { why: `\`${own}\` compares constants`, line, range } : undefined;
}

const callsByLast = keepOf((facts: SourceFacts) => groupBy(facts.calls, ({ callee }) => lastName(callee)));

/** A member of an object that is given back or handed on, `return { async refund() { … } }`: whoever has the object calls it. */
function isMember(facts: SourceFacts, name: string, line: number): boolean {
  if (facts.language !== 'typescript') return false;
  const tokens = tokensOn(facts, line, line).map(({ text }) => text);
  const at = tokens.indexOf(name);
  return at >= 0 && /^[(:<]$/.test(tokens[at + 1] ?? '') && tokens.slice(0, at).every((text) => /^(async|get|\*|\{|,|return)$/.test(text));
}

/** What a function of Go or Rust refuses with, and what any function answers, stops only who looks at it. */
function answersByValue({ exit }: Guard, { language }: SourceFacts): boolean {
  return exit === 'return' || (exit === 'throw' && /^(go|rust)$/.test(language));
}

/** Named where it is declared alone, and perhaps where the compiler is told that nobody uses it. */
function isNeverNamed(facts: SourceFacts, name: string): boolean {
  return (namings(facts).get(name) ?? 0) <= 1;
}

const namings = keepOf((facts: SourceFacts): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  const { tokens } = facts;
  for (const [at, { text }] of tokens.entries()) {
    const isBlank = tokens[at - 1]?.text === '=' && /^(_|void)$/.test(tokens[at - 2]?.text ?? '');
    if (!isBlank && tokens[at - 1]?.text !== 'void') counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
});

/** A write that stood behind the guard stands before the call that asks it now. */
function standsBehindWork({ before, after }: RuleInput, guard: Guard, call: Call): boolean {
  const stood = new Set(
    before?.calls
      .filter((other) => other.scope === guard.scope && other.range.start.line > guard.range.end.line && changesState(other))
      .map(({ callee }) => callee),
  );
  // What was done in front of the guard before is no work that was waiting for it: a read by the same name.
  const front = new Set(
    before?.calls.filter((other) => other.scope === guard.scope && other.range.end.line < guard.range.start.line).map(({ key }) => key),
  );
  return (
    after?.calls.some(
      (other) =>
        other.scope === call.scope && stood.has(other.callee) && !front.has(other.key) && other.range.end.line < call.range.start.line,
    ) === true
  );
}

/** All that the condition reads is handed to it as a constant: `requireRole('editor')` asks whether 'editor' is 'editor'. */
function isOfConstants({ after }: RuleInput, guard: Guard, scope: string): boolean {
  const own = lastName(guard.scope);
  const calls = after === undefined ? [] : (callsByLast(after).get(own) ?? []).filter((call) => within(call.scope, scope));
  const parameters = symbolsNamed(after, guard.scope)[0]?.parameters.filter(({ name }) => !/^(self|cls|this)$/.test(name)) ?? [];
  const read = guard.reads.filter((name) => !/^[A-Z][A-Z0-9_]+$/.test(name));
  return (
    calls.length > 0 &&
    read.length > 0 &&
    read.every((name) => {
      const at = parameters.findIndex((parameter) => parameter.name === name);
      return at >= 0 && calls.every(({ args }) => /^(['"`][^'"`$]*['"`]|-?\d[\d.]*|true|false|True|False)$/.test(args[at] ?? ''));
    })
  );
}
