import type { Option, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { escaped } from './literal-patterns.ts';
import type { OptionChange } from './option-changes.ts';

/** A hunk with more changed constants than this is no edit of a person, and its names are not followed. */
const MOST_FOLLOWED = 20;
/** More files than this that speak of a constant say that its name is a common one. */
const MOST_FILES = 12;

const EXTENSIONS = ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.py', '.go', '.java', '.rs'];

/**
 * Changes of the options that take their value from a constant of the module which changed here: `timeout=PATIENCE` where
 * `PATIENCE` turned to nothing. Each stands at the place where the constant is written, with the name and the call of the option
 * that it decides; each name and call once.
 */
export function throughConstants(input: RuleInput, changes: readonly OptionChange[]): readonly OptionChange[] {
  const constants = changes.filter(({ after }) => after.callee === '' && after.scope === '' && /^[A-Za-z_]\w{3,}$/.test(after.name));
  if (constants.length === 0 || constants.length > MOST_FOLLOWED) return [];
  return constants.flatMap(({ before, after }) => {
    const told = new Set<string>();
    return usersOf(input, after.name).flatMap((user) => {
      const about = `${user.name}\u0000${user.callee}`;
      if (told.has(about) || user.name === after.name) return [];
      told.add(about);
      return [
        {
          before: { ...user, value: before.value, range: before.range },
          after: { ...user, value: after.value, range: after.range },
        },
      ];
    });
  });
}

function usersOf(input: RuleInput, name: string): readonly Option[] {
  const extension = input.path.slice(input.path.lastIndexOf('.'));
  if (!EXTENSIONS.includes(extension)) return [];
  const family = /^\.(ts|tsx|js|mjs|cjs)$/.test(extension) ? EXTENSIONS.slice(0, 5) : [extension];
  const isName = new RegExp(`^(?:[A-Za-z_][\\w]*(?:\\.|::)){0,2}${escaped(name)}$`);
  const own = (facts: SourceFacts | undefined): readonly Option[] =>
    facts?.options.filter(({ value, callee }) => callee !== '' && isName.test(value)) ?? [];
  const others = input.trees.after.mentioning(name, family).filter((path) => path !== input.path);
  return [...own(input.after), ...(others.length > MOST_FILES ? [] : others.flatMap((path) => own(input.factsAt('after', path))))];
}
