import type { Call, Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { bodiesNamed, type NamedBody } from '../code/named-bodies.ts';

/**
 * Calls of this hunk that ask a question and throw its answer away, where it was read before, or where a check stood that refused by
 * itself: `isRefundable(order);` for `if (!isRefundable(order)) throw`, `checkOrder(order);` for `assertOrder(order);`. None
 * where the function that is called refuses by itself now.
 */
export function unreadAnswers(input: RuleInput): readonly Call[] {
  const { before, after } = input;
  if (before === undefined || after === undefined) return [];
  return input.added.calls.filter((call) => {
    if (call.scope === '' || !ASKS.test(words(lastName(call.callee))) || !isThrownAway(after, call)) return false;
    const old = input.removed.calls.filter((other) => other.kind === 'call' && counterpartScope(input, other.scope) === call.scope);
    const same = old.filter((other) => lastName(other.callee) === lastName(call.callee));
    const bodies = bodiesNamed(input, 'after', call.callee);
    if (bodies.length === 0 && REFUSES.test(call.callee)) return false;
    if (bodies.some(refuses) || (bodies.length > 0 && !bodies.every(answers))) return false;
    if (same.length > 0) return same.some((other) => other.use === 'used') && !isToldAsGuard(input, call);
    // A check that refused by itself, and in its place a question.
    return (
      (bodies.length > 0 || IS_QUESTION.test(words(lastName(call.callee)))) &&
      old.some((other) => isThrownAway(before, other) && bodiesNamed(input, 'before', other.callee).some(refuses) && likely(other, call))
    );
  });
}

/** The function that a lost condition asked is called as before, and refuses by itself now. */
export function refusesByItself(input: RuleInput, { test, scope }: Guard): boolean {
  const now = counterpartScope(input, scope);
  const { after } = input;
  if (after === undefined || now === undefined) return false;
  return after.calls.some(
    (call) =>
      within(call.scope, now) &&
      test.includes(`${lastName(call.callee)}(`) &&
      isThrownAway(after, call) &&
      bodiesNamed(input, 'after', call.callee).some(refuses),
  );
}

/** Checks of the standard libraries that throw by themselves and give back what they were handed. */
const REFUSES =
  /(?:^|\.)(?:Preconditions|Verify|Validate|Assert|Assertions|Args|Require)\.\w+$|(?:^|\.)(?:requireNonNull|requireNonEmpty|checkNotNull|checkArgument|checkState|checkIndex|checkElementIndex|checkPositionIndex|checkFromToIndex|checkFromIndexSize)$/;

const IS_QUESTION = /^(?:is|has|can|may|should|allows?|allowed|permits?|matches|exists|within)\b/;
const ASKS =
  /^(?:is|has|can|may|should|allows?|allowed|permits?|permitted|matches|exists|within|valid|validate|validates|verify|verifies|check|checks|ensure|assert|require|authori[sz]e|eligible|confirm|approve|approved|guard|test)\b|\b(?:valid|allowed|permitted|eligible|authori[sz]ed|approved|ok)$/;

/** A statement of its own, awaited or not. */
function isThrownAway(facts: SourceFacts, { kind, use, range }: Call): boolean {
  if (kind !== 'call') return false;
  return use === 'discarded' || (use === 'awaited' && tokensOn(facts, range.start.line, range.start.line)[0]?.text === 'await');
}

/** The lost condition names the question itself, and is told where it stood. */
function isToldAsGuard({ removed }: RuleInput, { callee }: Call): boolean {
  return removed.guards.some(({ test, checks = [] }) => test.includes(`${lastName(callee)}(`) || checks.includes(callee));
}

/** Both speak of the same: they share a word that is not the verb, or are handed the same. */
function likely(old: Call, fresh: Call): boolean {
  const own = words(lastName(old.callee)).split(' ').slice(1);
  const now = words(lastName(fresh.callee)).split(' ');
  return own.some((word) => now.includes(word)) || (old.args.length > 0 && old.args[0] === fresh.args[0]);
}

function refuses({ facts, place }: NamedBody): boolean {
  return (
    facts.guards.some((guard) => guard.exit === 'throw' && within(guard.scope, place.name)) ||
    tokensOn(facts, place.startLine, place.endLine).some(({ text }) => /^(?:throw|raise|panic|assert|abort|exit)$/.test(text))
  );
}

/** Says yes or no, or hands back what is wrong. */
function answers({ facts, place }: NamedBody): boolean {
  return (
    facts.conditions.some(({ kind, scope }) => kind === 'answers' && within(scope, place.name)) ||
    facts.symbols.some(({ name, type }) => name === place.name && type !== '' && !/^(?:void|None|Promise<void>|unit|\(\))$/.test(type)) ||
    tokensOn(facts, place.startLine, place.endLine).some(({ text }) => text === 'return')
  );
}
