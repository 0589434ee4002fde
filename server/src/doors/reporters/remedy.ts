import type { VerificationResult } from '../../core/model/result.ts';

/** The revisions of a range as a person named them. The head is left out where it is the HEAD of the working tree. */
export interface NamedRange {
  readonly base: string;
  readonly head?: string;
}

/**
 * What closes a gap of a range that is committed already. The engine names the commands and knows no revisions; here they get
 * the range they need, and the commit that takes the carriers along (test/doors/cli/after-commit.test.ts).
 */
export function withRange(result: VerificationResult, range: NamedRange): VerificationResult {
  const options = rangeOptions(range);
  const gaps = result.gaps.map((gap) => {
    const acknowledge = `brakeline ack ${gap.fingerprint.slice(0, 12)}`;
    const closing = `${acknowledge}${options} && brakeline export${options} && git commit`;
    return { ...gap, remedy: gap.remedy.replace(`${acknowledge} && brakeline export`, () => closing) };
  });
  return { ...result, gaps };
}

/** ` --base main`, ready to stand behind a command; empty where nothing was named. */
export function rangeOptions({ base, head }: Partial<NamedRange>): string {
  return `${base === undefined ? '' : ` --base ${shellWord(base)}`}${head === undefined ? '' : ` --head ${shellWord(head)}`}`;
}

/** A revision as a POSIX shell reads it back: `@{upstream}` and `HEAD^` mean something to one shell or another. */
function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
