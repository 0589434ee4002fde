import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { changedCode, rangeOfLine, scopeAtLine } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { keepOf } from '../code/kept.ts';
import { cameAlong, newCallsIn } from '../code/scope-changes.ts';

const CALENDAR =
  /^(addDays|addMonths|addYears|addWeeks|subDays|subMonths|subYears|plusDays|plusMonths|plusYears|plusWeeks|minusDays|minusMonths|minusYears|AddDate|setDate|setUTCDate|startOfDay|endOfDay|relativedelta|DateOffset|checked_add_months|checked_add_days|differenceInDays|differenceInCalendarDays|differenceInMonths)$/;

/** Days in seconds in the place of a calendar's days: wrong by an hour twice a year. */
export function* daysAsSeconds(input: RuleInput): Iterable<FindingDraft> {
  for (const old of input.removed.calls) {
    if (!isCalendar(old)) continue;
    const scope = counterpartScope(input, old.scope);
    if (scope === undefined || newCallsIn(input, old.scope).some(isCalendar)) continue;
    const code = changedCode(input, 'after');
    const line = [...code.text.matchAll(DAYS_IN_SECONDS)]
      .map((match) => code.lineAt(match.index))
      .find((at) => within(scopeAtLine(input.after, at), scope));
    if (line === undefined) {
      yield* otherUnit(input, old, scope);
      continue;
    }
    yield {
      side: 'after',
      range: rangeOfLine(input, 'after', line),
      message: fitMessage(`days are counted in seconds and were \`${shorten(old.callee, 28)}\`: not all have 24 hours`),
    };
    return;
  }
}

const DAYS_IN_SECONDS =
  /\b(86400000|86400|86_400_000|86_400|24 \* 60 \* 60|24 \* 3600|3600 \* 24|60 \* 60 \* 24|1000 \* 60 \* 60 \* 24|24 \* time \. Hour|DAY_MS|MS_PER_DAY|ONE_DAY\w*|SECONDS_PER_DAY|DAY_IN_MS|MILLIS_PER_DAY|WEEK_MS|MS_PER_WEEK|ONE_WEEK\w*|dayMs|msPerDay|oneDay|weekMs|msPerWeek)\b|[*/] (?:DAY|DAYS|WEEK|WEEKS|day|week)\b|\b(?:DAY|WEEK) \*/g;

const SMALL_UNIT =
  /\btime\.(Hour|Minute|Second|Millisecond)\b|\b(Duration|TimeDelta)(::|\.)(hours|minutes|seconds|milliseconds|ofHours|ofMinutes|ofSeconds|ofMillis|from_secs|from_hours|try_hours)\b|\b(hours|minutes|seconds|milliseconds)\s*[=:]|\bChronoUnit\.(HOURS|MINUTES|SECONDS|MILLIS)\b/;

/** `AddDate(0, 0, days)` that became `Add(days * time.Hour)`: the same number of another unit. */
function* otherUnit(input: RuleInput, old: Call, scope: string): Iterable<FindingDraft> {
  const isSmall = ({ callee, args }: Call): boolean =>
    /^(plusHours|plusMinutes|plusSeconds|plusMillis|minusHours|minusMinutes|minusSeconds|addHours|addMinutes|addSeconds|setHours|setMinutes)$/.test(
      lastName(callee),
    ) ||
    (/^(Add|add|plus|minus|Sub|sub|timedelta|subtract|checked_add_signed)$/.test(lastName(callee)) && SMALL_UNIT.test(args.join(' ')));
  const had = input.before?.calls.some((call) => within(call.scope, old.scope) && isSmall(call) && !input.removed.calls.includes(call));
  const now = input.added.calls.find(
    (call) => within(call.scope, scope) && isSmall(call) && !cameAlong(input, call) && sharesValue(old, call),
  );
  if (now === undefined || (had === true && !sharesValue(old, now))) return;
  yield {
    side: 'after',
    range: now.range,
    message: fitMessage(
      `\`${shorten(`${lastName(now.callee)}(${now.args.join(', ')})`, 34)}\` was \`${shorten(`${lastName(old.callee)}(${old.args.join(', ')})`, 28)}\``,
    ),
  };
}

/** Both count the same value, by its number or by a word of its name. */
function sharesValue(old: Call, now: Call): boolean {
  const values = (call: Call): readonly string[] =>
    words(call.args.join(' '))
      .split(' ')
      .filter(
        (word) =>
          word.length > 1 &&
          !/^(0|1|time|hours?|minutes?|seconds?|days?|weeks?|months?|years?|duration|of|chrono|unit|timedelta|fn|now|start|utc)$/.test(
            word,
          ),
      );
  const had = values(old);
  return values(now).some((word) => had.includes(word));
}

function isCalendar(call: Call): boolean {
  const name = lastName(call.callee);
  return CALENDAR.test(name) || (/^(plus|minus|add|subtract)$/.test(name) && /\b(days?|months?|years?|weeks?)\b/.test(call.args.join(' ')));
}

const calendarCalls = keepOf(({ calls }: SourceFacts): readonly Call[] => calls.filter(isCalendar));

const LENGTH_IN_DAYS =
  /^\(?(?:(?:28|29|30|31|90|91|120|180|182|183|360|365|366)(?:\.\d+)? ?\* ?[\w. *]+|[A-Za-z_][\w.]* ?\* ?(?:28|29|30|31|90|91|365|366)(?:\.\d+)?)\)?$/;

/** A month or a year that became a number of days, where a calendar counted before: `month: 30 * DAY`. */
export function* lengthsInDays(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined || input.added.options.length === 0) return;
  const [old] = calendarCalls(before);
  if (old === undefined || calendarCalls(after).length > 0) return;
  for (const option of input.added.options) {
    if (
      !/\b(months?|monthly|quarters?|quarterly|years?|yearly|annual|annually)\b/.test(words(option.name)) ||
      !LENGTH_IN_DAYS.test(option.value)
    )
      continue;
    yield {
      side: 'after',
      range: option.range,
      message: fitMessage(
        `\`${shorten(`${option.name}: ${option.value}`, 30)}\` in the place of \`${shorten(old.callee, 26)}\`: not all are as long`,
      ),
    };
  }
}
