import type { Option, Setting, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import type { RepoPath } from '../../model/tree.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { shorten, words } from '../vocabulary/code/call-names.ts';
import { rangeOfLine, textsByLine } from '../vocabulary/code/code-text.ts';
import { holdsLine } from '../vocabulary/code/hunk-lines.ts';
import { keepOf } from '../vocabulary/code/kept.ts';
import { changedOptions } from '../vocabulary/code/option-changes.ts';
import { demandedInputs } from '../vocabulary/contract/declared-inputs.ts';
import {
  defaultedIn,
  GIVERS,
  keyOf,
  keysRead,
  keysReadByHand,
  rawCode,
  rawText,
  subscripts,
  wasAsked,
} from '../vocabulary/contract/keys-read.ts';
import { newlyRequired } from '../vocabulary/contract/required-keys.ts';
import { chartKeys } from '../vocabulary/contract/required-readers.ts';
import { changedSettings } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A setting that the program now refuses to start without: a key more in a schema's `required`, a field without a default in
 * a settings class or struct, an environment variable that is asserted or tagged as required, a chart's value behind `required`, `${KEY:?}` in a compose file, and a
 * key that was renamed while its readers were not.
 *
 * ## Why it matters
 * Every place that runs the program has to have the key before the release has. The one that has not does not start, and a
 * rolling release stops half way.
 *
 * ## When it is fine
 * A default, an optional field, or the same change gives the key to every deployment of the repository. These are not flagged.
 *
 * ## What it misses
 * A key whose name is put together, and deployments that live in another repository.
 */
export default defineRule({
  id: 'contract/config-key-required',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A setting became required',
  reads: ['settings', 'resources', 'options', 'calls', 'guards', 'symbols', 'tokens'],
  evidence: [{ title: 'Heroku: code that required an unset config', url: 'https://blog.heroku.com/how-i-broke-git-push-heroku-main' }],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<string>();
    for (const wanted of [...schemaKeys(input), ...declaredFields(input), ...readKeys(input)]) {
      if (flagged.has(wanted.key) || wasAsked(input, wanted.key)) continue;
      flagged.add(wanted.key);
      const draft = judge(input, wanted);
      if (draft !== undefined) yield draft;
    }
    yield* renamedKeys(input);
    yield* chartKeys(input);
    for (const { key, side, range, lacking } of demandedInputs(input))
      yield {
        side,
        range,
        message: fitMessage(
          `\`${shorten(key, 30)}\` is now required${lacking.length === 0 ? '; nothing here gives it' : `: ${lacking.length} ${lacking.length === 1 ? 'file calls' : 'files call'} without it`}`,
        ),
        ...(lacking.length === 0 ? { severity: 'medium' as const } : {}),
        related: lacking.slice(0, 10).map((file) => ({ path: file, line: 1, message: `does not give ${key}` })),
      };
  },
});

interface Wanted {
  readonly key: string;
  /** Keys that were asked for before: whoever gives one of them is a deployment of the program. */
  readonly siblings: readonly string[];
  readonly range: FindingDraft['range'];
  /** Left out for the after side. */
  readonly side?: 'before';
  /** A schema or a file of settings speaks for the whole program; a read inside a function for its own path. */
  readonly isCentral: boolean;
}

