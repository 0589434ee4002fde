import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';

/** A length of time whose amount stayed as it was written while its unit became another one. */
export interface SwappedUnit {
  readonly amount: string;
  readonly was: string;
  readonly is: string;
  readonly range: Range;
}

/** `timedelta(seconds=LEASE)` and `timedelta(milliseconds=LEASE)`: thirty of one are not thirty of the other. */
export function* swappedUnits(input: RuleInput): Iterable<SwappedUnit> {
  for (const after of input.added.options) {
    const is = UNITS[unitOf(after.name)];
    const before =
      is === undefined || after.callee === '' || RUNS_BY.test(after.callee)
        ? undefined
        : input.removed.options.find(
            (other) =>
              other.callee === after.callee &&
              other.value === after.value &&
              differ(UNITS[unitOf(other.name)], is) &&
              counterpartScope(input, other.scope) === after.scope,
          );
    // Where its old keyword stays beside it, one was only added to the other.
    if (before === undefined || after.value === '0' || keeps(input, before.name, after)) continue;
    yield { amount: after.value, was: before.name, is: after.name, range: after.range };
  }
  const removed = input.removed.calls.filter(namesUnit);
  for (const after of input.added.calls) {
    if (after.kind === 'decorator' || !namesUnit(after)) continue;
    const before = removed.find(
      (other) =>
        other !== after &&
        other.args.length === after.args.length &&
        counterpartScope(input, other.scope) === after.scope &&
        isSwap(other, after),
    );
    if (before === undefined) continue;
    if (before.callee !== after.callee)
      yield { amount: after.args[0] ?? '', was: lastName(before.callee), is: lastName(after.callee), range: after.range };
    else {
      const at = after.args.findIndex((argument, index) => argument !== before.args[index]);
      yield {
        amount: lastName(after.callee),
        was: NAMED_UNIT.exec(before.args[at] ?? '')?.[2] ?? '',
        is: NAMED_UNIT.exec(after.args[at] ?? '')?.[2] ?? '',
        range: after.range,
      };
    }
  }
}

/** What runs again and again is deploy/schedule-changed's. */
const RUNS_BY = /every|interval|add_job|scheduled_job|cron|beat|schedule/i;

function keeps(input: RuleInput, name: string, like: { readonly callee: string; readonly scope: string }): boolean {
  return input.after?.options.some((other) => other.name === name && other.callee === like.callee && other.scope === like.scope) === true;
}

interface Called {
  readonly callee: string;
  readonly args: readonly string[];
}

/** What can be one of the two below. */
function namesUnit({ callee, args }: Called): boolean {
  return CONSTRUCTS.test(callee) || args.some((argument) => UNIT.test(argument));
}

/** `Duration.ofSeconds(n)` and `Duration.ofMillis(n)`, `TimeUnit.SECONDS` and `TimeUnit.MILLISECONDS` behind the same amount. */
function isSwap(before: Called, after: Called): boolean {
  if (before.callee !== after.callee)
    return (
      before.args.join() === after.args.join() &&
      before.args.length === 1 &&
      before.args[0] !== '0' &&
      before.callee.slice(0, -lastName(before.callee).length) === after.callee.slice(0, -lastName(after.callee).length) &&
      CONSTRUCTS.test(before.callee) &&
      CONSTRUCTS.test(after.callee) &&
      differ(UNITS[unitOf(lastName(before.callee))], UNITS[unitOf(lastName(after.callee))])
    );
  const changed = before.args.flatMap((argument, at) => (argument === after.args[at] ? [] : [[argument, after.args[at] ?? ''] as const]));
  const [pair] = changed;
  if (pair === undefined || changed.length > 1) return false;
  // The expression tries every place of a long argument.
  if (!pair.every((argument) => UNIT.test(argument))) return false;
  const [old, fresh] = pair.map((argument) => NAMED_UNIT.exec(argument));
  if (old == null || fresh == null) return false;
  return (
    old[1] === fresh[1] &&
    // A unit alone stands behind an amount of its own.
    ((old[1] ?? '') !== '' || before.args.length > 1) &&
    differ(UNITS[unitOf(old[2] ?? '')], UNITS[unitOf(fresh[2] ?? '')])
  );
}

const UNIT = /(?:unit|time)\./i;
const CONSTRUCTS = /(^|\.|::)(of|from_?|From|with)?_?(nanos|micros|millis|milliseconds|ms|secs|seconds|mins|minutes|hours|days|weeks)$/i;
const NAMED_UNIT =
  /^(.*?)(?:TimeUnit\.|ChronoUnit\.|time\.|Time\.)(nanoseconds?|nanos|microseconds?|micros|milliseconds?|millis|seconds?|minutes?|hours?|days?)$/i;

function unitOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/^(of|from|with)_?/, '')
    .replace(/s$/, '');
}

function differ(one: number | undefined, other: number | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

/** In seconds, without the plural's s. */
const UNITS: Readonly<Record<string, number>> = {
  nano: 1e-9,
  nanosecond: 1e-9,
  micro: 1e-6,
  microsecond: 1e-6,
  m: 1e-3,
  milli: 1e-3,
  millisecond: 1e-3,
  sec: 1,
  second: 1,
  min: 60,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
};
