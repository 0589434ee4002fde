import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
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
  const type = typeIn(after, scope);
  return (
    NEVER_EMPTY.test(type) &&
    !NEVER_EMPTY.test(typeIn(before, guard.scope)) &&
    // Of two types, the other one may be empty.
    !type.includes('|') &&
    !(type.match(/[A-Z]\w+/g) ?? []).some((alias) => isPlainList(after, alias)) &&
    !isHandedUnproven(input, lastName(scope))
  );
}

/** `type NonEmptyList<T> = T[]`: a name that proves nothing. */
function isPlainList({ tokens }: SourceFacts, alias: string): boolean {
  return tokens.some(({ text }, at) => {
    if (text !== alias || tokens[at - 1]?.text !== 'type') return false;
    const said = tokens
      .slice(at + 1, at + 24)
      .map((token) => token.text)
      .join('');
    return /^(?:<[\w,]*>)?=(?:readonly)?(?:\w+\[\]|(?:Readonly)?Array<\w+>|Vec<\w+>)(?:;|type|export|function|const|$)/.test(said);
  });
}

/** `removeFor(labels as any)`: a call of this change that the compiler asks nothing of. */
function isHandedUnproven(input: RuleInput, name: string): boolean {
  return [...input.added.calls, ...input.addedElsewhere().calls].some(
    ({ callee, args }) => lastName(callee) === name && args.some((argument) => /\bas (?:any|never)$/.test(argument)),
  );
}

/** `labels.length === 0`, `!labels.length`, `labels.is_empty()`. */
const EMPTY = /^(?:(\w+)\.(?:length|size) (?:===?|<|<=) [01]|!(\w+)\.(?:length|size)|(\w+)\.(?:isEmpty|is_empty)\(\))$/;

const NEVER_EMPTY = /\bNon_?Empty|\bAtLeastOne\b|\bNEL\b|\bVec1\b|\[[^[\]]{1,60},\s?\.\.\.[^\]]{1,60}\[\]\]/;
