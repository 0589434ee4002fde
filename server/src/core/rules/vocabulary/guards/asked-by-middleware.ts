import type { Call, Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { routeOf } from '../access/route-items.ts';
import { standingOf } from '../access/route-standing.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { newGuards } from '../code/scope-changes.ts';
import { checksSame, saysNothing } from './guard-likeness.ts';
import { bareTest } from './moved-guards.ts';

/** More files than this that name a handler say that its name is a common one. */
const MOST_FILES = 8;

/**
 * Whether new middleware asks what a guard asked in a handler, of the outcome of the same calls where the condition alone says
 * nothing: true where it stands before each route that leads to the handler (`r.Use(a.withKey)` around `r.Get("/bikes", a.list)`,
 * a wrapper of the handler, an argument before it); false where one of them was left outside, and nothing unseen can stand
 * before it. Undefined where there is no such middleware, or where no route is to be found.
 */
export function askedByMiddleware(input: RuleInput, guard: Guard): boolean | undefined {
  const { before, after } = input;
  const now = counterpartScope(input, guard.scope);
  if (before === undefined || after === undefined || now === undefined || now === '' || now.includes('(')) return undefined;
  const elsewhere = input.addedElsewhere();
  const asking = [...newGuards(after.guards, before.guards), ...elsewhere.guards].filter(
    (fresh) => fresh.exit !== 'break' && !hasScope(before, fresh.scope) && asksSame(guard, fresh),
  );
  const owners = new Set(asking.flatMap(({ scope }) => scope.split('.').filter((part) => /^\w{3,}$/.test(part))));
  if (owners.size === 0) return undefined;
  const isOwned = (text: string): boolean => namesOf(text).some((name) => owners.has(name));
  const own = lastName(now);
  const routes = filesNaming(input, own).flatMap((facts) => routesTo(facts, own).map((route) => ({ facts, route })));
  const open = routes.filter(({ facts, route }) => !itemsBefore(facts, route).some(isOwned));
  if (routes.length === 0 || open.length === 0) return routes.length === 0 ? undefined : true;
  const goesOn = (fresh: Guard): boolean =>
    [...after.calls, ...elsewhere.calls].some((call) => within(call.scope, fresh.scope) && NEXT.test(lastName(call.callee)));
  const isAskedItself = after.calls.some((call) => within(call.scope, now) && owners.has(lastName(call.callee)));
  if (isAskedItself || !asking.every(goesOn)) return undefined;
  return open.some(({ facts, route }) => isKnownToBeOpen(input, owners, { facts, route })) ? false : undefined;
}

/** What stands before each route that leads to a function, in this file or another; empty where no route does. */
export function itemsBeforeRoutesTo(input: RuleInput, scope: string): readonly (readonly string[])[] {
  const own = lastName(scope);
  return filesNaming(input, own).flatMap((facts) => routesTo(facts, own).map((route) => itemsBefore(facts, route)));
}

/** How middleware hands on to what stands behind it. */
const NEXT = /^(?:next|Next|ServeHTTP|proceed|doFilter|call_next)$/;

/** Nothing that this file does not show can stand before the route: it is put on a whole server, and nobody puts the middleware on one. */
function isKnownToBeOpen(
  input: RuleInput,
  owners: ReadonlySet<string>,
  { facts, route }: { readonly facts: SourceFacts; readonly route: Call },
): boolean {
  const { base } = standingOf(facts, route);
  if (base === '' && facts.language === 'go') return true;
  const isMounted = [...owners]
    .flatMap((owner) => filesNaming(input, owner))
    .some((other) =>
      other.calls.some(
        (call) => /^use$/i.test(lastName(call.callee)) && call.args.some((text) => namesOf(text).some((name) => owners.has(name))),
      ),
    );
  return !isMounted && /^\*?(?:gin\.Engine|echo\.Echo|fiber\.App|chi\.Mux|http\.ServeMux|mux\.Router)$/.test(base);
}

function asksSame(guard: Guard, fresh: Guard): boolean {
  if (saysNothing(guard.test)) return fresh.test === guard.test && (guard.checks ?? []).length > 0 && checksSame(guard, fresh);
  return guard.test.length > 4 && bareTest(fresh.test) === bareTest(guard.test);
}

function filesNaming(input: RuleInput, own: string): readonly SourceFacts[] {
  const extension = input.path.slice(input.path.lastIndexOf('.'));
  const others = input.trees.after.mentioning(own, [extension]).filter((path) => path !== input.path && !/_test\.|\.test\./.test(path));
  const facts = (others.length > MOST_FILES ? [] : others).map((path) => input.factsAt('after', path));
  return [input.after, ...facts].flatMap((each) => (each === undefined ? [] : [each]));
}

/** Routes whose last argument hands on the function: by its name, or inside of what wraps it. */
function routesTo(facts: SourceFacts, own: string): readonly Call[] {
  return facts.calls.filter((call) => call.kind === 'call' && routeOf(call) !== undefined && namesOf(handlerOf(call)).includes(own));
}

function handlerOf({ args }: Call): string {
  return args.at(-1) ?? '';
}

/**
 * What stands before a route: the functions around its handler, its own middleware, that of the groups around it, and what the
 * whole router is handed to in the same function (`return a.withKey(mux)`).
 */
function itemsBefore(facts: SourceFacts, route: Call): readonly string[] {
  const wrappers = [...handlerOf(route).matchAll(/(?<![\w$.])[\d.]*([A-Za-z_$][\w$.]*)\(/g)].map((match) => match[1] ?? '');
  const chain = /\.With\(/.test(route.callee) ? [receiver(route.callee)] : [];
  const router = receiver(route.callee);
  const around = facts.calls.filter(({ args, scope, use }) => scope === route.scope && use !== 'discarded' && args.includes(router));
  return [...wrappers, ...chain, ...around.map(({ callee }) => callee), ...standingOf(facts, route).items];
}

function namesOf(text: string): readonly string[] {
  return text.match(/[A-Za-z_$][\w$]*/g) ?? [];
}
