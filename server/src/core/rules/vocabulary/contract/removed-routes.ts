import type { Call, FileFacts, Option } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, literal, receiver, shorten, words } from '../code/call-names.ts';
import { keepOf } from '../code/kept.ts';
import { escaped } from '../code/literal-patterns.ts';

/** An address that a program answers, as its code registers it. */
interface Route {
  /** In upper case; `*` where the registration names none. */
  readonly verb: string;
  /** `/v1/plots/{}/leases`: each parameter is one sign. */
  readonly path: string;
  readonly handler: string;
}

const VERB = /^(get|post|put|patch|delete|head|options)$/i;
const CLIENT =
  /\b(axios|http client|client|request|requests|fetch|ky|got|supertest|agent|session|nock|rest template|web client|mock|msw|rest|page|cy|headers|params|map|cache|store|config)\b/;
const ANNOTATED = /^(Get|Post|Put|Patch|Delete|Request)Mapping$/;

function routeOf(call: Call): Route | undefined {
  const name = lastName(call.callee);
  const written = writtenIn(call);
  if (written === undefined) return undefined;
  const [, method, bare = written] = /^([A-Z]+) (\S+)$/.exec(written) ?? [];
  const path = bareOf(bare);
  const handler = call.args.at(-1) ?? '';
  if (call.kind === 'decorator') {
    const verb = ANNOTATED.test(name) ? name.replace('Mapping', '') : name;
    if (!VERB.test(verb) && !/^(route|websocket|Request|api_route|All)$/.test(verb)) return undefined;
    return isPath(path) || /^(Get|Post|Put|Patch|Delete)$/.test(name)
      ? { verb: VERB.test(verb) ? verb.toUpperCase() : '*', path, handler: call.scope }
      : undefined;
  }
  if (call.kind !== 'call' || !isPath(path) || call.args.length < 2 || CLIENT.test(words(receiver(call.callee)))) return undefined;
  if (!/^(fn|[A-Za-z_$][\w$.:]*(\(.*\))?)$/s.test(handler) || /^(true|false|null|undefined|nil|None)$/.test(handler)) return undefined;
  const isVerb = VERB.test(name);
  if (
    !isVerb &&
    !/^(all|any|handle|handlefunc|handlerfunc|method|methodfunc|route|add_url_rule|add_route|path|re_path|url|nest)$/i.test(name)
  )
    return undefined;
  if (isVerb && (receiver(call.callee) === '' || isRequest(call, handler))) return undefined;
  return { verb: isVerb ? name.toUpperCase() : (method ?? '*'), path, handler };
}

function writtenIn({ args }: Call): string | undefined {
  return literal(args[0]) ?? literal(args.find((argument) => /^(value|path)\s*=/.test(argument))?.replace(/^\w+\s*=\s*/, ''));
}

/** `await api.post('/berths', berth)`: what is awaited or kept, and was given a value and no function, is asked and not answered. */
function isRequest({ callee, use }: Call, handler: string): boolean {
  if (/\b(router|routes?|app|server|fastify|hono|express|mux|engine|chi|gin|echo)\b/.test(words(receiver(callee)))) return false;
  return use === 'awaited' || (use === 'used' && /^[A-Za-z_$]\w*$/.test(handler));
}

/** Each parameter as one sign, and no slash at the end. */
function bareOf(written: string): string {
  return written.replace(/:[A-Za-z_]\w*(\([^)]*\))?\??|\{(?<!\{[^}]*?\{)[^}]*\}|<(?<!<[^>]*?<)[^>]*>/g, '{}').replace(/\/$/, '');
}

function isPath(path: string): boolean {
  return path.startsWith('/') && /[A-Za-z]{3}/.test(path) && !/\s|\.(js|css|png|svg|html|ico|txt)$/.test(path);
}

