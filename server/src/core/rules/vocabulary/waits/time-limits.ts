import type { Option, Setting } from '../../../model/facts.ts';

/** Calls that end what they are given, or what stands inside them, after a time. */
export const ENDS_WAITING =
  /^(wait_for|timeout_at|fail_after|move_on_after|WithTimeout|WithDeadline|WithTimeoutCause|settimeout|SetDeadline|SetReadDeadline|SetWriteDeadline|TimeoutHandler|alarm|func_timeout|orTimeout)$/;

/** The name of a setting, in words (`words`), that limits a wait. */
export const WAITS = /\b(timeout|time out|deadline|max execution time|max statement time|time limit|max duration)\b/;

/** A value of such a setting that limits nothing, in the ways of databases, proxies and pipelines. */
export function isEndless(value: Setting['value']): boolean {
  return (
    value === null ||
    value === false ||
    /^(-1|0+(\.0+)?\s*(ms|s|m|h|min|sec|seconds?|minutes?)?|0s|none|off|never|infinity|infinite|unlimited|null|nil|disabled)$/i.test(
      String(value).trim(),
    )
  );
}

/** Databases and jobs of a cluster wait for ever unless they are told otherwise. */
export function isEndlessByDefault(name: string): boolean {
  return /^(statement_timeout|lock_timeout|idle_in_transaction_session_timeout|idle_session_timeout|transaction_timeout|max_execution_time|max_statement_time|activeDeadlineSeconds)$/i.test(
    name.slice(name.lastIndexOf('.') + 1),
  );
}

/** An argument or a constant that limits a wait by its name; how long something is kept, shown or left idle is none. */
export function isLimit(option: Option): boolean {
  if (
    // `minTimeout` of a library that tries again is the pause between two tries, `resetTimeout` how long a breaker stays open.
    /idle|keep_?alive|cache|debounce|delay|toast|animation|transition|poll|test|^min_?timeout$|^reset_?timeout/i.test(option.name) ||
    /^(setTimeout|test|it|describe|jest)/.test(option.callee)
  )
    return false;
  if (option.name === 'signal') return /timeout|deadline|abort|controller|signal/i.test(option.value);
  return (
    /^((?:celeryd?_)?task_)?(soft_)?time_limit$/i.test(option.name) ||
    /^(\w+_)?(timeout|deadline)(_?(ms|millis|seconds|secs))?$/i.test(option.name) ||
    /(Timeout|Deadline)(Ms|Millis|MS|Seconds|Secs)?$/.test(option.name)
  );
}

/** A value, as code writes it, that limits nothing. */
export function isUnlimited(value: string): boolean {
  return (
    /^(0|0\.0|-1|null|undefined|false|Infinity|Number\.POSITIVE_INFINITY|None|nil|time\.Duration\(0\)|0 ?\* ?time\.\w+|time\.Time\{\}|(std::time::)?Duration::(MAX|ZERO)|Duration\.ZERO)$/.test(
      value,
    ) || /^[\w.]*Timeout\((\w+=)?None\)$/.test(value)
  );
}