function judge(input: RuleInput, wanted: Wanted): FindingDraft | undefined {
  const { trees, path } = input;
  const givers = (side: 'before' | 'after', key: string): readonly RepoPath[] =>
    trees[side].mentioning(key, GIVERS).filter((file) => file !== path && !/(^|\/)(package(-lock)?\.json|tsconfig[^/]*\.json)$/.test(file));
  const given = new Set(givers('after', wanted.key));
  const lacking = new Set<RepoPath>();
  for (const sibling of wanted.siblings.slice(0, 12))
    for (const file of givers('after', sibling)) if (!given.has(file) && !isSample(file)) lacking.add(file);
  const deployed = [...given].filter((file) => !isSample(file));
  if (lacking.size === 0 && deployed.length > 0) return undefined;
  const many = lacking.size > 0 ? `: ${lacking.size} ${lacking.size === 1 ? 'file gives' : 'files give'} its siblings alone` : '';
  const severity = wanted.isCentral || lacking.size >= 5 ? 'high' : lacking.size > 0 ? 'medium' : 'low';
  return {
    side: wanted.side ?? 'after',
    range: wanted.range,
    message: fitMessage(`\`${shorten(wanted.key, 30)}\` is now required${many}`),
    severity,
    things: [{ kind: 'setting', name: wanted.key }],
    thingsIn: 'after',
    related: [...lacking]
      .sort()
      .slice(0, 10)
      .map((file) => ({ path: file, line: 1, message: `does not give ${wanted.key}` })),
  };
}

function isSample(path: string): boolean {
  return /(^|[/._-])(example|sample|template|test|tests|fixtures?|schema|docs?)([/._-]|$)/i.test(path);
}

const CONFIG_FILE = /(^|[/._-])(config|configuration|settings?|env|environment|schema|values|options|conf)([/._-]|$)/i;

/** A key more in `required` of a JSON Schema that describes settings. */
function* schemaKeys(input: RuleInput): Iterable<Wanted> {
  if (input.before === undefined || !CONFIG_FILE.test(input.path)) return;
  const required = input.after === undefined ? [] : requiredIn(input.after);
  if (required.length === 0) return;
  const old = new Set(requiredIn(input.before).map(({ path, value }) => `${path.slice(0, -1).join('.')} ${value}`));
  for (const setting of required) {
    const { start } = input.hunk.after;
    if (setting.range.start.line < start || setting.range.start.line >= start + input.hunk.after.lines) continue;
    const home = setting.path.slice(0, -1).join('.');
    const key = String(setting.value);
    if (old.has(`${home} ${key}`)) continue;
    // A schema that says what to take where nothing is given asks for nothing.
    const owner = setting.path.slice(0, -2);
    const isDefaulted =
      input.after?.settings.some(
        ({ path }) => path.at(-1) === 'default' && path.at(-2) === key && owner.every((part, at) => path[at] === part),
      ) === true || input.after?.settings.some(({ path }) => path.at(-1) === key && path.at(-2) === 'defaults') === true;
    if (isDefaulted) continue;
    const siblings = [...old].filter((other) => other.startsWith(`${home} `)).map((other) => other.slice(home.length + 1));
    yield { key, siblings, range: setting.range, isCentral: true };
  }
}

const requiredIn = keepOf(({ settings }: SourceFacts): readonly Setting[] =>
  settings.filter(({ path }) => path.at(-2) === 'required' && /^\d+$/.test(path.at(-1) ?? '')),
);

