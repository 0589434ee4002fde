import type { Call, Guard } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lostChains } from '../vocabulary/access/access-chains.ts';
import { isAskedInFrontByRole } from '../vocabulary/access/asked-roles.ts';
import { asksLessThan } from '../vocabulary/access/bare-sign-in.ts';
import { isDependencyNow } from '../vocabulary/access/dependency-guards.ts';
import { emptiedGuards } from '../vocabulary/access/emptied-guards.ts';
import { lostExtractors } from '../vocabulary/access/extractor-guards.ts';
import { fallsToClass, isBehindFilterChain } from '../vocabulary/access/filter-chains.ts';
import { lostFrameworkGuards } from '../vocabulary/access/framework-guards.ts';
import { hasGlobalGuard } from '../vocabulary/access/global-guards.ts';
import { uncoveredAddresses } from '../vocabulary/access/guarded-addresses.ts';
import { hollowGuards } from '../vocabulary/access/hollow-guards.ts';
import { inheritsDecorator, isHookedInFront } from '../vocabulary/access/inherited-guards.ts';
import { lateMounts } from '../vocabulary/access/late-mounts.ts';
import { lostWrappers } from '../vocabulary/access/lost-wrappers.ts';
import { movedUnguarded } from '../vocabulary/access/moved-unguarded.ts';
import { isHookOfPlugin } from '../vocabulary/access/plugin-hooks.ts';
import { isGuardByBody } from '../vocabulary/access/refusing-functions.ts';
import { regroupedRoutes } from '../vocabulary/access/regrouped-routes.ts';
import { lostRouteGuards, routeOf } from '../vocabulary/access/route-guards.ts';
import { guardsLostWithOwner, standsAs } from '../vocabulary/access/successor-guards.ts';
import { swappedBases } from '../vocabulary/access/swapped-bases.ts';
import { unguardedServers } from '../vocabulary/access/unguarded-servers.ts';
import { isWrite, lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { isExtracted, newCallsIn, newGuardsIn } from '../vocabulary/code/scope-changes.ts';
import { callsInside, guardKind, isAccessName, isAccessTest } from '../vocabulary/guards/guard-kinds.ts';
import { answersIn } from '../vocabulary/guards/handed-guards.ts';
import { joinsRefusals } from '../vocabulary/guards/joined-refusals.ts';
import { lostGuards } from '../vocabulary/guards/lost-guards.ts';
import { lostWraps, overtakenGuards } from '../vocabulary/guards/lost-wraps.ts';
import { asksOfAnother } from '../vocabulary/guards/replaced-guards.ts';
import { stopsNobody } from '../vocabulary/guards/stops-nobody.ts';

/**
 * ## What it sees
 * A check of who may do something that goes away while what it guarded stays: middleware of a route, a router-level `use`, a
 * decorator or annotation, a wrapper or a base class, an `if` that refuses, a call such as `requireAdmin(user)`, an option such
 * as `auth: true`, a parameter that only a known caller can give. Also a route that left its guard behind, or one with the same
 * address that is asked first; a guard that still stands there and stops nobody, because its function lets everybody through,
 * because nobody calls it, waits for it or looks at its answer, or because it stands behind what it guarded; an address more in
 * a list of those that are open to all; and a server that is started without its demand for a password or a certificate. A guard is known by its name, or by its body where the tree holds it.
 *
 * ## Why it matters
 * The route answers as before, so no test of the happy path fails; whoever knows the address may now do it.
 *
 * ## When it is fine
 * The guard was renamed with its uses, moved to a parent router or to a helper in the same change, or replaced by another
 * check; or the route went away with it. These are not flagged.
 *
 * ## What it misses
 * A guard whose name says nothing of access and whose body is not in the tree. One that is kept and does less is
 * permission-loosened.
 */
export default defineRule({
  id: 'access/auth-guard-removed',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'An access check was removed',
  reads: ['calls', 'guards', 'conditions', 'options', 'symbols', 'tokens', 'commands'],
  evidence: [
    { title: 'OWASP A01:2021 Broken Access Control', url: 'https://owasp.org/Top10/A01_2021-Broken_Access_Control/' },
    {
      title: 'Reported retail order loss after AI-assisted changes, 2026',
      url: 'https://vibegraveyard.ai/story/amazon-ai-code-retail-outages',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<number>();
    for (const draft of [
      ...routes(input),
      ...late(input),
      ...servers(input),
      ...decorators(input),
      ...lostExtractors(input),
      ...conditions(input),
      ...wraps(input),
      ...overtaken(input),
      ...calls(input),
      ...options(input),
      ...declared(input),
      ...emptied(input),
      ...lostChains(input),
      ...uncoveredAddresses(input),
      ...regroupedRoutes(input),
      ...ofRewritten(input),
      ...swapped(input),
      ...unwrapped(input),
      ...leftBehind(input),
      ...hollowGuards(input, { isItem: isGuardItem(input), isGuard: isGuardDecorator, isCheck: isCheckCall }),
    ]) {
      // One line, one finding: `requireRole('x')` in a route is both an argument and a call.
      if (flagged.has(draft.range.start.line)) continue;
      for (let line = draft.range.start.line; line <= draft.range.end.line; line += 1) flagged.add(line);
      yield draft;
    }
  },
});

function* routes(input: RuleInput): Iterable<FindingDraft> {
  for (const { call, item, route, related } of lostRouteGuards(input, isGuardItem(input))) {
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(item, 30)}\` no longer guards \`${shorten(route, 24)}\``),
      related,
    };
  }
}

