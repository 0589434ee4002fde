import type { Call, Guard } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { isWrite, lastName, shorten, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { isExtracted, newCallsIn, newGuardsIn } from '../code/scope-changes.ts';
import { callsInside, guardKind, isAccessName, isAccessTest } from '../guards/guard-kinds.ts';
import { answersIn } from '../guards/handed-guards.ts';
import { joinsRefusals } from '../guards/joined-refusals.ts';
import { lostGuards } from '../guards/lost-guards.ts';
import { lostWraps, overtakenGuards } from '../guards/lost-wraps.ts';
import { asksOfAnother } from '../guards/replaced-guards.ts';
import { stopsNobody } from '../guards/stops-nobody.ts';
import { isAskedInFrontByRole } from './asked-roles.ts';
import { asksLessThan } from './bare-sign-in.ts';
import { isDependencyNow } from './dependency-guards.ts';
import { isForPanics } from './guard-items.ts';
import { isGuardDecorator } from './lost-decorators.ts';
import { routeOf } from './route-items.ts';

/** A condition that refused whoever may not, gone from a function that stays. */
export function* lostAccessConditions(input: RuleInput): Iterable<FindingDraft> {
  const before = input.before?.calls ?? [];
  for (const guard of lostGuards(
    input,
    (candidate) => candidate.exit !== 'break' && guardKind(candidate, callsInside(candidate, before)) === 'access',
  )) {
    if (isReplaced(input, guard.scope, answersIn(guard), guard) || isAskedInFrontByRole(input, guard) || isWhetherThere(guard, before))
      continue;
    yield {
      side: 'before',
      range: guard.range,
      message: fitMessage(`\`${shorten(guard.test, 30)}\` no longer stops \`${shorten(guard.scope, 28) || 'the module'}\``),
    };
  }
}

/** `if (auth) { await auth.destroy(); return true; }`: what was found is what is worked on, and not who asks. */
function isWhetherThere(guard: Guard, calls: readonly Call[]): boolean {
  if (!/^[A-Za-z_$][\w$]*$/.test(guard.test)) return false;
  const inside = callsInside(guard, calls);
  return inside.length > 0 && inside.every(({ callee }) => callee.startsWith(`${guard.test}.`));
}

/** A call that refuses by itself, `requireAdmin(user)`, gone from a function that stays. */
export function* lostCheckCalls(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    if (call.kind !== 'call' || !isCheckCall(call) || call.scope === '' || routeOf(call) !== undefined) continue;
    if (call.scope.includes("('") && isArgumentOfRoute(input, call)) continue;
    if (counterpartScope(input, call.scope) === undefined || isReplaced(input, call.scope) || isInLostGuard(input, call)) continue;
    if (isExtracted(input, call) || isDependencyNow(input, call) || isForPanics(input, call.callee)) continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 30)}\` is no longer asked in \`${shorten(call.scope, 28)}\``),
    };
  }
}

/** A condition about what is shown or noted, or about what kind of failure it was. */
const SORTS = /\b(log|debug|loading|instanceof|isinstance|errors\.(As|Is|AsType))\b/i;

/** What is said to whoever looks at the screen, and in which language. */
const TELLS = /^(t|i18n|translate|gettext|toast|alert|snackbar|enqueueSnackbar|notification|message|console)(\.\w+)?$/;

/** `if (user.isAdmin) { purge() }` that became `purge()`. */
export function* lostAccessWraps(input: RuleInput): Iterable<FindingDraft> {
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
export function* overtakenChecks(input: RuleInput): Iterable<FindingDraft> {
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
export function isCheckCall(call: Call): boolean {
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
        other.args.slice(1, -1).some((argument) => argument.startsWith(call.callee) || handsOver(argument, call)) &&
        call.scope.endsWith(`${other.callee}(${other.args[0]})`),
    ) ?? false
  );
}

/** `{ preHandler: [verifyJwt, requireScope('device:write')] }`. */
function handsOver(options: string, { callee, args }: Call): boolean {
  return options.startsWith('{') && options.replaceAll(' ', '').includes(`${callee}(${args.join(',')})`.replaceAll(' ', ''));
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
