import type { SourceFacts, SymbolFact } from '../../../model/facts.ts';
import type { FileContent, RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { keepOf } from '../code/kept.ts';
import { symbolsNamed, symbolsStartingOn } from '../code/symbols-by-name.ts';

/** Symbols of Rust in this hunk that everybody could ask for (`pub`) and that their own crate alone may now (`pub(crate)`). */
export function narrowedToCrate(input: RuleInput): readonly SymbolFact[] {
  const { before, after, hunk } = input;
  if (before?.language !== 'rust' || after === undefined) return [];
  const { start, lines } = hunk.before;
  return symbolsStartingOn(before, start, start + lines - 1).filter((symbol) => {
    const line = symbol.range.start.line;
    if (!symbol.exported || !isOpenLine(lineOf(input, 'before', line))) return false;
    const now = symbolsNamed(after, symbol.name).filter((other) => other.kind === symbol.kind);
    return now.length > 0 && now.every((other) => /^\s*pub\s*\(/.test(lineOf(input, 'after', other.range.start.line)));
  });
}

function isOpenLine(line: string): boolean {
  return /^\s*pub\s+[a-z]/.test(line);
}

/** True where a file sees what is narrower now: the crate of what is `pub(crate)`, the package of what has no word in Java. */
export function seesNarrowed(input: RuleInput, symbol: SymbolFact, path: RepoPath): boolean {
  const now = sameSymbol(input.after, symbol);
  if (now === undefined) return false;
  const line = lineOf(input, 'after', now.range.start.line);
  if (input.after?.language === 'rust') return /^\s*pub\s*\(/.test(line) && crateOf(path) === crateOf(input.path);
  return input.after?.language === 'java' && !/\bprivate\b/.test(line) && packageOf(path) === packageOf(input.path);
}

function sameSymbol(facts: SourceFacts | undefined, { name, kind }: SymbolFact): SymbolFact | undefined {
  return symbolsNamed(facts, name).find((other) => other.kind === kind);
}

function lineOf(input: RuleInput, side: 'before' | 'after', line: number): string {
  const content = input.trees[side].read(input.path);
  return content?.kind === 'text' ? (linesOf(content)[line - 1] ?? '') : '';
}

const linesOf = keepOf((content: FileContent): readonly string[] => (content.kind === 'text' ? content.text.split('\n') : []));

/** `crates/money` of `crates/money/src/lib.rs`; a crate's own tests and examples are other crates. */
function crateOf(path: RepoPath): string {
  return /^(.*?)(?:^|\/)src\//.exec(path)?.[1] ?? path;
}

/** `com/shop` of `src/main/java/com/shop/Cart.java` and of its test. */
function packageOf(path: RepoPath): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/'))).replace(/^.*\bsrc\/\w+\/(java|kotlin)\/?/, '');
}
