import type { Guard } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { codeOfScope } from '../vocabulary/code/code-text.ts';
import { counterpartScope } from '../vocabulary/code/counterpart.ts';
import { newCallsIn, newGuardsIn } from '../vocabulary/code/scope-changes.ts';
import { isGatedByMark } from '../vocabulary/flags/flag-marks.ts';
import { refusesLess } from '../vocabulary/guards/fewer-refusals.ts';
import { callsInside, guardKind } from '../vocabulary/guards/guard-kinds.ts';
import { stopOf } from '../vocabulary/guards/handed-answers.ts';
import { inlinedRefusals } from '../vocabulary/guards/inlined-refusals.ts';
import { lostArms } from '../vocabulary/guards/lost-arms.ts';
import { lostDemands } from '../vocabulary/guards/lost-demands.ts';
import { lostGuards } from '../vocabulary/guards/lost-guards.ts';
import { lostOwnChecks } from '../vocabulary/guards/lost-own-checks.ts';
import { lostRetentions } from '../vocabulary/guards/lost-retentions.ts';
import { lostSkips } from '../vocabulary/guards/lost-skips.ts';
import { overtakenGuards } from '../vocabulary/guards/lost-wraps.ts';
import { asksOfState, isAskedInOwnPart, isOfPresenceAlone } from '../vocabulary/guards/refused-at-lookup.ts';
import { asksOfAnother, asksWeaker } from '../vocabulary/guards/replaced-guards.ts';
import { stopsNobody } from '../vocabulary/guards/stops-nobody.ts';
import { lostDatabaseGuards } from '../vocabulary/guards/test-database-guards.ts';
import { refusesByItself, unreadAnswers } from '../vocabulary/guards/unread-answers.ts';
import { asksWhere, isSilentAboutPlace, wipesHere, wipesInScript } from '../vocabulary/guards/wiped-places.ts';
import { lostConditions } from '../vocabulary/settings/lost-conditions.ts';
import { fallbacksForMissing, isRequiredSetting } from '../vocabulary/settings/required-variables.ts';
import { unsafeJoins } from '../vocabulary/settings/unsafe-joins.ts';
import { lostCases } from '../vocabulary/shell/lost-cases.ts';
import { lostTests, works } from '../vocabulary/shell/script-guards.ts';
import { isPresenceDeclared } from '../vocabulary/validation/declared-fields.ts';
import { isAskedBySchema } from '../vocabulary/validation/parsed-schemas.ts';

/**
 * ## What it sees
 * A condition that refused to go on (with an error or an answer) because something was not there or not in the right state, and
 * that goes away while the work stays, or a call of a function of the project that refused so (`assertOpen(order)`), or a helper that went into its caller without one of its guards; in a script or a
 * makefile, a test that ended it (`[ -n "$DIR" ] || exit 1`), also where it is still asked and only noted; what a loop left out, and the
 * filters in its place do not; and a check whose answer nobody reads any more (`isPaid(order);`), and a mark
 * (`retain`, `legalHold`) that left something out of what is deleted. What keeps the set-up of tests off a database that is not a
 * test's weighs there as much as anywhere.
 *
 * ## Why it matters
 * The next line trusts what the condition had asked: it crashes on what is missing, or works on what is not ready.
 *
 * ## When it is fine
 * Another condition, a helper or a type took its place. The first two are not flagged.
 *
 * ## What it misses
 * A condition that is kept and asks less.
 */
export default defineRule({
  id: 'safeguard/precondition-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A precondition is no longer checked',
  reads: ['guards', 'conditions', 'tokens', 'commands', 'calls', 'settings'],
  evidence: [
    {
      title: 'Google Cloud 2025-06-12: a null that was not checked',
      url: 'https://status.cloud.google.com/incidents/ow5i3PPK96RduMcb1SsW',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const { guard, write } of overtakenGuards(input)) {
      const kind = guardKind(guard, callsInside(guard, input.after?.calls ?? []));
      if (kind === 'access' || kind === 'limit' || kind === 'error' || (guard.exit !== 'throw' && guard.exit !== 'answer')) continue;
      yield {
        side: 'after',
        range: guard.range,
        message: fitMessage(`\`${shorten(guard.test, 30)}\` is asked when \`${shorten(write.callee, 26)}\` is done`),
      };
    }
    for (const { test, work, now } of lostTests(input)) {
      yield {
        side: now === undefined ? 'before' : 'after',
        range: (now ?? test).range,
        message: fitMessage(`\`${shorten((now ?? test).written, 34)}\` no longer stops \`${shorten(work.name, 24)}\``),
        ...(wipesInScript(input, test) ? { severity: 'critical' as const } : {}),
      };
    }
    for (const { subject, range, work } of lostCases(input, works))
      yield {
        side: 'before',
        range,
        message: fitMessage(`\`case ${shorten(subject, 28)}\` no longer stops \`${shorten(work.name, 24)}\``),
      };
    for (const { range, cases, scope } of lostArms(input))
      yield {
        side: 'before',
        range,
        message: fitMessage(`\`case ${shorten(cases, 28)}\` is no longer refused in \`${shorten(lastName(scope), 22)}\``),
      };
    for (const { range, kind, test } of lostConditions(input))
      yield { side: 'before', range, message: fitMessage(`${kind} \`${shorten(test, 40)}\` is asked no more`) };
    for (const { side, range, what } of unsafeJoins(input))
      yield { side, range, message: fitMessage(`a node with data starts without its safety: \`${shorten(what, 32)}\``) };
    yield* fallbacksForMissing(input);
    for (const { call, guard } of inlinedRefusals(input)) {
      // Where a path leads is another rule's.
      if (lostOwnChecks(input, 'containment', [call]).length > 0) continue;
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(
          `\`${shorten(call.callee, 24)}\` refused for \`${shorten(guard.test, 30)}\`; what stands in its place does not`,
        ),
      };
    }
    for (const call of lostDemands(input))
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 32)}\` no longer stops \`${shorten(call.scope, 24)}\``),
      };
    for (const call of unreadAnswers(input))
      yield { side: 'after', range: call.range, message: fitMessage(`nobody reads what \`${shorten(call.callee, 36)}\` answers`) };
    for (const { test, scope, range } of lostSkips(input))
      yield {
        side: 'before',
        range,
        message: fitMessage(`\`${shorten(test, 30)}\` is left out no more in \`${shorten(lastName(scope), 24)}\``),
      };
    for (const { asked, mark, work } of lostRetentions(input))
      yield {
        side: 'before',
        range: asked.range,
        message: fitMessage(`\`${shorten(mark, 24)}\` no longer keeps anything from \`${shorten(work.callee, 28)}\``),
      };
    const ofTests = lostDatabaseGuards(input);
    for (const { test, range } of ofTests)
      yield {
        side: 'before',
        range,
        message: fitMessage(`\`${shorten(test, 30)}\` no longer keeps tests off other databases`),
        beyondTests: true,
      };
    yield* lostPreconditions(input, ofTests);
  },
});

