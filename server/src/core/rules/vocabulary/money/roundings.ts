import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import { heldBy } from '../code/held-values.ts';
import { isIn, partScopes } from '../code/own-parts.ts';
import { tokensOf } from '../code/token-lines.ts';
import { type Rounding, roundingOf } from './rounding-modes.ts';

/** A call that rounds, and how. */
export interface Rounded {
  readonly call: Call;
  readonly rounding: Rounding;
}

/** The roundings of a function and of what stands inside it, in the order of the file; of the file itself where `scope` is empty. */
export function roundings(input: RuleInput, side: 'before' | 'after', scope: string): readonly Rounded[] {
  return (input[side]?.calls ?? []).flatMap((call) => {
    const rounding = (scope === '' ? call.scope === '' : within(call.scope, scope)) ? roundingIn(input, side, call) : undefined;
    return rounding === undefined ? [] : [{ call, rounding }];
  });
}

/** Roundings in functions that only the new side has and that this one leads to: it calls them, or hands them on by name. */
export function roundingsOfParts(input: RuleInput, scope: string): readonly Rounded[] {
  const { before, after } = input;
  if (before === undefined || after === undefined || scope === '') return [];
  const parts = partScopes(after, scope).filter((name) => !within(name, scope) && !before.scopes.some((old) => old.name === name));
  // What several of them call rounds for each of them, and for each of those that call these.
  const asked = (name: string, above: readonly string[]): number => {
    const callers = after.calls.filter((call) => lastName(call.callee) === lastName(name) && isIn([scope, ...parts], call.scope));
    const ways = callers.map((call) => {
      const part = parts.find((other) => within(call.scope, other));
      return part === undefined || part === name || above.length > DEEPEST || above.includes(part) ? 1 : asked(part, [...above, part]);
    });
    return Math.max(
      1,
      ways.reduce((sum, number) => sum + number, 0),
    );
  };
  return [...new Set(parts)].flatMap((name) => {
    const own = roundings(input, 'after', name);
    return own.length === 0 ? [] : Array.from({ length: Math.min(MOST_WAYS, asked(name, [name])) }, () => own).flat();
  });
}

/** Its mode and digits may stand in constants of the file or of one it imports, which are read for what they hold. */
export function roundingIn(input: RuleInput, side: 'before' | 'after', call: Call): Rounding | undefined {
  return roundingOf({
    ...call,
    args: call.args.map((argument) => (OWN_MODE.test(argument) ? (onlyModeIn(input[side]) ?? argument) : heldBy(input, side, argument))),
  });
}

/** A field or a parameter that holds the mode: `setScale(2, mode)`. */
const OWN_MODE = /^(?:this\.|self\.)?_?(?:\w*[a-z])?(?:mode|Mode|rounding|Rounding|strategy|Strategy)$/;

/** The one mode that a file speaks of. */
const onlyModeIn = (facts: RuleInput['after']): string | undefined => {
  const modes = new Set(tokensOf(facts, '').match(/\b(?:RoundingMode|RoundingStrategy)(?:\.|::)[A-Za-z_]+|\bROUND_[A-Z_]+\b/g));
  return modes.size === 1 ? [...modes][0] : undefined;
};

/** Parts that call parts are followed so far, and counted so often. */
const DEEPEST = 4;
const MOST_WAYS = 64;
