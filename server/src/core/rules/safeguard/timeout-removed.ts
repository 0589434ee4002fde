import type { Call, Option, Setting } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { changedCode } from '../vocabulary/code/code-text.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { changedOptions } from '../vocabulary/code/option-changes.ts';
import { asksElsewhere, isExtracted, newCallsIn } from '../vocabulary/code/scope-changes.ts';
import { tokenTexts } from '../vocabulary/code/token-lines.ts';
import { changedSettings, changeName, ofResource, placeOf } from '../vocabulary/settings/settings.ts';
import { pipelineTimeouts } from '../vocabulary/shell/pipeline-timeouts.ts';

/**
 * ## What it sees
 * A time limit of a call or a connection that goes away or becomes unlimited: `timeout`, `signal: AbortSignal.timeout(…)`,
 * `statement_timeout`, a deadline, a call that ends another (`wait_for`, `withTimeout`); in a pipeline `timeout-minutes` and the
 * command `timeout`; in configuration a timeout that is set to nothing, also inside the address of a connection, and the
 * constant that calls take theirs from.
 *
 * ## Why it matters
 * One slow dependency then holds every worker that waits for it, and the service stops with it.
 *
 * ## When it is fine
 * The client got a default of its own, in the same file or in one that came with the change; or the call moved into a function
 * that limits it. These are not flagged; a default that was there before in another file is not looked for.
 *
 * ## What it misses
 * A limit that is raised and stays.
 */
export default defineRule({
  id: 'safeguard/timeout-removed',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'medium',
  title: 'A time limit was removed',
  reads: ['options', 'calls', 'settings', 'commands'],
  evidence: [
    {
      title: 'AWS Builders Library: timeouts, retries and backoff with jitter',
      url: 'https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    yield* pipelineTimeouts(input);
    const flagged = new Set<number>();
    for (const option of input.removed.options) {
      if (!isLimit(option) || isUnlimited(option.value) || !isLost(input, option)) continue;
      flagged.add(option.range.start.line);
      yield {
        side: 'before',
        range: option.range,
        message: fitMessage(`\`${shorten(option.name, 26)}: ${shorten(option.value, 26)}\` no longer limits the wait`),
      };
    }
    yield* unlimited(input);
    for (const call of input.removed.calls) {
      const isAbort =
        call.callee === 'AbortSignal.timeout' ||
        (lastName(call.callee) === 'timeout' && call.args.length > 0) ||
        (ENDS_WAITING.test(lastName(call.callee)) && !call.args.some((argument) => isUnlimited(argument))) ||
        /^(withTimeout|pTimeout|setStatementTimeout)$/.test(call.callee);
      if (!isAbort || flagged.has(call.range.start.line) || counterpartScope(input, call.scope) === undefined) continue;
      if (
        newCallsIn(input, call.scope).some((other) => /timeout|abort|deadline|wait_for/i.test(other.callee)) ||
        hasLimit(input, call.scope)
      )
        continue;
      if (isExtracted(input, call) || isSetInNewPart(input, call) || isLimitedElsewhere(input, call.scope) || wentWithHolder(input, call))
        continue;
      yield { side: 'before', range: call.range, message: fitMessage(`\`${shorten(call.callee, 30)}\` no longer limits the wait`) };
    }
  },
});

/** `fetch(url, { signal: AbortSignal.timeout(3000) })` that gave way to another function: the limit went with the call that it was given to. */
function wentWithHolder(input: RuleInput, call: Call): boolean {
  const scope = counterpartScope(input, call.scope);
  const holder = input.before?.calls.find(
    (other) =>
      other.scope === call.scope &&
      other.range.start.line <= call.range.start.line &&
      other.range.end.line >= call.range.end.line &&
      other.args.some((argument) => argument.startsWith('{') && argument.includes(`${call.callee}(`)),
  );
  if (holder === undefined || scope === undefined) return false;
  // The same call in a function that came with the change, and that the work goes through now, could have been given it.
  const isAsked = asksElsewhere(input, call.scope);
  if (input.addedElsewhere().calls.some((other) => other.callee === holder.callee && isAsked(other))) return false;
  return !holderStays(input, holder.callee, scope) && !isDefaultClient(input, holder.callee, call.scope);
}

/** Calls that end what they are given, or what stands inside them, after a time. */
const ENDS_WAITING =
  /^(wait_for|timeout_at|fail_after|move_on_after|WithTimeout|WithDeadline|WithTimeoutCause|settimeout|SetDeadline|SetReadDeadline|SetWriteDeadline|TimeoutHandler|alarm|func_timeout|orTimeout)$/;

/** A function that only the new side has, such as the constructor of a client, sets the limit by a call of the same name. */
function isSetInNewPart({ before, after }: RuleInput, call: Call): boolean {
  const old = new Set(before?.scopes.map(({ name }) => name));
  return (
    after?.calls.some(
      (other) =>
        other.scope !== '' &&
        !old.has(other.scope) &&
        lastName(other.callee) === lastName(call.callee) &&
        other.args.length > 0 &&
        !other.args.some((argument) => isUnlimited(argument)),
    ) ?? false
  );
}

/** What became endless where it is written: a constant that calls take their limit from, and a setting of a database or a proxy. */
/** `future.get(30, TimeUnit.SECONDS)` that is `future.get()`: a wait by the name of its unit, which only the old side had. */
function* endlessWaits(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    const isTimed = call.args.length > 1 && call.args.some((argument) => /^(?:TimeUnit|ChronoUnit)\.[A-Z]+$|^[A-Z]+S$/.test(argument));
    if (!isTimed || !/^(get|await|awaitTermination|tryLock|tryAcquire|poll|offer|join|waitFor)$/.test(lastName(call.callee))) continue;
    const scope = counterpartScope(input, call.scope);
    const endless = newCallsIn(input, call.scope).find(
      (other) => other.callee === call.callee && other.args.length <= call.args.length - 2 && scope !== undefined,
    );
    if (endless !== undefined)
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 30)}\` no longer limits the wait`),
      };
  }
}

