import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { cameAlong } from '../code/scope-changes.ts';
import { isOpenToken, OPEN_TOKEN } from './other-tokens.ts';
import { isCredentialName } from './secret-shapes.ts';

/** A call that writes a secret to a log, a console or a tracker of errors, and the secret as written. */
export interface LoggedSecret {
  readonly call: Call;
  readonly secret: string;
}

/** Calls of a log that name what nobody may read there, and did not. */
export function* loggedSecrets(input: RuleInput): Generator<LoggedSecret> {
  const lines = new Set<number>();
  for (const call of input.added.calls) {
    if (!LOGS.test(call.callee) || lines.has(call.range.start.line) || isOfTool(input.path)) continue;
    const secret = call.args
      .flatMap((argument) => secretsIn(argument, `${call.scope} ${input.path}`))
      .find((name) => !isOpenToken(input, call, name));
    if (secret === undefined || cameAlong(input, call)) continue;
    const wasLogged = input.removed.calls.some(
      (other) =>
        LOGS.test(other.callee) && other.args.some((argument) => secretsIn(argument, `${other.scope} ${input.path}`).includes(secret)),
    );
    if (wasLogged) continue;
    lines.add(call.range.start.line);
    yield { call, secret };
  }
}

const LOGS =
  /^(?:(?:this|self|app|c|ctx|s|h|request|req|server|fastify|Rails|cls)\.)*_?(?:console|log|logger|logging|LOG|LOGGER|slog|zap|winston|pino|logrus|zlog|sugar|tracing)(?:\(\))?\.(?:log|info|debug|warn|warning|error|trace|fatal|exception|critical|silly|verbose|[Pp]rint\w*|Info\w*|Debug\w*|Warn\w*|Error\w*|Fatal\w*|notice|write)!?$|^(?:fmt\.(?:Print|Fprint)\w*|print|println!?|eprintln!?|dbg!?|System\.(?:out|err)\.print\w*|puts|(?:tracing::|log::)?(?:info|debug|warn|error|trace)!|Sentry\.capture\w+|sentry_sdk\.capture_\w+|span\.(?:setAttribute|set_attribute|SetAttributes)|logger\.at\w+\.log)$/;

/** A tool that a person runs prints what it was asked for. */
const isOfTool = (path: string): boolean => /(^|\/)(scripts?|tools?|bin|cmd|cli|examples?|seeds?|fixtures?)\//.test(path);

/** Secrets by name in what a log is given: outside texts, unmasked and by themselves. */
function secretsIn(argument: string, place: string): readonly string[] {
  if (argument.length > 2_000) return [];
  const code = outsideTexts(argument)
    .replace(MASKED, ' ')
    // `nextToken: token` says what token it is.
    .replace(/([\w$]{1,80})\s?[:=]\s?[\w$.]+/g, (all, key: string) => (OPEN_TOKEN.test(words(key)) ? ' ' : all))
    // Names of fields and of named arguments, and what is only asked for.
    .replace(/(?<![\w$])[\w$]+\s?[:=](?![=:])/g, ' ')
    .replace(/(?<![\w$.])[\w$.]+\s?\?(?![.?])/g, ' ')
    .replace(/!{1,2}[\w$.]+|\btypeof [\w$.]+|(?<![\w$.])[\w$.]+ (?:is not|is|[!=]==?) (?:None|null|nil|undefined)\b/g, ' ');
  const names = code.match(/[A-Za-z_$][\w$]*(?:(?:\?\.|\.|\[['"]|->)[\w$-]+(?:['"]\])?)*/g) ?? [];
  return names.filter((name) => isSecret(name, place));
}

function isSecret(name: string, place: string): boolean {
  const own = /(?<![\w$-])[\w$-]+(?=['"\]]*$)/.exec(name)?.[0] ?? name;
  if (/^(?:process\.env|os\.environ|(?:req|request|ctx\.request|r)\.(?:headers|cookies|Header|META|rawHeaders))$/.test(name)) return true;
  if (/^(?:req|request|ctx\.request|event)\.(?:body|data|form|json|POST)$/.test(name))
    return /\b(login|log in|signup|sign up|register|auth|password|payment|payments|card|checkout)\b/.test(words(place));
  if (CARD.test(words(own))) return true;
  return (
    isCredentialName(own) &&
    !/^(?:salt|[A-Z][a-zA-Z]*|\w*(?:Error|Exception|[tT]okenizer))$/.test(own) &&
    !OPEN_TOKEN.test(words(own)) &&
    !SAYS_ABOUT.test(words(own))
  );
}

const CARD = /^(card number|pan|cvv|cvc|cvv2|ssn|social security number|iban|card cvc|full pan)$/;
/** What is known of a secret, and no secret: `passwordExpired`, `tokenRevokedAt`, `needsPassword`. */
const SAYS_ABOUT =
  /^(?:is|has|had|was|needs|must|should|can|may|allow|allows|use|uses|with|without)\b|\b(?:expired|changed|updated|created|rotated|revoked|valid|invalid|verified|match|matches|matched|missing|present|at|on|by|ok|age|days|history|status|state|result|errors)$/;

/** What hides or measures it: `mask(token)`, `len(secret)`, `token.slice(0, 4)`, `password.length`. */
const MASKED =
  /\b[\w$.]*(?:mask|redact|hash|digest|scrub|obfuscate|anonymi[sz]e|sanitize|fingerprint|sha256|md5|len|bool|Boolean|safe|truncate|last4|prefix)\w*\([^()]{0,120}\)|(?<![\w$.?!])[\w$.?!]+(?:\.(?:length|size)\b|\.len\(\)|\.(?:slice|substring|substr|startsWith|endsWith)\([^()]{0,40}\)|\[-?\d*:-?\d*\])/gi;

/** The code of an argument without its texts, of which only what is filled in stays. */
function outsideTexts(argument: string): string {
  return argument.replace(/([A-Za-z]?)(`[^`]*`|"[^"]*"|'[^']*')/g, (_, prefix: string, text: string) => {
    const holes = text.startsWith('`')
      ? (text.match(/\$\{[^{}]*\}/g) ?? [])
      : /^f$/i.test(prefix)
        ? (text.match(/\{[^{}]*\}/g) ?? [])
        : (text.match(/#\{[^{}]*\}/g) ?? []);
    // The key of a dictionary is read with what it is a key of.
    return holes.length > 0
      ? holes.map((hole) => hole.replace(/^[$#]?\{|\}$/g, ' ').replace(/[:!][^:]*$/, ' ')).join(' ')
      : prefix + (/^.[\w-]{1,30}.$/.test(text) ? text : '');
  });
}

/** A callee as a message shows it: its last name where it is long. */
export function loggerName(callee: string): string {
  return callee.length > 24 ? lastName(callee) : callee;
}
