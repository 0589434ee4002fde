import type { Call, Handler, Loop, Option } from '../../../model/facts.ts';
import { RETRIES_AT_LEAST, RETRY_FACTOR } from '../../thresholds.ts';
import { lastName, words } from '../code/call-names.ts';

const COUNTED = /\b(retry|retries|attempts?|tries|redeliver\w*|redeliveries|max receive count|backoff limit|max deliver)\b/;
const SPACED =
  /\b(delay|interval|wait|waits|backoff|timeout|after|ms|millis|seconds|secs|for|status|statuses|codes|on|when|if|jitter|enabled|strategy|policy|queue|topic|message|label|url|error|errors|exceptions|cooldown|period|factor|multiplier|base|handler|fn|callback|predicate|condition|id|key|name|log|metric|schedule|window)\b/;

/** True where an option's name says how often something is tried. */
export function isRetryCount(name: string, callee: string): boolean {
  const text = words(name);
  if (/^(max receive count|backoff limit|max deliver)$/.test(text)) return true;
  if (COUNTED.test(text)) return !SPACED.test(text);
  if (/^(total|connect|read|retries)$/.test(text)) return /(^|\.)Retry$/.test(callee);
  return /^(times|limit|max|stop|max tries|max value)$/.test(text) && /retry|attempt|backoff/i.test(callee);
}

/** True where a place says how a thing is found alive: its tries come one by one, at a fixed interval, and load nobody else. */
export function isHealthCheck(place: string): boolean {
  return /\b(health ?checks?|(?:liveness|readiness|startup) ?probes?)\b/.test(words(place));
}

/** True where a call is told how often something is tried: `stop_after_attempt(3)`, `.maxAttempts(3)`. */
export function isRetryCountCall(callee: string): boolean {
  return /^(stop_after_attempt|maxAttempts|setMaxAttempts|max_attempts|Attempts|WithMaxRetries|withMaxRetries|SetRetryCount|setMaxRetries|maxRetries|max_retries|with_max_retries|with_max_times|retries|retryTimes|RetryMax|WithMaxTries|MaxRetries|handleRetry|numRetries|setRetries|retryWhen|SimpleRetryPolicy|FixedBackOff|retry)$/.test(
    lastName(callee),
  );
}

/** True where an option spaces tries out. */
export function isSpacing(name: string): boolean {
  const text = words(name);
  return (
    /\b(backoff|back off|jitter|exponential|retry strategy|multiplier|countdown|randomize)\b/.test(text) ||
    /\b(retry|retries|default retry)\b.*\b(delay|interval|wait|after|pause)\b/.test(text) ||
    /^(wait|min timeout|max timeout|delay|factor|wait exponential multiplier|initial interval|randomization factor)$/.test(text)
  );
}

/** True where a value leaves tries without a pause that grows. */
export function isFlat(value: string): boolean {
  return /^(false|False|0|0\.0|null|None|nil|undefined|'fixed'|'constant'|'none'|fixed|constant|wait_none\(\)|1|1\.0)$/.test(value);
}

