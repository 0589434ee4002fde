/**
 * How often a schedule runs in a day, on average: five fields, six with seconds before or a year behind them, `@daily`,
 * `rate(5 minutes)` and `cron(…)` of AWS, `daily` and `*:0/5` of systemd. Undefined where it is no schedule that we know.
 */
export function runsPerDay(schedule: string): number | undefined {
  const text = schedule.trim().replace(/^(TZ|CRON_TZ)=\S+\s+/, '');
  const rate = /^(?:rate\(|every\s+|@every\s+)?(\d+)\s*(s|m|h|d|seconds?|minutes?|mins?|hours?|days?|weeks?)\)?$/i.exec(text);
  if (rate !== null) return 86_400 / (Number(rate[1]) * (SECONDS[(rate[2] ?? '').toLowerCase().replace(/s$/, '')] ?? 1));
  const named = NAMED[text.toLowerCase()];
  if (named !== undefined) return named;
  const calendar = calendarRuns(text);
  if (calendar !== undefined) return calendar;
  const fields = text.replace(/^cron\((.*)\)$/i, '$1').split(/\s+/);
  if (fields.length < 5 || fields.length > 7 || !fields.every((field) => /^[\d*/,?LW#A-Za-z-]+$/.test(field))) return undefined;
  // AWS has a year behind the weekday; Quartz and Spring have seconds before the minute.
  const hasSeconds = fields.length >= 6 && !/^cron\(/i.test(text);
  const [minute = '*', hour = '*', day = '*', , weekday = '*'] = hasSeconds ? fields.slice(1) : fields;
  const seconds = hasSeconds ? timesIn(fields[0] ?? '0', 60) : 1;
  const parts = [timesIn(minute, 60), timesIn(hour, 24)];
  if (seconds === undefined || parts.includes(undefined)) return undefined;
  const days = Math.min((timesIn(day, 31) ?? 31) / 31, (timesIn(weekday, 7) ?? 7) / 7);
  return seconds * (parts[0] ?? 0) * (parts[1] ?? 0) * days;
}

/** `sec`, `min` and their kin without the plural's s; a plain `s` becomes the empty string. */
const SECONDS: Readonly<Record<string, number>> = {
  '': 1,
  second: 1,
  m: 60,
  minute: 60,
  min: 60,
  h: 3600,
  hour: 3600,
  d: 86_400,
  day: 86_400,
  week: 604_800,
};
const NAMED: Readonly<Record<string, number>> = {
  '@yearly': 1 / 365,
  '@annually': 1 / 365,
  '@monthly': 1 / 30,
  '@weekly': 1 / 7,
  '@daily': 1,
  '@midnight': 1,
  '@hourly': 24,
  minutely: 1440,
  hourly: 24,
  daily: 1,
  weekly: 1 / 7,
  monthly: 1 / 30,
  quarterly: 1 / 91,
  yearly: 1 / 365,
  annually: 1 / 365,
};

/** systemd's `Mon *-*-* 02:00:00` and `*:0/5`; undefined where a text has none of its colons. */
function calendarRuns(text: string): number | undefined {
  const fields = text.split(/\s+/);
  const time = fields.find((field) => /^[\d*,/.]+:[\d*,/.]+(:[\d*,/.]+)?$/.test(field));
  if (time === undefined || fields.length > 4) return undefined;
  const [hour = '*', minute = '*', second = '0'] = time.split(':');
  const weekday = fields.find((field) => DAYS.includes(field.slice(0, 3).toLowerCase())) ?? '*';
  const date = fields.find((field) => /^[\d*][\d*,/.-]*$/.test(field) && field.includes('-')) ?? '*-*-*';
  const parts = [
    timesIn(second.replaceAll('..', '-'), 60),
    timesIn(minute.replaceAll('..', '-'), 60),
    timesIn(hour.replaceAll('..', '-'), 24),
  ];
  if (parts.includes(undefined)) return undefined;
  const day = date.split('-').at(-1) ?? '*';
  const days = Math.min((timesIn(day, 31) ?? 31) / 31, weekday === '*' ? 1 : weekdays(weekday) / 7);
  return parts.reduce<number>((product, part) => product * (part ?? 1), days);
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

function weekdays(text: string): number {
  const count = text
    .toLowerCase()
    .split(',')
    .reduce((sum, part) => {
      const [from = 0, to] = part.split('..').map((day) => DAYS.indexOf(day.slice(0, 3)));
      return sum + (to === undefined ? 1 : Math.max(1, to - from + 1));
    }, 0);
  return Math.min(7, count);
}

/** How many values of a field match: `*` all of them, `*` with a step, ranges and lists. */
function timesIn(field: string, size: number): number | undefined {
  if (field === '*' || field === '?') return size;
  let count = 0;
  for (const part of field.split(',')) {
    const [range = '', step] = part.split('/');
    const every = step === undefined ? 1 : Number(step);
    const ends = /^(\d+)-(\d+)$/.exec(range);
    // `H` is any one value, and with a step any that begins it (Jenkins).
    const span =
      range === '*' || (range === 'H' && step !== undefined)
        ? size
        : ends !== null
          ? Number(ends[2]) - Number(ends[1]) + 1
          : step === undefined
            ? 1
            : size - Number(range);
    if (!Number.isFinite(every) || every <= 0 || !Number.isFinite(span)) return /[A-Za-z]/.test(part) ? 1 : undefined;
    count += Math.max(1, Math.ceil(span / every));
  }
  return Math.min(count, size);
}
