import type { Call, Loop, Option } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { SCHEDULE_FACTOR } from '../../thresholds.ts';
import { lastName, literal, shorten, words } from '../code/call-names.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { changedOptions } from '../code/option-changes.ts';
import { cameAlong } from '../code/scope-changes.ts';
import { namedCron } from './named-periods.ts';
import { periodOf, periodOfOption } from './periods.ts';
import { isPause } from './retries.ts';

/** Calls, constants and keywords by which work now runs ten times as often, each line once. */
export function* schedulesInCode(input: RuleInput): Iterable<FindingDraft> {
  const flagged = new Set<number>();
  for (const draft of [...calls(input), ...options(input), ...rounds(input)]) {
    if (flagged.has(draft.range.start.line)) continue;
    flagged.add(draft.range.start.line);
    yield draft;
  }
}

/** What a person looks at may move; it asks nobody for anything. */
const SEEN =
  /\b(clock|timer|tick|countdown|animation|animate|typewriter|progress|spinner|cursor|blink|carousel|marquee|toast|frame|fade|slide)\b/;

function* calls(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.added.calls) {
    const period = periodOf(call, input.after);
    if (
      period === undefined ||
      period <= 0 ||
      cameAlong(input, call) ||
      SEEN.test(words(`${call.scope} ${input.path} ${call.args.join(' ')}`))
    )
      continue;
    const old = predecessor(call, input);
    const was = old === undefined ? undefined : periodOf(old, input.before);
    const name = lastName(call.callee);
    if (was !== undefined && was >= period * SCHEDULE_FACTOR) {
      // A length of time is a schedule only where something runs by it.
      if (name === 'timedelta' && !/beat|sched|cron|interval|every|poll/i.test(`${call.scope} ${input.path}`)) continue;
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(name, 26)}\` runs every ${inWords(period)}; it was every ${inWords(was)}`),
      };
    } else if (was === undefined && period < 1 && /^(setInterval|NewTicker|Tick|scheduleAtFixedRate|interval)$/.test(name)) {
      yield { side: 'after', range: call.range, message: fitMessage(`\`${name}\` repeats every ${inWords(period)}`) };
    } else if (
      was === undefined &&
      period === 60 &&
      old === undefined &&
      /cron|schedule|job|repeat/i.test(call.callee) &&
      input.before !== undefined
    ) {
      yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(call.callee, 30)}\` runs every minute`) };
    }
  }
}

/** The call that started the same work before: of the same name but for its unit, or the only one of its function. */
function predecessor(call: Call, input: RuleInput): Call | undefined {
  const stem = (name: string): string => lastName(name).replace(/(milli|second|minute|hour|dai|day|week)(s|ly)?/i, '');
  const isOwn = (other: Call): boolean => counterpartScope(input, other.scope) === call.scope;
  const old = input.removed.calls.filter((other) => periodOf(other, input.before) !== undefined);
  const alike = old.filter((other) => stem(other.callee) === stem(call.callee) && (isOwn(other) || other.kind === 'decorator'));
  const found = alike.find(isOwn) ?? alike[0];
  if (found !== undefined) return found;
  // Another library for the same work: `cron.schedule('0 * * * *', run)` and `setInterval(run, 5000)`.
  const isStart = ({ callee }: Call): boolean => lastName(callee) !== 'timedelta';
  const [only, ...others] = old.filter((other) => isOwn(other) && isStart(other));
  const fresh = input.added.calls.filter(
    (other) => other.scope === call.scope && isStart(other) && periodOf(other, input.after) !== undefined,
  );
  return others.length === 0 && fresh.length === 1 && isStart(call) ? only : undefined;
}

/** A loop that waits between its rounds now waits a tenth of it. */
function* rounds(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.added.calls) {
    const is = isPause(call.callee) ? numberIn(call.args[0] ?? '', input.after) : undefined;
    const isRound = input.after?.loops.some(
      (loop) =>
        loop.kind !== 'each' &&
        !isCounted(loop) &&
        call.range.start.line >= loop.body.startLine &&
        call.range.start.line <= loop.body.endLine,
    );
    if (is === undefined || is <= 0 || isRound !== true) continue;
    const old = input.removed.calls.find((other) => other.callee === call.callee && counterpartScope(input, other.scope) === call.scope);
    const was = numberIn(old?.args[0] ?? '', input.before);
    if (was !== undefined && was >= is * SCHEDULE_FACTOR)
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(
          `\`${shorten(call.callee, 22)}\` between two rounds went from ${shorten(old?.args[0] ?? '', 16)} to ${shorten(call.args[0] ?? '', 16)}`,
        ),
      };
  }
}

/** Ends by its own count: the tries of one thing, and no schedule. */
function isCounted({ kind, head, endless }: Loop): boolean {
  return kind === 'for' && !endless && /[<>]/.test(head);
}

const REPEATS =
  /\b(cron|schedule|pattern|cron time|expression|interval|poll|polling|refresh|period|every|heartbeat|sync|tick|frequency|refetch|fixed rate|fixed delay|cadence|scan|reconcile|resync|scrape|rate seconds|seconds|minutes|hours)\b/;

