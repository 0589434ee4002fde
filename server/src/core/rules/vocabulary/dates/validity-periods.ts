import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { EXPIRY_FACTOR } from '../../thresholds.ts';
import { lastName, literal, shorten, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { changedOptions, numberOf } from '../code/option-changes.ts';
import { durationOf } from '../settings/setting-values.ts';
import { changedSettings } from '../settings/settings.ts';

const CREDENTIAL =
  /\b(cert|certs|certificate|certificates|x509|tls|ssl|ca|pki|csr|token|tokens|jwt|session|sessions|key|keys|secret|license|licence|domain|signing)\b/;
const VALIDITY =
  /\b(expir\w*|expires|ttl|max age|validity|valid|valid for|valid days|lifetime|not after|duration|days|rotation|renew before|renewal)\b/;

/** A certificate or a token that ends far sooner. */
export function* shorterValidity(input: RuleInput): Iterable<FindingDraft> {
  const isExpiry = (name: string): boolean =>
    VALIDITY.test(words(name)) &&
    !/\b(renew before|renewal|grace|refresh before|cache|throttle)\b/.test(words(name)) &&
    CREDENTIAL.test(words(`${name} ${input.path}`));
  for (const { before, after } of changedOptions(input)) {
    const about = `${after.name} ${after.callee} ${after.scope}`;
    const [was, is] = [lengthOf(before.value), lengthOf(after.value)];
    if (!isExpiry(about) || !isSooner(was, is, factorFor(about, input.path))) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`\`${shorten(after.name, 26)}\` went from ${shorten(before.value, 18)} to ${shorten(after.value, 18)}`),
    };
  }
  for (const change of changedSettings(input)) {
    const about = change.path.join(' ');
    const [was, is] = [lengthOf(String(change.before?.value ?? '')), lengthOf(String(change.after?.value ?? ''))];
    if (change.after === undefined || !isExpiry(about) || !isSooner(was, is, factorFor(about, input.path))) continue;
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

/** A length of time: in seconds where it says its unit, else in what nobody says. */
interface Length {
  readonly value: number;
  readonly hasUnit: boolean;
}

function isSooner(was: Length | undefined, is: Length | undefined, factor: number): boolean {
  return was !== undefined && is !== undefined && was.hasUnit === is.hasUnit && is.value > 0 && was.value >= is.value * factor;
}

function lengthOf(value: string): Length | undefined {
  const text = literal(value) ?? value;
  const [, unit = '', number = ''] = /^[\w.]*timedelta\((days|hours|minutes|seconds|weeks)\s*=([\d_.*\s]+)\)$/.exec(text) ?? [];
  const [plain, days] = [numberOf(unit === '' ? text : number), DAYS[unit]];
  if (plain !== undefined) return { value: days === undefined ? plain : plain * days * 86_400, hasUnit: days !== undefined };
  const length = durationOf(text);
  return length === undefined ? undefined : { value: length, hasUnit: true };
}

/** In days, or in what the callee's own name says; a part of a length counts with the others: `timedelta(hours=1, minutes=30)`. */
function lengthOfCall(call: Call): number | undefined {
  const lengths = call.args.flatMap((argument) => {
    const [, unit = 'days', number = argument] = /^(\w+) ?[=:](.*)$/s.exec(argument) ?? [];
    const [value, days] = [numberOf(number.trim()), DAYS[unit]];
    return value === undefined || days === undefined || value === 0 ? [] : [{ length: value * days, isNamed: number !== argument }];
  });
  const named = lengths.filter(({ isNamed }) => isNamed);
  return named.length > 0 ? named.reduce((sum, { length }) => sum + length, 0) : lengths[0]?.length;
}

const DAYS: Readonly<Record<string, number>> = {
  seconds: 1 / 86_400,
  minutes: 1 / 1_440,
  hours: 1 / 24,
  days: 1,
  weeks: 7,
  months: 30,
  years: 365,
};
