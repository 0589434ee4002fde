import type { Option, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { TTL_FACTOR } from '../../thresholds.ts';
import { lastName, words } from '../code/call-names.ts';
import { lineChanges } from '../code/changed-lines.ts';
import { rangeOfLine, textsByLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { wordsIn } from '../code/token-lines.ts';
import { durationOf } from '../settings/setting-values.ts';
import { isSecretPlace } from './secret-places.ts';

const LIFETIME =
  /\b(exp|expires|expire|expiry|expiration|expires in|expires at|ttl|lifetime|max age|valid|validity|not after|deadline|timeout in|remember for)\b/;

/** A token or a session that lives many times longer, in seconds where both say their unit. */
export function* longerLifetimes(input: RuleInput): Generator<{ readonly range: Range; readonly was: string; readonly now: string }> {
  for (const { before, after } of lineChanges(input)) {
    const now = lifetimeIn(after.text);
    const was = lifetimeIn(before.text) ?? (now === undefined ? undefined : namedLifetime(before.text, now));
    if (
      was === undefined ||
      now === undefined ||
      was.hasUnit !== now.hasUnit ||
      was.isPart !== now.isPart ||
      now.length < was.length * TTL_FACTOR
    )
      continue;
    // A setting of a file is one as well.
    if (input.added.settings.some(({ range }) => range.start.line === after.line)) continue;
    // A constant of its own is a limit (deploy/limit-changed).
    if (
      !now.hasUnit &&
      after.scope === '' &&
      /^(?:export |public |private |static |final |const |let |var |int |long )*[\w$]+(?::\w+)?=/.test(after.text)
    )
      continue;
    if (LIFETIME.test(words(`${after.text} ${after.scope}`)) && isSecretPlace(after.text, after.scope, input.path))
      yield { range: rangeOfLine(input, 'after', after.line), was: was.text, now: now.text };
  }
}

interface Lifetime {
  readonly text: string;
  readonly length: number;
  readonly hasUnit: boolean;
  /** True where it is multiplied by something else: `session.maxAge * 1000`. */
  readonly isPart: boolean;
}

/** The first duration of a line of code, white space left out: `'15m'`, `timedelta(minutes=15)`, `15*time.Minute`, `Duration.ofDays(30)`. */
function lifetimeIn(line: string): Lifetime | undefined {
  for (const { 0: text } of line.matchAll(/'[^']{2,20}'|"[^"]{2,20}"/g)) {
    const length = durationOf(text.slice(1, -1));
    if (length !== undefined) return { text, length, hasUnit: true, isPart: false };
  }
  for (const pattern of WITH_UNIT) {
    const found = pattern.exec(line);
    const { unit: named = '', number = '' } = found?.groups ?? {};
    const unit = UNITS[named.toLowerCase().replace(/s$/, '')];
    const length = productOf(number);
    if (found !== null && unit !== undefined && length !== undefined)
      return { text: found[0], length: length * unit, hasUnit: true, isPart: isPart(line, found.index, found[0]) };
  }
  const found = /(?<![\w.'"])\d[\d_]*(?:\*\d[\d_]*)*(?![\w.'"])/.exec(line);
  const [plain = ''] = found ?? [];
  const length = productOf(plain);
  return found === null || length === undefined || length < 60
    ? undefined
    : { text: plain, length, hasUnit: false, isPart: isPart(line, found.index, plain) };
}

/**
 * A duration whose number has a name and whose unit says that it is short, beside one that is written out in months: `timedelta(minutes=ttl)`
 * and `timedelta(days=365)`. Counted as a day.
 */
function namedLifetime(line: string, now: Lifetime): Lifetime | undefined {
  const found = NAMED.exec(line);
  return found === null || !now.hasUnit || now.length < MONTHS
    ? undefined
    : { text: found[0], length: DAY, hasUnit: true, isPart: now.isPart };
}

const NAMED =
  /\b(?:seconds|minutes|hours)=[A-Za-z_][\w.]*|\b[A-Za-z_][\w.]*\*time\.(?:Second|Minute|Hour)\b|\btime\.(?:Second|Minute|Hour)\*[A-Za-z_][\w.]*|\b(?:of|plus)(?:Seconds|Minutes|Hours)\([A-Za-z_][\w.]*\)|\bDuration::(?:seconds|minutes|hours)\([A-Za-z_][\w.]*\)/;
const DAY = 86_400;
const MONTHS = 60 * DAY;

function isPart(line: string, start: number, text: string): boolean {
  return /[*/]/.test((line[start - 1] ?? '') + (line[start + text.length] ?? ''));
}

const NUMBER = '(?<number>\\d[\\d_]*(?:\\*\\d[\\d_]*)*)';
const UNIT =
  '(?<unit>[sS]econds?|[mM]inutes?|[hH]ours?|[dD]ays?|[wW]eeks?|[mM]onths?|[yY]ears?|SECONDS|MINUTES|HOURS|DAYS|WEEKS|MONTHS|YEARS)';
const WITH_UNIT: readonly RegExp[] = [
  new RegExp(`\\b${UNIT}=${NUMBER}`),
  new RegExp(`${NUMBER}\\*time\\.${UNIT}\\b`),
  new RegExp(`\\btime\\.${UNIT}\\*${NUMBER}`),
  new RegExp(`\\b${NUMBER},ChronoUnit\\.${UNIT}\\b`),
  new RegExp(`\\b(?:of|plus|from|add|in|num_|try_)?${UNIT}\\((?:\\w+,)?${NUMBER}\\)`),
  new RegExp(`\\b${NUMBER}\\.${UNIT}\\b`),
];

const UNITS: Readonly<Record<string, number>> = {
  second: 1,
  minute: 60,
  hour: 3_600,
  day: 86_400,
  week: 604_800,
  month: 2_592_000,
  year: 31_536_000,
};

function productOf(text: string): number | undefined {
  if (!/^\d[\d_]*(?:\*\d[\d_]*)*$/.test(text)) return undefined;
  return text.split('*').reduce((product, factor) => product * Number(factor.replaceAll('_', '')), 1);
}

/** A token that had an end, and has none: the option, field or call that said when is gone, and nothing else of the function does. */
export function* lostLifetimes(input: RuleInput): Generator<{ readonly range: Range; readonly name: string }> {
  for (const option of [...input.removed.options, ...builtEnds(input)]) {
    if (!ENDS.test(words(option.name)) || NEVER.test(option.value)) continue;
    const scope = counterpartScope(input, option.scope);
    if (scope === undefined || !isSecretPlace(option.callee, option.scope, input.path)) continue;
    const holds =
      option.callee === '' ||
      input.after?.calls.some((call) => call.scope === scope && call.callee === option.callee) === true ||
      input.after?.options.some((other) => other.scope === scope && other.callee === option.callee) === true;
    const never = input.added.options.some((other) => other.name === option.name && other.scope === scope && NEVER.test(other.value));
    const isHanded = input.after?.calls.some(
      (call) =>
        call.scope === scope &&
        call.callee === option.callee &&
        call.args.slice(1).some((argument) => /^[\w$.]*(?:opt|claims|config|payload)\w*$|\.\.\./i.test(argument)),
    );
    if (holds && (never || (isHanded !== true && !LIFETIME.test(withoutUnread(input.after, scope)))))
      yield { range: option.range, name: option.name };
  }
}

/** Words of a function without a line that gives a name its value which nothing reads: `exp = now + timedelta(minutes=15)` that is left behind. */
function withoutUnread(facts: SourceFacts | undefined, scope: string): string {
  const places = facts?.scopes.filter(({ name }) => name === scope) ?? [];
  const [place] = places;
  if (facts === undefined || place === undefined || places.length > 1) return wordsIn(facts, scope);
  const lines = [...textsByLine(tokensOn(facts, place.startLine, place.endLine)).values()];
  const uses = (word: string): number => lines.reduce((sum, texts) => sum + texts.filter((text) => text === word).length, 0);
  return words(
    lines
      .filter((texts) => {
        const [name = ''] = texts.filter((text) => !/^(?:[{};]|const|let|var|final|mut)$/.test(text));
        const isBound = /^(?::?=|:)$/.test(texts[texts.indexOf(name) + 1] ?? '');
        return !(isBound && /^[A-Za-z_]\w*$/.test(name) && uses(name) === 1);
      })
      .flat()
      .join(' '),
  );
}

const ENDS = /^(exp|expires in|expires at|expires|expiry|expires on|expiration|valid until|expire at)$/;
const NEVER = /^(null|undefined|None|nil|Infinity|0|false|time\.Time\{\})$/;

/** `.setExpiration(…)` of a builder. */
function builtEnds(input: RuleInput): readonly Option[] {
  return input.removed.calls.flatMap((call) =>
    /^(setExpiration|expiration|withExpiresAt|expiresAt|setExpirationTime|setExpirationTimeMinutesInTheFuture)$/.test(lastName(call.callee))
      ? [{ name: 'expires at', value: call.args[0] ?? '', callee: '', range: call.range, key: call.key, scope: call.scope }]
      : [],
  );
}