/** A guard that comes when routes of its router were answered already. */
function* late(input: RuleInput): Iterable<FindingDraft> {
  for (const { side, range, item, route } of lateMounts(input, isGuardItem(input)))
    yield { side, range, message: fitMessage(`\`${shorten(item, 26)}\` comes too late for \`${shorten(route, 24)}\``) };
}

/** A server of a container or a script that asks nobody any more. */
function* servers(input: RuleInput): Iterable<FindingDraft> {
  for (const { flag, server, range } of unguardedServers(input))
    yield { side: 'after', range, message: fitMessage(`\`${shorten(server, 26)}\` is started without \`${shorten(flag, 28)}\``) };
}

/** A guard by its name, or by what it does. */
function isGuardItem(input: RuleInput): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const is = known.get(name) ?? (isAccessName(name) || (NEVER.test(lastName(name)) ? false : isGuardByBody(input, name)));
    known.set(name, is);
    return is;
  };
}

/** What stands before handlers and asks nobody who he is. */
const NEVER =
  /^(?:json|urlencoded|raw|text|static|cors|helmet|compression|logger|morgan|bodyParser|cookieParser|multer|upload|validate\w*|schema|rate\w*|limit\w*|throttle\w*|cache\w*|asyncHandler|wrap|catchAsync|HandlerFunc|StripPrefix|array|single|fields)$/i;

function* leftBehind(input: RuleInput): Iterable<FindingDraft> {
  for (const { item, moved, range } of movedUnguarded(input, isGuardItem(input)))
    yield { side: 'before', range, message: fitMessage(`\`${shorten(item, 30)}\` did not come along with \`${shorten(moved, 26)}\``) };
}

function* ofRewritten(input: RuleInput): Iterable<FindingDraft> {
  for (const { item, range, successor } of guardsLostWithOwner(input))
    yield {
      side: 'before',
      range,
      message: fitMessage(`\`${shorten(item, 30)}\` guards nothing now: \`${shorten(successor, 30)}\` is open`),
    };
}

function* unwrapped(input: RuleInput): Iterable<FindingDraft> {
  const isItem = isGuardItem(input);
  for (const { wrapper, range } of lostWrappers(
    input,
    (name) => /^with(?:Session|User|Login|Role|Member|Staff|Admin)/.test(name) || isItem(name),
  ))
    yield { side: 'before', range, message: fitMessage(`\`${shorten(wrapper, 30)}\` no longer stands around what it guarded`) };
}

function* swapped(input: RuleInput): Iterable<FindingDraft> {
  for (const { was, now, range } of swappedBases(input))
    yield { side: 'after', range, message: fitMessage(`\`${shorten(now, 26)}\` stands where \`${shorten(was, 26)}\` guarded`) };
}

function* decorators(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    if (call.kind !== 'decorator' || !stays(input, call.scope) || !(isGuardDecorator(call) || isGuardByBody(input, call.callee))) continue;
    const guards = (facts: RuleInput['before']): number =>
      facts?.calls.filter(
        (other) =>
          other.kind === 'decorator' && (isGuardDecorator(other) || other.callee === call.callee) && within(call.scope, other.scope),
      ).length ?? 0;
    const falls = fallsToClass(input, call);
    if ((guards(input.after) >= guards(input.before) && !falls) || hasGlobalGuard(input, call) || isExtracted(input, call)) continue;
    if (inheritsDecorator(input, call) || isHookedInFront(input, call) || isBehindFilterChain(input, call)) continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`@${shorten(call.callee, 24)}\` no longer guards \`${shorten(call.scope, 30)}\``),
      ...(falls ? { severity: 'high' as const } : {}),
    };
  }
  for (const call of input.added.calls) {
    if (call.kind !== 'decorator' || !OPENS.test(lastName(call.callee))) continue;
    if (input.before?.symbols.some((symbol) => symbol.name === call.scope) !== true) continue;
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(`\`@${shorten(call.callee, 24)}\` opens \`${shorten(call.scope, 30)}\` to everybody`),
    };
  }
}

