import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { symbolsNamed } from '../code/symbols-by-name.ts';

/**
 * True where a list that the guard refused when it was empty has a type now that is never empty: `NonEmpty<T>`, `[T, ...T[]]`, `Vec1<T>`.
 * Whoever calls the function must prove it, and the compiler asks for the proof.
 */
export function isRuledOutByType(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const name = EMPTY.exec(guard.test)
    ?.slice(1)
    .find((part) => part !== undefined);
  const scope = counterpartScope(input, guard.scope);
  if (name === undefined || scope === undefined || before === undefined || after === undefined) return false;
  const typeIn = (facts: typeof after, own: string): string =>
    symbolsNamed(facts, own)
      .flatMap(({ parameters }) => parameters)
      .find((parameter) => parameter.name === name)?.type ?? '';
  return NEVER_EMPTY.test(typeIn(after, scope)) && !NEVER_EMPTY.test(typeIn(before, guard.scope));
}

/** `labels.length === 0`, `!labels.length`, `labels.is_empty()`. */
const EMPTY = /^(?:(\w+)\.(?:length|size) (?:===?|<|<=) [01]|!(\w+)\.(?:length|size)|(\w+)\.(?:isEmpty|is_empty)\(\))$/;

const NEVER_EMPTY = /\bNon_?Empty|\bAtLeastOne\b|\bNEL\b|\bVec1\b|\[[^[\]]{1,60},\s?\.\.\.[^\]]{1,60}\[\]\]/;
