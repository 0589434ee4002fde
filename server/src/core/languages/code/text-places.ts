import type { Stretch } from '../../scan/code-stretches.ts';
import { lowerBound } from '../lower-bound.ts';

/** Offsets at which a whole word stands. */
export function placesOf(text: string, word: string): readonly number[] {
  const found: number[] = [];
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length))
    if (!/[\w$]/.test(text.charAt(at - 1)) && !/[\w$]/.test(text.charAt(at + word.length))) found.push(at);
  return found;
}

/** What stands behind a word that is called. */
export const CALL = /^(?:\s*(?:::)?<[^<>()]*(?:<[^<>()]*>[^<>()]*)*>)?\s*!?\(/;
const CHAIN = /((?:\$?[A-Za-z_][\w$]*\s*(?:\.|::|\?\.|!!\.)\s*)+)$/;

/** The names before a word that a dot or `::` ties to it, and whether anything is tied to it at all. */
export function before(text: string, at: number): { readonly chain: readonly string[]; readonly isDotted: boolean } {
  const head = text.slice(Math.max(0, at - 200), at);
  const isDotted = /(?:[^.]\.|^\.|::|\?\.)\s*$/.test(head) && !/\.\.[.=]?\s*$/.test(head);
  const chain = isDotted ? CHAIN.exec(head)?.[1] : undefined;
  const start = chain === undefined ? 0 : head.length - chain.length;
  // `f().a.name`: what the chain begins with is a result.
  const isWhole = chain !== undefined && !/[)\]}"'\w$](?:\s*(?:\.|::|\?\.))\s*$/.test(head.slice(0, start));
  return {
    chain: isWhole
      ? chain
          .split(/(?:(?<!\s)\s+)?(?:\.|::|\?\.|!!\.)\s*/)
          .filter((part) => part !== '')
          .map((part) => part.replace(/^\$(?=crate)/, ''))
      : [],
    isDotted,
  };
}

/** The remark or string around an offset. */
export function around(stretches: readonly Stretch[], at: number): Stretch | undefined {
  const found = stretches[lowerBound(stretches.length, (index) => stretches[index]?.end ?? 0, at + 1)];
  return found !== undefined && found.start <= at ? found : undefined;
}

/**
 * Whether a text may bind a name besides its import `statements`: by an assignment, as a parameter or a loop's. One that stands in a
 * list by itself may be bound there.
 */
export function bindsAgain(code: string, name: string, statements: readonly { readonly start: number; readonly end: number }[]): boolean {
  return placesOf(code, name).some((at) => {
    if (statements.some(({ start, end }) => start <= at && at < end)) return false;
    const head = code.slice(Math.max(0, at - 40), at);
    const tail = code.slice(at + name.length, at + name.length + 40);
    if (/[.:]\s*$/.test(head) || /^\s*(?:\.|::)/.test(tail)) return false;
    return /^\s*(?::?=(?!=)|[,:|)])/.test(tail) || /(?:\b(?:var|let|mut|for|as|lambda)[ \t]+|[(,|][ \t]*)$/.test(head);
  });
}
