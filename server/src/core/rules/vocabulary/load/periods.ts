import type { Call, Option, SourceFacts } from '../../../model/facts.ts';
import { fieldsOf } from '../code/argument-text.ts';
import { lastName, literal } from '../code/call-names.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { runsPerDay } from '../settings/cron.ts';
import { cronOfKeywords, namedCron, secondsInWords, spelledPeriod } from './named-periods.ts';

/** Seconds between two runs of what a call starts, by its arguments; undefined where it starts nothing or is not plain. */
export function periodOf(call: Call, facts?: SourceFacts): number | undefined {
  const name = lastName(call.callee);
  const [first = '', second = '', third = '', fourth = ''] = call.args;
  if (/^(setInterval|useInterval|interval|Interval)$/.test(name) && (call.kind === 'call' || name === 'Interval')) {
    const given = second === '' || numberIn(second, facts) === undefined ? first : second;
    const ms = numberIn(given, facts);
    return rustSeconds(first) ?? secondsInWords(given) ?? (ms === undefined ? undefined : ms / 1000);
  }
  if (/^(NewTicker|Tick|NewTimer|DurationJob)$/.test(name)) return thousandth(numberIn(first, facts));
  // `timer(0, 5000)` of RxJS: the first waits, the second repeats.
  if (call.callee === 'timer' && numberIn(first, facts) !== undefined) return thousandth(numberIn(second, facts));
  if (/^(scheduleAtFixedRate|scheduleWithFixedDelay)$/.test(name)) {
    const unit = JAVA[/TimeUnit\.(\w+)/.exec(fourth)?.[1] ?? ''] ?? (fourth === '' ? 0.001 : undefined);
    const amount = numberIn(third, facts);
    return unit === undefined || amount === undefined ? secondsInWords(second) : amount * unit;
  }
  if (name === 'Scheduled') return annotatedPeriod(call, facts);
  const left = cronKeywords(call, name);
  const keywords = left === undefined ? undefined : cronOfKeywords((field) => keyword(call, field), left);
  if (keywords !== undefined) {
    const runs = runsPerDay(keywords);
    return runs === undefined ? undefined : 86_400 / runs;
  }
  const spelled = spelledPeriod(call.callee, numberIn(first, facts));
  if (spelled !== undefined) return spelled;
  if (
    /^(timedelta|IntervalTrigger|IntervalSchedule|add_job|scheduled_job|run_every|every|Every|repeat_every|enqueue_in|periodic_task|loop|Period)$/.test(
      name,
    )
  ) {
    let seconds = 0;
    for (const [unit, factor] of Object.entries(PYTHON)) seconds += (numberIn(keyword(call, unit) ?? '', facts) ?? 0) * factor;
    if (seconds > 0) return seconds;
  }
  if (name === 'add_periodic_task') return numberIn(first, facts);
  if (!/cron|sched|job|repeat|every|AddFunc|AddJob|Spec/i.test(call.callee)) return undefined;
  const named = call.args.map((argument) => namedCron(argument)).find((seconds) => seconds !== undefined);
  if (named !== undefined) return named;
  if (/^(rate|every|Every|repeat_every)$/.test(name) && secondsInWords(first) !== undefined) return secondsInWords(first);
  const cron = call.args
    .map((argument) => literal(argument.replace(/^\w+\s*=\s*/, '')))
    .find((text) => text !== undefined && runsPerDay(text) !== undefined);
  const runs = cron === undefined ? undefined : runsPerDay(cron);
  return runs === undefined ? undefined : 86_400 / runs;
}

/** Libraries that are given the fields of a cron line by name, and what they make of those that are left out. */
function cronKeywords(call: Call, name: string): Parameters<typeof cronOfKeywords>[1] | undefined {
  if (name === 'crontab') return 'every';
  if (
    name === 'CronTrigger' ||
    (/^(add_job|scheduled_job)$/.test(name) && call.args.some((argument) => /^(trigger ?= ?)?['"]cron['"]$/.test(argument)))
  )
    return 'smaller-zero';
  if (name === 'Schedule' && call.kind === 'decorator') return 'zero';
  // `Schedule.cron({ minute: '0', hour: '3' })` of the CDK, which leaves nothing out that it is not told.
  return name === 'cron' && /Schedule\.cron$/.test(call.callee) ? 'every' : undefined;
}

/** `@Scheduled(fixedRate = 1, timeUnit = TimeUnit.HOURS)`, `(every = "5s")`, `(fixedDelayString = "PT1H")`, `(cron = "…")`. */
function annotatedPeriod(call: Call, facts: SourceFacts | undefined): number | undefined {
  const cron = keyword(call, 'cron');
  const said = ['fixedRate', 'fixedDelay', 'fixedRateString', 'fixedDelayString', 'every'].flatMap(
    (field) => keyword(call, field) ?? [],
  )[0];
  const runs = cron !== undefined ? runsPerDay(cron) : said === undefined || /^\d+$/.test(said) ? undefined : runsPerDay(said);
  if (runs !== undefined) return 86_400 / runs;
  const amount = said === undefined ? undefined : numberIn(said, facts);
  const unit = JAVA[/\b(\w+)$/.exec(keyword(call, 'timeUnit') ?? 'MILLISECONDS')?.[1] ?? ''];
  if (amount === undefined || unit === undefined) return said === undefined ? undefined : secondsInWords(said);
  return amount * unit;
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
  const object = call.args.length === 1 && /^\{.*\}$/.test(call.args[0] ?? '') ? fieldsOf(call.args).get(name) : undefined;
  const text = object ?? call.args.find((argument) => new RegExp(`^${name}\\s*=`).test(argument))?.replace(/^\w+\s*=\s*/, '');
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
  return rustSeconds(option.value) ?? secondsInWords(option.value) ?? numberIn(option.value, facts);
}
