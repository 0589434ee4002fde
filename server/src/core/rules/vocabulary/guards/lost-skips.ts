import type { Guard, Loop, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { counterpartScope, hasScope } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { partScopes } from '../code/own-parts.ts';
import { tokensOf } from '../code/token-lines.ts';

/**
 * Conditions that left out some of a list, one among several, and that are asked no more where the loop became a chain of filters or a
 * comprehension: the others are still to be read there, and nothing speaks of what this one asked for.
 */
export function lostSkips(input: RuleInput): readonly Guard[] {
  const { before, after, removed } = input;
  if (before === undefined || after === undefined) return [];
  return removed.guards.filter((guard) => {
    if (guard.exit !== 'break') return false;
    const loop = before.loops.find((other) => other.kind === 'each' && other.scope === guard.scope && holds(other, guard));
    const now = loop === undefined ? undefined : counterpartScope(input, guard.scope);
    if (loop === undefined || now === undefined || after.loops.some(({ scope, head }) => scope === now && head === loop.head)) return false;
    const said = wordsIn(after, now);
    const isSaid = (other: Guard): boolean => namesOf(other, loop).some((name) => said.has(name));
    const others = before.guards.filter((other) => other !== guard && other.exit === 'break' && holds(loop, other));
    const own = namesOf(guard, loop);
    return own.length > 0 && !isSaid(guard) && others.some((other) => namesOf(other, loop).length > 0 && isSaid(other));
  });
}

function holds({ body }: Loop, { range }: Guard): boolean {
  return body.startLine <= range.start.line && range.end.line <= body.endLine;
}

/** What a condition asks of the one thing that the loop holds: `isHeld` of `p.isHeld()`. */
function namesOf({ reads, test }: Guard, { head }: Loop): readonly string[] {
  const heads = new Set(head.match(/\w+/g) ?? []);
  return reads.filter(
    (name) =>
      name.length > 2 &&
      !heads.has(name) &&
      new RegExp(`(?:\\.|->|\\[['"])${escaped(name)}\\b`).test(test) &&
      !/^(?:get|equals|length|size|contains|includes)$/.test(name),
  );
}

/** Words of a function and of what is new in its file and called by it. */
function wordsIn(after: SourceFacts, scope: string): ReadonlySet<string> {
  const parts = [scope, ...partScopes(after, scope).filter((part) => part !== scope && hasScope(after, part))];
  return new Set(parts.flatMap((part) => tokensOf(after, part).match(/\w+/g) ?? []));
}