/** How often, by a value as written in any language; endless where nothing bounds it. */
export function retriesOf(value: string): number | undefined {
  const text = value.trim();
  if (
    /^(Infinity|Number\.(POSITIVE_INFINITY|MAX_SAFE_INTEGER|MAX_VALUE)|-1|true|True|None|nil|null|Integer\.MAX_VALUE|Long\.MAX_VALUE|math\.MaxInt\w*|usize::MAX|u32::MAX|u64::MAX|i32::MAX|sys\.maxsize|math\.inf|float\('inf'\)|stop_never|unlimited|forever|always)$/.test(
      text,
    )
  )
    return Number.POSITIVE_INFINITY;
  const inside = /^(?:[\w.]*stop_after_attempt|uint64|int|aws\.Int|Some|Optional\.of|pulumi\.Int)\((\d+)\)$/.exec(text)?.[1] ?? text;
  const fallback = /(?:\?\?|\|\||,)\s*['"]?(\d+)['"]?\)?(?:,\s*10\))?\)?$/.exec(inside)?.[1];
  const plain = (fallback ?? inside).replaceAll('_', '').replace(/(?<=\d)[uUlL]$/, '');
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined;
}

/** True where a call only waits. */
export function isPause(callee: string): boolean {
  return (
    /^(sleep|Sleep|delay|wait|pause|backoff|setTimeout|After|parkNanos|sleep_ms|waitFor|wait_for|usleep|NewTimer)$/i.test(
      lastName(callee),
    ) && !/^(cy|page|driver)\.|^asyncio\.wait/.test(callee)
  );
}

/** True where code makes a pause longer with each try. */
export function growsWithTries(code: string): boolean {
  return /\*\*|\bMath \. pow\b|\bmath \. (Pow|pow)\b|\. (pow|saturating_pow|checked_pow) \(|<<|\*= ?[\d.]+|\bbackoff\b \*|\* \(? ?(attempt|attempts|tries|retry|retries|n|i)\b|\b(attempt|attempts|tries|retry|retries)\b (\+ 1 \) )?\*|\b(delay|wait|backoff|pause|interval)\b = (?:(?:\w+ \. )?min \( (?:\w+ , )?)?\w+ \* [\d.]/i.test(
    code,
  );
}

/** True where code spreads tries at random. */
export function hasJitter(code: string): boolean {
  return /\bMath \. random\b|\brandom \. (uniform|random|randint|expovariate|triangular)\b|\brand \. \w+|\bThreadLocalRandom\b|\bjitter\b|\bthread_rng\b|\bgen_range\b|\bSecureRandom\b/i.test(
    code,
  );
}

/** Calls that take the next piece of work: a worker tries nothing again. */
const TAKES =
  /^(b?l?pop|bpop|brpop|blpop|dequeue|receive\w*|poll|consume|next|read\w*|accept|take|shift|xread|xreadgroup|fetch_?job|get_?job|claim\w*|recv|get_message|get|fetch_messages|FetchMessage|ReadMessage|Receive\w*|Recv|Accept|Poll|Next|nextMessage|lease\w*|Read\w*|Scan|select)$/i;

/** A failure that is caught and not passed on, where something was asked of another. */
export function isTriedAgain(handler: Handler): boolean {
  if (handler.outcome === 'rethrows' || handler.guarded.length === 0) return false;
  return !handler.guarded.some(takesWork) && !handler.guarded.every(isLocal);
}

/** What reads a text fails the same way every time, and asks nobody. */
function isLocal(callee: string): boolean {
  return /^(JSON\.parse|JSON\.stringify|json\.loads?|json\.dumps|int|float|str|Number|parseInt|parseFloat|decodeURIComponent|atob|Buffer\.from|new URL|URL|len|Integer\.parseInt|Double\.parseDouble|strconv\.\w+)$|(^|\.)(strip|split|trim|decode|encode|replace|toString|format|startsWith|startswith|push|append)$/.test(
    callee,
  );
}

/** True where a call takes the next piece of work of many. */
export function takesWork(callee: string): boolean {
  return TAKES.test(lastName(callee)) && !/^(http|https|axios|requests|session|client|httpx|fetch|api|ky|got|superagent)\b/i.test(callee);
}

/** The number that bounds a loop of tries by its head: 3 of `attempt < 3`, `attempt in range(3)` and `_ in 0..3`. */
export function boundOf(loop: Loop): number | undefined {
  const text =
    /(?:<=?|<|!=)\s*([\d_]+)\b/.exec(loop.head)?.[1] ??
    /\brange\((?:\d+,\s*)?([\d_]+)(?:\s*\+\s*1)?\)/.exec(loop.head)?.[1] ??
    /\.\.=?\s*([\d_]+)/.exec(loop.head)?.[1] ??
    /(?:^|[\s(;])([\d_]+)\s*>/.exec(loop.head)?.[1] ??
    /\b(retries|attempts|tries|left)\w*\s*=\s*([\d_]+)/i.exec(loop.head)?.[2] ??
    /^range ([\d_]+)$/.exec(loop.head)?.[1];
  return text === undefined ? undefined : Number(text.replaceAll('_', ''));
}

/** A loop that names tries in its head. */
export function namesTries(loop: Loop): boolean {
  return /\b(attempts?|retry|retries|tries|try count|n tries)\b/.test(words(loop.head));
}

/** Calls of libraries that try again by themselves. */
export function isRetryLibrary(call: Call): boolean {
  return /retry|backoff|attempt/i.test(call.callee) && !isPause(call.callee);
}

/** Options that bound nothing any more where they were numbers. */
export function isUnbounded(option: Option): boolean {
  return retriesOf(option.value) === Number.POSITIVE_INFINITY;
}

/** True where so many tries more are another load. */
export function isFarMore(before: number | undefined, after: number | undefined): boolean {
  return before !== undefined && after !== undefined && after >= before * RETRY_FACTOR && after >= RETRIES_AT_LEAST && after > before;
}
