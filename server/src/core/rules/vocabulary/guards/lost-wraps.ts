import type { Call, Condition, Fact, Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { isWrite, lastName } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { factsInside } from '../code/facts-by-place.ts';
import { holdsLine } from '../code/hunk-lines.ts';
import { groupBy, keepOf, keepOfBoth } from '../code/kept.ts';
import { movedText } from '../code/moved-text.ts';
import { asksByName } from './condition-names.ts';

/** A condition that wrapped work, and the work that runs without it now. */
export interface LostWrap {
  readonly condition: Condition;
  readonly work: Call;
}

/** Removed conditions around work that stays, where nothing of the function asks about the same any more. */
export function lostWraps(input: RuleInput, isWanted: (condition: Condition) => boolean): readonly LostWrap[] {
  const { before, after } = input;
  if (before === undefined || after === undefined) return [];
  return input.removed.conditions.flatMap((condition): readonly LostWrap[] => {
    const scope = counterpartScope(input, condition.scope);
    if (condition.kind !== 'wraps' || scope === undefined || !isWanted(condition)) return [];
    const work = after.calls.find((call) => within(call.scope, scope) && condition.guarded.includes(call.callee));
    const names = condition.reads.filter((name) => !/^(undefined|null|length|size)$/.test(name));
    const old = askedKeys(before);
    const asks = (other: Guard | Condition): boolean =>
      old.has(other.key) ? names.every((name) => other.reads.includes(name)) : names.some((name) => other.reads.includes(name));
    const others = [...after.guards, ...after.conditions];
    const isAsked =
      others.some((other) => within(other.scope, scope) && asks(other)) ||
      others.some(
        (other) => !old.has(other.key) && (other.test === condition.test || asksByName(before, after, condition.test, other.test, 'or')),
      );
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
  const { before, after } = input;
  if (before === undefined || after === undefined) return [];
  // Of the whole file only where a guard or a call stands on the lines of this hunk.
  const { start, lines } = input.hunk.after;
  const here = { start: { line: start, character: 0 }, end: { line: start + lines, character: 0 } };
  if (factsInside(after.guards, here).length === 0 && !factsInside(after.calls, here).some(changesState)) return [];
  return overtakenIn(before, after).filter(({ guard, write }) => isOnLines(input, guard) || isOnLines(input, write));
}

/** Of a whole file, once for all of its hunks. */
const overtakenIn = keepOfBoth((before: SourceFacts, after: SourceFacts): readonly Overtaken[] => {
  const [old, now] = [byKey(before.guards), byKey(after.guards)];
  const stood = byKey(before.calls);
  const stays = after.calls.filter(({ key, scope }) => scope !== '' && stood.has(key));
  const calls = groupBy(
    stays.filter((call) => changesState(call) && !saysPlainly(call)),
    ({ scope }) => scope,
  );
  const found: Overtaken[] = [];
  for (const guard of after.guards) {
    if (guard.exit === 'break' || guard.scope === '') continue;
    const [was, ...others] = old.get(guard.key) ?? [];
    if (was === undefined || others.length > 0 || now.get(guard.key)?.length !== 1) continue;
    const write = calls.get(guard.scope)?.find((call) => isBefore(call, guard) && stoodBehind(stood.get(call.key) ?? [], was));
    if (write !== undefined) found.push({ guard, write });
  }
  return found;
});

/** A word that is the same for everybody, `client.send('PONG')`: nothing that was asked about goes out with it. */
function saysPlainly({ callee, args }: Call): boolean {
  return (
    /^(?:send|sendText|send_text|send_str|send_bytes|reply|respond|write|writeln|WriteMessage|WriteString|emit|end)$/.test(
      lastName(callee),
    ) &&
    args.length > 0 &&
    args.every((argument) => /^(?:b?'[^']*'|b?"[^"]*"|`[^`$]*`|\d+|[\w.]*\.TextMessage|\[\]byte\("[^"]*"\))$/.test(argument))
  );
}

function stoodBehind(same: readonly Call[], guard: Guard): boolean {
  return same.length > 0 && same.every((old) => isBefore(guard, old) && old.range.start.line > guard.range.end.line);
}

const askedKeys = keepOf(
  (facts: SourceFacts): ReadonlySet<string> => new Set([...facts.guards, ...facts.conditions].map(({ key }) => key)),
);

function byKey<T extends Fact>(facts: readonly T[]): ReadonlyMap<string, readonly T[]> {
  return groupBy(facts, ({ key }) => key);
}

/** Calls that read, or that only prepare a write. */
export function changesState(call: Call): boolean {
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
function isOnLines({ hunk }: RuleInput, { range: { start } }: Fact): boolean {
  return holdsLine(hunk.after, start.line);
}
