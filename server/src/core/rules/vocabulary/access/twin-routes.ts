import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, literal, receiver } from '../code/call-names.ts';

/** A new route without a guard that answers before a guarded one is asked. */
export interface TwinRoute {
  readonly route: string;
  readonly range: Range;
}

/** Judges what stands in front of a handler, and a decorator. */
export interface RouteJudge {
  /** Guards in front of a route's handler, as written. */
  readonly itemsOf: (call: Call) => readonly string[];
  readonly isGuard: (decorator: Call) => boolean;
}

/**
 * Routes of this hunk that take the address of a guarded route which stands below them and stood there before: the first one that
 * matches answers, and it asks nobody. `DELETE /berths/:id` and `DELETE /berths/{key}` are one address, `/berths/*` holds both.
 */
export function* twinRoutes(input: RuleInput, judge: RouteJudge): Iterable<TwinRoute> {
  const { before, after, added } = input;
  if (before === undefined || after === undefined || added.calls.length === 0) return;
  if (!added.calls.some((call) => VERB.test(lastName(call.callee).toLowerCase()))) return;
  const old = new Set(before.calls.map(({ key }) => key));
  const routes = registrations(after, judge);
  const mounts = after.calls.filter((call) => /^(use|Use)$/.test(lastName(call.callee)) && judge.itemsOf(call).length > 0);
  // A guard of the router holds for what is registered below it alone.
  const isBehindMount = (route: Registration, line: number): boolean =>
    mounts.some(
      (mount) =>
        receiver(mount.callee) === route.owner &&
        mount.range.start.line > line &&
        mount.range.start.line < route.call.range.start.line &&
        flat(route.path).startsWith(flat(literal(mount.args[0]) ?? '')),
    );
  for (const fresh of routes) {
    if (fresh.isGuarded || !added.calls.includes(fresh.call)) continue;
    const twin = routes.find(
      (other) =>
        other !== fresh &&
        (other.isGuarded || isBehindMount(other, fresh.call.range.start.line)) &&
        old.has(other.call.key) &&
        other.owner === fresh.owner &&
        fresh.call.range.start.line < other.call.range.start.line &&
        (other.verb === fresh.verb || fresh.verb === '') &&
        holds(fresh.path, other.path),
    );
    if (
      twin !== undefined &&
      !routes.some((other) => other !== fresh && !other.isGuarded && old.has(other.call.key) && isSamePlace(other, fresh))
    )
      yield { route: `${twin.verb.toUpperCase()} ${twin.path}`.trim(), range: fresh.call.range };
  }
}

interface Registration {
  readonly call: Call;
  /** In lower case; empty for all of them. */
  readonly verb: string;
  readonly path: string;
  /** The router, or the class around a decorated method. */
  readonly owner: string;
  readonly isGuarded: boolean;
}

const VERB =
  /^(get|post|put|patch|delete|all|route|handle|handlefunc|api_route|getmapping|postmapping|putmapping|deletemapping|patchmapping)$/;

function registrations(facts: SourceFacts, judge: RouteJudge): readonly Registration[] {
  return facts.calls.flatMap((call): readonly Registration[] => {
    const name = lastName(call.callee).toLowerCase();
    const path = literal(call.args[0]);
    if (!VERB.test(name) || path === undefined || !(path.startsWith('/') || path === '*')) return [];
    const isDecorator = call.kind === 'decorator';
    if (!isDecorator && (call.args.length < 2 || receiver(call.callee) === '')) return [];
    const chained = facts.calls.find((other) => other.range.start.line === call.range.start.line && /\.Methods$/.test(other.callee))
      ?.args[0];
    const methods = call.args.find((argument) => /^methods\b/.test(argument))?.match(/['"]\w+['"]/g) ?? [];
    const named = methods.length === 1 ? literal(methods[0]) : undefined;
    const plain = /^(all|route|handle|handlefunc|api_route)$/.test(name) ? '' : name.replace('mapping', '');
    const verb = (named ?? literal(chained) ?? plain).toLowerCase();
    const isGuarded = isDecorator
      ? facts.calls.some((other) => other !== call && other.kind === 'decorator' && other.scope === call.scope && judge.isGuard(other)) ||
        call.args.some((argument) => /^(dependencies|auth|permission)/.test(argument))
      : judge.itemsOf(call).length > 0;
    const owner = isDecorator
      ? `${call.callee.split('.')[0] ?? ''} ${call.scope.split('.').slice(0, -1).join('.')}`
      : receiver(call.callee);
    return [{ call, verb, path, owner: call.kind === 'decorator' && !call.callee.includes('.') ? `@${owner}` : owner, isGuarded }];
  });
}

function isSamePlace(one: Registration, other: Registration): boolean {
  return one.owner === other.owner && one.verb === other.verb && flat(one.path) === flat(other.path);
}

/** Parameters by their place alone. */
function flat(path: string): string {
  return path
    .replace(/\/$/, '')
    .split('/')
    .map((part) => (/^[:{<]/.test(part) ? ':' : part))
    .join('/');
}

function holds(fresh: string, path: string): boolean {
  if (flat(fresh) === flat(path)) return true;
  const star = fresh.indexOf('*');
  const prefix = star < 0 ? undefined : fresh.slice(0, star).replace(/\/$/, '');
  return prefix !== undefined && (prefix === '' || flat(path) === flat(prefix) || flat(path).startsWith(`${flat(prefix)}/`));
}