/** Guards of presence that refused and are gone, without those that keep tests off other databases. */
function* lostPreconditions(input: RuleInput, ofTests: ReturnType<typeof lostDatabaseGuards>): Iterable<FindingDraft> {
  const before = input.before?.calls ?? [];
  for (const guard of lostGuards(
    input,
    (candidate) =>
      (candidate.exit === 'throw' || candidate.exit === 'answer') &&
      !ofTests.includes(candidate) &&
      guardKind(candidate, callsInside(candidate, before)) === 'presence',
  )) {
    if (isMetOtherwise(input, guard)) continue;
    yield {
      side: 'before',
      range: guard.range,
      message: fitMessage(`\`${shorten(guard.test, 34)}\` no longer stops \`${shorten(guard.scope, 24) || 'the module'}\``),
      // What a screen refuses is refused behind it as well.
      ...(/\.[jt]sx$/.test(input.path) && guard.exit === 'answer' ? { severity: 'medium' as const } : {}),
      ...(wipesHere(input, guard) ? { severity: 'critical' as const } : {}),
    };
  }
}

/** What the guard refused is refused otherwise now, or is another rule's. */
function isMetOtherwise(input: RuleInput, guard: Guard): boolean {
  // Another question is none about the place where it runs.
  const where = asksWhere(guard.test);
  const inPlace = newGuardsIn(input, guard.scope).some(
    (other) =>
      (other.exit === 'throw' || (input.after !== undefined && stopOf(input.after, other) === 'answer')) &&
      (!where || asksWhere(other.test)) &&
      !asksNobody(input, other) &&
      !asksWeaker(input, guard, other) &&
      !asksOfAnother(input, guard, other),
  );
  return (
    (inPlace && !refusesLess(input, guard)) ||
    isRequiredSetting(input, guard) ||
    isCaseNow(input, guard) ||
    isAskedInOwnPart(input, guard) ||
    isPresenceDeclared(input, guard) ||
    isAskedBySchema(input, guard) ||
    refusesByItself(input, guard) ||
    RATE.test(words(guard.test)) ||
    (guard.test.match(/['"][\w.:-]+['"]/g) ?? []).some((flag) => isGatedByMark(input, guard.scope, flag.slice(1, -1))) ||
    newCallsIn(input, guard.scope).some(
      (call) =>
        !(where && isSilentAboutPlace(input, call.callee)) &&
        !(asksOfState(guard.test) && isOfPresenceAlone(call)) &&
        !stopsNobody(input, call) &&
        /(assert|ensure|require|invariant|check|must|orThrow|orElseThrow|ok_or|OrFail|validate|expect|unwrap|or_?404|or_?raise|or_fail|\bok_or|\bclean_\w)/i.test(
          call.callee,
        ),
    )
  );
}

/** `if err := s.sealed(); err != nil` of new functions that never refuse. */
function asksNobody(input: RuleInput, { checks = [] }: Guard): boolean {
  return checks.length > 0 && checks.every((callee) => stopsNobody(input, { callee }));
}

/** How often somebody may is rate-limit-removed. */
const RATE = /\b(?:limiter|rate limit|throttle|throttled|bucket|quota)\b/;

/** The value that was refused is a case of its own now, which raises: `case None: raise …`. */
function isCaseNow(input: RuleInput, { scope }: Guard): boolean {
  const now = counterpartScope(input, scope);
  return input.after?.language === 'python' && now !== undefined && /\bcase (?:None|_) : raise\b/.test(codeOfScope(input.after, now).text);
}
