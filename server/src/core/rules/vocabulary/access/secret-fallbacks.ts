import type { Call } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { rangeOfLine, textsByLine, tokensOn } from '../code/code-text.ts';
import { tokenTexts } from '../code/token-lines.ts';
import { isCredentialName, isSecretValue } from './secret-shapes.ts';

const LITERAL = '(["\'`])([^"\'`\\n]{8,200})';

/** Where a text stands that is taken when nothing else is given, or that only changes its type. */
const PLACES: readonly RegExp[] = [
  // `process.env.X ?? '…'`, `get(x) or "…"`, `x if x else "…"`
  new RegExp(`(?:\\?\\?|\\|\\||\\bor|\\belse)\\s?${LITERAL}\\1`, 'g'),
  // `.unwrap_or("…")`, `.orElse("…")`, `Field(default="…")`, `SecretStr("…")`, `String::from("…")`, `[]byte("…")`
  new RegExp(
    `\\b(?:unwrap_or|unwrap_or_else|orElse|orElseGet|default|fallback|defaultValue|SecretStr|Secret|SecretString|Password|from|String|str|byte|bytes|of)\\b\\W{1,12}?${LITERAL}\\1`,
    'g',
  ),
];

/** `("NAME", "…")`, `("NAME", default="…")`. */
const SECOND = new RegExp(`\\(\\s?["'\`][A-Za-z_][\\w.-]{1,60}["'\`],\\s?(?:\\w{1,20}\\s?=\\s?)?${LITERAL}\\1`, 'g');

/** Texts of an expression that stand for what was not given: of `os.environ.get("TOKEN", "…")` the last. */
export function fallbacksIn(source: string): readonly string[] {
  if (source.length > 2000) return [];
  return [...PLACES, SECOND].flatMap((place) => [...source.matchAll(place)].map(([, , text = '']) => text));
}

/**
 * The name of a credential that a call looks up and has a value for in its own text: `getenv("TOKEN", "…")`,
 * `env::var("TOKEN").unwrap_or("…")`; undefined where it has none.
 */
export function lookedUpSecret({ kind, callee, args }: Call): string | undefined {
  if (kind !== 'call' && kind !== 'new') return undefined;
  const [first = '', ...rest] = args;
  const own = /^["'`]([A-Za-z_][\w.-]{1,80})["'`]$/.exec(first)?.[1];
  if (own !== undefined && isCredentialName(lastPart(own)) && !/^(set|put|assert|expect|log|describe|it|test)/i.test(lastName(callee))) {
    const values = rest.flatMap((argument) => /^(?:\w{1,20}\s?=\s?)?["'`]([^"'`\n]{8,200})["'`]$/.exec(argument)?.[1] ?? []);
    if (values.some((value) => isSecretValue(value, own))) return own;
  }
  const asked = /\(["'`]([A-Za-z_][\w.-]{1,80})["'`]\)/.exec(callee)?.[1];
  if (
    asked === undefined ||
    !isCredentialName(lastPart(asked)) ||
    !/^(unwrap_or|unwrap_or_else|orElse|orElseGet|or)$/.test(lastName(callee))
  )
    return undefined;
  const texts = args.flatMap((argument) => /["'`]([^"'`\n]{8,200})["'`]/.exec(argument)?.[1] ?? []);
  return texts.some((text) => isSecretValue(text, asked)) ? asked : undefined;
}

/** What a call is given as a text where it was given something called a credential: `connect(env.TOKEN)`, `connect('…')`. */
export function givenInstead(call: Call, removed: readonly Call[]): string | undefined {
  const values = call.args.map((argument) => /^["'`]([^"'`\n]{16,200})["'`]$/.exec(argument)?.[1]);
  if (values.every((value) => value === undefined)) return undefined;
  const old = removed.filter((other) => other.callee === call.callee && other.args.length === call.args.length);
  for (const [at, value] of values.entries()) {
    if (value === undefined || !isSecretValue(value, 'token')) continue;
    for (const { args } of old) {
      const name = /(?<!\w)\d*([A-Za-z_]\w*)\W{0,4}$/.exec(args[at] ?? '')?.[1] ?? '';
      if (isCredentialName(name)) return name;
    }
  }
  return undefined;
}

/**
 * Lines on which a name of a credential is bound to an expression with a random text in it, whatever stands around the text:
 * `token: SecretStr = SecretStr("…")`, `env::var("TOKEN").unwrap_or_else(|_| "…".into())`.
 */
export function* boundOnLines(input: RuleInput): Iterable<{ readonly name: string; readonly range: Range }> {
  const { before, after, hunk } = input;
  if (after === undefined || !CODE.test(after.language) || hunk.after.lines > 400) return;
  const old = before === undefined ? new Set<string>() : tokenTexts(before);
  const lines = textsByLine(tokensOn(after, hunk.after.start, hunk.after.start + hunk.after.lines - 1));
  for (const [line, texts] of lines) {
    const value = texts.findIndex(
      (text, at) => at > 1 && !old.has(text) && isSecretValue(bareText(text), 'token') && bareText(text).length >= 16,
    );
    if (value < 0 || !/^["'`]/.test(texts[value] ?? '')) continue;
    const ahead = texts.slice(0, value);
    if (ahead.some((text) => FETCHES.test(text))) continue;
    const bound = ahead.find(
      (text, at) => /^[A-Za-z_]\w*$/.test(text) && /^(?::|=|:=)$/.test(ahead[at + 1] ?? '') && isCredentialName(text),
    );
    const asked = ahead.some((text) => /^(?:env|getenv|Getenv|environ|var|LookupEnv|getProperty)$/.test(text))
      ? ahead.find((text) => /^["'`]/.test(text) && isCredentialName(lastPart(bareText(text))))
      : undefined;
    const name = bound ?? (asked === undefined ? undefined : bareText(asked));
    if (name !== undefined) yield { name, range: rangeOfLine(input, 'after', line) };
  }
}

const CODE = /^(?:typescript|javascript|python|go|java|rust)/;
const FETCHES =
  /^(?:load|fetch|read|resolve|lookup|decrypt|hash|sign|verify|compare|match|replace|split|test|equals|expect|assert\w*|get_?secret\w*|\w*(?:vault|secretsmanager|ssm)\w*)$/i;

function bareText(text: string): string {
  return text.replace(/^["'`]|["'`]$/g, '');
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
