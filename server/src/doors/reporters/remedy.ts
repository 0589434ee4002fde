import type { Gap, VerificationResult } from '../../core/model/result.ts';
import { BY_FILE } from '../../core/verify/gaps.ts';

/** The revisions of a range as a person named them. The head is left out where it is the HEAD of the working tree. */
export interface NamedRange {
  readonly base: string;
  readonly head?: string;
}

/** What of `.brakeline` the base commit holds. */
export interface BaseFiles {
  readonly hasSigners: boolean;
}

/**
 * What closes a gap of a range that is committed already. The engine names the commands and knows no revisions; here they get
 * the range they need, and the commit that takes the carriers along (test/doors/cli/after-commit.test.ts).
 */
export function withRange(result: VerificationResult, range: NamedRange, base: BaseFiles): VerificationResult {
  const options = rangeOptions(range);
  const gaps = result.gaps.map((gap) => {
    const short = gap.fingerprint.slice(0, 12);
    const closing = (verb: string): string => `brakeline ${verb} ${short}${options} && brakeline export${options} && git commit`;
    // An acknowledgement made before the policy had an id does not count under it, so it is made anew.
    if (gap.code === 'untrusted-signer' && !base.hasSigners)
      return { ...gap, remedy: `on the base branch run brakeline init and commit what it writes; then here: ${closing('ack')}` };
    const remedy = ['ack', 'undo'].reduce(
      (text, verb) => text.replace(`brakeline ${verb} ${short} && brakeline export`, () => closing(verb)),
      gap.remedy,
    );
    return { ...gap, remedy: remedy.replace(BY_FILE, () => `${requestCommand({ head: 'HEAD', ...range })} asks by a file`) };
  });
  return { ...result, gaps };
}

/** The command that asks another person about a change, by a file. */
export function requestCommand({ staged, ...range }: Partial<NamedRange> & { readonly staged?: boolean }): string {
  return `brakeline signoff request${rangeOptions(range)}${staged === true ? ' --staged' : ''} --output change.signoff.json`;
}

/** Whether another person than those who answered must answer, whatever they say once more. */
export function needsAnother({ code }: Pick<Gap, 'code'>): boolean {
  return code === 'self-approval' || code === 'wrong-role' || code === 'uncovered';
}

/** A remedy as the words around it and the command line that a person copies; either may be empty. */
export function splitRemedy(remedy: string): { readonly words: string; readonly command: string } {
  const at = Math.max(remedy.indexOf('brakeline ack '), remedy.indexOf('brakeline undo '));
  return at === -1 ? { words: remedy, command: '' } : { words: remedy.slice(0, at).trimEnd(), command: remedy.slice(at) };
}

/** ` --base main`, ready to stand behind a command; empty where nothing was named. */
export function rangeOptions({ base, head }: Partial<NamedRange>): string {
  return `${base === undefined ? '' : ` --base ${shellWord(base)}`}${head === undefined ? '' : ` --head ${shellWord(head)}`}`;
}

/** A revision as a POSIX shell reads it back: `@{upstream}` and `HEAD^` mean something to one shell or another. */
export function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
