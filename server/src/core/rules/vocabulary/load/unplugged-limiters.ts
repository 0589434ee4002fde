import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { routeParts } from '../access/route-parts.ts';
import { standingOf } from '../access/route-standing.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { groupBy, keepOf } from '../code/kept.ts';
import { tokenTexts } from '../code/token-lines.ts';

/** A limiter that stood in front of something and is not in front of it any more. */
export interface UnpluggedLimiter {
  readonly side: 'before' | 'after';
  readonly range: Range;
  /** As written: `RateLimiter(times=5, seconds=60)`, `loginLimiter`. */
  readonly limiter: string;
  /** What it slowed. */
  readonly slowed: string;
}

/** `loginAttempts.isBlocked(name)`, in words: whoever guessed too often waits. */
export const LOCKS_OUT = /\b(?:attempts?|logins?|log ins|tries|failures)\b.*\b(?:blocked|locked|exceeded|exhausted|too many|over limit)\b/;

type IsLimiter = (name: string) => boolean;

/**
 * `dependencies=[Depends(RateLimiter(…))]` of a route, a limiter that a file no longer speaks of while it still answers with the same
 * handlers (`router.post('/login', loginLimiter, login)` that became a table of routes), and a plugin that is told to limit nothing by
 * itself (`global: false`), and a guard that a module provided for all of its routes (`useClass: ThrottlerGuard`).
 */
export function* unpluggedLimiters(input: RuleInput, isLimiter: IsLimiter): Generator<UnpluggedLimiter> {
  yield* lostDependencies(input, isLimiter);
  yield* forgotten(input, isLimiter);
  yield* switchedOff(input, isLimiter);
  yield* ofNobody(input, isLimiter);
  yield* leftOut(input, isLimiter);
}

/**
 * A limiter that was put around a handler, of which the only route has another address now and none before it: `mux.Handle("/login",
 * limit(login))` that became `mux.HandleFunc("POST /login", login)` while others keep theirs.
 */
function* leftOut({ before, after, added }: RuleInput, isLimiter: IsLimiter): Generator<UnpluggedLimiter> {
  if (before === undefined || after === undefined) return;
  // A function of the file that asks a limiter is one, whatever it is called.
  const slows = (item: string, { calls }: SourceFacts): boolean => {
    const name = headOf(item);
    return isLimiter(name) || (name !== '' && calls.some((call) => within(call.scope, name) && isLimiter(call.callee)));
  };
  for (const now of added.calls) {
    const handler = routeParts(now)?.handler;
    const [old, ...others] = handler === undefined ? [] : (routesByHandler(before).get(handler) ?? []).map(({ call }) => call);
    const limiter = old === undefined ? undefined : routeParts(old)?.items.find((item) => slows(item, before));
    if (handler === undefined || old === undefined || limiter === undefined || others.length > 0 || now.args[0] === old.args[0]) continue;
    if (routesByHandler(after).get(handler)?.length !== 1 || standingOf(after, now).items.some((item) => slows(item, after))) continue;
    // Around all routes: `Handler: limit(routes())`.
    const isAround = after.calls.some(
      ({ callee, args }) => slows(callee, after) && args.some((argument) => /^\w*(?:mux|router|r|routes?\w*\(\)|handler)$/i.test(argument)),
    );
    if (!isAround) yield { side: 'after', range: now.range, limiter, slowed: handler };
  }
}

const routesByHandler = keepOf(({ calls }: SourceFacts) => {
  const routes = calls.flatMap((call) => {
    const handler = routeParts(call)?.handler;
    return handler === undefined ? [] : [{ call, handler }];
  });
  return groupBy(routes, ({ handler }) => handler);
});

const headOf = (argument: string): string => /^[\w$.]+/.exec(argument)?.[0] ?? '';

function* lostDependencies(input: RuleInput, isLimiter: IsLimiter): Generator<UnpluggedLimiter> {
  const asks = ({ callee, args }: Call): boolean => /^(?:Depends|Security)$/.test(lastName(callee)) && isLimiter(headOf(args[0] ?? ''));
  for (const call of input.removed.calls) {
    if (!asks(call) || call.scope === '') continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined) continue;
    // A router or the application asks for all of its routes.
    const isLeft = input.after?.calls.some((other) => asks(other) && (within(other.scope, scope) || other.scope === '')) === true;
    if (!isLeft && !input.addedElsewhere().calls.some(asks))
      yield { side: 'before', range: call.range, limiter: call.args[0] ?? '', slowed: call.scope };
  }
}

const ROUTE = /^(?:get|post|put|patch|delete|all|use|GET|POST|PUT|PATCH|DELETE)$/;

function* forgotten(input: RuleInput, isLimiter: IsLimiter): Generator<UnpluggedLimiter> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  const told = new Set<string>();
  for (const { callee, args, range } of input.removed.calls) {
    const limiter = ROUTE.test(lastName(callee)) ? args.find((argument) => /^[\w$.]+$/.test(argument) && isLimiter(argument)) : undefined;
    if (limiter === undefined || told.has(limiter)) continue;
    const now = tokenTexts(after);
    const handler = args.at(-1) ?? '';
    const isAnswered = handler !== limiter && /^[A-Za-z_$][\w$.]*$/.test(handler) && handler.split('.').every((part) => now.has(part));
    // The route itself is judged where it is still written as one.
    const isRoute = after.calls.some((other) => lastName(other.callee) === lastName(callee) && other.args[0] === args[0]);
    const isLimited = [...now].some((text) => /^[A-Za-z_$][\w$]*$/.test(text) && isLimiter(text));
    if (
      !isAnswered ||
      isRoute ||
      isLimited ||
      input.addedElsewhere().calls.some((other) => other.args.some((one) => isLimiter(headOf(one))))
    )
      continue;
    told.add(limiter);
    yield { side: 'before', range, limiter, slowed: handler };
  }
}

function* switchedOff(input: RuleInput, isLimiter: IsLimiter): Generator<UnpluggedLimiter> {
  const { after } = input;
  for (const option of input.added.options) {
    if (!/^(?:global|enabled?|enableRateLimit)$/.test(option.name) || option.value !== 'false' || after === undefined) continue;
    const plugin = after.calls.find(
      (call) =>
        call.callee === option.callee &&
        call.range.start.line <= option.range.start.line &&
        option.range.start.line <= call.range.end.line &&
        isLimiter(headOf(call.args[0] ?? '')),
    );
    // Each route may ask for a limit of its own.
    if (plugin === undefined || after.options.some(({ name, value }) => isLimiter(name) && value !== 'false')) continue;
    if (input.before?.calls.some((call) => call.callee === plugin.callee && call.args[0] === plugin.args[0]) !== true) continue;
    yield { side: 'after', range: option.range, limiter: plugin.args[0] ?? '', slowed: `${option.name}: false` };
  }
}

function* ofNobody(input: RuleInput, isLimiter: IsLimiter): Generator<UnpluggedLimiter> {
  const provides = ({ name, value }: { readonly name: string; readonly value: string }): boolean =>
    /^use(?:Class|Existing|Factory)$/.test(name) && isLimiter(headOf(value));
  for (const option of input.removed.options) {
    if (!provides(option) || input.after?.options.some(provides) === true || input.addedElsewhere().options.some(provides)) continue;
    // A controller asks for it itself.
    const isAsked = ({ kind, args }: Call): boolean => kind === 'decorator' && args.some((argument) => isLimiter(headOf(argument)));
    if (!input.addedElsewhere().calls.some(isAsked))
      yield { side: 'before', range: option.range, limiter: option.value, slowed: 'all routes' };
  }
}
