import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { cameAlong } from '../code/scope-changes.ts';

const YEAR = String.raw`\b(?:year|getFullYear\(\)|getUTCFullYear\(\)|getYear\(\)|Year\(\)|year\(\))\s*\)?\s*[+-]\s*\(?\w+`;
const MONTH = String.raw`\b(?:month|getMonth\(\)|getUTCMonth\(\)|getMonthValue\(\)|Month\(\))\s*\)?\s*[+-]\s*\(?\w+`;
const MOVED_YEAR = new RegExp(YEAR);
const MOVED_MONTH = new RegExp(MONTH);
const MAKES =
  /^(date|datetime|datetime\.date|datetime\.datetime|dt\.date|dt\.datetime|Date|Date\.UTC|time\.Date|LocalDate\.of|LocalDateTime\.of|ZonedDateTime\.of|GregorianCalendar|NaiveDate::from_ymd_opt|NaiveDate::from_ymd|Utc\.ymd|Utc\.with_ymd_and_hms|Date::from_calendar_date)$/;

/** `date(start.year + 1, start.month, start.day)` and its kin. */
export function* datesByHand(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.added.calls) {
    const name = lastName(call.callee);
    const [first = ''] = call.args;
    const keyword = call.args.find((argument) => /^(year|month)\s*=/.test(argument)) ?? '';
    const isMade =
      MAKES.test(call.callee) && call.args.length >= 2 && (MOVED_YEAR.test(first) || MOVED_MONTH.test(call.args[1] ?? '')) && hasDay(call);
    const isReplaced =
      /^(replace|copy|with)$/.test(name) &&
      (MOVED_YEAR.test(keyword) || MOVED_MONTH.test(keyword) || /^(year|month)\s*=\s*\w+\s*[+-]/.test(keyword)) &&
      !call.args.some((argument) => /^day\s*=\s*1$/.test(argument));
    const isSet = /^(setFullYear|setUTCFullYear)$/.test(name) && MOVED_YEAR.test(first);
    const isMonth =
      /^(setMonth|setUTCMonth)$/.test(name) && call.args.length === 1 && MOVED_MONTH.test(first) && !isFirstOfMonth(input, call);
    const isRust = /^with_(year|month)$/.test(name) && /[+-]/.test(first);
    if (!(isMade || isReplaced || isSet || isMonth || isRust) || cameAlong(input, call) || isClamped(input, call) || hadSame(input, call))
      continue;
    const why =
      isMonth || MOVED_MONTH.test(`${keyword} ${call.args[1] ?? ''}`) ? 'has no such day in a shorter month' : 'is no date on 29 February';
    yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(`${call.callee}(${call.args.join(', ')})`, 42)}\` ${why}`) };
  }
}

/** A third argument that is the day of another date; the first of a month is in every month. */
function hasDay(call: Call): boolean {
  const day = call.args[2] ?? '';
  return /\b(day|getDate\(\)|getUTCDate\(\)|getDayOfMonth\(\)|Day\(\)|day\(\))/.test(day);
}

function isFirstOfMonth(input: RuleInput, call: Call): boolean {
  return (
    input.after?.calls.some(
      (other) => other.scope === call.scope && /\.set(UTC)?Date$/.test(other.callee) && /^(1|0)$/.test(other.args[0] ?? ''),
    ) === true
  );
}

/** The function knows leap years, or how long its months are. */
function isClamped(input: RuleInput, call: Call): boolean {
  const { text } = codeOfScope(input.after, call.scope);
  if (/\b(isleap|is_leap\w*|isLeapYear|monthrange|daysInMonth|days_in_month|lengthOfMonth|lengthOfYear|and_then|unwrap_or\w*)\b/.test(text))
    return true;
  return / == 29 | === 29 |except ValueError/.test(text);
}

function hadSame(input: RuleInput, call: Call): boolean {
  return input.removed.calls.some(
    (other) => other.callee === call.callee && (MOVED_YEAR.test(other.args.join()) || MOVED_MONTH.test(other.args.join())),
  );
}
