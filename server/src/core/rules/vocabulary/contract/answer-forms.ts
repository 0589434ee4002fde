import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { lineChanges } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { within } from '../code/counterpart.ts';
import { isShown } from '../money/money-names.ts';
import { answersCallers } from './answer-keys.ts';

/** A date that is written out in another form, or a list in another order. */
export interface ChangedForm {
  readonly range: Range;
  readonly message: string;
}

/** `format(date, 'yyyy-MM-dd')` that became `'dd.MM.yyyy'` in an export, `toISOString()` that became `toString()`, a time zone that went, a list the other way round. */
export function* changedForms(input: RuleInput): Generator<ChangedForm> {
  if (/\.(?:tsx|jsx|vue|svelte|html)$|(?:^|\/)(?:components?|ui|widgets|i18n|locales)\//.test(input.path)) return;
  for (const { after, before, was, now, head, tail } of lineChanges(input)) {
    const range = (): Range => rangeOfLine(input, 'after', after.line);
    const isForOthers = (): boolean =>
      !isShown(lastName(after.scope)) &&
      !/\b(?:log|logger|console|print\w*)\b/.test(after.text) &&
      (OUTPUT.test(words(`${input.path} ${after.scope}`)) || answersCallers(input.after, after.scope));
    if (isDateForm(was) && isDateForm(now)) {
      if (isForOthers()) yield { range: range(), message: `dates are written as ${shorten(now, 22)}; they were ${shorten(was, 22)}` };
    } else if (ISO.test(was) && OTHER.test(now) && tail.startsWith('(')) {
      if (isForOthers()) yield { range: range(), message: `\`${was}\` became \`${now}\`: the date is another text for whoever reads it` };
    } else if (now === '' && ZONE.test(`${was}`) && /iso|format|strftime|[dD]ate|\bat\b/i.test(before.text)) {
      if (isForOthers()) yield { range: range(), message: `\`${shorten(was, 30)}\` is gone: the time is written in another zone` };
    } else if (
      isTurned(was, now) &&
      /\b(?:order\w*|sort\w*)\b/i.test(`${head}`) &&
      isCut(input, after.scope) &&
      FIRST.test(words(`${input.path} ${after.scope} ${after.text}`))
    )
      yield {
        range: range(),
        message: `the order turned from ${shorten(was, 8)} to ${shorten(now, 8)}: the list begins with what was cut off`,
      };
  }
}

/** What others read by a program: files that are handed over, answers, messages. */
const OUTPUT =
  /\b(?:export\w*|csv|feeds?|api|apis|serializ\w+|json|response|responses|dto|dtos|xml|sepa|edi|datev|to dict|to representation|as json|payload|webhooks?|outbound|integration|integrations|reports?|views?|routes?|handlers?|controllers?|resource|mapper|presenter|events?)\b/;

const isDateForm = (text: string): boolean =>
  /^['"`][^'"`]{2,40}['"`]$/.test(text) && /yyyy|YYYY|%Y|%d|\bdd\b|\bDD\b|2006|%s|%y|\bXX?\b/.test(text);

const ISO = /^(?:toISOString|isoformat|toJSON|to_rfc3339|iso8601)$/;
const OTHER =
  /^(?:toString|toLocaleString|toLocaleDateString|toUTCString|toDateString|ctime|getTime|valueOf|timestamp|to_string|to_rfc2822|to_s)$/;
const ZONE =
  /^\.?(?:astimezone\((?:timezone\.utc|UTC|pytz\.utc|dt\.UTC|datetime\.UTC)\)\.?|UTC\(\)\.?|utc\(\)\.?|to_utc\(\)\.?|toInstant\(\)\.?|in_time_zone\([^()]{0,40}\)\.?|tz\([^()]{0,40}\)\.?|withZoneSameInstant\([^()]{0,40}\)\.?)$/;

function isTurned(was: string, now: string): boolean {
  const plain = (text: string): string => text.replace(/['"`\s]/g, '').toLowerCase();
  const pair = [plain(was), plain(now)];
  return (pair.includes('asc') && pair.includes('desc')) || (pair.includes('1') && pair.includes('-1') && was !== now);
}

/** Where which ones come first is what it is about: work that waits, what was last, entries of accounts. */
const FIRST =
  /\b(?:queues?|queued|jobs?|tasks?|worker|workers|pending|outbox|inbox|backlog|next|oldest|newest|latest|last|recent|current|top|leaderboard|rank\w*|best|ledgers?|journal|statements?|entries|transactions?|payments?|payouts?|audit|history|prices?|rates?|versions?|events?|orders?(?! by)|invoices?|feed|api|take 1|limit 1|first)\b/;

/** Only the first of the rows are answered. */
function isCut({ after }: RuleInput, scope: string): boolean {
  return (
    after?.options.some((option) => within(option.scope, scope) && /^(?:take|limit|first|pageSize|page_size)$/.test(option.name)) ===
      true || after?.calls.some((call) => within(call.scope, scope) && /^(?:limit|Limit|take|first)$/.test(lastName(call.callee))) === true
  );
}
