import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, literal, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { changedOptions } from '../code/option-changes.ts';
import { isVerification } from '../guards/verifications.ts';
import { isCredentialName } from './secret-shapes.ts';
import { fieldChanges } from './setting-fields.ts';

/** The key of a signature or its check that came from elsewhere and is written there now, or is empty. */
export function* writtenKeys(input: RuleInput): Iterable<Call> {
  for (const call of input.added.calls) {
    const at = keyPlace(input, call);
    if (at === undefined) continue;
    const old = input.removed.calls.find(
      (other) =>
        other.callee === call.callee && counterpartScope(input, other.scope) === call.scope && other.args.length === call.args.length,
    );
    const [was, now] = [old?.args[at], call.args[at]];
    if (was !== undefined && now !== undefined && isWritten(now) && COMES_FROM_ELSEWHERE.test(was) && !isWritten(was)) yield call;
  }
}

/** Which argument is the key; undefined for a call that takes none. */
function keyPlace({ after }: RuleInput, call: Call): number | undefined {
  const { callee } = call;
  if (/^hmac\.new$/.test(callee)) return after?.language === 'python' ? 0 : 1;
  if (
    /^(?:\w+\.)?createHmac$|^hmac\.New$|^(?:jwt|jsonwebtoken|JWT|jose)\.(?:decode|encode|sign|verify)$|HMAC\.(?:hex)?digest$/.test(callee)
  )
    return 1;
  if (
    /(?:^|[.:])(?:SecretKeySpec|SignedString|hmacShaKeyFor|setSigningKey|signWith|HMAC256|HMAC512|new_from_slice|from_secret)$|^new SecretKeySpec$/.test(
      callee,
    )
  )
    return 0;
  return isVerification(call) ? 1 : undefined;
}

const COMES_FROM_ELSEWHERE = /^[&*]?[\w$.?!'"[\]()]+$/;

const TEXT = `(?:\\w?(?:'[^'$]{0,80}'|"[^"$]{0,80}"|\`[^\`$]{0,80}\`))`;
const WRITTEN = new RegExp(
  `^(?:${TEXT}|\\[\\]byte\\(${TEXT}\\)|${TEXT}\\.(?:getBytes|encode|as_bytes|into|to_vec)\\([\\w.]*\\)|Buffer\\.from\\(${TEXT}\\)|new TextEncoder\\(\\)\\.encode\\(${TEXT}\\)|nil|null|undefined|None|&\\[\\]|\\[\\]byte\\{\\}|Buffer\\.alloc\\(0\\)|new byte\\[0\\])$`,
);

/** A text of the code, in whatever form bytes are made of it, or nothing at all. */
function isWritten(argument: string): boolean {
  return WRITTEN.test(argument);
}

/**
 * Names of secrets that others are proved by, looked up as before, which are a text of the code now where the environment has none:
 * `process.env.JWT_SECRET || 'secret'`. An empty one counts, for a signature made with it looks like any other.
 */
export function* knownFallbacks(input: RuleInput): Generator<{ readonly name: string; readonly range: Call['range'] }> {
  for (const { before, after } of changedOptions(input)) {
    const name = [after.name, ...namesIn(after.value)].find(provesOthers);
    if (name !== undefined && hasFallback(after.value) && !hasFallback(before.value)) yield { name, range: after.range };
  }
  yield* givenDefaults(input);
  // `requireEnv('JWT_SECRET')` that became a lookup with a text behind it.
  for (const option of input.added.options) {
    const name = [option.name, ...namesIn(option.value)].find(provesOthers);
    if (name === undefined || !hasFallback(option.value)) continue;
    const looked = namesIn(option.value);
    const isDemanded = input.removed.calls.some(({ args }) => args.length === 1 && looked.includes(literal(args[0]) ?? ''));
    if (isDemanded) yield { name, range: option.range };
  }
  for (const call of input.added.calls) {
    const old = input.removed.calls.find(
      (other) => lastName(other.callee) === lastName(call.callee) && counterpartScope(input, other.scope) === call.scope,
    );
    for (const [at, argument] of call.args.entries()) {
      const was = old?.args[at];
      const name =
        was === undefined || !argument.startsWith(was) || argument === was || hasFallback(was)
          ? undefined
          : namesIn(was).find(provesOthers);
      if (name !== undefined && hasFallback(argument)) yield { name, range: call.range };
    }
  }
}

/** A field of a class of settings that had to be given, and has a text now: `jwt_secret: str` and `jwt_secret: str = "…"`. */
function* givenDefaults(input: RuleInput): Generator<{ readonly name: string; readonly range: Call['range'] }> {
  for (const { name, was, now, range } of fieldChanges(input))
    if (provesOthers(name) && DEFAULT.test(now) && !DEFAULT.test(was) && (was === '' || /^Field\(/.test(was))) yield { name, range };
}

/** Of what is compared with or signed by, not of what is sent to others: those refuse a wrong one. */
function provesOthers(name: string): boolean {
  const text = words(name);
  return (
    (isCredentialName(name) || /\b(signing|jwt|hmac|session|encryption|cookie) (key|secret)$/.test(text)) &&
    /\b(secret|jwt|session|cookie|signing|sign|hmac|csrf|encryption|master|admin|internal|pepper)\b/.test(text) &&
    !/\b(client|consumer|oauth|aws|access|stripe|google|github|slack|app) secret\b|\bsecret access\b/.test(text)
  );
}

function namesIn(source: string): readonly string[] {
  return source.length > 300 ? [] : (source.match(/[A-Za-z_]\w{3,60}/g) ?? []);
}

const LITERAL = '(?:\'[^\']{0,200}\'|"[^"]{0,200}"|`[^`$]{0,200}`)';
const DEFAULT = new RegExp(`^(?:\\w+\\()*(?:[^'"]*\\bdefault=(?:\\w+\\()?)?${LITERAL}`);
const FALLBACKS = new RegExp(
  [
    `(?:\\?\\?|\\|\\||\\bor|\\belse)\\s?${LITERAL}\\)?$`,
    `\\(\\s?['"\`][A-Za-z_][\\w.-]{1,60}['"\`],\\s?(?:\\w{1,20}\\s?=\\s?)?${LITERAL}\\s?\\)`,
    `\\b(?:unwrap_or|orElse|or)\\(\\s?${LITERAL}`,
    `\\bunwrap_or_else\\(\\|\\w*\\|\\s?${LITERAL}`,
    '\\bunwrap_or_default\\(\\)',
    // `z.string().default('…')`, `Field(default="…")`, `str({ default: '…' })` of a schema of settings.
    `\\.(?:default|catch|prefault|fallback)\\(\\s?${LITERAL}|\\bdefault\\s?[:=]\\s?${LITERAL}`,
  ].join('|'),
);

function hasFallback(value: string): boolean {
  return value.length < 400 && FALLBACKS.test(value);
}
