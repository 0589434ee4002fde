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
