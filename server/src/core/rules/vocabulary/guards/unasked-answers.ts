import type { Call, Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { callsInside, guardKind } from './guard-kinds.ts';
import { likeness, saysNothing } from './guard-likeness.ts';

/** A way out that stands between an answer and the question how it ended. */
export interface UnaskedAnswer {
  /** The new way out. */
  readonly guard: Guard;
  /** What is asked of the answer behind it. */
  readonly asked: string;
}

/**
 * New conditions that leave with nothing wrong after a call answered and before anybody asked how it ended: `if (out === null) return`
 * between the request and `if (!res.ok) throw`. The change had the same question without one in front, there or in the code that
 * it was taken from. A condition that asks about the answer itself, or hands it on, is somebody's decision.
 */
export function unaskedAnswers(input: RuleInput): readonly UnaskedAnswer[] {
  const { after } = input;
  const fresh = input.added.guards.filter(({ exit, scope }) => exit === 'return' && scope !== '');
  if (after === undefined || fresh.length === 0) return [];
  return fresh.flatMap((guard): readonly UnaskedAnswer[] => {
    const questions = [...guardsBehind(after, guard), ...callsBehind(after, guard)];
    const found = questions.find(({ of, fact }) => isAnswerAbove(after, guard, of) && hadSame(input, fact));
    return found === undefined ? [] : [{ guard, asked: 'test' in found.fact ? found.fact.test : found.fact.callee }];
  });
}

interface Question {
  /** The name of the answer. */
  readonly of: string;
  readonly fact: Guard | Call;
}

function guardsBehind(facts: SourceFacts, { scope, range }: Guard): readonly Question[] {
  return facts.guards.flatMap((other): readonly Question[] => {
    if (other.scope !== scope || other.range.start.line <= range.end.line || !isQuestion(other, facts)) return [];
    const of = /[A-Za-z_$][\w$]*/.exec(other.test)?.[0];
    return of === undefined ? [] : [{ of, fact: other }];
  });
}

function isQuestion(guard: Guard, { calls }: SourceFacts): boolean {
  return (
    (guard.exit === 'throw' || guard.exit === 'answer') &&
    !saysNothing(guard.test) &&
    guardKind(guard, callsInside(guard, calls)) === 'error'
  );
}

const ASKS = /^(?:raise_for_status|error_for_status|raiseForStatus|throwIfError|throwOnError|ensureSuccess\w*|expectOk|checkStatus)$/;

function callsBehind(facts: SourceFacts, { scope, range }: Guard): readonly Question[] {
  return facts.calls.flatMap((call): readonly Question[] => {
    if (call.scope !== scope || call.range.start.line <= range.end.line || !ASKS.test(lastName(call.callee))) return [];
    const of = /^[A-Za-z_$][\w$]*/.exec(receiver(call.callee) || (call.args[0] ?? ''))?.[0];
    return of === undefined ? [] : [{ of, fact: call }];
  });
}

/** The name is given to what a call answered, above the way out, which asks and hands on nothing of what that call gave. */
function isAnswerAbove(facts: SourceFacts, { scope, range }: Guard, of: string): boolean {
  const given = facts.calls.findLast((call) => {
    const { line } = call.range.start;
    if (call.scope !== scope || line >= range.start.line || call.kind !== 'call' || call.use === 'discarded') return false;
    const tokens = tokensOn(facts, line, line).map(({ text }) => text);
    const at = tokens.findIndex((text) => text === '=' || text === ':=');
    return at > 0 && tokens.slice(0, at).includes(of);
  });
  if (given === undefined) return false;
  const { line } = given.range.start;
  const named = tokensOn(facts, line, line).map(({ text }) => text);
  const names = named
    .slice(
      0,
      named.findIndex((text) => text === '=' || text === ':='),
    )
    .filter((text) => /^[A-Za-z_$]/.test(text));
  return !tokensOn(facts, range.start.line, range.end.line).some(({ text }) => names.includes(text));
}

/** The change took the same question away where nothing stood in front of it; or it asked here before. */
function hadSame({ before, removed, removedElsewhere }: RuleInput, fact: Guard | Call): boolean {
  const elsewhere = removedElsewhere();
  if ('test' in fact)
    return [...removed.guards, ...elsewhere.guards, ...(before?.guards.filter(({ key }) => key === fact.key) ?? [])].some(
      (old) => old.exit !== 'break' && !saysNothing(old.test) && likeness(old, fact) >= 0.6,
    );
  return [...removed.calls, ...elsewhere.calls, ...(before?.calls.filter(({ key }) => key === fact.key) ?? [])].some(
    (old) => lastName(old.callee) === lastName(fact.callee),
  );
}
