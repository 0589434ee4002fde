import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RelatedLocation } from '../../../model/finding.ts';
import type { Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName, literal, receiver } from '../code/call-names.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { CONSUMER, isProvidedForAll } from './global-guards.ts';
import { NEVER } from './guard-items.ts';
import { isMountedElsewhere } from './mounted-elsewhere.ts';
import { isMountedInFront } from './mounted-in-front.ts';
import { standsFor } from './mounted-instead.ts';
import { chainNamed } from './named-chains.ts';
import { isOnOwnRouter } from './own-routers.ts';
import { isBehindHooks } from './plugin-hooks.ts';
import { guardsOfRoute, isLinkOfRoute, isMadeAs, isMount, itemsOfObjects, nameOf, routeOf, wholeName } from './route-items.ts';

/** Something in front of a handler that is gone: `requireScope('admin')` of `POST /refund`. */
export interface LostRouteGuard {
  readonly call: Call;
  readonly item: string;
  /** `POST /refund`, or the router for one that held for all of its routes. */
  readonly route: string;
  readonly related: readonly RelatedLocation[];
}

/**
 * Middleware that a removed route or `use` call had and that nothing replaces: not the same route in the after side, not a
 * router-level `use`, a hook or a new call in front of it in the same change. `isWanted` judges a middleware by its name.
 */
export function lostRouteGuards(input: RuleInput, isWanted: (name: string) => boolean): readonly LostRouteGuard[] {
  const lost: LostRouteGuard[] = [];
  for (const call of input.removed.calls) {
    // Django: a model and the class that shows it to the staff.
    if (/(?:^|\.)(?:admin_?)?site\.register$/.test(call.callee)) continue;
    if (call.kind !== 'call' || isLinkOfRoute(input, call)) continue;
    const route = routeOf(call);
    const items = guardsOfRoute(call, isWanted);
    if (items.length === 0) continue;
    const now = route === undefined ? mountsLike(input, call) : routesLike(input, call, route.path);
    // The route went away with its guard; what no longer answers needs none.
    if (route !== undefined && now.length === 0) continue;
    const stated = [
      ...now.flatMap((other) => guardsOfRoute(other, isWanted)),
      ...now.flatMap(({ args }) =>
        [...new Set(args)].flatMap((argument) =>
          chainNamed(input, 'after', argument.replace(/^\.\.\./, '')).filter((item) => isWanted(nameOf(item))),
        ),
      ),
      ...items.filter((item) => now.some(({ args }) => args.some((argument) => isMadeAs(input, argument, item)))),
      ...(now.length > 0 ? renamedItems(input, call, now) : []),
    ];
    const isStated = items.every((item) => stated.includes(item));
    const left = isStated ? stated : [...stated, ...now.flatMap((other) => itemsOfObjects(input, other, isWanted))];
    const gone = items.filter((item) => !left.includes(item));
    // What another mount of the router asks as before takes the place of nothing.
    const isMounting = route === undefined && call.use === 'discarded';
    const had = isMounting ? mountsLike(input, call, 'before').flatMap((other) => guardsOfRoute(other, isWanted)) : items;
    const replaced = left.filter((item) => !had.includes(item)).length;
    if (gone.length === 0 || replaced >= gone.length) continue;
    if (route !== undefined && isBehindHooks(input, call, now, gone)) continue;
    if (isMounted(input, call, gone, isWanted, now) || (route === undefined && isOnEveryRoute(input, call, isWanted))) continue;
    if (route === undefined && (!hasRoutes(input, call) || (CONSUMER.test(call.callee) && isProvidedForAll(input)))) continue;
    const [item] = gone;
    if (item === undefined) continue;
    const named = route === undefined ? `${receiver(call.callee)}` : `${lastName(call.callee).toUpperCase()} ${route.path}`;
    const [still] = now;
    const related = still === undefined ? [] : [{ path: input.path, line: still.range.start.line, message: 'the route now' }];
    lost.push({ call, item: wholeName(call, item), route: named, related });
  }
  return lost;
}

function routesLike(input: RuleInput, call: Call, path: string): readonly Call[] {
  const verb = lastName(call.callee);
  const same = input.after?.calls.filter((other) => lastName(other.callee) === verb && routeOf(other)?.path === path) ?? [];
  return same.length > 0 ? same : readdressed(input, call);
}

/** The route that does the same under another address or verb now, and was not there before: `/orders/:id/refund` and `/refunds/:id`. */
function readdressed({ before, after }: RuleInput, call: Call): readonly Call[] {
  if (before === undefined || after === undefined) return [];
  const router = receiver(call.callee);
  const had = new Set(before.calls.flatMap((other) => (routeOf(other) === undefined ? [] : [addressOf(other)])));
  const work = workOf(before, call);
  return after.calls
    .filter((other) => routeOf(other) !== undefined && receiver(other.callee) === router && !had.has(addressOf(other)))
    .filter((other) => {
      const handler = call.args.at(-1) ?? '';
      if (handler !== 'fn') return other.args.at(-1) === handler;
      const now = workOf(after, other);
      const shared = work.filter((callee) => now.includes(callee)).length;
      return shared > 0 && shared * 2 >= Math.max(work.length, now.length);
    });
}