const ENV_NAME = /^[A-Z][A-Z0-9_]{2,}$/;
const SCHEMA_CALL = /(^|\.)(z\.object|object|cleanEnv|createEnv|envsafe|parseEnv|strictObject|Type\.Object|t\.type)$/;
const GIVES_WAY =
  /\.(optional|default|nullish|catch|prefault)\(|\b(default|devDefault)\s*:|\bv\.optional\(|\bt\.union\(|Type\.Optional\(|[?!]=|\bNone\b|required\s*=\s*False|\bOption</;

/** A field without a default in a settings class or an environment schema. */
function* declaredFields(input: RuleInput): Iterable<Wanted> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  const isField = (option: Option): boolean => SCHEMA_CALL.test(option.callee) && /^[A-Za-z_]\w*$/.test(option.name);
  const byHand = keysReadByHand(before);
  for (const option of input.added.options) {
    const isEnv =
      /^[A-Z][A-Z0-9_]{2,}$/.test(option.name) ||
      (CONFIG_FILE.test(input.path) && /\benv\b|config|settings/i.test(`${option.key} ${input.path}`));
    // What the environment holds, handed to the schema: `runtimeEnv: { HOST: process.env.HOST }`.
    if (/^(?:process|import\.meta)\.env\b[^()]*$/.test(option.value)) continue;
    if (!isField(option) || !isEnv || GIVES_WAY.test(option.value) || !/[(.]/.test(option.value)) continue;
    const old = before.options.find((other) => other.name === option.name && other.callee === option.callee);
    if (old !== undefined && !GIVES_WAY.test(old.value)) continue;
    if (keysRead(before).has(option.name)) continue;
    const siblings = [
      ...before.options.filter((other) => isField(other) && ENV_NAME.test(other.name)).map((other) => other.name),
      ...byHand,
    ];
    // The first schema of a file that read its settings by hand takes their place.
    if (old === undefined && before.options.every((other) => !isField(other)) && byHand.size === 0) continue;
    yield { key: option.name, siblings, range: option.range, isCentral: true };
  }
  yield* requiredLists(input);
  yield* settingsClasses(input);
}

/** `required: ['A', 'B']` of a schema that is written in code, and lists of the variables that must be there. */
function* requiredLists(input: RuleInput): Iterable<Wanted> {
  for (const { before, after } of changedOptions(input)) {
    const isList =
      /^(required|requiredEnv|required_env|REQUIRED_ENV|REQUIRED_VARS|requiredEnvVars|REQUIRED_ENV_VARS|REQUIRED|requiredKeys|required_keys|REQUIRED_KEYS|REQUIRED_SETTINGS)$/.test(
        after.name,
      );
    if (!isList || (after.name === 'required' && !CONFIG_FILE.test(input.path))) continue;
    const keysOf = (value: string): readonly string[] => [...value.matchAll(/['"]([A-Za-z_][\w.-]*)['"]/g)].map((match) => match[1] ?? '');
    const old = keysOf(before.value);
    for (const key of keysOf(after.value)) if (!old.includes(key)) yield { key, siblings: old, range: after.range, isCentral: true };
  }
}

/** `class Settings(BaseSettings)` of pydantic: a name with a type and no value. */
function* settingsClasses(input: RuleInput): Iterable<Wanted> {
  if (!input.path.endsWith('.py') || input.before === undefined) return;
  if (input.after === undefined || !/\bBaseSettings\b/.test(rawText(input.after))) return;
  const fields = (side: 'before' | 'after'): readonly { readonly name: string; readonly line: number }[] => {
    return [...textsByLine(input[side]?.tokens ?? [])].flatMap(([line, parts]) => {
      const isBare =
        parts[1] === ':' &&
        /^[A-Za-z_]\w*$/.test(parts[0] ?? '') &&
        !parts.some((part) => part === '=' || part === 'None' || part === 'Optional' || part === '(');
      const isEllipsis =
        parts[1] === ':' && parts.includes('=') && /Field \( \.\.\.( |$)/.test(parts.join(' ')) && !parts.includes('default');
      return isBare || isEllipsis ? [{ name: parts[0] ?? '', line }] : [];
    });
  };
  const old = fields('before');
  const known = keysRead(input.before);
  const { start, lines } = input.hunk.after;
  for (const { name, line } of fields('after')) {
    if (
      line < start ||
      line >= start + lines ||
      old.some((other) => other.name === name) ||
      [...known].some((key) => key === name.toUpperCase() || key.endsWith(`_${name.toUpperCase()}`)) ||
      /^(class|def|if|else|try|with|for|while|return)$/.test(name)
    )
      continue;
    yield {
      key: name.toUpperCase(),
      siblings: old.map((other) => other.name.toUpperCase()),
      range: rangeOfLine(input, 'after', line),
      isCentral: true,
    };
  }
}

/** An environment variable that is read so that its absence stops the program. */
function* readKeys(input: RuleInput): Iterable<Wanted> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  const isCentral =
    CONFIG_FILE.test(input.path) || /(^|\/)(main|index|app|application|server|boot|bootstrap|startup)\.\w+$/i.test(input.path);
  const known = keysRead(before);
  const siblings = [...known].filter((key) => /^[A-Z][A-Z0-9_]{2,}$/.test(key));
  for (const call of input.added.calls) {
    const key = keyOf(call, after);
    if (key === undefined || known.has(key) || defaultedIn(input, key)) continue;
    // A value that is injected stops the program when it starts.
    yield { key, siblings, range: call.range, isCentral: isCentral || call.kind === 'decorator' };
  }
  for (const key of subscripts(rawCode(input))) {
    if (known.has(key) || defaultedIn(input, key)) continue;
    const line = after.tokens.find(({ text, line: at }) => text.includes(key) && holdsLine(input.hunk.after, at))?.line;
    if (line !== undefined) yield { key, siblings, range: rangeOfLine(input, 'after', line), isCentral };
  }
  for (const guard of input.added.guards) {
    const key = /^!\s*process\.env(?:\.([A-Z][A-Z0-9_]+)|\[['"]([A-Z][A-Z0-9_]+)['"]\])/.exec(guard.test);
    const name = key?.[1] ?? key?.[2];
    if (name === undefined || guard.exit !== 'throw' || before.guards.some((other) => other.test.includes(name))) continue;
    yield { key: name, siblings, range: guard.range, isCentral };
  }
  for (const { key, range, side, isDeclared } of newlyRequired(input)) {
    const fields = isDeclared ? before.options.filter((option) => SCHEMA_CALL.test(option.callee) && ENV_NAME.test(option.name)) : [];
    const others = [...siblings, ...fields.map(({ name }) => name).filter((name) => name !== key)];
    if (!known.has(key))
      yield { key, siblings: others, range, isCentral: isCentral || isDeclared, ...(side === undefined ? {} : { side }) };
  }
}

/** A key of a configuration file that has another name now, while code still reads the old one. */
function* renamedKeys(input: RuleInput): Iterable<FindingDraft> {
  if (!CONFIG_FILE.test(input.path) || /schema|openapi|swagger|package\.json|tsconfig|(^|\/)\.|lock/i.test(input.path)) return;
  for (const change of changedSettings(input)) {
    const key = change.path.at(-1) ?? '';
    if (change.before === undefined || change.after !== undefined || change.resourceIsGone || !isTelling(key)) continue;
    const siblings = change.path.slice(0, -1).join('.');
    const fresh = input.added.settings.find(
      (other) =>
        other.path.slice(0, -1).join('.') === siblings &&
        other.value === change.before?.value &&
        !input.before?.settings.some((old) => old.path.join('.') === other.path.join('.')),
    );
    if (fresh === undefined) continue;
    const readers = input.trees.after
      .mentioning(key, ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.py', '.go', '.java', '.kt', '.rs', '.rb'])
      .filter((file) => file !== input.path && !isSample(file));
    const before = new Set(
      input.trees.before.mentioning(key, ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.py', '.go', '.java', '.kt', '.rs', '.rb']),
    );
    const left = readers.filter((file) => before.has(file));
    if (left.length === 0) continue;
    yield {
      side: 'after',
      range: fresh.range,
      message: fitMessage(
        `\`${shorten(key, 24)}\` is now \`${shorten(fresh.path.at(-1) ?? '', 24)}\`; ${left.length} ${left.length === 1 ? 'file reads' : 'files read'} the old name`,
      ),
      severity: left.length >= 3 ? 'high' : 'medium',
      things: [{ kind: 'setting', name: key }],
      related: left.slice(0, 10).map((file) => ({ path: file, line: 1, message: `reads ${key}` })),
    };
  }
}

/** A name that means this key wherever it stands: of two words, or a constant's. */
function isTelling(key: string): boolean {
  return key.length >= 6 && (words(key).includes(' ') || /^[A-Z][A-Z0-9_]+$/.test(key));
}
