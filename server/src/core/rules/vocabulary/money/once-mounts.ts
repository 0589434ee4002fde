import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, receiver, shorten, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { keepOf } from '../code/kept.ts';

/** Middleware, an interceptor or an annotation that kept a request to one time and is mounted no more: `@UseInterceptors(IdempotencyInterceptor)`. */
export function* lostOnceMounts(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  const told = new Set<number>();
  for (const call of input.removed.calls) {
    const name = namedBy(call);
    const { line } = call.range.start;
    if (name === undefined || told.has(line)) continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || (call.kind === 'decorator' && isOnOwner(after, scope))) continue;
    if (isMountedStill(input, call, scope) || (call.kind !== 'decorator' && isGoneWithRoute(input, call))) continue;
    if (call.kind !== 'decorator' && !after.calls.some(({ callee }) => ROUTES.test(lastName(callee)))) continue;
    told.add(line);
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(name, 30)}\` is gone: \`${shorten(scope || 'a request', 26)}\` may happen twice`),
    };
  }
}

/** The same method, route or router is asked as before, in this file or in another one of the change; or what all of its requests go through. */
function isMountedStill({ before, after, addedElsewhere, path: file }: RuleInput, call: Call, scope: string): boolean {
  if (before === undefined || after === undefined) return true;
  const [now, elsewhere] = [mountsOf(after), addedElsewhere().calls.filter((other) => namedBy(other) !== undefined)];
  if (call.kind === 'decorator') return now.some((other) => other.kind === 'decorator' && other.scope === scope) || elsewhere.some(isOfAll);
  const route = routeOf(before, call);
  const path = pathOf(route ?? call);
  const covers = (other: Call): boolean => {
    const prefix = pathOf(other).replace(/\/?\*?$/, '');
    return prefix === '' || path === prefix || path.startsWith(`${prefix}/`);
  };
  const isSame = (other: Call | undefined): boolean =>
    other !== undefined && route !== undefined && (handlerOf(other) === handlerOf(route) || (path !== '' && pathOf(other) === path));
  const isHere = now.some((other) => isOfAll(other) && covers(other) && isOfRouter(after, receiver(other.callee), receiver(call.callee)));
  // Where the routers are mounted, one is called as its file is.
  const own = words(
    file
      .replace(/(?:[._-](?:routes?|router|controller))?\.\w+$/, '')
      .split('/')
      .at(-1) ?? '',
  );
  const isNamed = (other: Call): boolean => other.args.some((argument) => words(argument).split(' ').includes(own));
  if (isHere || elsewhere.some((other) => isSame(other) || (isOfAll(other) && (covers(other) || isNamed(other))))) return true;
  if (route !== undefined) return now.some((other) => isSame(routeOf(after, other)));
  // What was asked of all routes is asked of each one now.
  const writing = after.calls.filter(
    ({ callee, args }) => WRITES.test(lastName(callee)) && args.length > 1 && /^['"`]/.test(args[0] ?? ''),
  );
  return writing.length > 0 && writing.every((one) => now.some((other) => routeOf(after, other) === one));
}

const WRITES = /^(?:post|put|patch|delete|Post|Put|Patch|Delete|POST|PUT|PATCH|DELETE)$/;

function isOfAll({ kind, callee }: Call): boolean {
  return (
    kind !== 'decorator' &&
    /^(?:use|Use|useGlobalInterceptors|Group|addFilter\w*|layer|wrap|add_middleware|register)$/.test(lastName(callee))
  );
}

/** What one router is asked another one is asked as well that it mounts: `app.use('/payments', payments)`. */
function isOfRouter({ calls }: SourceFacts, outer: string, router: string): boolean {
  if (outer === router || !/^\w+$/.test(outer) || !/^\w+$/.test(router)) return true;
  return calls.some(({ callee, args }) => receiver(callee) === outer && args.includes(router));
}

/** The route that a call is, or of which it is a link: `r.With(once).Post("/transfers", create)`. */
function routeOf(facts: SourceFacts, call: Call): Call | undefined {
  if (ROUTES.test(lastName(call.callee))) return call;
  const { line, character } = call.range.start;
  return facts.calls.find(
    ({ callee, range: { start } }) =>
      start.line === line && start.character === character && callee.startsWith(`${call.callee}(`) && ROUTES.test(lastName(callee)),
  );
}

function pathOf({ args }: Call): string {
  return /^['"`](.*)['"`]$/.exec(args[0] ?? '')?.[1] ?? '';
}

/** `createPayment`; a function that is written there says nothing, and two of them are not the same. */
function handlerOf({ args, key }: Call): string {
  const handler = args.at(-1) ?? '';
  return /^[\w.$:]+$/.test(handler) && handler !== 'fn' ? handler : key;
}

/** No call says the address any more that the route had: it went with its middleware. */
function isGoneWithRoute({ removed, after }: RuleInput, call: Call): boolean {
  const route = ROUTES.test(lastName(call.callee)) ? call : removed.calls.find(({ callee }) => callee.startsWith(`${call.callee}(`));
  const path = route?.args[0] ?? '';
  return /^['"`]/.test(path) && after?.calls.some(({ args }) => args[0] === path) === false;
}

/** What a call mounts that keeps to one time, or what it is itself. */
function namedBy({ kind, callee, args }: Call): string | undefined {
  const own = lastName(callee);
  if (kind === 'decorator') return [own, ...args].map(onceIn).find(Boolean);
  if (!MOUNTS.test(own) && !ROUTES.test(own)) return undefined;
  return args.map((text) => (/^['"`{]/.test(text) ? undefined : onceIn(text))).find((name) => name !== undefined && !/key$/i.test(name));
}

/** A name outside of quotes that says its work: `idempotency`, `IdempotencyInterceptor`. */
function onceIn(text: string): string | undefined {
  const bare = text.replace(/'[^']*'|"[^"]*"|`[^`]*`/g, '');
  return bare.split(/\W+/).find((word) => /idempoten|dedup(?!licat)/i.test(word));
}

const MOUNTS =
  /^(?:use|Use|With|with|UseInterceptors|useGlobalInterceptors|addFilter\w*|layer|route_layer|wrap|add_middleware|register|Group|route)$/;
const ROUTES =
  /^(?:post|put|patch|delete|Post|Put|Patch|Delete|POST|PUT|PATCH|DELETE|HandleFunc|Handle|Method|MethodFunc|route|add_api_route|add_url_rule|all)$/;

const mountsOf = keepOf(({ calls }: SourceFacts) => calls.filter((call) => namedBy(call) !== undefined));

/** The class that the method stands in says it for all of its methods. */
function isOnOwner(after: SourceFacts, scope: string): boolean {
  return mountsOf(after).some(({ kind, scope: own }) => kind === 'decorator' && (own === scope || scope.startsWith(`${own}.`)));
}
