import type { SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { keepOf } from '../code/kept.ts';
import { tokensOf } from '../code/token-lines.ts';

/** The file holds values now that need no lock, and held none before. */
export function becameLockFree(input: RuleInput): boolean {
  const [before, after] = [input.before, input.after];
  return after !== undefined && isLockFree(after) && !(before !== undefined && isLockFree(before));
}

const isLockFree = keepOf((facts: SourceFacts) =>
  /\batomic\.|sync\.Map|\bAtomic\w+|\bchan |ConcurrentHashMap|DashMap|mpsc::/.test(tokensOf(facts, '')),
);
