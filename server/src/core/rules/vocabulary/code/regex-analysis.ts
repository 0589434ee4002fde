import { type Backtracking, backtrackingOf } from '../../../regular-expressions.ts';

/** What a rule may ask of a regular expression; answers are kept, because a hunk is judged again with every keystroke. */
export function backtracking(source: string, flags: string): Backtracking | undefined {
  const key = `${flags}/${source}`;
  const known = answers.get(key);
  if (known !== undefined) return known;
  // Without two quantifiers, or one that is repeated, nothing backtracks beyond its own length.
  const answer = (source.match(/[*+}]/g)?.length ?? 0) < 2 ? 'linear' : backtrackingOf(source, flags);
  if (answer === undefined) return undefined;
  if (answers.size >= MOST_KEPT) answers.clear();
  answers.set(key, answer);
  return answer;
}

const MOST_KEPT = 2000;
const answers = new Map<string, Backtracking>();
