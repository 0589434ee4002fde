import type { CodeToken, SourceFacts } from '../../../model/facts.ts';
import { ENDS } from './command-parts.ts';

/** A `case` of a script. */
export interface CaseStatement {
  /** What is asked, as written and without its quotes: `$(hostname)`. */
  readonly subject: string;
  readonly line: number;
  /** What no other arm knows ends the script. */
  readonly refuses: boolean;
  /** The patterns of those arms that end the script: `*-production`. */
  readonly refused: readonly string[];
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
    const arms = rest.slice(from + 1, to);
    return [{ subject: subject.join(' ').replace(/^"(.*)"$/, '$1'), line, refuses: refusesRest(arms), refused: refusedPatterns(arms) }];
  });
}

const LONGEST = 400;

function refusesRest(arms: readonly CodeToken[]): boolean {
  const at = arms.findIndex(({ text }) => text === '*)');
  const rest = at < 0 ? [] : arms.slice(at + 1);
  const end = rest.findIndex(({ text }) => ENDS.test(text));
  return end >= 0 && rest[end + 1]?.text !== '0';
}

function refusedPatterns(arms: readonly CodeToken[]): readonly string[] {
  const text = arms.map((token) => token.text).join(' ');
  return text.split(' ;;').flatMap((arm) => {
    const close = arm.indexOf(')');
    const does = arm
      .slice(close + 1)
      .trim()
      .split(' ');
    const end = does.findIndex((word) => ENDS.test(word));
    return close < 0 || end < 0 || does[end + 1] === '0'
      ? []
      : arm
          .slice(0, close)
          .replace(/^[\s(]+/, '')
          .split('|')
          .map((pattern) => pattern.trim());
  });
}