const OPENS =
  /^(Public|AllowAnonymous|AllowAny|SkipAuth|NoAuth|PermitAll|IsPublic|Anonymous|Unprotected|csrf_exempt|exempt|login_not_required|allow_anonymous|permit_all)$/;

function isGuardDecorator(call: Call): boolean {
  return (
    !OPENS.test(lastName(call.callee)) &&
    // Rust's lint levels only sound alike.
    !/^(allow|deny|warn|forbid|expect)$/.test(call.callee) &&
    (isAccessName(call.callee) || (/^(UseGuards|UseBefore|UseMiddleware|Use)$/.test(call.callee) && call.args.some(isAccessName)))
  );
}

function stays(input: RuleInput, scope: string): boolean {
  return input.after !== undefined && standsAs(input.after, scope);
}

function* declared(input: RuleInput): Iterable<FindingDraft> {
  for (const { item, owner, range, side = 'before' } of lostFrameworkGuards(input)) {
    yield { side, range, message: fitMessage(`\`${shorten(item, 32)}\` no longer guards \`${shorten(owner, 26)}\``) };
  }
}

function* emptied(input: RuleInput): Iterable<FindingDraft> {
  for (const { item, owner, range, side } of emptiedGuards(input)) {
    yield { side, range, message: fitMessage(`\`${shorten(item, 28)}\` asks \`${shorten(owner, 30)}\` for nothing any more`) };
  }
}

function* conditions(input: RuleInput): Iterable<FindingDraft> {
  const before = input.before?.calls ?? [];
  for (const guard of lostGuards(
    input,
    (candidate) => candidate.exit !== 'break' && guardKind(candidate, callsInside(candidate, before)) === 'access',
  )) {
    if (isReplaced(input, guard.scope, answersIn(guard), guard) || isAskedInFrontByRole(input, guard)) continue;
    yield {
      side: 'before',
      range: guard.range,
      message: fitMessage(`\`${shorten(guard.test, 30)}\` no longer stops \`${shorten(guard.scope, 28) || 'the module'}\``),
    };
  }
}

function* calls(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    if (call.kind !== 'call' || !isCheckCall(call) || call.scope === '' || routeOf(call) !== undefined) continue;
    if (call.scope.includes("('") && isArgumentOfRoute(input, call)) continue;
    if (counterpartScope(input, call.scope) === undefined || isReplaced(input, call.scope) || isInLostGuard(input, call)) continue;
    if (isExtracted(input, call) || isDependencyNow(input, call)) continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 30)}\` is no longer asked in \`${shorten(call.scope, 28)}\``),
    };
  }
}

/** A condition about what is shown or noted, or about what kind of failure it was. */
const SORTS = /\b(log|debug|loading|instanceof|isinstance|errors\.(As|Is|AsType))\b/i;

/** What is said to whoever looks at the screen. */
const TELLS = /^(toast|alert|snackbar|enqueueSnackbar|notification|message|console)(\.\w+)?$/;

/** `if (user.isAdmin) { purge() }` that became `purge()`. */
function* wraps(input: RuleInput): Iterable<FindingDraft> {
  for (const { condition, work } of lostWraps(input, ({ test }) => isAccessTest(test) && !SORTS.test(test))) {
    if (isReplaced(input, condition.scope) || TELLS.test(work.callee)) continue;
    yield {
      side: 'before',
      range: condition.range,
      message: fitMessage(`\`${shorten(condition.test, 30)}\` no longer holds \`${shorten(work.callee, 28)}\``),
      // What is only drawn for some is refused elsewhere.
      ...(/\.[jt]sx$/.test(input.path) || !isWrite(work.callee) ? { severity: 'medium' as const } : {}),
    };
  }
}

/** A check that stands behind what it guarded. */
function* overtaken(input: RuleInput): Iterable<FindingDraft> {
  for (const { guard, write } of overtakenGuards(input)) {
    if (guardKind(guard, callsInside(guard, input.after?.calls ?? [])) !== 'access') continue;
    yield {
      side: 'after',
      range: guard.range,
      message: fitMessage(`\`${shorten(guard.test, 30)}\` is asked when \`${shorten(write.callee, 26)}\` is done`),
    };
  }
}

const CHECKS = /^(require|assert|ensure|check|verify|validate|authori[sz]e|authenticate|guard|enforce|must|protect|demand|deny)/i;

/** A call whose name is a check of access and not a question for its answer: `assertCan`, not `isAdmin`. */
function isCheckCall(call: Call): boolean {
  const name = lastName(call.callee);
  return CHECKS.test(name) && isAccessName(name) && !/^(validate|verify)?(email|input|schema)/i.test(name) && !isOfPayment(call);
}

