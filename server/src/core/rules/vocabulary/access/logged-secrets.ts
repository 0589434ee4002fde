import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { cameAlong } from '../code/scope-changes.ts';
import { loggedBody, PLACE } from './logged-bodies.ts';
import { isOpenToken, OPEN_TOKEN } from './other-tokens.ts';
import { isSecretField } from './secret-fields.ts';

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
    const secret =
      call.args.flatMap((argument) => secretsIn(argument, call, input.path)).find((name) => !isOpenToken(input, call, name)) ??
      loggedBody(
        input,
        call,
        call.args.flatMap((argument) => namesIn(wholeOnly(argument), call)),
      );
    if (secret === undefined || cameAlong(input, call)) continue;
    const wasLogged = input.removed.calls.some(
      (other) =>
        LOGS.test(other.callee) &&
        other.args.some((argument) => namesIn(argument, other).some((name) => name === secret || name.startsWith(`${secret}.`))),
    );
    if (wasLogged) continue;
    lines.add(call.range.start.line);
    yield { call, secret };
  }
}

const LOGS =
  /^(?:log|debug|logInfo|logDebug|logError|logWarn)$|^(?:(?:this|self|app|c|ctx|s|h|request|req|server|fastify|Rails|cls)\.)*_?(?:console|log|logger|logging|LOG|LOGGER|slog|zap|winston|pino|logrus|zlog|sugar|tracing)(?:\(\))?\.(?:log|info|debug|warn|warning|error|trace|fatal|exception|critical|silly|verbose|[Pp]rint\w*|Info\w*|Debug\w*|Warn\w*|Error\w*|Fatal\w*|notice|write)!?$|^(?:fmt\.(?:Print|Fprint)\w*|print|println!?|eprintln!?|dbg!?|System\.(?:out|err)\.print\w*|puts|(?:tracing::|log::)?(?:info|debug|warn|error|trace)!|Sentry\.capture\w+|sentry_sdk\.capture_\w+|span\.(?:setAttribute|set_attribute|SetAttributes)|logger\.at\w+\.log)$/;

/** A tool that a person runs prints what it was asked for. */
const isOfTool = (path: string): boolean => /(^|\/)(scripts?|tools?|bin|cmd|cli|examples?|seeds?|fixtures?)\//.test(path);

/** Secrets by name in what a log is given: outside texts, unmasked and by themselves. */
function secretsIn(argument: string, call: Call, path: string): readonly string[] {
  return namesIn(argument, call).filter((name) => isSecret(name, `${call.scope} ${path}`));
}

/** What is only counted, masked or named of a thing is not all of it; what writes it out as a text is. */
function wholeOnly(argument: string): string {
  return argument
    .replace(/(?<![[\w])(['"])[\w-]{1,30}\1/g, ' ')
    .replace(/(?<![\w$.])([\w$.]{1,80})\([^()]{0,120}\)/g, (all, callee: string) => (WRITES_OUT.test(callee) ? all : ' '));
}

const WRITES_OUT =
  /^(?:JSON\.stringify|json\.dumps|util\.inspect|inspect|string|String|str|repr|vars|pformat|[\w$]+\.(?:model_dump|model_dump_json|dict|to_dict|inspect|to_s|toString|toJSON)|zap\.(?:Any|ByteString|String|Reflect)|slog\.(?:Any|String)|kv|keyValue)$/;

/** Names that an argument of a log holds by themselves: outside texts, unmasked. */
function namesIn(argument: string, { callee }: Call): readonly string[] {
  if (argument.length > 2_000) return [];
  // What a macro of Rust writes stands inside its text, and `?input` is all of it.
  const written = callee.endsWith('!') ? argument.replace(/^(['"])/, 'f$1').replace(/^[?%](?=\w)/, '') : argument;
  const code = outsideTexts(written)
    .replace(MASKED, ' ')
    // `nextToken: token` says what token it is.
    .replace(/([\w$]{1,80})\s?[:=]\s?[\w$.]+/g, (all, key: string) => (OPEN_TOKEN.test(words(key)) ? ' ' : all))
    // Names of fields and of named arguments, and what is only asked for.
    .replace(/(?<![\w$])[\w$]+\s?[:=](?![=:])/g, ' ')
    .replace(/(?<![\w$.])[\w$.]+\s?\?(?![.?])/g, ' ')
    .replace(/!{1,2}[\w$.]+|\btypeof [\w$.]+|(?<![\w$.])[\w$.]+ (?:is not|is|[!=]==?) (?:None|null|nil|undefined)\b/g, ' ');
  return code.match(/[A-Za-z_$][\w$]*(?:(?:\?\.|\.|\[['"]|->)[\w$-]+(?:['"]\])?)*/g) ?? [];
}

function isSecret(name: string, place: string): boolean {
  const own = /(?<![\w$-])[\w$-]+(?=['"\]]*$)/.exec(name)?.[0] ?? name;
  if (/^(?:process\.env|os\.environ|(?:req|request|ctx\.request|r)\.(?:headers|cookies|Header|META|rawHeaders))$/.test(name)) return true;
  if (/^(?:req|request|ctx\.request|event)\.(?:body|data|form|json|POST)$/.test(name)) return PLACE.test(words(place));
  return isSecretField(own);
}

/** What hides or measures it: `mask(token)`, `len(secret)`, `token.slice(0, 4)`, `password.length`. */
const MASKED =
  /\b[\w$.]*(?:mask|redact|hash|digest|scrub|obfuscate|anonymi[sz]e|sanitize|fingerprint|sha256|md5|len|bool|Boolean|safe|truncate|last4|prefix)\w*\([^()]{0,120}\)|(?<![\w$.?!])[\w$.?!]+(?:\.(?:length|size)\b|\.len\(\)|\.(?:slice|substring|substr|startsWith|endsWith)\([^()]{0,40}\)|\[-?\d*:-?\d*\])/gi;

/** The code of an argument without its texts, of which only what is filled in stays. */
function outsideTexts(argument: string): string {
  return argument.replace(/([A-Za-z]?)(`[^`]*`|"[^"]*"|'[^']*')/g, (_, prefix: string, text: string, at: number) => {
    const holes = text.startsWith('`')
      ? (text.match(/\$\{[^{}]*\}/g) ?? [])
      : /^f$/i.test(prefix)
        ? (text.match(/\{[^{}]*\}/g) ?? [])
        : (text.match(/#\{[^{}]*\}/g) ?? []);
    // The key of a dictionary is read with what it is a key of.
    return holes.length > 0
      ? holes.map((hole) => hole.replace(/^[$#]?\{|\}$/g, ' ').replace(/[:!][^:]*$/, ' ')).join(' ')
      : prefix + (/^.[\w-]{1,30}.$/.test(text) && !SAID.test(argument.slice(0, at)) ? text : '');
  });
}

/** In front of a word that is said and names nothing: `reason: 'password'`, `step = 'token'`, `isReset ? 'token' : …`. */
const SAID = /[:=?|] ?$/;

/** A callee as a message shows it: its last name where it is long. */
export function loggerName(callee: string): string {
  return callee.length > 24 ? lastName(callee) : callee;
}
