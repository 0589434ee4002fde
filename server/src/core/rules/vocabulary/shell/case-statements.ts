import type { CodeToken, SourceFacts } from '../../../model/facts.ts';
import { ENDS } from './command-parts.ts';

/** A `case` of a script. */
export interface CaseStatement {
  /** What is asked, as written and without its quotes: `$(hostname)`. */
  readonly subject: string;
  readonly line: number;
  /** What no other arm knows ends the script. */
  readonly refuses: boolean;
}

/** The `case` statements of a script; one that is longer than a screen or two is left out. */
export function casesIn({ tokens }: SourceFacts): readonly CaseStatement[] {
  return tokens.flatMap(({ text, line }, at): readonly CaseStatement[] => {
    if (text !== 'case') return [];
    const rest = tokens.slice(at + 1, at + 1 + LONGEST);
    const from = rest.findIndex((token) => token.text === 'in');
    const to = rest.findIndex((token) => token.text === 'esac');
    if (from < 1 || to < from) return [];
    const subject = rest.slice(0, from).map((token) => token.text);
    return [{ subject: subject.join(' ').replace(/^"(.*)"$/, '$1'), line, refuses: refusesRest(rest.slice(from + 1, to)) }];
  });
}

const LONGEST = 400;

function refusesRest(arms: readonly CodeToken[]): boolean {
  const at = arms.findIndex(({ text }) => text === '*)');
  const rest = at < 0 ? [] : arms.slice(at + 1);
  const end = rest.findIndex(({ text }) => ENDS.test(text));
  return end >= 0 && rest[end + 1]?.text !== '0';
}
