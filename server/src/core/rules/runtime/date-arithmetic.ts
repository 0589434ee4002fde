import type { Call, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { EXPIRY_FACTOR } from '../thresholds.ts';
import { lastName, literal, shorten, words } from '../vocabulary/code/call-names.ts';
import { changedCode, codeOfScope, rangeOfLine, scopeAtLine } from '../vocabulary/code/code-text.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { keepOf } from '../vocabulary/code/kept.ts';
import { changedOptions, numberOf } from '../vocabulary/code/option-changes.ts';
import { cameAlong, newCallsIn } from '../vocabulary/code/scope-changes.ts';
import { changedSettings, durationOf } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * Dates that are put together by hand: the year plus one with the same month and day, a month set on a date, days counted in
 * seconds where a calendar did it, a time without its zone where it had one, a schedule that lost its zone; and a certificate
 * or a token that is valid for far less time.
 *
 * ## Why it matters
 * 29 February plus one year is no date: certificates were asked for one, and a cloud stood still for a day. A certificate that
 * ends early takes down everything that trusts it, at once.
 *
 * ## When it is fine
 * A library of dates, whose addition knows the calendar, and constants of a duration. These are not flagged.
 *
 * ## What it misses
 * Quarters counted by hand, and a zone that the database assumes.
 */
export default defineRule({
  id: 'runtime/date-arithmetic',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'medium',
  title: 'A date is put together by hand',
  reads: ['calls', 'options', 'settings', 'tokens'],
  evidence: [
    {
      title: 'Azure 2012-02-29: a leap-day certificate',
      url: 'https://azure.microsoft.com/en-us/blog/summary-of-windows-azure-service-disruption-on-feb-29th-2012/',
    },
    { title: 'Mozilla 2019-05: an expired certificate', url: 'https://hacks.mozilla.org/2019/07/add-ons-outage-post-mortem-result/' },
  ],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<number>();
    for (const draft of [
      ...byHand(input),
      ...counted(input),
      ...lengths(input),
      ...withoutZone(input),
      ...schedules(input),
      ...expiries(input),
    ]) {
      if (flagged.has(draft.range.start.line)) continue;
      flagged.add(draft.range.start.line);
      yield draft;
    }
  },
});

const YEAR = String.raw`\b(?:year|getFullYear\(\)|getUTCFullYear\(\)|getYear\(\)|Year\(\)|year\(\))\s*\)?\s*[+-]\s*\w+`;
const MONTH = String.raw`\b(?:month|getMonth\(\)|getUTCMonth\(\)|getMonthValue\(\)|Month\(\))\s*\)?\s*[+-]\s*\w+`;
const MOVED_YEAR = new RegExp(YEAR);
const MOVED_MONTH = new RegExp(MONTH);
const MAKES =
  /^(date|datetime|datetime\.date|datetime\.datetime|dt\.date|dt\.datetime|Date|Date\.UTC|time\.Date|LocalDate\.of|LocalDateTime\.of|ZonedDateTime\.of|GregorianCalendar|NaiveDate::from_ymd_opt|NaiveDate::from_ymd|Utc\.ymd|Utc\.with_ymd_and_hms|Date::from_calendar_date)$/;

