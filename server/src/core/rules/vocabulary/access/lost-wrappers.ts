import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';
import { newCallsIn } from '../code/scope-changes.ts';

/** A function around another one that is gone: `export default withAuth(handler)` that became `export default handler`. */
export interface LostWrapper {
  readonly wrapper: string;
  readonly range: Range;
}

/**
 * Wrappers of this hunk that `isWanted` knows by their name or by the first words that they are handed, whose line stays without them: what stood before the wrapper stands
 * there, and right behind it what the wrapper was handed.
 */
export function lostWrappers(input: RuleInput, isWanted: (name: string, handed: readonly string[]) => boolean): readonly LostWrapper[] {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined || hunk.before.lines > 400 || hunk.after.lines > 400) return [];
  if (hunk.before.lines === 0) return [];
  const fresh = linesOf(after, hunk.after.start, hunk.after.lines);
  const has = (name: string): boolean => fresh.some(({ tokens }) => tokens.some((token, at) => token === name && tokens[at + 1] === '('));
  return linesOf(before, hunk.before.start, hunk.before.lines).flatMap(({ line, tokens }) => {
    for (const [at, token] of tokens.entries()) {
      if (at === 0 || !OPENERS.has(tokens[at - 1] ?? '') || !/^[A-Za-z_$]/.test(token)) continue;
      const name = chainAt(tokens, at);
      if (name === '' || has(token) || !isWanted(name, tokens.slice(at + 2, at + 16))) continue;
      const isMounted = newCallsIn(input, '').some(({ callee }) => callee === name);
      const twin = fresh.find((other) => isUnwrapped(tokens, other.tokens, at, isMounted));
      if (twin !== undefined && !twin.tokens.slice(at).some((other, index) => twin.tokens[at + index + 1] === '(' && isWanted(other, [])))
        return [{ wrapper: name, range: rangeOfLine(input, 'before', line) }];
    }
    return [];
  });
}

const OPENERS: ReadonlySet<string> = new Set(['=', ':', 'default', ',', '(', 'return', '=>', '[']);

/** `auth.required` at the first of its names, where a bracket follows; empty where none does. */
function chainAt(tokens: readonly string[], at: number): string {
  let end = at;
  while (tokens[end + 1] === '.' && /^[A-Za-z_$]/.test(tokens[end + 2] ?? '')) end += 2;
  return tokens[end + 1] === '(' ? tokens.slice(at, end + 1).join('') : '';
}

/** The same line up to the wrapper, and behind that what stood inside its brackets, or beside it where it is mounted nowhere else now. */
function isUnwrapped(old: readonly string[], now: readonly string[], at: number, isMounted: boolean): boolean {
  if (now.length <= at || old.slice(0, at).some((token, index) => token !== now[index])) return false;
  let depth = 0;
  for (let inner = at + 2; inner < Math.min(old.length, at + 16); inner += 1) {
    if (/^[([{]$/.test(old[inner - 1] ?? '')) depth += 1;
    if (/^[)\]}]$/.test(old[inner - 1] ?? '')) depth -= 1;
    // A neighbour of the wrapper is nothing that it was handed: `role('staff'), handler`.
    if (depth === 0 && isMounted) return false;
    if (old[inner - 1] !== '(' && old[inner - 1] !== ',') continue;
    const isName = old[inner] === now[at] && /^[A-Za-z_$(]/.test(now[at] ?? '');
    if (isName && (old[inner + 1] === now[at + 1] || old[inner + 1] === ')' || now[at + 1] === undefined)) return true;
  }
  return false;
}

function linesOf(
  facts: NonNullable<RuleInput['before']>,
  start: number,
  lines: number,
): readonly { readonly line: number; readonly tokens: readonly string[] }[] {
  return Array.from({ length: lines }, (_, at) => ({
    line: start + at,
    tokens: tokensOn(facts, start + at, start + at).map(({ text }) => text),
  })).filter(({ tokens }) => tokens.length > 1);
}
