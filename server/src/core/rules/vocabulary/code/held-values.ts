import type { SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';

/** More files than this that speak of a constant say that its name is a common one. */
const MOST_FILES = 12;

/**
 * What a constant holds that is given by its name alone, or as a keyword's value: `CENT` -> `Decimal("0.01")`. It is looked for in the
 * file itself and then in those of its language that name it; the name stays where several values are found, or none.
 */
export function heldBy(input: RuleInput, side: 'before' | 'after', argument: string): string {
  const [, keyword = '', name] = /^(\w+\s*=\s*)?(?:[A-Za-z_]\w*(?:\.|::))?([A-Z][A-Z0-9_]+)$/.exec(argument) ?? [];
  if (name === undefined) return argument;
  const own = valuesIn(input[side], name);
  const found = own.length > 0 ? own : valuesAround(input, side, name);
  return found.length === 1 && found[0] !== undefined ? keyword + found[0] : argument;
}

function valuesIn(facts: SourceFacts | undefined, name: string): readonly string[] {
  return [
    ...new Set(
      facts?.options.filter((option) => option.name === name && option.callee === '' && option.value !== name).map(({ value }) => value),
    ),
  ];
}

function valuesAround(input: RuleInput, side: 'before' | 'after', name: string): readonly string[] {
  const extension = input.path.slice(input.path.lastIndexOf('.'));
  const paths = input.trees[side].mentioning(name, [extension]).filter((path) => path !== input.path);
  if (paths.length > MOST_FILES) return [];
  return [...new Set(paths.flatMap((path) => valuesIn(input.factsAt(side, path), name)))];
}
