import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName, literal, receiver, words } from '../code/call-names.ts';
import { numberOf } from '../code/option-changes.ts';
import { pathFrom } from '../code/specifiers.ts';

/**
 * True where another file of the change, which imports this one, puts something of the kind in front of its router when it mounts it:
 * `app.use('/auth', authLimiter, authRouter)`, or `app.use('/auth', authLimiter)` above the mount. What was there before guards nothing
 * anew, what stands behind the router is not asked, and what lets twice as many through or names no role where one was named is less.
 */
export function isMountedInFront(input: RuleInput, route: Call, gone: readonly string[], isWanted: (name: string) => boolean): boolean {
  const items = input.addedElsewhere().calls.filter(isMount).flatMap(wantedIn(isWanted));
  if (items.length === 0) return false;
  const base = input.path.slice(input.path.lastIndexOf('/') + 1).replace(/\.[^.]+$/, '');
  const home = base === 'index' ? (input.path.split('/').at(-2) ?? base) : base;
  const paths = new Set(items.flatMap((item) => input.trees.after.mentioning(lastName(nameOf(item)), EXTENSIONS)));
  return [...paths].some((path) => {
    const content = path === input.path ? undefined : input.trees.after.read(path);
    if (content?.kind !== 'text' || !content.text.includes(home)) return false;
    const routers = importedFrom(content.text, path, input.path);
    const facts = routers.size === 0 ? undefined : input.factsAt('after', path);
    const old = new Set(input.factsAt('before', path)?.calls.map(({ key }) => key));
    const mounts = facts?.calls.filter((call) => isMount(call) && call.args.some((argument) => routers.has(nameOf(argument)))) ?? [];
    return (
      facts !== undefined &&
      mounts.length > 0 &&
      mounts.every((mount) => {
        const fresh = itemsAhead(facts, mount, routers, isWanted).filter(({ call }) => !old.has(call.key));
        return gone.every((item) => fresh.some((now) => isAsStrict(input, item, route, facts, now)));
      })
    );
  });
}

const EXTENSIONS = ['.ts', '.js', '.tsx', '.mjs', '.cjs'];

function isMount({ kind, callee, args }: Call): boolean {
  return kind === 'call' && /^(?:use|register|route)$/.test(lastName(callee)) && receiver(callee) !== '' && args.length > 0;
}

const wantedIn =
  (isWanted: (name: string) => boolean) =>
  ({ args }: Call): readonly string[] =>
    args.filter((argument) => literal(argument) === undefined && isWanted(nameOf(argument)));

function nameOf(item: string): string {
  return /^[\w$.]+/.exec(item)?.[0] ?? item;
}

/** Names under which the file at `path` has what the file at `home` gives away: `import { auth, x as y } from './auth/router.js'`, `const auth = require('./auth')`. */
function importedFrom(text: string, path: string, home: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [, given = '', from = ''] of text.matchAll(
    /\b(?:import|const|var|let)\s([^;'"()=]{1,300}?)(?:from\s|=\s?require\()['"]([^'"\n]{1,200})['"]/g,
  )) {
    if (!isFile(from, path, home)) continue;
    for (const part of given.split(/[{},]/)) {
      const name = part.trim().split(/\s+/).at(-1);
      if (name !== undefined && name !== '') found.add(name);
    }
  }
  return found;
}

/** Whether a module that `path` asks for is the file `home`; one that is asked for by an alias, `@/auth/router`, by the end of its path. */
function isFile(from: string, path: string, home: string): boolean {
  const bare = (name: string): string => name.replace(/\.[cm]?[jt]sx?$/, '').replace(/(?:^|\/)index$/, '');
  if (!from.startsWith('.')) return from.includes('/') && bare(home).endsWith(`/${bare(from.replace(/^[^/]*\//, ''))}`);
  return bare(pathFrom(path, from)) === bare(home);
}

interface Ahead {
  readonly call: Call;
  readonly item: string;
}