/** `httpx.AsyncClient(timeout=None)` that came where `requests.get(url, timeout=10)` went: said in so many words that nothing limits it. */
function* unlimitedAnew(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  const isWait = (option: Option): boolean => option.callee !== '' && isLimit(option);
  const lost = before.options.some(
    (option) => isWait(option) && !isUnlimited(option.value) && !after.options.some(({ key }) => key === option.key),
  );
  const isKept = after.options.some((option) => isWait(option) && !isUnlimited(option.value));
  const known = new Set(before.options.map(({ callee }) => callee));
  if (!lost || isKept) return;
  for (const option of input.added.options)
    if (isWait(option) && isUnlimited(option.value) && !known.has(option.callee))
      yield {
        side: 'after',
        range: option.range,
        message: fitMessage(
          `\`${shorten(option.name, 26)}\` is \`${shorten(option.value, 16)}\` in \`${shorten(option.callee, 26)}\` and limits the wait no more`,
        ),
      };
}

function* unlimited(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    const isConstant = !input.added.options.some(
      (option) => option.name === after.name && option.range.start.line === after.range.start.line,
    );
    if (!isConstant || !isLimit(after) || isUnlimited(before.value) || !isUnlimited(after.value)) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(
        `\`${shorten(after.name, 26)}\` is \`${shorten(after.value, 16)}\`${after.callee === '' ? '' : ` in \`${shorten(after.callee, 26)}\``} and limits the wait no more`,
      ),
    };
  }
  yield* unlimitedAnew(input);
  yield* endlessWaits(input);
  yield* insideTexts(input);
  for (const change of changedSettings(input)) {
    const name = changeName(change);
    const { before, after } = change;
    if (
      before === undefined ||
      change.resourceIsGone ||
      !WAITS.test(words(name)) ||
      /\b(keep ?alive|cache|drain|grace)\b/.test(words(name))
    )
      continue;
    if (isEndless(before.value) || !(after === undefined ? isEndlessByDefault(name) : isEndless(after.value))) continue;
    yield {
      ...placeOf(change),
      message: fitMessage(
        `\`${shorten(name, 36)}\`${ofResource(change)}: ${shorten(String(before.value), 12)} -> ${after === undefined ? 'removed' : String(after.value)}`,
      ),
    };
  }
}