/** Addresses of this hunk that nothing answers any more, in this file or another one of the change. */
export function* removedRoutes(input: RuleInput): Iterable<FindingDraft> {
  const { before, after, path } = input;
  if (before === undefined || after === undefined || /(^|\/)(tests?|__tests__|mocks?|fixtures|examples?)\/|[._-](test|spec)\./.test(path))
    return;
  for (const call of input.removed.calls) {
    const route = routeOf(call);
    if (route === undefined || /deprecated\s*[=:]\s*(True|true)/.test(call.args.join(' '))) continue;
    if (answers(after, route) || answers(input.addedElsewhere(), route) || isBelowMount(input, route) || keepsHandler(input, route))
      continue;
    const users = usersOf(input, route.path);
    // Nobody here asks for it: outside of an address that was made for others, that is a clean-up.
    const severity =
      users.length > 0 || /(^|\/)(v\d+|public|partners?|webhooks?)(\/|$)/.test(route.path) ? ('high' as const) : ('low' as const);
    const many = users.length === 0 ? '' : `; ${users.length} ${users.length === 1 ? 'file asks' : 'files ask'} for it`;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(`${route.verb === '*' ? '' : `${route.verb} `}${route.path}`, 40)}\` is answered no more${many}`),
      severity,
      related: users.slice(0, 10).map((user) => ({ path: user, line: 1, message: `asks for ${shorten(route.path, 40)}` })),
    };
  }
}

/** The same address, whole or below the prefix of a group. */
function answers({ calls }: Pick<FileFacts, 'calls'>, route: Route): boolean {
  const prefixes = prefixesOf(calls);
  return calls.some((call) => {
    const prefix = call.kind === 'decorator' ? prefixes.get(receiver(call.scope)) : undefined;
    const other = prefix === undefined ? routeOf(call) : (belowPrefix(call, prefix) ?? routeOf(call));
    if (other === undefined || (other.verb !== '*' && route.verb !== '*' && other.verb !== route.verb)) return false;
    const isBelow = (long: string, short: string): boolean => long === short || (long.endsWith(short) && short !== '' && short !== '/{}');
    return isBelow(route.path, other.path) || isBelow(other.path, route.path);
  });
}

/** A router that is put below the beginning of the address answers the rest of it: `app.use('/depots', depots)` and `depots.get('/:id', …)`. */
function isBelowMount({ after, addedElsewhere }: RuleInput, { verb, path }: Route): boolean {
  const calls = [...(after?.calls ?? []), ...addedElsewhere().calls];
  return calls.some(({ callee, args }) => {
    const [prefix, router = ''] = [bareOf(literal(args[0]) ?? ''), args.at(-1)];
    if (!/^(?:use|route|register|mount|Mount)$/.test(lastName(callee)) || prefix === '' || !`${path}/`.startsWith(`${prefix}/`))
      return false;
    return calls.some(
      (call) =>
        receiver(call.callee) === router &&
        (verb === '*' || lastName(call.callee).toUpperCase() === verb) &&
        bareOf(literal(call.args[0]) ?? ' ') === path.slice(prefix.length),
    );
  });
}

/** What the annotation of a class puts in front of the addresses of its methods, by the class: `@RequestMapping("/plays")`. */
const prefixesOf = keepOf(
  (calls: readonly Call[]): ReadonlyMap<string, string> =>
    new Map(
      calls.flatMap((call) => {
        const isPrefix = call.kind === 'decorator' && /^(RequestMapping|Controller|Path)$/.test(lastName(call.callee));
        const prefix = isPrefix ? writtenIn(call) : undefined;
        return prefix === undefined ? [] : [[call.scope, bareOf(prefix.replace(/^(?!\/)/, '/'))] as const];
      }),
    ),
);

/** What an annotated method of a class answers, below the address of its class; undefined where no annotation of it says so. */
export function routeOfMethod(calls: readonly Call[], scope: string): { readonly verb: string; readonly path: string } | undefined {
  const prefix = prefixesOf(calls).get(receiver(scope));
  return calls
    .filter((call) => call.kind === 'decorator' && call.scope === scope)
    .map((call) => (prefix === undefined ? routeOf(call) : belowPrefix(call, prefix)))
    .find((route) => route !== undefined);
}

/** The whole address of an annotated method; one without an address of its own has the one of its class. */
function belowPrefix(call: Call, prefix: string): Route | undefined {
  const verb = /^(Get|Post|Put|Patch|Delete)(?:Mapping)?$/.exec(lastName(call.callee))?.[1];
  const own = bareOf(writtenIn(call) ?? '');
  return verb === undefined
    ? undefined
    : { verb: verb.toUpperCase(), path: `${prefix}${own.replace(/^(?!\/|$)/, '/')}`, handler: call.scope };
}

