import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, literal, receiver } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { escaped } from '../code/literal-patterns.ts';
import { objectAnswered, objectsNamed } from './named-chains.ts';

// What stands in front of the handler of a route, and of a whole router: as written, by the names of every framework.

const VERBS = new Set([
  'get',
  'post',
  'put',
  'patch',
  'delete',
  'del',
  'head',
  'options',
  'all',
  'route',
  'query',
  'mutation',
  'subscribe',
  'handle',
  'handlefunc',
]);

const MOUNTS = new Set([
  'use',
  'addhook',
  'register',
  'before',
  'beforeeach',
  'useglobalguards',
  'prehandler',
  'onrequest',
  'all',
  'apply',
  'forroutes',
  'group',
  'with',
  'add_middleware',
]);

/** A constant of the file that is made as the item was: `rateLimit({ max: 5, windowMs: 60 * 1000 })` for `rateLimit({ max: 5, windowMs: 60000 })`. */
export function isMadeAs({ after }: RuleInput, argument: string, item: string): boolean {
  if (!item.includes('(') || !/^[A-Za-z_$][\w$]*$/.test(argument)) return false;
  const { text } = codeOfScope(after, '');
  const made = new RegExp(`(?<![\\w$.])${escaped(argument)} = `).exec(text);
  return made !== null && plain(text.slice(made.index + made[0].length)).startsWith(plain(item));
}

/** Without white space, and products of numbers worked out. */
function plain(text: string): string {
  return text
    .slice(0, LONGEST_ITEM)
    .replace(/\b\d[\d_]*(?: ?\* ?\d[\d_]*)+/g, (product) =>
      String(product.split('*').reduce((all, part) => all * Number(part.replace(/_/g, '')), 1)),
    )
    .replace(/[\s_]/g, '')
    .replace(/"/g, "'");
}

const LONGEST_ITEM = 400;

/** The address of a call that registers a route: a verb of a router with an address and a handler. */
export function routeOf(call: Call): { readonly path: string } | undefined {
  const path = literal(call.args[0]);
  const name = lastName(call.callee).toLowerCase();
  if (path === undefined || call.args.length < 2 || !VERBS.has(name) || receiver(call.callee) === '') return undefined;
  return path.startsWith('/') || path === '*' || path === '' || name !== 'get' ? { path } : undefined;
}

/** Puts something in front of all that a router has. */
export function isMount(call: Call): boolean {
  return call.kind === 'call' && MOUNTS.has(lastName(call.callee).toLowerCase());
}

/** Wanted middleware of a call, as written. The last argument of a route is its handler and guards nothing. */
export function guardsOfRoute(call: Call, isWanted: (name: string) => boolean): readonly string[] {
  const route = routeOf(call);
  if (route === undefined && !isMount(call)) return [];
  const parts =
    route === undefined ? call.args : [...chained(call.callee), ...behindHandler(call, isWanted), ...wrappers(call.args.at(-1))];
  return parts
    .flatMap((part) => (/^[[{]/.test(part) ? namesIn(part) : [part]))
    .filter((part) => literal(part) === undefined && isWanted(nameOf(part)));
}

/** `rateLimit` of the key `rateLimit:`, of which `namesIn` reads all but its last letter. */
export function wholeName({ args }: Call, item: string): string {
  return /^\w+$/.test(item) ? (new RegExp(`\\b${item}\\w?(?=\\s*:)`).exec(args.join(' '))?.[0] ?? item) : item;
}

/** What stands in the objects that the options of a route name: `{ config: strict }`. Its handler is none of them. */
export function itemsOfObjects(input: RuleInput, route: Call, isWanted: (name: string) => boolean): readonly string[] {
  return (routeOf(route) === undefined ? route.args : route.args.slice(1, -1))
    .flatMap((argument) => [...objectsNamed(input, 'after', argument), ...objectAnswered(input, 'after', argument)])
    .flatMap((text) => namesIn(text).filter((item) => isWanted(nameOf(item))));
}

/** `r.With(auth).Get` is read with the route that it leads to. */
export function isLinkOfRoute(input: RuleInput, call: Call): boolean {
  return (
    /\.With$/.test(call.callee) &&
    input.before?.calls.some((other) => other.callee.startsWith(`${call.callee}(`) && routeOf(other) !== undefined) === true
  );
}

/** Middleware that a chain puts in front of one route: `r.With(auth, log).Delete`. */
function chained(callee: string): readonly string[] {
  const inside = /\.With\((.*)\)\.\w+$/.exec(callee)?.[1];
  return inside === undefined ? [] : (inside.match(/[A-Za-z_][\w.]*(\([^()]*\))?/g) ?? []);
}

/** Functions that the handler is handed to: `requireAuth(http.HandlerFunc(h.Pay))`. */
function wrappers(handler: string | undefined): readonly string[] {
  return [...(handler ?? '').matchAll(/(?<![\w.])[\d.]*([A-Za-z_][\w.]*)\((?=.*\))/g)]
    .map((match) => match[1] ?? '')
    .filter((name) => !/HandlerFunc$/.test(name));
}

/** Arguments before the handler; some frameworks take middleware behind it, `e.POST('/x', handler, auth)`. */
function behindHandler(call: Call, isWanted: (name: string) => boolean): readonly string[] {
  const [, handler = '', ...rest] = call.args;
  const isBehind = /^[A-Z]+$/.test(lastName(call.callee)) && rest.length > 0 && !isWanted(nameOf(handler));
  return isBehind ? rest : call.args.slice(1, -1);
}

/**
 * Names and calls inside an array or an options object, `{ preHandler: [requireAuth] }`; an address is none: `{ prefix: '/admin' }`, nor is
 * what is switched off: `{ rateLimit: false }`.
 */
function namesIn(text: string): readonly string[] {
  const code = text.replace(/(['"`])\/[^'"`]*\1/g, "''").replace(/\b[A-Za-z_$][\w$]*: (?:false|null|undefined)\b/g, '');
  return code.match(/[A-Za-z_$][\w$.]*(\([^()]*\))?(?!\s*:)/g) ?? [];
}

/** `rateLimit` of `rateLimit({ max: 5 })`. */
export function nameOf(item: string): string {
  return /^[\w$.]+/.exec(item)?.[0] ?? item;
}
