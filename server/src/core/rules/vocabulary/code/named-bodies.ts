import type { Scope, SourceFacts } from '../../../model/facts.ts';
import type { Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from './call-names.ts';

/** A function with the facts of the file it stands in. */
export interface NamedBody {
  readonly facts: SourceFacts;
  readonly place: Scope;
}

/** More files than this that speak of a name say that it is a common one. */
const MOST_FILES = 6;

/**
 * The functions that a call may mean by its name on one side, in its own file or else in the others of its language; none where too many
 * files speak of it to tell which one is meant.
 */
export function bodiesNamed(input: RuleInput, side: Side, callee: string): readonly NamedBody[] {
  const name = lastName(callee);
  const inside = (facts: SourceFacts | undefined): readonly NamedBody[] =>
    facts?.scopes.filter((place) => lastName(place.name) === name).map((place) => ({ facts, place })) ?? [];
  const here = inside(input[side]);
  if (here.length > 0) return here;
  const extension = input.path.slice(input.path.lastIndexOf('.'));
  const family = /^\.[cm]?[jt]sx?$/.test(extension) ? ['.ts', '.tsx', '.js', '.mjs', '.cjs'] : [extension];
  const files = input.trees[side].mentioning(name, family).filter((path) => path !== input.path);
  return files.length > MOST_FILES ? [] : files.flatMap((path) => inside(input.factsAt(side, path)));
}