const addressOf = ({ callee, args }: Call): string => `${callee}(${args[0]}`;

/** What the handler of a route asks others to do; what it answers is like any other answer. */
function workOf(facts: SourceFacts, route: Call): readonly string[] {
  const scope = `${route.callee}(${route.args[0]})`;
  return facts.calls
    .filter((call) => call.scope === scope && !/^(res|reply|response|ctx|c|next|console|log|logger)\b/.test(call.callee))
    .map(({ callee }) => callee);
}

function mountsLike(input: RuleInput, call: Call, side: Side = 'after'): readonly Call[] {
  const prefix = literal(call.args[0]);
  return input[side]?.calls.filter((other) => isMount(other) && other.callee === call.callee && literal(other.args[0]) === prefix) ?? [];
}

/**
 * Middleware of the same place under another name, where the old name is gone from the whole tree and the new one was not
 * there before: the guard was renamed, whatever it is called now.
 */
function renamedItems(input: RuleInput, call: Call, now: readonly Call[]): readonly string[] {
  const extensions = ['.ts', '.js', '.tsx', '.mjs', '.cjs'];
  const isGone = call.args
    .map(nameOf)
    .filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== 'fn' && input.trees.after.mentioning(name, extensions).length === 0);
  if (isGone.length === 0) return [];
  return now.flatMap((other) =>
    other.args.filter(
      (argument) =>
        /^[A-Za-z_$][\w$]*(\(.*\))?$/.test(argument) &&
        argument !== 'fn' &&
        !NEVER.test(lastName(nameOf(argument))) &&
        input.trees.before.mentioning(nameOf(argument), extensions).length === 0,
    ),
  );
}

/** True where the same change put the guard in front of the route from further out. */
function isMounted(
  input: RuleInput,
  call: Call,
  gone: readonly string[],
  isWanted: (name: string) => boolean,
  now: readonly Call[],
): boolean {
  const own = receiver(call.callee).replace(/\.With\(.*$/, '');
  const fresh = newCallsIn(input, '');
  const isAround = (other: Call): boolean =>
    isMount(other) &&
    // What the mount itself still asks is no other one.
    !(call.use === 'discarded' && routeOf(call) === undefined && now.includes(other)) &&
    guardsOfRoute(other, isWanted).length > 0 &&
    isInFront(other, now) &&
    (receiver(other.callee) === own ||
      now.some((route) => receiver(route.callee) === receiver(other.callee)) ||
      /^(app|server|fastify|api|router|r|mux|e|engine)$/.test(receiver(other.callee)));
  const mounts = fresh.filter(isAround);
  if (
    mounts.length > 0 &&
    standsFor(
      gone,
      mounts.flatMap((other) => guardsOfRoute(other, isWanted)),
      () => (input.after?.calls ?? []).filter(isAround).flatMap((other) => guardsOfRoute(other, isWanted)),
    )
  )
    return true;
  return (
    (routeOf(call) === undefined && isOnOwnRouter(input, fresh, call, gone)) ||
    isSpread(input, fresh, gone) ||
    gone.some((item) => isMountedElsewhere(input, nameOf(item))) ||
    isMountedInFront(input, call, gone, isWanted)
  );
}

/** What is mounted on the router of the routes holds for those behind it whose address begins as it says. */
function isInFront(mount: Call, routes: readonly Call[]): boolean {
  const prefix = literal(mount.args[0])?.replace(/(?<![/*])[/*]+$/, '') ?? '';
  return routes.every((route) => {
    const path = routeOf(route)?.path;
    if (path === undefined || receiver(route.callee) !== receiver(mount.callee) || route.scope !== mount.scope) return true;
    return mount.range.start.line < route.range.start.line && `${path}/`.startsWith(/^\//.test(prefix) ? `${prefix}/` : '');
  });
}

/** `app.use(helmet(), ...limits)` beside `const limits = [json(), rateLimit()]`. */
function isSpread({ after }: RuleInput, fresh: readonly Call[], gone: readonly string[]): boolean {
  return fresh.some(
    (other) =>
      isMount(other) &&
      other.args.some((argument) => {
        const [, name = ''] = /^\.\.\.([A-Za-z_$][\w$]*)$/.exec(argument) ?? [];
        const list = name === '' || after === undefined ? '' : (boundAbove(after, name, other.range.start.line) ?? '');
        return list.startsWith('[') && gone.every((item) => list.includes(` ${nameOf(item)} `));
      }),
  );
}

/** True where every route of the router now carries a guard of its own. */
function isOnEveryRoute(input: RuleInput, call: Call, isWanted: (name: string) => boolean): boolean {
  const own = receiver(call.callee);
  const routes = input.after?.calls.filter((other) => receiver(other.callee) === own && routeOf(other) !== undefined) ?? [];
  return routes.length > 0 && routes.every((other) => guardsOfRoute(other, isWanted).length > 0);
}

function hasRoutes(input: RuleInput, call: Call): boolean {
  const own = receiver(call.callee);
  return input.after?.calls.some((other) => receiver(other.callee) === own) ?? false;
}
