import type { Call, SourceFacts } from '../../../model/facts.ts';
import { splitSource } from '../code/argument-text.ts';
import { endOfCall } from '../code/call-ends.ts';
import { lastName, literal, receiver } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { keepOf } from '../code/kept.ts';
import { escaped } from '../code/literal-patterns.ts';
import { isAccessName } from '../guards/guard-kinds.ts';
import { routeParts } from './route-parts.ts';

/** What stands before a route as far as this file shows. */
export interface Standing {
  readonly guards: readonly string[];
  /** Everything that stands there, whatever it is called. */
  readonly items: readonly string[];
  /** Where the groups end: empty at a server of its own, else the name that came from somewhere else. */
  readonly base: string;
}

/** What stands before a route: its own and that of the groups around it. */
export function standingOf(facts: SourceFacts, route: Call): Standing {
  return behind(
    routeParts(route)?.items ?? route.args.slice(1, -1),
    groupOf(facts, route, receiver(route.callee), literal(route.args[0]) ?? '', 0),
  );
}

const GROUPS = /^(Group|Route|PathPrefix|Subrouter|group|With|route|register)$/;

/** The group that a name stands for at a call which uses it. */
function groupOf(facts: SourceFacts, at: Call, name: string, address: string, depth: number): Standing {
  if (depth > 6) return { ...NOTHING, base: name };
  const put = /^([\w$.]+)\.With\((.*)\)$/.exec(name);
  if (put !== null) return behind(splitSource(put[2] ?? '', ','), groupOf(facts, at, put[1] ?? '', address, depth + 1));
  if (!/^[A-Za-z_$][\w$.]*$/.test(name)) return { ...NOTHING, base: name };
  const closure = closureOf(facts, at);
  const isHere = (call: Call): boolean => isNear(call.scope, at.scope) && closureOf(facts, call) === closure;
  const used = facts.calls
    .filter((call) => /^(use|Use|addHook|before)$/.test(lastName(call.callee)) && receiver(call.callee) === name && isHere(call))
    .flatMap(({ args }) => (isFor(address, args) ? args : []));
  if (closure !== undefined)
    return behind([...used, ...closure.args], groupOf(facts, closure, receiver(closure.callee), below(closure, address), depth + 1));
  const made = makerOf(facts, name, at.scope);
  if (made !== undefined && GROUPS.test(lastName(made.callee)))
    return behind([...used, ...made.args], groupOf(facts, made, receiver(made.callee), below(made, address), depth + 1));
  // A router of its own stands where it is mounted.
  const mount = facts.calls.find((call) => /^(use|route|register|mount|Mount)$/.test(lastName(call.callee)) && call.args.includes(name));
  const mounted = mount ?? (made === undefined ? undefined : mountOf(facts, at.scope));
  if (mounted !== undefined && mount === undefined)
    return behind(
      [...used, ...mounted.args.slice(0, -1)],
      groupOf(facts, mounted, receiver(mounted.callee), below(mounted, address), depth + 1),
    );
  if (mount !== undefined)
    return behind(
      [...used, ...mount.args.filter((argument) => argument !== name)],
      groupOf(facts, mount, receiver(mount.callee), below(mount, address), depth + 1),
    );
  const wrapped = wrapperOf(facts, name, at.scope);
  if (wrapped !== undefined && depth < 5) {
    const outer = groupOf(facts, wrapped.mount, receiver(wrapped.mount.callee), below(wrapped.mount, address), depth + 1);
    const inner = behind(used, outer);
    return { guards: [...wrapped.guards, ...inner.guards], items: [...wrapped.guards, ...inner.items], base: outer.base };
  }
  if (made !== undefined) return behind(used, { ...NOTHING, base: isServer(made) ? '' : name });
  return behind(used, handedOver(facts, at, name, address, depth));
}

/** Where the router that a function of this file makes is put: `root.Mount("/cars", carRoutes(d))`. */
function mountOf(facts: SourceFacts, scope: string): Call | undefined {
  const own = `${lastName(scope)}(`;
  return scope === ''
    ? undefined
    : facts.calls.find(
        (call) => /^(use|route|register|mount|Mount|Handle)$/.test(lastName(call.callee)) && call.args.at(-1)?.startsWith(own),
      );
}

/** Puts a name, a note, a measure or a bound around a handler, and asks nobody who he is. */
export const NEUTRAL =
  /(log|logg\w*|gzip|compress|recover\w*|timeout|metric|trace|otel|instrument|strip|prefix|cors|limit|throttle|cache|header|request_?id|etag|max_?bytes|handler_?func|handler|chain|server|new|render|json|static|wrap)$|^(http|log|otelhttp|handlers|middleware|prometheus|promhttp|chi|mux)\./i;

