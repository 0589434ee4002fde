import type { Call, Condition, Fact, Guard } from '../model/facts.ts';
import { isWrite, lastName } from './call-names.ts';
import { counterpartScope, movedText, within } from './counterpart.ts';
import type { RuleInput } from './define.ts';

/** A condition that wrapped work, and the work that runs without it now. */
export interface LostWrap {
  readonly condition: Condition;
  readonly work: Call;
}

/** Removed conditions around work that stays, where nothing of the function asks about the same any more. */
export function lostWraps(input: RuleInput, isWanted: (condition: Condition) => boolean): readonly LostWrap[] {
  const { after } = input;
  if (after === undefined) return [];
  return input.removed.conditions.flatMap((condition): readonly LostWrap[] => {
    const scope = counterpartScope(input, condition.scope);
    if (condition.kind !== 'wraps' || scope === undefined || !isWanted(condition)) return [];
    const work = after.calls.find((call) => within(call.scope, scope) && condition.guarded.includes(call.callee));
    const names = condition.reads.filter((name) => !/^(undefined|null|length|size)$/.test(name));
    const old = new Set([...(input.before?.guards ?? []), ...(input.before?.conditions ?? [])].map(({ key }) => key));
    const asks = (other: Guard | Condition): boolean =>
      old.has(other.key) ? names.every((name) => other.reads.includes(name)) : names.some((name) => other.reads.includes(name));
    const others = [...after.guards, ...after.conditions];
    const isAsked =
      others.some((other) => within(other.scope, scope) && asks(other)) ||
      others.some((other) => !old.has(other.key) && other.test === condition.test);
    if (work === undefined || isAsked || movedText(input, condition.test, condition.reads)) return [];
    return [{ condition, work }];
  });
}

/** A guard that stood before a write and stands behind it now. */
export interface Overtaken {
  readonly guard: Guard;
  readonly write: Call;
}

/**
 * Guards of this hunk whose function kept them and a write, in the other order: it is asked when it is done. Equal facts cancel
 * wherever they stand, so this looks at the whole file on both sides.
 */
export function overtakenGuards(input: RuleInput): readonly Overtaken[] {
  const known = overtaken.get(input);
  if (known !== undefined) return known;
  const { before, after } = input;
  const found: Overtaken[] = [];
  for (const guard of before === undefined ? [] : (after?.guards ?? [])) {
    if (guard.exit === 'break' || guard.scope === '') continue;
    const old = before?.guards.filter(({ key }) => key === guard.key) ?? [];
    const [was] = old;
    if (was === undefined || old.length > 1 || after?.guards.filter(({ key }) => key === guard.key).length !== 1) continue;
    const write = after?.calls.find(
      (call) => call.scope === guard.scope && isBefore(call, guard) && changesState(call) && stoodBehind(input, call, was),
    );
    if (write !== undefined && isHere(input, guard, write)) found.push({ guard, write });
  }
  overtaken.set(input, found);
  return found;
}

const overtaken = new WeakMap<RuleInput, readonly Overtaken[]>();

function stoodBehind(input: RuleInput, call: Call, guard: Guard): boolean {
  const same = input.before?.calls.filter(({ key }) => key === call.key) ?? [];
  return same.length > 0 && same.every((old) => isBefore(guard, old) && old.range.start.line > guard.range.end.line);
}

/** Calls that read, or that only prepare a write. */
function changesState(call: Call): boolean {
  if (call.kind !== 'call' || !isWrite(call.callee)) return false;
  if (call.args.some((argument) => /^['"`]\s*(select|with|begin|set|show)\b/i.test(argument))) return false;
  return (
    !/^(query|set|add|append|apply|emit|mark|post|sync|put)$/.test(lastName(call.callee)) ||
    call.args.some((argument) => /^['"`]\s*(insert|update|delete)\b/i.test(argument))
  );
}

function isBefore(one: Fact, other: Fact): boolean {
  return one.range.end.line < other.range.start.line;
}

/** One hunk tells it: the one that has the guard now, or else the write. */
function isHere({ hunk }: RuleInput, guard: Guard, write: Call): boolean {
  const holds = (fact: Fact): boolean =>
    fact.range.start.line >= hunk.after.start && fact.range.start.line < hunk.after.start + hunk.after.lines;
  return holds(guard) || holds(write);
}
