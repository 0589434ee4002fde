import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { cameAlong } from '../code/scope-changes.ts';
import { changedSettings } from '../settings/settings.ts';

const NAIVE =
  /^(datetime|datetime\.datetime|dt\.datetime|dt)\.(now|utcnow|fromtimestamp|utcfromtimestamp|today|strptime)$|^(LocalDateTime)\.(now|ofInstant|parse)$|^Local::now$|^chrono::Local::now$/;
const AWARE =
  /^((django\.utils\.)?timezone)\.(now|localtime)$|^(ZonedDateTime|OffsetDateTime|Instant)\.(now|parse|ofInstant)$|^(pendulum|arrow)\.(now|utcnow)$|^(Utc|chrono::Utc)::now$|^DateTime\.(utc|now)$/;

/** A time with its zone that is now one without. */
export function* timesWithoutZone(input: RuleInput): Iterable<FindingDraft> {
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
export function* schedulesWithoutZone(input: RuleInput): Iterable<FindingDraft> {
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
