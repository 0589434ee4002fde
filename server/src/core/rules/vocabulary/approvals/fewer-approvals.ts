import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { words } from '../code/call-names.ts';
import { lineChanges } from '../code/changed-lines.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';

/** Fewer people say yes, or saying nothing is a yes. */
export interface FewerApprovals {
  readonly range: Range;
  readonly was: string;
  readonly now: string;
}

/** `approvals.length >= 2` that became `>= 1`, and `answer !== env` that became `answer === 'n'`. */
export function* fewerApprovals(input: RuleInput): Generator<FewerApprovals> {
  // Which line took the place of which takes the square of a hunk, and is asked only where one speaks of this.
  if (!input.hunk.added.some((line) => SPEAKS.test(line))) return;
  for (const { before, after, was, now } of lineChanges(input)) {
    const [old, fresh] = [COUNTED.exec(before.text), COUNTED.exec(after.text)];
    const isCounted = old !== null && fresh !== null && old[1] === fresh[1] && APPROVES.test(words(old[1] ?? ''));
    if (isCounted && !isSaid(input, after.line)) {
      const least = ([, , sign = '', number = '']: RegExpExecArray): number => Number(number) + (/^>$|^<=$/.test(sign) ? 1 : 0);
      if (least(fresh) < least(old)) yield { range: rangeOfLine(input, 'after', after.line), was: old[0], now: fresh[0] };
    }
    const [asked, asks] = [ANSWER.exec(before.text), ANSWER.exec(after.text)];
    if (
      asked?.[2]?.startsWith('!') === true &&
      asks?.[1] === asked[1] &&
      asks?.[2]?.startsWith('=') === true &&
      /^['"`](?:n|no)\b/i.test(asks[3] ?? '')
    )
      yield { range: rangeOfLine(input, 'after', after.line), was, now };
  }
}

/** The number only chooses a word that is shown: `? 'team' : 'solo'`, `return 'many'`. */
function isSaid({ after }: RuleInput, line: number): boolean {
  const text = tokensOn(after, line, line + 1)
    .map((token) => token.text)
    .join(' ');
  const chosen = /[<>]=? \d+ (?:\) )?(?:\{ )?(?:\?|return) (['"`][^'"`]{0,40}['"`])/.exec(text)?.[1];
  return chosen !== undefined && !/approv|accept|merge|pass|grant|ready|allow|releas|elect|done|ok/i.test(chosen);
}

const SPEAKS = /approv|review|sign_?off|signature|vote|confirm|quorum|second|answer|reply|response|typed|input|choice/i;
const COUNTED = /(?<![\w.])([\w.]*(?:length|size\(\)|count\(\)|count|Count|len\([\w.]*\)|approvals|Approvals))\)?(>=?|<=?)(\d+)/;
const APPROVES = /\b(?:approvals?|approvers?|approved by|reviewers?|sign ?offs?|signatures?|votes?|confirmations?|quorum|seconders?)\b/;
const ANSWER = /if ?\(?(\w*(?:answer|reply|confirm\w*|response|typed|input|choice))(?:\.\w+\(\))*([!=]==?)('[^']*'|"[^"]*"|[\w.]+)/i;
