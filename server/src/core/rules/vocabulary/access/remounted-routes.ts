import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, literal, receiver, shorten } from '../code/call-names.ts';
import { keepOf } from '../code/kept.ts';
import { routeOf } from './route-items.ts';
import { standingOf } from './route-standing.ts';

/**
 * Routes that went to a router of their own and answer at the address they had: `app.delete('/depots/:id', requireRole('ops'), …)` and
 * `depots.delete('/:id', …)` of `app.use('/depots', depots)`. What stood before the one and before none of the other is lost; where
 * anything new stands there, nothing is said. `isItem` judges by name.
 */
export function* remountedRoutes({ before, after, removed }: RuleInput, isItem: (name: string) => boolean): Iterable<FindingDraft> {
  if (before === undefined || after === undefined) return;
  for (const old of removed.calls) {
    const address = addressOf(before, old);
    if (address === undefined || addressesOf(before).get(address)?.length !== 1) continue;
    const [now, ...others] = addressesOf(after).get(address) ?? [];
    // At its own router under its own address the two are compared elsewhere.
    if (now === undefined || others.length > 0 || literal(now.args[0]) === literal(old.args[0])) continue;
    const [was, is] = [itemsOf(before, old), itemsOf(after, now)];
    const lost = was.find((item) => isItem(nameOf(item)) && !is.includes(item));
    const isNew = is.some((item) => !was.includes(item));
    if (lost === undefined || isNew || !old.args.includes(lost)) continue;
    yield { side: 'after', range: now.range, message: fitMessage(`\`${shorten(lost, 26)}\` no longer guards \`${shorten(address, 30)}\``) };
  }
}

/** What stands before a route, without the addresses and the routers that lead to it. */
function itemsOf(facts: SourceFacts, route: Call): readonly string[] {
  return standingOf(facts, route).items.filter((item) => literal(item) === undefined && !mountsByRouter(facts).has(item));
}

function nameOf(item: string): string {
  return /^[\w$.]+/.exec(item)?.[0] ?? item;
}

/** Routes by their verb and whole address, `delete /depots/:id`. */
const addressesOf = keepOf((facts: SourceFacts): ReadonlyMap<string, readonly Call[]> => {
  const found = new Map<string, Call[]>();
  for (const call of facts.calls) {
    const address = addressOf(facts, call);
    if (address !== undefined) found.set(address, [...(found.get(address) ?? []), call]);
  }
  return found;
});

function addressOf(facts: SourceFacts, call: Call): string | undefined {
  const route = call.kind === 'call' && VERB.test(lastName(call.callee)) ? routeOf(call) : undefined;
  if (route === undefined || !/^(?:\/|$)/.test(route.path)) return undefined;
  let [path, router] = [route.path, receiver(call.callee)];
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    const mount = mountOf(facts, router);
    if (mount === undefined) break;
    path = `${literal(mount.args[0]) ?? ''}/${path}`;
    router = receiver(mount.callee);
  }
  return `${lastName(call.callee).toLowerCase()} ${path.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '')}`;
}

const VERB = /^(?:get|post|put|patch|delete|del|all|Get|Post|Put|Patch|Delete|GET|POST|PUT|PATCH|DELETE)$/;
const DEEPEST = 4;

/** Where a router is put into another one, by its name. */
function mountOf(facts: SourceFacts, router: string): Call | undefined {
  const mounts = mountsByRouter(facts).get(router) ?? [];
  return mounts.length === 1 && receiver(mounts[0]?.callee ?? '') !== router ? mounts[0] : undefined;
}

const mountsByRouter = keepOf((facts: SourceFacts): ReadonlyMap<string, readonly Call[]> => {
  const found = new Map<string, Call[]>();
  for (const call of facts.calls) {
    const [router = ''] = call.args.slice(-1);
    if (!/^(?:use|route|mount|Mount|register)$/.test(lastName(call.callee)) || !/^[A-Za-z_$][\w$]*$/.test(router)) continue;
    if (literal(call.args[0]) !== undefined) found.set(router, [...(found.get(router) ?? []), call]);
  }
  return found;
});
