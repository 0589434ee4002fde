/** `now ( ) - interval '30 days'`, `interval 30 day`, `make_interval ( days = > 30 )`, `dateadd ( day , - 30 , …`, `current_date - 30`. */
export function intervalDays(value: string): number | undefined {
  for (const form of INTERVALS) {
    const found = form.exec(value)?.groups;
    if (found === undefined) continue;
    const { count, unit = 'day' } = found;
    return Number(count) * (UNITS[unit] ?? 1);
  }
  return undefined;
}

const INTERVALS = [
  /'-?(?<count>\d+)'? (?<unit>second|minute|hour|day|week|month|year)s?/,
  /\binterval '?(?<count>\d+)'? (?<unit>second|minute|hour|day|week|month|year)/,
  /\bmake_interval \( (?<unit>sec|min|hour|day|week|month|year)s = ?> (?<count>\d+)/,
  /\bdate_?add \( (?<unit>second|minute|hour|day|week|month|year) , - (?<count>\d+)/,
  /\bcurrent_date - (?<count>\d+)$/,
] as const;

const UNITS: Readonly<Record<string, number>> = {
  sec: 1 / 86_400,
  second: 1 / 86_400,
  min: 1 / 1440,
  minute: 1 / 1440,
  hour: 1 / 24,
  day: 1,
  week: 7,
  month: 30,
  year: 365,
};
