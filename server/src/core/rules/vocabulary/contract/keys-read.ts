import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, literal, words } from '../code/call-names.ts';
import { changedCode, tokensOn } from '../code/code-text.ts';
import { keepOf } from '../code/kept.ts';
import { requirersIn } from './required-readers.ts';

const REQUIRES =
  /^(requireEnv|requiredEnv|mustEnv|mustGetEnv|MustGetenv|mustGetenv|getRequiredEnv|getEnvOrThrow|envOrThrow|assertEnv|ensureEnv|require_env|required_env|get_required_env|env_required|must_env|getOrThrow|getRequiredProperty|RequireEnv|MustGet|getRequired)$/;

/** The file asked for it under a name of the same words, or another file did, which asks no more: the question moved. */
export function wasAsked({ before, path, trees }: RuleInput, key: string): boolean {
  if (before !== undefined && [...keysRead(before)].some((other) => other !== key && words(other) === words(key))) return true;
  if (before?.calls.some((call) => isOfSpring(call, key)) === true) return true;
  return trees.before.mentioning(key, READERS).some((file) => {
    const [old, now] = [trees.before.read(file), trees.after.read(file)];
    const asks = (content: typeof old): boolean => content?.kind === 'text' && content.text.split(/\W+/).includes(key);
    return file !== path && asks(old) && !asks(now);
  });
}

/** `@Value("${pay.api-key}")` without a value to fall back on: Spring does not start without it. */
function isOfSpring({ kind, callee, args }: Call, key: string): boolean {
  const asked = kind === 'decorator' && callee === 'Value' ? /^['"]\$\{([\w.-]+)\}['"]$/.exec(args[0] ?? '')?.[1] : undefined;
  return asked !== undefined && asked.slice(asked.lastIndexOf('.') + 1) === key;
}

const READERS = ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.py', '.go', '.java', '.rs', '.kt'];

/** Files in which a key may be given. */
export const GIVERS = ['.yaml', '.yml', '.json', '.toml', '.env', '.tf', '.tfvars', '.properties', '.ini', '.sh', '.tpl', '.conf', '.hcl'];

/** Of a whole file, once for all of its hunks. */
export const keysRead = keepOf(
  (facts: SourceFacts): ReadonlySet<string> =>
    new Set([...facts.calls.flatMap((call) => keyOf(call, facts) ?? []), ...subscripts(rawText(facts))]),
);
/** All tokens of a file in one line. */
export const rawText = keepOf((facts: SourceFacts): string => facts.tokens.map((token) => token.text).join(' '));
/** Keys that are read straight from the environment. */
export const keysReadByHand = keepOf(
  (facts: SourceFacts): ReadonlySet<string> =>
    new Set(
      [...rawText(facts).matchAll(/\b(?:process \. env|import \. meta \. env|Deno \. env) (?:\. |\[ ['"])([A-Z][A-Z0-9_]{2,})/g)].map(
        (match) => match[1] ?? '',
      ),
    ),
);

/** The key of the environment that a call asks for; undefined for any other call. */
export function keyOf(call: Call, facts: SourceFacts): string | undefined {
  // What a middleware of gin put into the request: `c.MustGet("user")`.
  if (/^(?:c|ctx|gc|ginCtx|context)\.MustGet$/.test(call.callee)) return undefined;
  const name = lastName(call.callee);
  const [first = '', second] = call.args;
  if (call.kind === 'assertion') return /^process\.env\.([A-Z][A-Z0-9_]+)$/.exec(call.callee)?.[1];
  if (call.kind === 'decorator') return name === 'Value' ? /\$\{([\w.-]+)\}/.exec(first)?.[1] : undefined;
  // Whatever follows reads a name that is written there.
  if (literal(first) === undefined) return undefined;
  if (REQUIRES.test(name) || requirersIn(facts).has(name)) return literal(first);
  if (
    /^(must|mustGet|mustEnv|mustHave|need|needs|needEnv|mandatory|required|requireVar|require_var|demand|expectEnv|expect_env)$/.test(name)
  )
    return /^['"`][A-Z][A-Z0-9]*_[A-Z0-9_]+['"`]$/.test(first) ? literal(first) : undefined;
  // decouple's and environ's readers throw where neither a value nor a default is there.
  if (facts.language === 'python' && /^(config|env|env\.(str|int|bool|url|list|db))$/.test(call.callee) && second === undefined)
    return /^['"][A-Z][A-Z0-9_]{2,}['"]$/.test(first) ? literal(first) : undefined;
  if (/^(std::)?env::var$/.test(call.callee)) return undefined;
  return undefined;
}

/** `os.environ["KEY"]`, `env!("KEY")`, `env::var("KEY").expect(…)`, with their strings. */
export function subscripts(code: string): readonly string[] {
  if (!code.includes('env')) return [];
  return SUBSCRIPTS.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1] ?? ''));
}

const QUOTED = `["']([A-Z][A-Z0-9_]{2,})["']`;
const SUBSCRIPTS: readonly RegExp[] = [
  String.raw`\benviron \[ ${QUOTED} \](?! =[^=])`,
  String.raw`\benv ! \( ${QUOTED}`,
  String.raw`\benv :: var \( ${QUOTED} \) (?:\. (?:unwrap|expect) \(|\?)`,
].map((pattern) => new RegExp(pattern, 'g'));

/** The code that this hunk gained, in one line. */
export function rawCode(input: RuleInput): string {
  const { start, lines } = input.hunk.after;
  if (changedCode(input, 'after').text === '') return '';
  return tokensOn(input.after, start, start + lines - 1)
    .map((token) => token.text)
    .join(' ');
}

/** The same file gives it a value first: `os.environ.setdefault(…)`, `process.env.X ??= …`, `environ.Env(DEBUG=(bool, False))`. */
export function defaultedIn(input: RuleInput, key: string): boolean {
  return (
    input.after?.options.some(
      ({ name, callee, value }) => name === key && /(?:^|\.)(?:FileAware)?Env$/.test(callee) && /^\([\w.]+, ?\S/.test(value),
    ) === true ||
    input.after?.calls.some(
      (call) => /^(setdefault|putenv|Setenv|setenv|has|LookupEnv)$/.test(lastName(call.callee)) && literal(call.args[0]) === key,
    ) === true
  );
}