function* options(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    const text = words(after.name);
    if (
      !(REPEATS.test(text) || saysItself(before, after)) ||
      SEEN.test(words(`${after.name} ${after.scope}`)) ||
      /\b(timeout|ttl|expir\w*|max|grace|debounce|throttle|retention|age|duration)\b/.test(text)
    )
      continue;
    // A unit alone says nothing of what it measures.
    if (/^(seconds|minutes|hours)$/.test(text) && !/every|interval|add_job|scheduled_job|cron|beat|IntervalTrigger/i.test(after.callee))
      continue;
    // An annotation is read as a whole: its unit stands beside the number.
    if (/(^|\.)Scheduled$/.test(after.callee)) continue;
    const [was, is] = [periodOfOption(before, input.before), periodOfOption(after, input.after)];
    if (was === undefined || is === undefined || is <= 0 || was < is * SCHEDULE_FACTOR) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`\`${shorten(after.name, 26)}\` went from ${shorten(before.value, 16)} to ${shorten(after.value, 16)}`),
    };
  }
  yield* rows(input);
  // One unit became another: `minutes=10` and `seconds=10`.
  for (const after of input.added.options) {
    const rank = UNITS.indexOf(after.name);
    if (rank < 0 || !/every|interval|add_job|scheduled_job|IntervalTrigger|timedelta/i.test(after.callee)) continue;
    const before = input.removed.options.find(
      (other) => UNITS.indexOf(other.name) > rank && other.callee === after.callee && counterpartScope(input, other.scope) === after.scope,
    );
    const stays = input.after?.options.some(
      (other) => other.name === before?.name && other.callee === after.callee && other.scope === after.scope,
    );
    if (before === undefined || stays === true) continue;
    const [was, is] = [
      (numberIn(before.value, input.before) ?? 0) * (SECONDS[UNITS.indexOf(before.name)] ?? 1),
      (numberIn(after.value, input.after) ?? 0) * (SECONDS[rank] ?? 1),
    ];
    if (
      is > 0 &&
      was >= is * SCHEDULE_FACTOR &&
      (!/timedelta/.test(after.callee) || /beat|sched|cron|interval|every|poll/i.test(`${after.scope} ${input.path} ${after.key}`))
    )
      yield { side: 'after', range: after.range, message: fitMessage(`runs every ${inWords(is)}; it was every ${inWords(was)}`) };
  }
}

/** `CronExpression.EVERY_HOUR` and `'0 * * * *'` are schedules whatever they are called. */
function saysItself(...options: readonly Option[]): boolean {
  return options.every(
    ({ value }) => namedCron(value) !== undefined || /^(?:[\d*/,-]+ +){4,5}[\d*/,A-Z-]+$/.test(literal(value)?.trim() ?? ''),
  );
}

/** A row of a table of jobs that was written anew, which goes by the job that it starts. */
function* rows(input: RuleInput): Iterable<FindingDraft> {
  const paired = new Set(changedOptions(input).map(({ after }) => after));
  for (const after of input.added.options) {
    if (paired.has(after) || !/\b(schedule|cron|every|interval|period|frequency)\b/.test(words(after.name))) continue;
    const job = jobBeside(after, input.after);
    const is = job === undefined ? undefined : periodOfOption(after, input.after);
    if (is === undefined || is <= 0) continue;
    const before = input.removed.options.find((other) => other.name === after.name && jobBeside(other, input.before) === job);
    const was = before === undefined ? undefined : periodOfOption(before, input.before);
    if (was !== undefined && was >= is * SCHEDULE_FACTOR)
      yield {
        side: 'after',
        range: after.range,
        message: fitMessage(`${shorten(job ?? '', 26)} runs every ${inWords(is)}; it was every ${inWords(was)}`),
      };
  }
}

/** What stands nearest to an option and says which job it is. */
function jobBeside({ range, callee, scope }: Option, facts: RuleInput['before']): string | undefined {
  const distance = (other: Option): number => Math.abs(other.range.start.line - range.start.line);
  const near = facts?.options.filter(
    (other) =>
      other.scope === scope &&
      other.callee === callee &&
      /^(task|job|name|id|func|command|handler|target|queue)$/.test(other.name) &&
      literal(other.value) !== undefined &&
      distance(other) <= 3,
  );
  return near?.sort((a, b) => distance(a) - distance(b) || ['task', 'job'].indexOf(b.name) - ['task', 'job'].indexOf(a.name))[0]?.value;
}

const UNITS = ['milliseconds', 'seconds', 'minutes', 'hours', 'days', 'weeks'];
const SECONDS = [0.001, 1, 60, 3600, 86_400, 604_800];

function inWords(seconds: number): string {
  const round = (value: number): string => String(Math.round(value * 10) / 10);
  if (seconds < 1) return `${round(seconds * 1000)} ms`;
  return seconds < 120 ? `${round(seconds)} s` : seconds < 7200 ? `${round(seconds / 60)} min` : `${round(seconds / 3600)} h`;
}
