import type { SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { keepOf } from '../code/kept.ts';
import { tokensOf } from '../code/token-lines.ts';

/** The file holds values now that need no lock, and held none before. */
export function becameLockFree(input: RuleInput): boolean {
  const [before, after] = [input.before, input.after];
  return after !== undefined && isLockFree(after) && !(before !== undefined && isLockFree(before));
}

/** A value of Rust that is made once and only read: `static REGIONS: LazyLock<HashMap<…>>`, and no cell inside of it. */
export function isFixedOnce(facts: SourceFacts | undefined, name: string): boolean {
  return (
    facts?.language === 'rust' &&
    facts.symbols.some(
      (symbol) => lastName(symbol.name) === name && FIXED.test(symbol.type) && !/\b(?:Ref|Unsafe|Sync)?Cell</.test(symbol.type),
    )
  );
}

const FIXED = /^(?:\w+::)*(?:LazyLock|OnceLock|Lazy)</;

const isLockFree = keepOf((facts: SourceFacts) =>
  /\batomic\.|sync\.Map|\bAtomic\w+|\bchan |ConcurrentHashMap|DashMap|mpsc::/.test(tokensOf(facts, '')),
);
