import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, literal, receiver, shorten, words } from '../code/call-names.ts';
import { keepOf } from '../code/kept.ts';
import { isAccessName } from '../guards/guard-kinds.ts';
import { isMountedElsewhere } from './mounted-elsewhere.ts';
import { isGuardByBody } from './refusing-functions.ts';
import { type RouteParts, routeParts } from './route-parts.ts';
import { closureOf, NEUTRAL, type Standing, standingOf } from './route-standing.ts';

/**
 * Routes that were put into other groups, files' functions or under other addresses, and are known by their handler: a guard
 * stood before the handler, on the route or on a group around it, and none does now. Nothing is said where a group comes from
 * a place that this file does not show.
 */
export function* regroupedRoutes(input: RuleInput): Iterable<FindingDraft> {
  const { before, after, path } = input;
  if (before === undefined || after === undefined) return;
  const removed = new Set(input.removed.calls);
  const { start, lines } = input.hunk.before;
  // A route that left its group and not its function is the same call.
  const left = before.calls.filter(
    (call) =>
      call.range.start.line >= start &&
      call.range.start.line < start + lines &&
      (removed.has(call) || closureOf(before, call) !== undefined),
  );
  for (const old of left) {
    const now = onlyLike(after, old);
    const item = now === undefined || onlyLike(before, old) !== old ? undefined : lostAround(input, before, old, after, now);
    if (item === undefined || now === undefined) continue;
    const related = [{ path, line: now.range.start.line, message: 'the route now' }];
    yield { side: 'before', range: old.range, message: messageOf(item, old), related };
  }
  // Where the route stands now is a hunk of its own, and the one that opens it.
  for (const now of input.added.calls) {
    const old = onlyLike(before, now);
    if (old === undefined || input.removed.calls.includes(old) || onlyLike(after, now) !== now) continue;
    const item = lostAround(input, before, old, after, now);
    if (item === undefined) continue;
    const related = [{ path, line: old.range.start.line, message: 'the route before' }];
    yield { side: 'after', range: now.range, message: messageOf(item, now), related };
  }
}

function messageOf(item: string, route: Call): string {
  return fitMessage(`\`${shorten(item, 26)}\` no longer guards \`${shorten(routeParts(route)?.handler ?? '', 26)}\``);
}

/** The only route of one side with the handler and the verb of this one. */
function onlyLike(facts: SourceFacts, call: Call): Call | undefined {
  const wanted = routeParts(call);
  if (wanted === undefined || isOwnCheck(wanted.handler)) return undefined;
  // `r.Handle(…).Methods("POST")` says its verb behind it.
  const isLike = ({ parts: { handler, verb } }: { readonly parts: RouteParts }): boolean =>
    handler === wanted.handler && (verb === wanted.verb || ANY_VERB.test(verb) || ANY_VERB.test(wanted.verb));
  const [only, ...others] = routesOf(facts).filter(isLike);
  return others.length === 0 ? only?.call : undefined;
}

const ANY_VERB = /^(?:handle|handlefunc|any|all)$/;

/** The guard that stood before a route, where none does now; a route that stayed at its address is told elsewhere. */
function lostAround(input: RuleInput, before: SourceFacts, old: Call, after: SourceFacts, now: Call): string | undefined {
  if (isPlain(old, now) && (closureOf(before, old) === undefined) === (closureOf(after, now) === undefined)) return undefined;
  const was = standingOf(before, old);
  const is = standingOf(after, now);
  const item = was.guards.find(isAccessName) ?? was.guards[0] ?? was.items.find((name) => isGuardByBody(input, name));
  // What is new in front of it may be the guard under another name.
  const isOpen = is.guards.length === 0 && is.items.every((name) => (name !== item && was.items.includes(name)) || isNeutral(after, name));
  const lost = isOpen ? item : lostRole(after, was, is);
  if (lost === undefined || (is.base !== '' && is.base !== was.base)) return undefined;
  return isMountedElsewhere(input, /^[\w$.]+/.exec(lost)?.[0] ?? lost) ? undefined : lost;
}

/** Who is known is let in, where a role was asked for besides: what stands in front now stood there before, and asks for none. */
function lostRole(after: SourceFacts, was: Standing, is: Standing): string | undefined {
  const names = new Set(was.items.map(lastName));
  const isKnown = (name: string): boolean => (names.has(lastName(name)) && !isRole(name)) || isNeutral(after, name);
  return is.items.every(isKnown) ? was.guards.find(isRole) : undefined;
}

/** A name that asks for more than that somebody is known. */
function isRole(name: string): boolean {
  return /\b(?:admins?|administrators?|roles?|permissions?|staff|owners?|superuser|scopes?|operators?|managers?|privileges?|approvers?)\b/.test(
    words(name),
  );
}

/** Nobody is refused by it, as far as its name says: an address, a function on the spot, a note, a router. */
function isNeutral(facts: SourceFacts, item: string): boolean {
  const isRouter = (): boolean => routesOf(facts).some(({ call }) => receiver(call.callee) === item);
  return literal(item) !== undefined || item === 'fn' || NEUTRAL.test(/^[\w$.]+/.exec(item)?.[0] ?? item) || isRouter();
}

/** The route stayed in its group under its address: what guards it is compared with the route. */
function isPlain(old: Call, now: Call): boolean {
  return receiver(old.callee) === receiver(now.callee) && literal(old.args[0]) === literal(now.args[0]) && old.scope === now.scope;
}

const routesOf = keepOf((facts: SourceFacts): readonly { readonly call: Call; readonly parts: RouteParts }[] =>
  facts.calls.flatMap((call) => {
    const parts = routeParts(call);
    return parts === undefined ? [] : [{ call, parts }];
  }),
);

/** A handler that signs people in guards itself. */
function isOwnCheck(handler: string): boolean {
  return /^(login|signin|signup|register|refresh|callback|health\w*|ping|ready|logout)$/i.test(lastName(handler));
}
