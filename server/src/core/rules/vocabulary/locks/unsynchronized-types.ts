import type { SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { tokensOf } from '../code/token-lines.ts';
import { changesPlainMap } from './plain-maps.ts';

/**
 * A Java type whose methods were `synchronized` and have other names now: none is any more, and a plain map of the type is
 * changed as before. Told at the first such word of the hunk, by its 1-based line.
 */
export function unsynchronizedType(input: RuleInput): { readonly line: number; readonly type: string } | undefined {
  const { before, after } = input;
  if (before === undefined || after === undefined || after.language !== 'java') return undefined;
  const { start, lines } = input.hunk.before;
  const line = tokensOn(before, start, start + lines - 1).find(({ text }) => text === 'synchronized')?.line;
  if (line === undefined || HELD.test(tokensOf(after, ''))) return undefined;
  const type = before.symbols.findLast(({ kind, range }) => kind === 'class' && range.start.line <= line)?.name;
  if (type === undefined || !after.symbols.some(({ name, kind }) => kind === 'class' && name === type)) return undefined;
  if (counterpartScope(input, innermost(before, line)) !== undefined || !changesPlainMap(after, type)) return undefined;
  return { line, type };
}

/** Any way of Java to let one thread in at a time, or to need no lock. */
const HELD =
  /\bsynchronized\b|Lock\b|\bConcurrent\w|\bCopyOnWrite|\bAtomic\w|\bvolatile\b|\bSemaphore\b|BlockingQueue\b|\bImmutable\w|\bExecutor/;

/** The smallest scope around a 1-based line; empty at the top level. */
export function innermost(facts: SourceFacts, line: number): string {
  let found: SourceFacts['scopes'][number] | undefined;
  for (const place of facts.scopes)
    if (
      place.startLine <= line &&
      line <= place.endLine &&
      (found === undefined || place.endLine - place.startLine <= found.endLine - found.startLine)
    )
      found = place;
  return found?.name ?? '';
}
