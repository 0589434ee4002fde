import { lastName, literal } from '../code/call-names.ts';
import { runsPerDay } from '../settings/cron.ts';

/** Seconds of a length of time that is written in words: `EVERY_5_SECONDS`, `Duration.ofHours(1)`, `5.minutes`, `'PT1H'`, `ms('1h')`. */
export function secondsInWords(text: string): number | undefined {
  return namedCron(text) ?? builtDuration(text) ?? isoDuration(literal(text) ?? text);
}

/** Constants that libraries of schedules have for common ones; NestJS has some seventy of them. */
export function namedCron(text: string): number | undefined {
  if (!/^(?:\w+\.)*(?:CronExpression|CronPatterns?|Schedules?|Every)\.[A-Z]/.test(text)) return undefined;
  const name = lastName(text);
  if (/DAY_OF_(?:THE_)?MONTH/.test(name)) return A_MONTH;
  if (/^MONDAY_TO_FRIDAY/.test(name)) return (86_400 * 7) / 5;
  const [, count, unit = ''] = /^EVERY_(?:(\d+)(?:ST|ND|RD|TH)?_)?([A-Z]+?)S?(?:_|$)/.exec(name) ?? [];
  const seconds = Object.hasOwn(UNIT, unit) ? UNIT[unit] : undefined;
  return seconds === undefined ? undefined : seconds * Number(count ?? 1);
}

/** `Duration.hours(1)` of clouds, `Duration.ofHours(1)` of Java, `1.hour` of Ruby and Kotlin, `ms('1h')`. */
function builtDuration(text: string): number | undefined {
  const built = /\bDuration\.(?:of)?([A-Za-z]+?)s?\((\d[\d_]*)\)$/.exec(text) ?? undefined;
  const asked = built === undefined ? /^(\d[\d_]*)\.([a-z]+?)s?$/.exec(text) : undefined;
  const [unit, count] = built !== undefined ? [built[1], built[2]] : [asked?.[2], asked?.[1]];
  const key = (unit ?? '').toUpperCase();
  const seconds = Object.hasOwn(UNIT, key) ? UNIT[key] : undefined;
  if (seconds !== undefined) return seconds * Number((count ?? '').replaceAll('_', ''));
  const said = literal(/^(?:ms|parseDuration|parse_duration|humanInterval)\((.*)\)$/.exec(text)?.[1]);
  const runs = said === undefined ? undefined : runsPerDay(said);
  return runs === undefined ? undefined : 86_400 / runs;
}

const A_MONTH = 2_592_000;
const UNIT: Readonly<Record<string, number>> = {
  MILLI: 0.001,
  MILLISECOND: 0.001,
  SECOND: 1,
  MINUTE: 60,
  HOUR: 3600,
  DAY: 86_400,
  WEEKDAY: (86_400 * 7) / 5,
  WEEKEND: (86_400 * 7) / 2,
  WEEK: 604_800,
  MONTH: A_MONTH,
  QUARTER: 7_862_400,
  YEAR: 31_536_000,
};

/** `PT1H`, `P1D`, `PT5S`. */
function isoDuration(text: string): number | undefined {
  const [whole, days, hours, minutes, seconds] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text) ?? [];
  if (whole === undefined || whole.length < 3) return undefined;
  return Number(days ?? 0) * 86_400 + Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
}

/**
 * The length of time that a chain of calls spells: `schedule.every(5).seconds.do` of Python, `s.Every(1).Hour().Do` of Go,
 * `repeatSecondlyForever(5)` and `withIntervalInHours(1)` of Quartz.
 */
export function spelledPeriod(callee: string, count: number | undefined): number | undefined {
  const every = /\bevery\((\d*)\)\.([a-z]+?)s?(?:\(\))?\.(?:do|tag|at|run)\b/i.exec(callee);
  const one = every === null ? /(?:repeat([A-Z][a-z]+?)lyForever|withIntervalIn([A-Z][a-z]+?)s)$/.exec(callee) : null;
  const unit = (every?.[2] ?? one?.[1] ?? one?.[2] ?? '').toUpperCase();
  const seconds = Object.hasOwn(UNIT, unit) ? UNIT[unit] : undefined;
  if (seconds === undefined) return undefined;
  return seconds * (every === null ? (count ?? 1) : Number(every[1] || 1));
}

/** A cron line from a call's keywords; what is left out is filled in as the library does. Undefined where it has none. */
export function cronOfKeywords(keyword: (name: string) => string | undefined, left: 'every' | 'zero' | 'smaller-zero'): string | undefined {
  const fields = [
    keyword('second'),
    keyword('minute'),
    keyword('hour'),
    keyword('day_of_month') ?? keyword('day') ?? keyword('dayOfMonth'),
    keyword('month_of_year') ?? keyword('month'),
    keyword('day_of_week') ?? keyword('dayOfWeek') ?? keyword('weekDay'),
  ];
  const first = fields.findIndex((field) => field !== undefined);
  if (first < 0 && left !== 'every') return undefined;
  return fields
    .map((field, at) => {
      const isTime = at < 3;
      const isZero = left === 'zero' ? isTime : left === 'smaller-zero' ? isTime && at < first : at === 0;
      return field ?? (isZero ? '0' : '*');
    })
    .join(' ');
}
