import type { Call, Option, SourceFacts } from '../../../model/facts.ts';
import { lastName, literal } from '../code/call-names.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { runsPerDay } from '../settings/cron.ts';

/** Seconds between two runs of what a call starts, by its arguments; undefined where it starts nothing or is not plain. */
export function periodOf(call: Call, facts?: SourceFacts): number | undefined {
  const name = lastName(call.callee);
  const [first = '', second = '', third = '', fourth = ''] = call.args;
  if (/^(setInterval|useInterval|interval)$/.test(name) && call.kind === 'call') {
    const ms = numberIn(second === '' ? first : second, facts);
    const rust = rustSeconds(first);
    return rust ?? (ms === undefined ? undefined : ms / 1000);
  }
  if (/^(NewTicker|Tick|NewTimer)$/.test(name)) return thousandth(numberIn(first, facts));
  if (/^(scheduleAtFixedRate|scheduleWithFixedDelay)$/.test(name)) {
    const unit = JAVA[/TimeUnit\.(\w+)/.exec(fourth)?.[1] ?? ''] ?? (fourth === '' ? 0.001 : undefined);
    const amount = numberIn(third, facts);
    return unit === undefined || amount === undefined ? undefined : amount * unit;
  }
  if (name === 'crontab' || name === 'CronTrigger') {
    const runs = runsPerDay(
      ['minute', 'hour', 'day_of_month', 'month_of_year', 'day_of_week'].map((field) => keyword(call, field) ?? '*').join(' '),
    );
    return runs === undefined ? undefined : 86_400 / runs;
  }
  if (/^(timedelta|IntervalTrigger|add_job|scheduled_job|run_every|every|Every|repeat_every|enqueue_in|periodic_task)$/.test(name)) {
    let seconds = 0;
    for (const [unit, factor] of Object.entries(PYTHON)) seconds += (numberIn(keyword(call, unit) ?? '', facts) ?? 0) * factor;
    return seconds > 0 ? seconds : undefined;
  }
  const cron = call.args
    .map((argument) => literal(argument.replace(/^\w+\s*=\s*/, '')))
    .find((text) => text !== undefined && runsPerDay(text) !== undefined);
  const runs = cron === undefined || !/cron|sched|job|repeat|every|AddFunc|AddJob|Spec/i.test(call.callee) ? undefined : runsPerDay(cron);
  return runs === undefined ? undefined : 86_400 / runs;
}

const JAVA: Readonly<Record<string, number>> = { MILLISECONDS: 0.001, SECONDS: 1, MINUTES: 60, HOURS: 3600, DAYS: 86_400 };
const PYTHON: Readonly<Record<string, number>> = {
  seconds: 1,
  minutes: 60,
  hours: 3600,
  days: 86_400,
  weeks: 604_800,
  milliseconds: 0.001,
};

function keyword(call: Call, name: string): string | undefined {
  const text = call.args.find((argument) => new RegExp(`^${name}\\s*=`).test(argument))?.replace(/^\w+\s*=\s*/, '');
  return text === undefined ? undefined : (literal(text) ?? text);
}

function thousandth(value: number | undefined): number | undefined {
  return value === undefined ? undefined : value / 1000;
}

function rustSeconds(text: string): number | undefined {
  const match = /Duration::from_(millis|secs|mins|hours)\((\d[\d_]*)\)/.exec(text);
  const factor = { millis: 0.001, secs: 1, mins: 60, hours: 3600 }[match?.[1] ?? ''];
  return match === null || factor === undefined ? undefined : Number(match[2]?.replaceAll('_', '')) * factor;
}

/** Seconds between two runs by an option's value: a cron line, a timedelta, or a number in the unit that its name says. */
export function periodOfOption(option: Option, facts?: SourceFacts): number | undefined {
  const text = literal(option.value);
  const runs = text === undefined ? undefined : runsPerDay(text);
  if (runs !== undefined) return 86_400 / runs;
  const inside = /^(?:[\w.]*\.)?(timedelta|crontab)\((.*)\)$/.exec(option.value);
  if (inside !== null)
    return periodOf({
      kind: 'call',
      callee: inside[1] ?? '',
      args: (inside[2] ?? '').split(/,\s*/),
      range: option.range,
      key: '',
      scope: '',
    });
  const rust = rustSeconds(option.value);
  return rust ?? numberIn(option.value, facts);
}
