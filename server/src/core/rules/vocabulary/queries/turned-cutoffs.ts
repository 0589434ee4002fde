import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { rangeOfLine, scopeAtLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';

/** A moment that was so far in the past and is so far in the future, in a function that takes away what is older. */
export interface TurnedCutoff {
  readonly range: Range;
  /** The function that takes away. */
  readonly scope: string;
}

/** `Date.now() - days * DAY` that became `Date.now() + days * DAY`, `minusDays` that became `plusDays`. */
export function* turnedCutoffs(input: RuleInput): Generator<TurnedCutoff> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined || hunk.before.lines > 400 || hunk.after.lines > 400) return;
  const linesOf = (side: 'before' | 'after'): readonly { readonly line: number; readonly text: string }[] =>
    Array.from({ length: hunk[side].lines }, (_, at) => hunk[side].start + at).map((line) => ({
      line,
      text: tokensOn(side === 'before' ? before : after, line, line)
        .map((token) => token.text)
        .join(' '),
    }));
  const old = linesOf('before').filter(({ text }) => NOW.test(text) && BACK.test(text));
  if (old.length === 0) return;
  for (const { line, text } of linesOf('after')) {
    if (!NOW.test(text) || BACK.test(text)) continue;
    const scope = scopeAtLine(after, line);
    const twin = old.find(
      (other) => forward(other.text) === forward(text) && counterpartScope(input, scopeAtLine(before, other.line)) === scope,
    );
    if (twin !== undefined && scope !== '' && takesAway(input, scope)) yield { range: rangeOfLine(input, 'after', line), scope };
  }
}

const NOW = /\b(?:now|Now|utcnow|today|Utc|new Date|getTime|time|currentTimeMillis|moment|dayjs|DateTime|LocalDate|Instant)\b/;
const BACK =
  /(?<=[\w)\]] )-=? |\b(?:minus(?:Days|Hours|Minutes|Months|Weeks|Years|Seconds|Millis)?|sub(?:tract)?(?:Days|Hours|Minutes|Months|Weeks|Years)?|Add \( -|AddDate \( )(?=[\s(]|$)/;

function forward(text: string): string {
  return text
    .replace(/\bminus(?=[A-Z ]|$)/g, 'plus')
    .replace(/\bsub(?:tract)?(?=[A-Z ]|$)/g, 'add')
    .replace(/\bAdd \( - /g, 'Add ( ')
    .replace(/(?<=[\w)\]] )-(?==? )/g, '+');
}

const TAKES = /^(?:delete|remove|destroy|purge|erase|wipe|unlink|rmtree|prune|expire|archive|deactivate|del)/i;

function takesAway({ after }: RuleInput, scope: string): boolean {
  return (
    after?.calls.some((call) => within(call.scope, scope) && TAKES.test(lastName(call.callee))) === true ||
    after?.statements.some((statement) => within(statement.scope, scope) && /^(?:delete|update)$/.test(statement.verb)) === true
  );
}
