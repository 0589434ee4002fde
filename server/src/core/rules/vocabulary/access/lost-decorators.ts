import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import { isExtracted } from '../code/scope-changes.ts';
import { isAccessName } from '../guards/guard-kinds.ts';
import { fallsToClass, isBehindFilterChain } from './filter-chains.ts';
import { hasGlobalGuard } from './global-guards.ts';
import { inheritsDecorator, isHookedInFront } from './inherited-guards.ts';
import { isGuardByBody } from './refusing-functions.ts';
import { standsAs } from './successor-guards.ts';

/** A decorator or an annotation that guarded what it stood on: gone, or one that opens stands there instead. */
export function* lostDecorators(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    if (call.kind !== 'decorator' || !stays(input, call.scope) || !(isGuardDecorator(call) || isGuardByBody(input, call.callee))) continue;
    const guards = (facts: RuleInput['before']): number =>
      facts?.calls.filter(
        (other) =>
          other.kind === 'decorator' &&
          (isGuardDecorator(other) || other.callee === call.callee) &&
          within(call.scope, other.scope) &&
          // That somebody is signed in is less than what somebody may.
          !(lastName(call.callee) === 'user_passes_test' && lastName(other.callee) === 'login_required'),
      ).length ?? 0;
    if (lastName(call.callee) === 'login_required' && isSignedInAnyway(input, call)) continue;
    const falls = fallsToClass(input, call);
    if ((guards(input.after) >= guards(input.before) && !falls) || hasGlobalGuard(input, call) || isExtracted(input, call)) continue;
    if (ENABLES.test(call.callee) && input.addedElsewhere().calls.some(({ callee }) => ENABLES.test(callee))) continue;
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

/** Django: a new decorator of the view asks for more than that somebody is signed in. */
function isSignedInAnyway({ before, after }: RuleInput, { scope }: Call): boolean {
  return (
    after?.calls.some(
      (other) =>
        other.kind === 'decorator' &&
        other.scope === scope &&
        /^(?:staff_member_required|permission_required|superuser_required)$/.test(lastName(other.callee)) &&
        before?.calls.some(({ key }) => key === other.key) !== true,
    ) === true
  );
}

const OPENS =
  /^(Public|AllowAnonymous|AllowAny|SkipAuth|NoAuth|PermitAll|IsPublic|Anonymous|Unprotected|csrf_exempt|exempt|login_not_required|allow_anonymous|permit_all)$/;

/** Spring reads the annotations of methods only where one class says so. */
const ENABLES = /^Enable(?:Global|Reactive)?MethodSecurity$/;

/** Whether a decorator guards, by its name; one that opens a route to all does not. */
export function isGuardDecorator(call: Call): boolean {
  return (
    !OPENS.test(lastName(call.callee)) &&
    // Rust's lint levels only sound alike.
    !/^(allow|deny|warn|forbid|expect)$/.test(call.callee) &&
    // What is handed to it says what it asks for: Nest's guards count tries as well.
    (/^(UseGuards|UseBefore|UseMiddleware|Use)$/.test(call.callee)
      ? call.args.some(isAccessName)
      : isAccessName(call.callee) || lastName(call.callee) === 'user_passes_test' || ENABLES.test(call.callee))
  );
}

function stays(input: RuleInput, scope: string): boolean {
  return input.after !== undefined && standsAs(input.after, scope);
}
