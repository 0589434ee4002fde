import type { Call, Fact, Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from './call-names.ts';
import { calleesIn, counterpartScope, hasScope, within } from './counterpart.ts';
import { surplusAmong, surplusOf } from './fact-keys.ts';
import { factsWithin } from './facts-by-place.ts';
import { frameworkCalls } from './framework-calls.ts';
import { createLookup, keepOf, keepOfBoth } from './kept.ts';

/** Calls of the after side that the before side did not have, inside the scope that stands for `scope`. */
export function newCallsIn(input: RuleInput, scope: string): readonly Call[] {
  const counterpart = counterpartScope(input, scope);
  if (counterpart === undefined || input.after === undefined) return [];
  const written = factsWithin(newCalls(input.after.calls, input.before?.calls ?? NONE), counterpart);
  const around = frameworkCalls(input.after);
  if (around.length === 0) return written;
  return [...written, ...factsWithin(newCalls(around, input.before === undefined ? NONE : frameworkCalls(input.before)), counterpart)];
}

/**
 * Calls of the before side that the after side does not have, inside the functions that `scope` of the after side stands for.
 * A rewrite is cut into several hunks, and what one of them lost another one has taken the place of.
 */
export function lostCallsIn(input: RuleInput, scope: string): readonly Call[] {
  const { before, after } = input;
  if (before === undefined || after === undefined) return [];
  const known = lostCalls(before, after);
  const found =
    known.get(scope) ??
    newCalls(before.calls, after.calls).filter((call) => within(counterpartScope(input, call.scope) ?? '\u0000', scope));
  known.set(scope, found);
  return found;
}

const lostCalls = keepOfBoth((_before: SourceFacts, _after: SourceFacts) => new Map<string, readonly Call[]>());

/** Guards of the after side that the before side did not have, inside the scope that stands for `scope`. */
export function newGuardsIn(input: Pick<RuleInput, 'before' | 'after'>, scope: string): readonly Guard[] {
  const counterpart = counterpartScope(input, scope);
  if (counterpart === undefined || input.after === undefined) return [];
  return factsWithin(newGuards(input.after.guards, input.before?.guards ?? NONE), counterpart);
}

/** True for a function that only the after side has and that the one which stands for `scope` calls now, and did not before. */
export function isNewPart(input: RuleInput, part: string, scope: string): boolean {
  if (part === '' || input.before === undefined || hasScope(input.before, part)) return false;
  const own = part.slice(part.lastIndexOf('.') + 1);
  return newCallsIn(input, scope).some(({ callee }) => lastName(callee) === own);
}

/** True where a removed call now stands in a function, of this file or of another of the change, that its own function calls. */
export function isExtracted(input: RuleInput, call: Call): boolean {
  const scope = counterpartScope(input, call.scope);
  if (scope === undefined || input.after === undefined) return false;
  const others = input.addedElsewhere().calls.filter((other) => isSame(other, call));
  if (others.length > 0 && others.some(asksElsewhere(input, call.scope))) return true;
  const called = new Set(calleesIn(input.after.calls, scope).map((callee) => callee.slice(callee.lastIndexOf('.') + 1)));
  return newCalls(input.after.calls, input.before?.calls ?? NONE).some(
    (other) => isSame(other, call) && !within(other.scope, scope) && other.scope.split('.').some((part) => called.has(part)),
  );
}

/**
 * Tells of what the change added to other files whether it stands in a function, or the method of a class, that the function
 * which stands for `scope` asks now: itself, or through a function that is new in its own file.
 */
export function asksElsewhere(input: RuleInput, scope: string): (fact: Fact) => boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined) return () => false;
  const asked = [...newCallsIn(input, scope)];
  const own = new Set(asked.map(({ callee }) => lastName(callee)));
  for (const call of newCalls(after.calls, before.calls)) {
    if (call.scope !== '' && !hasScope(before, call.scope) && call.scope.split('.').some((part) => own.has(part))) asked.push(call);
  }
  const names = new Map(asked.map(({ callee }) => [lastName(callee), callee]));
  return (fact) => {
    const parts = fact.scope.split('.');
    return parts.some((part, at) => {
      const callee = names.get(part);
      if (callee === undefined) return false;
      // `get` and its like are methods of everything: what they are asked of has a name like the class.
      const owner = parts[at - 1] ?? '';
      return !EVERYWHERE.test(part) || (owner !== '' && isNamedFor(callee, owner));
    });
  };
}

const EVERYWHERE =
  /^(get|set|add|put|post|patch|delete|find|map|filter|then|run|has|all|is|to|create|new|New|call|apply|push|join|log|info|error|parse|format|send|save|build|execute|handle|load|read|write|open|close|start|stop|update|remove|list|with|from)$/;

/** `this.rates.get` of a class `RateClient`, `http.get` of a class `Http`. */
function isNamedFor(callee: string, owner: string): boolean {
  const kind = words(owner).split(' ');
  return words(callee.slice(0, Math.max(0, callee.length - lastName(callee).length)))
    .split(' ')
    .some((word) => word.length > 2 && kind.some((other) => other.startsWith(word.slice(0, 4))));
}

/** A method that is given the same, of whatever the function now calls the value: `(net * rate).quantize(CENT)`, `value.quantize(CENT)`. */
function isSame(one: Call, other: Call): boolean {
  const method = (callee: string): string => callee.slice(callee.lastIndexOf('.'));
  return (
    one.callee === other.callee ||
    // What a chain was given on the way is part of what it does.
    (one.callee.includes('.') &&
      !/\w\(/.test(`${one.callee} ${other.callee}`) &&
      method(one.callee) === method(other.callee) &&
      one.args.length > 0 &&
      one.args.join() === other.args.join())
  );
}

/**
 * True where an added call stood in this file before, word for word, and came along with its function: the function was
 * renamed, or the call was extracted from one or inlined into one. Between two functions that both stay nothing comes along.
 */
export function cameAlong(input: RuleInput, call: Call): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined) return false;
  const known = toldToCome(input);
  const found = known.get(call) ?? comesAlong(before, after, call);
  known.set(call, found);
  return found;
}

/** Asked of one call by many rules. */
const toldToCome = keepOf((_input: RuleInput) => new Map<Call, boolean>());

function comesAlong(before: SourceFacts, after: SourceFacts, call: Call): boolean {
  const said = call.args.join();
  const same = ({ calls }: SourceFacts): readonly Call[] => callsByWords(callsByName(calls)(call.callee))(said);
  const stays = (facts: SourceFacts, scope: string): boolean => scope === '' || hasScope(facts, scope);
  const left = surplusAmong(same(before), after.calls).filter((old) => !stays(before, call.scope) || !stays(after, old.scope));
  return surplusAmong(same(after), before.calls).indexOf(call) < left.length;
}

const NONE: readonly never[] = [];

const newCalls = keepOfBoth((calls: readonly Call[], old: readonly Call[]) => surplusOf(calls, old));

/** Guards of one side that the other did not have; of equal ones, as many as there are more. */
export const newGuards = keepOfBoth((guards: readonly Guard[], old: readonly Guard[]) => surplusOf(guards, old));

const callsByName = keepOf((calls: readonly Call[]) => createLookup(calls, ({ callee }) => callee));

/** By what is handed over: calls inside calls have arguments as long as the line. */
const callsByWords = keepOf((named: readonly Call[]) => createLookup(named, ({ args }) => args.join()));