/** The handler stands behind an address that is put together now, or behind the rest of its own below the prefix of a group. */
function keepsHandler(input: RuleInput, { handler, path }: Route): boolean {
  if (!/^[A-Za-z_$][\w$.]{3,}$/.test(handler)) return false;
  const known = new Set(input.before?.calls.map(({ key }) => key));
  const isRest = (written: string | undefined): boolean => {
    if (written === undefined) return true;
    const rest = bareOf(/^(?:[A-Z]+ )?(\S*)$/.exec(written)?.[1] ?? written);
    return path.endsWith(rest) || rest.endsWith(path);
  };
  return [...(input.after?.calls ?? []), ...input.addedElsewhere().calls].some(
    (call) =>
      !known.has(call.key) &&
      call.args.length > 1 &&
      handlerOf(call.args.at(-1) ?? '') === handlerOf(handler) &&
      isRest(literal(call.args[0])),
  );
}

/** `berths.list` and `h.List` alike: a handler keeps its own name when its holder gets another. */
function handlerOf(text: string): string {
  return lastName(text).toLowerCase();
}

/** Files that the change left and that name the address, with anything in the place of its parameters. */
export function usersOf(
  { trees, path: own }: RuleInput,
  path: string,
  asks: (text: string) => boolean = asksWhole(path),
): readonly RepoPath[] {
  const parts = path.split('/').filter((part) => part !== '');
  const [rarest = ''] = parts.filter((part) => part !== '{}').sort((a, b) => b.length - a.length);
  if (rarest.length < 3) return [];
  return trees.after
    .mentioning(rarest, [
      '.ts',
      '.tsx',
      '.js',
      '.jsx',
      '.mjs',
      '.vue',
      '.svelte',
      '.py',
      '.go',
      '.java',
      '.kt',
      '.swift',
      '.dart',
      '.rb',
      '.rs',
      '.md',
      '.yaml',
      '.yml',
      '.json',
      '.http',
      '.sh',
      '.html',
    ])
    .filter((file) => {
      const [now, old] = [trees.after.read(file), trees.before.read(file)];
      return (
        file !== own &&
        !/(^|\/)(tests?|__tests__)\/|CHANGELOG/.test(file) &&
        now?.kind === 'text' &&
        asks(now.text) &&
        old?.kind === 'text' &&
        asks(old.text)
      );
    });
}

/** A text that names the address as a whole, and nothing below it. */
function asksWhole(path: string): (text: string) => boolean {
  const parts = path.split('/').filter((part) => part !== '');
  const asked = new RegExp(`/${parts.map((part) => (part === '{}' ? '[^/\\s"\'`]+' : escaped(part))).join('/')}(?![\\w/-])`);
  return (text) => asked.test(text);
}

const ROUTER = /(^|\.)(router|createTRPCRouter|createRouter|trpcRouter|mergeRouters|initRouter)$/;
const PROCEDURE = /\.(query|mutation|subscription)\(/;

/** Procedures of a router that clients call by name, gone or of another kind. */
export function* removedProcedures(input: RuleInput): Iterable<FindingDraft> {
  const isProcedure = ({ callee, value }: Option): boolean =>
    ROUTER.test(callee) && PROCEDURE.test(value) && !ROUTER.test(value.slice(0, Math.max(0, value.indexOf('('))));
  const kindOf = ({ value }: Option): string => PROCEDURE.exec(value)?.[1] ?? '';
  for (const old of input.removed.options) {
    if (!isProcedure(old) || input.after === undefined) continue;
    const known = new Set(input.before?.options.map(({ key }) => key));
    // Of several routers each may have one of the name; what another file gained is new, though it says the same word for word.
    const fresh = [...input.after.options.filter(({ key }) => !known.has(key)), ...input.addedElsewhere().options];
    const same = fresh.filter((other) => other.name === old.name && ROUTER.test(other.callee));
    if (same.some((other) => kindOf(other) === kindOf(old))) continue;
    const now = same.find(isProcedure);
    if (now === undefined && same.length > 0) continue;
    const said = now === undefined ? 'removed' : `is a ${kindOf(now)} now`;
    yield { side: 'before', range: old.range, message: fitMessage(`${kindOf(old)} \`${shorten(old.name, 40)}\` ${said}`) };
  }
}