/** What is asked before a mounted router is: in its own mount, or put on the same server above it under an address that holds for it. */
function itemsAhead(
  { calls }: SourceFacts,
  mount: Call,
  routers: ReadonlySet<string>,
  isWanted: (name: string) => boolean,
): readonly Ahead[] {
  const address = literal(mount.args[0]) ?? '';
  return calls.flatMap((call): readonly Ahead[] => {
    const isOwn = call === mount;
    if (!isMount(call) || receiver(call.callee) !== receiver(mount.callee) || call.scope !== mount.scope) return [];
    const front = (literal(call.args[0]) ?? '').replace(/\/$/, '');
    if (!isOwn && (call.range.start.line >= mount.range.start.line || !`${address}/`.startsWith(`${front}/`))) return [];
    // What another router is mounted behind holds for that one alone.
    const at = call.args.findIndex((argument) => isOwn && routers.has(nameOf(argument)));
    const ahead = at < 0 ? call.args : call.args.slice(0, at);
    if (!isOwn && call.args.some((argument) => literal(argument) === undefined && !isWanted(nameOf(argument)))) return [];
    return wantedIn(isWanted)({ ...call, args: ahead }).map((item) => ({ call, item }));
  });
}

const ROLE = /\b(admin|owner|role|roles|scope|scopes|permission|permissions|staff|can|manager|tenant|member)\b/;

function isAsStrict(input: RuleInput, item: string, route: Call, after: SourceFacts, now: Ahead): boolean {
  const role = ROLE.exec(words(item))?.[0];
  if (role !== undefined && !words(now.item).split(' ').includes(role)) return false;
  if (!SLOWS.test(words(item))) return true;
  const was = input.before === undefined ? undefined : rateOf(input.before, item, route.range.end.line + 1);
  const is = rateOf(after, now.item, now.call.range.end.line + 1) ?? rateElsewhere(input, now.item);
  if (was !== undefined && is !== undefined) return is < was * TOO_MANY;
  // Of numbers that nobody can read nobody knows whether they are the same, unless it is the very limiter.
  return was === is && (item === now.item || (IS_NAME.test(item) && IS_NAME.test(now.item) && lastName(item) === lastName(now.item)));
}

const IS_NAME = /^[\w$.]+$/;

/** The rate of a limiter that another file of the project declares under this name, where one does. */
function rateElsewhere(input: RuleInput, item: string): number | undefined {
  const files = IS_NAME.test(item) ? input.trees.after.mentioning(lastName(item), EXTENSIONS) : [];
  if (files.length > MOST_FILES) return undefined;
  const rates = files.flatMap((path) => {
    const facts = input.factsAt('after', path);
    return facts === undefined ? [] : (rateOf(facts, lastName(item), (facts.tokens.at(-1)?.line ?? 0) + 1) ?? []);
  });
  return rates.length === 1 ? rates[0] : undefined;
}

const MOST_FILES = 6;

const SLOWS = /\b(?:rate|limit|limits|limiter|limiters|limited|throttle|throttles|throttled|throttler|slow|brake)\b/;

const TOO_MANY = 2;

/** How many a limiter lets through in its window, by its own number or by those it was made with. */
function rateOf(facts: SourceFacts, item: string, line: number): number | undefined {
  const own = /^[\w$.]+\(\s?(\d[\d_]*)\s?\)$/.exec(item)?.[1];
  if (own !== undefined) return numberOf(own);
  const made = item.includes('(') ? item : (boundAbove(facts, item, line) ?? '');
  const most = /\b(?:limit|max|points|maxRequests|requests)\s?:\s?(\d[\d_]*)/.exec(made)?.[1];
  if (most === undefined) return undefined;
  const span = /\b(?:windowMs|window|duration|interval|timeWindow|per)\s?:\s?(\d[\d_]*(?:\s?\*\s?\d[\d_]*){0,4})/.exec(made)?.[1] ?? '1';
  const [count, window] = [numberOf(most), numberOf(span)];
  return count === undefined || window === undefined ? undefined : count / window;
}