/** `date(start.year + 1, start.month, start.day)` and its kin. */
function* byHand(input: RuleInput): Iterable<FindingDraft> {
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

const CALENDAR =
  /^(addDays|addMonths|addYears|addWeeks|subDays|subMonths|subYears|plusDays|plusMonths|plusYears|plusWeeks|minusDays|minusMonths|minusYears|AddDate|setDate|setUTCDate|startOfDay|endOfDay|relativedelta|DateOffset|checked_add_months|checked_add_days|differenceInDays|differenceInCalendarDays|differenceInMonths)$/;

/** Days in seconds in the place of a calendar's days: wrong by an hour twice a year. */
function* counted(input: RuleInput): Iterable<FindingDraft> {
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
function* lengths(input: RuleInput): Iterable<FindingDraft> {
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

const NAIVE =
  /^(datetime|datetime\.datetime|dt\.datetime|dt)\.(now|utcnow|fromtimestamp|utcfromtimestamp|today|strptime)$|^(LocalDateTime)\.(now|ofInstant|parse)$|^Local::now$|^chrono::Local::now$/;
const AWARE =
  /^((django\.utils\.)?timezone)\.(now|localtime)$|^(ZonedDateTime|OffsetDateTime|Instant)\.(now|parse|ofInstant)$|^(pendulum|arrow)\.(now|utcnow)$|^(Utc|chrono::Utc)::now$|^DateTime\.(utc|now)$/;

/** A time with its zone that is now one without. */
function* withoutZone(input: RuleInput): Iterable<FindingDraft> {
  const fresh = input.added.calls.filter((call) => isNaive(call) && !cameAlong(input, call));
  for (const call of fresh) {
    const lost = input.removed.calls.find((old) => isAware(old) && counterpartScope(input, old.scope) === call.scope);
    if (lost === undefined) continue;
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 26)}\` has no zone and \`${shorten(lost.callee, 24)}\` had one`),
    };
  }
  for (const old of input.removed.calls) {
    if (
      !/^(toISOString|getTimezoneOffset|toUTCString|getUTC\w+|setUTC\w+|In|UTC|astimezone|withZoneSameInstant)$/.test(lastName(old.callee))
    )
      continue;
    const scope = counterpartScope(input, old.scope);
    const local = lastName(old.callee).replace('UTC', '');
    const now =
      scope === undefined || local === lastName(old.callee)
        ? undefined
        : input.added.calls.find((call) => lastName(call.callee) === local && call.scope === scope && /^(get|set)/.test(local));
    if (now === undefined) continue;
    yield {
      side: 'after',
      range: now.range,
      message: fitMessage(`\`${shorten(now.callee, 28)}\` depends on the machine's zone; it was UTC`),
    };
  }
}

function isNaive(call: Call): boolean {
  return NAIVE.test(call.callee) && !call.args.some((argument) => /\b(tz|tzinfo|timezone|UTC|utc|ZoneOffset|ZoneId)\b/.test(argument));
}

function isAware(call: Call): boolean {
  return AWARE.test(call.callee) || (NAIVE.test(call.callee) && !isNaive(call));
}

/** A cron line whose zone went away, or is now one that changes its clocks. */
function* schedules(input: RuleInput): Iterable<FindingDraft> {
  const isZone = (name: string): boolean => /^(tz|time ?zone|utc ?offset|zone)$/.test(words(name));
  const isUtc = (value: string): boolean => /\b(UTC|Etc\/UTC|GMT|utc)\b/.test(value);
  for (const option of input.removed.options) {
    if (
      !isZone(option.name) ||
      !isUtc(option.value) ||
      !/cron|schedul|job|celery|trigger|queue|repeat/i.test(`${option.callee} ${option.scope} ${input.path}`)
    )
      continue;
    const now = input.after?.options.find(
      (other) => other.name === option.name && other.callee === option.callee && other.scope === option.scope,
    );
    if (now !== undefined && isUtc(now.value)) continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(`the schedule is no longer in UTC: ${now === undefined ? 'no zone' : shorten(now.value, 30)}`),
    };
  }
  for (const change of changedSettings(input)) {
    if (
      change.before === undefined ||
      !isZone(change.path.at(-1) ?? '') ||
      !isUtc(String(change.before.value)) ||
      isUtc(String(change.after?.value ?? ''))
    )
      continue;
    if (change.resourceIsGone || !/cron|schedul|beat/i.test(`${change.path.join(' ')} ${input.path} ${change.resource?.type ?? ''}`))
      continue;
    const place = change.after ?? change.before;
    yield {
      side: change.after === undefined ? 'before' : 'after',
      range: place.range,
      message: fitMessage(`the schedule is no longer in UTC: ${shorten(String(change.after?.value ?? 'no zone'), 30)}`),
    };
  }
}