/** A limit inside a text: `jdbc:…?socketTimeout=30`, `-c statement_timeout=5s`, `SET lock_timeout = '2s'`. */
function* insideTexts(input: RuleInput): Iterable<FindingDraft> {
  const texts = [
    ...changedSettings(input).flatMap((change) =>
      change.before === undefined || change.after === undefined
        ? []
        : [{ was: String(change.before.value), is: String(change.after.value), place: placeOf(change) }],
    ),
    ...changedOptions(input).map(({ before, after }) => ({
      was: before.value,
      is: after.value,
      place: { side: 'after' as const, range: after.range },
    })),
  ];
  for (const { was, is, place } of texts) {
    const now = limitsIn(is);
    for (const [name, old] of limitsIn(was)) {
      const fresh = now.get(name);
      // What a text no longer says may be said elsewhere; one that is set to nothing is not.
      if (fresh === undefined || isEndless(old) || !isEndless(fresh)) continue;
      yield { ...place, message: fitMessage(`\`${shorten(name, 36)}\`: ${shorten(old, 12)} -> ${fresh}`) };
    }
  }
}

function limitsIn(text: string): ReadonlyMap<string, string> {
  const found = [...text.matchAll(/([A-Za-z][\w.-]{0,80})\s?(?:=|:| to )\s?['"]?(-?\d+\s?[a-z]{0,12})/gi)];
  return new Map(found.flatMap(([, name = '', value = '']) => (WAITS.test(words(name)) ? [[name, value.trim()] as const] : [])));
}

const WAITS = /\b(timeout|time out|deadline|max execution time|max statement time|time limit|max duration)\b/;

function isEndless(value: Setting['value']): boolean {
  return (
    value === null ||
    value === false ||
    /^(-1|0+(\.0+)?\s*(ms|s|m|h|min|sec|seconds?|minutes?)?|0s|none|off|never|infinity|infinite|unlimited|null|nil|disabled)$/i.test(
      String(value).trim(),
    )
  );
}

/** Databases wait for ever unless they are told otherwise. */
function isEndlessByDefault(name: string): boolean {
  return /^(statement_timeout|lock_timeout|idle_in_transaction_session_timeout|idle_session_timeout|transaction_timeout|max_execution_time|max_statement_time)$/i.test(
    name.slice(name.lastIndexOf('.') + 1),
  );
}

function isLimit(option: Option): boolean {
  if (
    /idle|keep_?alive|cache|debounce|delay|toast|animation|transition|poll|test/i.test(option.name) ||
    /^(setTimeout|test|it|describe|jest)/.test(option.callee)
  )
    return false;
  if (option.name === 'signal') return /timeout|deadline|abort|controller|signal/i.test(option.value);
  return (
    /^(soft_)?time_limit$/.test(option.name) ||
    /^(\w+_)?(timeout|deadline)(_?(ms|millis|seconds|secs))?$/i.test(option.name) ||
    /(Timeout|Deadline)(Ms|Millis|MS|Seconds|Secs)?$/.test(option.name)
  );
}

function isUnlimited(value: string): boolean {
  return (
    /^(0|0\.0|-1|null|undefined|false|Infinity|Number\.POSITIVE_INFINITY|None|nil|time\.Duration\(0\)|0 ?\* ?time\.\w+|time\.Time\{\}|(std::time::)?Duration::(MAX|ZERO)|Duration\.ZERO)$/.test(
      value,
    ) || /^[\w.]*Timeout\((\w+=)?None\)$/.test(value)
  );
}

function isLost(input: RuleInput, option: Option): boolean {
  const scope = counterpartScope(input, option.scope);
  if (scope === undefined) return false;
  const now = input.after?.options.filter((other) => other.name === option.name && other.scope === scope) ?? [];
  const before = input.before?.options.filter((other) => other.name === option.name && other.scope === option.scope) ?? [];
  const live = (options: readonly Option[]): number => options.filter((other) => !isUnlimited(other.value)).length;
  if (live(now) >= live(before)) return false;
  if (option.callee === '' && (wentWithItsUsers(input, option) || isDeclaredElsewhere(input, option) || isGivenStill(input, option)))
    return false;
  // The call itself went away with its limit.
  if (option.callee !== '' && !holderStays(input, option.callee, scope) && !isDefaultClient(input, option.callee, option.scope))
    return false;
  return !isDefaulted(input, option) && !isLimitedElsewhere(input, option.scope);
}

/** A limit of a function or a client of another file, which came with the change, and which the work goes through now. */
function isLimitedElsewhere(input: RuleInput, scope: string): boolean {
  const { options, calls } = input.addedElsewhere();
  const limits = [
    ...options.filter((other) => isLimit(other) && !isUnlimited(other.value)),
    ...calls.filter(({ callee }) => ENDS_WAITING.test(lastName(callee)) || callee === 'AbortSignal.timeout'),
  ];
  if (limits.length === 0) return false;
  const isAsked = asksElsewhere(input, scope);
  // A client that is a value of its module: `export const http = axios.create({ timeout })`.
  const isOfNewClient = (): boolean =>
    newCallsIn(input, scope).some(({ callee }) => {
      const [root = ''] = callee.split(/\.|::/);
      return root !== callee && input.before !== undefined && !tokenTexts(input.before).has(root);
    });
  return limits.some((limit) => isAsked(limit) || (limit.scope === '' && 'name' in limit && limit.callee !== '' && isOfNewClient()));
}

/** Whatever took its value from the constant has one from somewhere else now. */
function isGivenStill({ before, after }: RuleInput, { name }: Option): boolean {
  const users = before?.options.filter((other) => other.value === name && other.callee !== '') ?? [];
  const isLimited = (user: Option): boolean =>
    after?.options.some((other) => other.name === user.name && other.callee === user.callee && !isUnlimited(other.value)) === true;
  return users.length > 0 && users.every(isLimited);
}

/** A constant that another file of the change has now, under its name: with another number it is told there. */
function isDeclaredElsewhere(input: RuleInput, { name }: Option): boolean {
  return input.addedElsewhere().options.some((other) => other.callee === '' && other.name === name && !isUnlimited(other.value));
}

/** A constant that this file gave to calls alone, none of which it still makes. What limits by itself is judged by itself. */
function wentWithItsUsers(input: RuleInput, { name }: Option): boolean {
  const isName = new RegExp(`(?<![\\w$.])${name.replace(/[$]/g, '\\$&')}(?![\\w$])`);
  const users = input.before?.calls.filter((call) => call.args.some((argument) => isName.test(argument))) ?? [];
  const isHeld = (callee: string): boolean =>
    !/timeout|deadline|abort/i.test(lastName(callee)) && input.after?.calls.some((call) => call.callee === callee) === true;
  return users.length > 0 && !users.some((call) => isHeld(call.callee));
}

/** The call that had the limit, or the literal of a type. */
function holderStays(input: RuleInput, callee: string, scope: string): boolean {
  if (input.after?.calls.some((call) => call.callee === callee && within(call.scope, scope)) === true) return true;
  const content = input.trees.after.read(input.path);
  return content?.kind === 'text' && content.text.includes(`${callee}{`);
}

/** The client with a limit became one that comes without any: `http.DefaultClient`, `axios.create()`, `Client::new()`. */
function isDefaultClient(input: RuleInput, callee: string, scope: string): boolean {
  if (newCallsIn(input, scope).some((call) => /timeout|abort|deadline|wait_for/i.test(call.callee))) return false;
  if (!/client|session|http|axios|agent|got|ky|fetch|request|undici|template/i.test(callee) || hasLimit(input, scope)) return false;
  // A rewrite is cut into several hunks: the new client may stand in the next one.
  const fresh = newCallsIn(input, scope).map(({ kind, callee }) => `${kind === 'new' ? 'new ' : ''}${callee.replaceAll('.', ' . ')} (`);
  const text = `${changedCode(input, 'after').text} ; ${fresh.join(' ; ')}`;
  return /\bhttp \. (DefaultClient|DefaultTransport|Get|Post|PostForm|Head)\b|\b(http \. )?Client \{ \}|\bClient (::|\.) new \( \)|\breqwest :: get\b|\bHttpClient \. newHttpClient \( \)|\bnew (OkHttpClient|RestTemplate|HttpClient|SimpleClientHttpRequestFactory) \( \)|\bRestClient \. create \(|\bWebClient \. create \(|\b(requests|httpx|aiohttp) \. (Session|Client|AsyncClient|ClientSession|get|post|put|delete|patch|request) \(|\baxios \. (create \( \)|get|post|put|delete|patch|request)|[=:(] axios [;,)]|\bfetch \(/.test(
    text,
  );
}

/** A limit for all calls of a client, added in the same file. */
function isDefaulted(input: RuleInput, option: Option): boolean {
  return (
    input.after?.options.some(
      (other) =>
        isLimit(other) &&
        !isUnlimited(other.value) &&
        other.scope !== option.scope &&
        input.before?.options.some((old) => old.key === other.key) !== true,
    ) ?? false
  );
}

function hasLimit(input: RuleInput, scope: string): boolean {
  const counterpart = counterpartScope(input, scope);
  return (
    input.after?.options.some(
      (option) => isLimit(option) && !isUnlimited(option.value) && counterpart !== undefined && within(option.scope, counterpart),
    ) ?? false
  );
}
