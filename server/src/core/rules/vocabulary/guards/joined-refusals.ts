import type { Condition, Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { negate, split } from '../conditions/parts.ts';
import { askedInPieces } from './same-question.ts';

/**
 * True where a new guard asks a new function that is content with any of several answers (`mayEdit() { return this.isMember() || this.isOpen() }`),
 * and each of two guards that the old function had refused for the lack of another one of them: both had to hold, and one is enough now.
 */
export function joinsRefusals(input: RuleInput, guard: Guard, fresh: Guard): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined) return false;
  const callee = /^(?:!|not )[^!&|]{0,200}?([A-Za-z_$][\w$]*)\([^()]{0,200}\)\)?$/.exec(fresh.test)?.[1];
  const answers = [...after.conditions, ...input.addedElsewhere().conditions].filter(({ kind }) => kind === 'answers');
  const answer = callee === undefined ? undefined : answers.find(({ scope }) => lastName(scope) === callee);
  const parts = answer === undefined ? undefined : split(answer.test);
  if (parts === undefined || parts.all || parts.items.length < 2) return false;
  const now = new Set(after.guards.map(({ key }) => key));
  const lost = before.guards.filter((other) => other.scope === guard.scope && other.exit !== 'break' && !now.has(other.key));
  const refusedBy = (old: Guard): number =>
    parts.items.findIndex((item) => {
      const { all, items } = negate(split(spelledOut(item, answers)));
      const refusal = { ...old, test: items.join(all ? ' && ' : ' || '), range: answer?.range ?? old.range };
      return askedInPieces(before, old, after, [refusal], []);
    });
  const own = refusedBy(guard);
  return own >= 0 && lost.some((other) => other.key !== guard.key && refusedBy(other) >= 0 && refusedBy(other) !== own);
}

/** `this.isMember()` by what that function answers; anything else is what it says. */
function spelledOut(item: string, answers: readonly Condition[]): string {
  const name = /^(?:this\.|self\.|\w+\.)?([A-Za-z_$][\w$]*)\([\w$., ]*\)$/.exec(item)?.[1];
  return (name === undefined ? undefined : answers.find(({ scope }) => lastName(scope) === name)?.test) ?? item;
}
