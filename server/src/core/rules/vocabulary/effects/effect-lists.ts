import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { tokensOn } from '../code/code-text.ts';
import { countEffects, effectsIn, isEffect } from './effects.ts';

/**
 * Where an effect that stayed got another list: below what else this hunk changed of it, or in another hunk, where it is told.
 * A call that crosses two hunks is a fact of the first alone.
 */
export function placeOfList(input: RuleInput, call: Call, list: string): 'here' | 'below' | 'elsewhere' {
  const { start, lines } = input.hunk.after;
  const holds = (line: number): boolean => start <= line && line < start + lines;
  const old = input.before?.calls.filter((other) => isEffect(other) && other.scope === call.scope) ?? [];
  const stood = input.before?.calls.some(({ key }) => key === call.key) === true;
  const [only] = old;
  const isOnOneLine = tokensOn(input.after, call.range.end.line, call.range.end.line).some(({ text }) => text === '[');
  if (
    stood ||
    !isOnOneLine ||
    only === undefined ||
    old.length > 1 ||
    countEffects(input, 'after', call.scope) > 1 ||
    only.args[1] === list
  )
    return 'here';
  if (holds(call.range.end.line)) return input.added.calls.includes(call) ? 'here' : 'below';
  return input.added.calls.includes(call) ? 'elsewhere' : 'here';
}

/** Effects whose list stood at the end of lines that this hunk removed: their component has more effects without one now, and as many in all. */
export function lostLists(input: RuleInput): readonly Call[] {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined) return [];
  const { start, lines } = hunk.before;
  const holds = (line: number): boolean => start <= line && line < start + lines;
  const ending = effectsIn(before).filter(({ args, range }) => args.length > 1 && holds(range.end.line));
  return ending.filter((call) => !effectsIn(after).some(({ key }) => key === call.key) && lostList(input, call));
}

/** An effect of this component now has no list, and as many as before have none for another reason. */
function lostList(input: RuleInput, call: Call): boolean {
  const bare = (side: 'before' | 'after'): number =>
    input[side]?.calls.filter((other) => isEffect(other) && other.scope === call.scope && other.args.length < 2).length ?? 0;
  return bare('after') > bare('before') && countEffects(input, 'after', call.scope) >= countEffects(input, 'before', call.scope);
}