/** A router that is mounted inside what wraps it: `mux.Handle("/", porter.Check(staff))`. What wraps it is a guard whatever it is called. */
function wrapperOf(
  facts: SourceFacts,
  name: string,
  scope: string,
): { readonly mount: Call; readonly guards: readonly string[] } | undefined {
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return undefined;
  const word = new RegExp(`[^\\w$.]${escaped(name)}(?:[^\\w$.]|$)`);
  for (const mount of facts.calls) {
    if (!/^(Handle|use|Mount|mount|register|route)$/.test(lastName(mount.callee)) || !isNear(mount.scope, scope)) continue;
    const around = mount.args.find((argument) => /^[\w$.]+\(/.test(argument) && word.test(argument));
    const names = [...(around ?? '').matchAll(/(?<![\w$.])[\d.]*([A-Za-z_$][\w$.]*)\(/g)].map((match) => match[1] ?? '');
    const guards = names.filter((each) => !NEUTRAL.test(each));
    if (around !== undefined && receiver(mount.callee) !== name && guards.length > 0) return { mount, guards };
  }
  return undefined;
}

/** What a function of this file is handed by the only one that calls it. */
function handedOver(facts: SourceFacts, { scope }: Call, name: string, address: string, depth: number): Standing {
  const owner = facts.symbols.find((symbol) => symbol.name === scope && symbol.parameters.some((parameter) => parameter.name === name));
  const index = owner?.parameters.findIndex((parameter) => parameter.name === name) ?? -1;
  const type = owner?.parameters[index]?.type ?? '';
  const callers = index < 0 ? [] : facts.calls.filter((call) => lastName(call.callee) === lastName(scope) && call.args.length > index);
  const [caller] = callers;
  // Under another name it is still what comes from outside.
  if (caller === undefined || callers.length > 1) return { ...NOTHING, base: type === '' ? name : type };
  const given = caller.args[index] ?? '';
  const inner = facts.calls.find((call) => call.scope === caller.scope && given === `${call.callee}(${call.args.join(', ')})`);
  return inner === undefined
    ? groupOf(facts, caller, given, address, depth + 1)
    : behind(inner.args, groupOf(facts, inner, receiver(inner.callee), below(inner, address), depth + 1));
}

/** The address of what stands below a group. */
function below(group: Call, address: string): string {
  return (literal(group.args[0]) ?? '').replace(/\/$/, '') + address;
}

/** Middleware of a router holds for all of it, or for what its own address begins. */
function isFor(address: string, args: readonly string[]): boolean {
  const [first = ''] = args;
  const prefix = literal(first);
  return prefix === undefined || `${address}/`.startsWith(`${prefix.replace(/\/$/, '')}/`);
}

function behind(items: readonly string[], { guards, items: further, base }: Standing): Standing {
  return { guards: [...items.filter(isGuard), ...guards], items: [...items, ...further], base };
}

const NOTHING = { guards: [], items: [] };

/** The innermost group whose function on the spot holds the call. */
export function closureOf(facts: SourceFacts, at: Call): Call | undefined {
  return groupsOf(facts).findLast((call) => isAround(facts, call, at));
}

const groupsOf = keepOf(({ calls }: SourceFacts): readonly Call[] => calls.filter(({ callee }) => GROUPS.test(lastName(callee))));

/** A function on the spot that a group is handed holds the call. */
function isAround(facts: SourceFacts, group: Call, call: Call): boolean {
  const { line } = group.range.start;
  return group !== call && group.args.includes('fn') && line < call.range.start.line && call.range.start.line < endOfCall(facts, group);
}

/** A whole server or engine, which nothing stands before. */
function isServer(made: Call): boolean {
  return /^(gin\.(New|Default)|echo\.New|fiber\.New|express|fastify|Fastify|Hono|chi\.NewRouter|mux\.NewRouter|http\.NewServeMux)$/.test(
    made.callee,
  );
}

const MAKERS =
  /^((gin|echo|fiber)\.(New|Default)|(chi|mux)\.NewRouter|http\.NewServeMux|express(\.Router)?|fastify|Fastify|Hono|Router|new Router|KoaRouter)$/;

/** The call whose result a name is given to: `p := r.Group("/api", auth)`. */
function makerOf(facts: SourceFacts, name: string, scope: string): Call | undefined {
  return facts.calls.find((call) => {
    if (!isNear(call.scope, scope) || !(GROUPS.test(lastName(call.callee)) || MAKERS.test(call.callee))) return false;
    const line = tokensOn(facts, call.range.start.line, call.range.start.line).map(({ text }) => text);
    const at = line.indexOf(name);
    return at >= 0 && at < 3 && (line[at + 1] === ':=' || line[at + 1] === '=' || line[at + 1] === ':');
  });
}

function isNear(one: string, other: string): boolean {
  return one === other || one === '' || other.startsWith(`${one}.`);
}

/** Middleware by its name, or any that is asked for somebody's right: `a.Required()`, `requireRole('x')`. */
function isGuard(argument: string): boolean {
  if (literal(argument) !== undefined) return false;
  return (
    isAccessName(argument) ||
    /(^|[.:])(requires?|mustBe|must|ensure|only|protect|restrict)_?[A-Z]\w*$/i.test(argument) ||
    /(^|[.\W])(Requires?\w*|MustBe\w*|Protect\w*|Verify\w*|Session|Only\w*|\w*Only|Needs?\w*|Ensure\w*|Check\w*|Restrict\w*|Deny\w*|Forbid\w*|Gate\w*|Guard\w*)\(/.test(
      argument,
    )
  );
}
