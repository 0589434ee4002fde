import type { Call, Option } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { seconds } from '../caches/cache-lifetimes.ts';
import { lastName, words } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import { surplusOf } from '../code/fact-keys.ts';
import { createLookup, keepOf, keepOfBoth } from '../code/kept.ts';
import { workScopes } from '../code/own-parts.ts';
import { itemsBeforeRoutesTo } from '../guards/asked-by-middleware.ts';
import { isLimit, isUnlimited } from './time-limits.ts';

/** From here on a limit is another one: three seconds that became thirty are not the same wait. */
const MUCH_LONGER = 5;

/**
 * True where a client of the same file got a limit for all that is asked of it, of much the same length, and the function still asks
 * that client: `context.WithTimeout(ctx, 3*time.Second)` that became `http.Client{Timeout: requestTimeout}`, `.timeout(LIMIT)` of
 * each request that became one of `Client::builder()`.
 */
export function isGivenToClient(input: RuleInput, call: Call, scope: string): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined || scope === '') return false;
  const fresh = [...clientLimits(before.options, after.options), ...clientCalls(before.calls, after.calls)].filter(
    (limit) => !within(limit.scope, scope),
  );
  if (fresh.length === 0) return false;
  const parts = workScopes(after, scope);
  const asked = after.calls.filter((other) => parts.some((part) => within(other.scope, part)));
  if (!asked.some(({ callee }) => ASKS_CLIENT.test(callee)) || asked.some(({ callee }) => ASKS_STORE.test(callee))) return false;
  return fresh.some(({ value }) => isNoLonger([call.args.at(-1) ?? '', before.options], [value, after.options]));
}

/**
 * True where each route that leads to the function ends by itself now, after much the same time: `http.TimeoutHandler(h, LIMIT, …)`
 * around the handler, `r.Use(middleware.Timeout(LIMIT))` in front of it.
 */
export function isGivenToRoutes(input: RuleInput, call: Call, scope: string): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined || scope === '') return false;
  const was = [call.args.at(-1) ?? '', before.options] as const;
  const fresh = surplusOf(after.calls, before.calls).filter(
    ({ callee, args }) => ENDS_ROUTES.test(lastName(callee)) && args.some((argument) => isNoLonger(was, [argument, after.options])),
  );
  if (fresh.length === 0) return false;
  const routes = itemsBeforeRoutesTo(input, scope);
  return routes.length > 0 && routes.every((items) => items.some((item) => fresh.some(({ callee }) => item.startsWith(callee))));
}

const ENDS_ROUTES = /^(?:TimeoutHandler|Timeout|TimeoutWithConfig|ContextTimeout)$/;

/** New limits of whole clients; how long it takes to connect says nothing of the answer. */
const clientLimits = keepOfBoth((old: readonly Option[], now: readonly Option[]): readonly Option[] => {
  const limits = now.filter(
    (option) =>
      /client|template|builder/i.test(option.callee) &&
      isLimit(option) &&
      !/\b(?:connect|connection|dial|handshake|pool|acquire)\b/.test(words(option.name)) &&
      !isUnlimited(option.value),
  );
  if (limits.length === 0) return limits;
  const keys = new Set(old.map(({ key }) => key));
  return limits.filter(({ key }) => !keys.has(key));
});

/** The same as links of a chain: `HttpClient.create().responseTimeout(LIMIT)`, `new OkHttpClient.Builder().callTimeout(LIMIT)`. */
const clientCalls = keepOfBoth(
  (old: readonly Call[], now: readonly Call[]): readonly { readonly scope: string; readonly value: string }[] => {
    const isLink = ({ callee, args }: Call): boolean =>
      args.length === 1 &&
      /^(?:responseTimeout|callTimeout|readTimeout|setReadTimeout)$/.test(lastName(callee)) &&
      /client|builder|factory/i.test(callee);
    const fresh = now.some(isLink) ? surplusOf(now, old).filter(isLink) : [];
    return fresh.flatMap(({ scope, args: [value = ''] }) => (isUnlimited(value) ? [] : [{ scope, value }]));
  },
);

/** `c.http.Do(req)`, `self.client.get(url).send()`. */
const ASKS_CLIENT = /(?:^|[.\s])_?\w*(?:http|client|Http|Client|rest|web|api)(?:\.|\s*\.\s*)\w+|\.(?:Do|send|RoundTrip|retrieve|exchange)$/;
const ASKS_STORE = /(?:^|\.)(?:db|pool|tx|conn|redis|rdb)\.|(?:Query|QueryRow|Exec|BeginTx|Ping|Get|Select)Context$/;

type Length = readonly [text: string, options: readonly Option[]];

/** Much the same wait, or the same name for it; where nobody can tell what it was, no longer than anybody waits for an answer. */
function isNoLonger(old: Length, fresh: Length): boolean {
  const [was, now] = [lengthOf(...old), lengthOf(...fresh)];
  if (now === undefined) return was === undefined && old[0] !== '' && lastName(old[0]) === lastName(fresh[0]);
  return now < (was === undefined ? LONGEST : was * MUCH_LONGER);
}

/** Seconds. */
const LONGEST = 120;

/** Seconds, or a plain number of an unknown unit; undefined for what is not known. A constant of the file stands for its value. */
function lengthOf(text: string, options: readonly Option[]): number | undefined {
  const own = inUnits(text);
  if (own !== undefined || !/^[A-Za-z_][\w.:]*$/.test(text)) return own;
  const [value, ...others] = constantsByName(options)(lastName(text));
  return value === undefined || others.length > 0 ? undefined : inUnits(value.value);
}

const constantsByName = keepOf((options: readonly Option[]) =>
  createLookup(
    options.filter(({ callee }) => callee === ''),
    ({ name }) => name,
  ),
);

function inUnits(text: string): number | undefined {
  const [, count, unit = ''] = /^(?:(\d[\d_]*) ?\* ?)?time\.(Millisecond|Second|Minute|Hour)$/.exec(text) ?? [];
  const factor = { Millisecond: 0.001, Second: 1, Minute: 60, Hour: 3600 }[unit];
  return factor === undefined ? seconds(text) : factor * Number((count ?? '1').replaceAll('_', ''));
}