const CREDENTIAL =
  /\b(cert|certs|certificate|certificates|x509|tls|ssl|ca|pki|csr|token|tokens|jwt|session|sessions|key|keys|secret|license|licence|domain|signing)\b/;
const VALIDITY =
  /\b(expir\w*|expires|ttl|max age|validity|valid|valid for|valid days|lifetime|not after|duration|days|rotation|renew before|renewal)\b/;

/** A certificate or a token that ends far sooner. */
function* expiries(input: RuleInput): Iterable<FindingDraft> {
  const isExpiry = (name: string): boolean =>
    VALIDITY.test(words(name)) &&
    !/\b(renew before|renewal|grace|refresh before|cache|throttle)\b/.test(words(name)) &&
    CREDENTIAL.test(words(`${name} ${input.path}`));
  for (const { before, after } of changedOptions(input)) {
    const about = `${after.name} ${after.callee} ${after.scope}`;
    const [was, is] = [lengthOf(before.value), lengthOf(after.value)];
    if (!isExpiry(about) || was === undefined || is === undefined || is <= 0 || was < is * factorFor(about, input.path)) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`\`${shorten(after.name, 26)}\` went from ${shorten(before.value, 18)} to ${shorten(after.value, 18)}`),
    };
  }
  for (const change of changedSettings(input)) {
    const about = change.path.join(' ');
    const [was, is] = [lengthOf(String(change.before?.value ?? '')), lengthOf(String(change.after?.value ?? ''))];
    if (
      change.after === undefined ||
      !isExpiry(about) ||
      was === undefined ||
      is === undefined ||
      is <= 0 ||
      was < is * factorFor(about, input.path)
    )
      continue;
    yield {
      side: 'after',
      range: change.after.range,
      message: fitMessage(`\`${shorten(change.path.at(-1) ?? '', 26)}\` went from ${change.before?.value} to ${change.after.value}`),
    };
  }
  for (const call of input.added.calls) {
    if (
      !/^(timedelta|plusDays|plusMonths|plusYears|plusHours|AddDate|addDays|addMonths|addYears|days|hours|num_days|Duration\.ofDays|ofDays|setDate)$/.test(
        lastName(call.callee),
      )
    )
      continue;
    const about = `${call.scope} ${input.path}`;
    const old = input.removed.calls.find(
      (other) => other.callee === call.callee && counterpartScope(input, other.scope) === call.scope && lengthOfCall(other) !== undefined,
    );
    const [was, is] = [old === undefined ? undefined : lengthOfCall(old), lengthOfCall(call)];
    if (was === undefined || is === undefined || is <= 0 || !CREDENTIAL.test(words(about)) || was < is * factorFor(about, input.path))
      continue;
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(
        `\`${shorten(`${call.callee}(${call.args.join(', ')})`, 32)}\` was \`${shorten(old?.args.join(', ') ?? '', 26)}\``,
      ),
    };
  }
}

/** A shorter token is often the safer one; a certificate that ends sooner ends for everybody. */
function factorFor(about: string, path: string): number {
  return /\b(cert|certs|certificate|certificates|x509|ca|pki|csr|domain|license|licence)\b/.test(words(`${about} ${path}`))
    ? EXPIRY_FACTOR.certificate
    : EXPIRY_FACTOR.token;
}

function lengthOf(value: string): number | undefined {
  const text = literal(value) ?? value;
  const inside = /^[\w.]*timedelta\((?:days|hours|minutes|seconds)\s*=([\d_.*\s]+)\)$/.exec(text)?.[1];
  return numberOf(inside ?? text) ?? durationOf(text);
}

function lengthOfCall(call: Call): number | undefined {
  const numbers = call.args.map((argument) => numberOf(argument.replace(/^(days|hours|weeks|minutes|seconds|months|years)\s*[=:]\s*/, '')));
  const own = numbers.find((value) => value !== undefined && value !== 0);
  const unit = /^weeks/.test(call.args[0] ?? '') ? 7 : 1;
  return own === undefined ? undefined : own * unit;
}