/** A bank authorises an amount, and nobody's access: `gateway.authorize(payment)`. */
function isOfPayment({ callee, args }: Call): boolean {
  const pays = /\b(payment|payments|gateway|card|charge|psp|stripe|adyen|braintree|paypal)\b/;
  return /authori[sz]e/i.test(lastName(callee)) && (pays.test(words(callee)) || pays.test(words(args[0] ?? '')));
}

/** A guard handed to a route is judged with the route. */
function isArgumentOfRoute(input: RuleInput, call: Call): boolean {
  return (
    input.before?.calls.some(
      (other) =>
        routeOf(other) !== undefined &&
        other.args.slice(1, -1).some((argument) => argument.startsWith(call.callee)) &&
        call.scope.endsWith(`${other.callee}(${other.args[0]})`),
    ) ?? false
  );
}

function isInLostGuard(input: RuleInput, call: Call): boolean {
  return input.removed.guards.some((guard) => callsInside(guard, [call]).length > 0);
}

/** True where the scope gained another check of access: a guard, a check call, or a middleware in front of all. */
function isReplaced(input: RuleInput, scope: string, answers: readonly string[] = [], old?: Guard): boolean {
  const after = input.after?.calls ?? [];
  const now = counterpartScope(input, scope) ?? '';
  return (
    // In front of every method of the class.
    (answers.every((answer) => input.after?.tokens.some(({ text }) => text.toLowerCase().includes(answer)) === true) &&
      newCallsIn(input, '').some(
        (call) => call.kind === 'decorator' && call.scope !== '' && now.startsWith(`${call.scope}.`) && isGuardDecorator(call),
      )) ||
    newGuardsIn(input, scope).some(
      (guard) =>
        guardKind(guard, callsInside(guard, after)) === 'access' &&
        (old === undefined || !(asksOfAnother(input, old, guard) || asksLessThan(old, guard) || joinsRefusals(input, old, guard))),
    ) ||
    newCallsIn(input, scope).some(
      (call) =>
        (isCheckCall(call) && !stopsNobody(input, call) && !(old !== undefined && asksLessThan(old, call))) ||
        (call.kind === 'decorator' && isGuardDecorator(call)) ||
        (routeOf(call) === undefined && /(^|\.)(use|Use|With|Group)$/.test(call.callee) && call.args.some(isAccessName)),
    )
  );
}

function itemsIn(value: string): readonly string[] {
  return value.match(/[A-Za-z_$][\w$.]*/g) ?? [];
}

const CLOSED = /^(true|'(required|jwt|session|user|admin|bearer)'|\[.+\]|[A-Za-z_$][\w$.]*(\(.*\))?)$/;

function* options(input: RuleInput): Iterable<FindingDraft> {
  for (const option of input.removed.options) {
    if (
      !/^(auth|authenticate|authRequired|requiresAuth|requireAuth|requiresLogin|protected|secure|private|permissions|roles|guards?|middlewares?|preHandler|preValidation|onRequest|before|beforeEnter|canActivate|authorize)$/.test(
        option.name,
      )
    )
      continue;
    if (
      option.value === 'false' ||
      !CLOSED.test(option.value) ||
      (/^(middlewares?|preHandler|onRequest|guards?|preValidation|before|beforeEnter|canActivate|handle|use)$/.test(option.name) &&
        !isAccessName(option.value) &&
        !itemsIn(option.value).some(isGuardItem(input)))
    )
      continue;
    if (counterpartScope(input, option.scope) === undefined || isHookOfPlugin(input, option)) continue;
    const now = input.added.options.filter((other) => other.name === option.name);
    if (now.length > 0 && !now.some((other) => /^(false|null|undefined|\[\s*\]|'(none|optional|public)')$/.test(other.value))) continue;
    const same = (facts: RuleInput['before']): number =>
      facts?.options.filter((other) => other.name === option.name && CLOSED.test(other.value)).length ?? 0;
    if (now.length === 0 && same(input.after) >= same(input.before)) continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(
        `\`${option.name}: ${shorten(option.value, 30)}\` is gone${option.scope === '' ? '' : ` from \`${shorten(option.scope, 20)}\``}`,
      ),
    };
  }
  for (const option of input.added.options) {
    const opposite = input.removed.options.find((other) => other.name === option.name && other.scope === option.scope);
    if (
      !/^(public|isPublic|skipAuth|allowAnonymous|anonymous|noAuth|disableAuth|bypassAuth)$/.test(option.name) ||
      option.value !== 'true' ||
      opposite?.value === 'true'
    )
      continue;
    yield {
      side: 'after',
      range: option.range,
      message: fitMessage(`\`${option.name}: true\` opens ${option.scope === '' ? 'it' : `\`${shorten(option.scope, 30)}\``} to everybody`),
    };
  }
}
