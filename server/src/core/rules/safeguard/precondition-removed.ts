import type { Call, Guard } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { boundAbove } from '../vocabulary/code/bindings.ts';
import { lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { changedCode, codeOfScope } from '../vocabulary/code/code-text.ts';
import { counterpartScope, hasScope, within } from '../vocabulary/code/counterpart.ts';
import { isIn, partScopes } from '../vocabulary/code/own-parts.ts';
import { newCallsIn, newGuardsIn } from '../vocabulary/code/scope-changes.ts';
import { callsInside, guardKind } from '../vocabulary/guards/guard-kinds.ts';
import { stopOf } from '../vocabulary/guards/handed-answers.ts';
import { inlinedRefusals } from '../vocabulary/guards/inlined-refusals.ts';
import { lostArms } from '../vocabulary/guards/lost-arms.ts';
import { lostDemands } from '../vocabulary/guards/lost-demands.ts';
import { lostGuards } from '../vocabulary/guards/lost-guards.ts';
import { lostRetentions } from '../vocabulary/guards/lost-retentions.ts';
import { lostSkips } from '../vocabulary/guards/lost-skips.ts';
import { overtakenGuards } from '../vocabulary/guards/lost-wraps.ts';
import { asksOfAnother, asksWeaker } from '../vocabulary/guards/replaced-guards.ts';
import { stopsNobody } from '../vocabulary/guards/stops-nobody.ts';
import { lostDatabaseGuards } from '../vocabulary/guards/test-database-guards.ts';
import { refusesByItself, unreadAnswers } from '../vocabulary/guards/unread-answers.ts';
import { asksWhere, isSilentAboutPlace, wipesHere, wipesInScript } from '../vocabulary/guards/wiped-places.ts';
import { lostConditions } from '../vocabulary/settings/lost-conditions.ts';
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
    yield* fallbacks(input);
    for (const { call, guard } of inlinedRefusals(input))
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(
          `\`${shorten(call.callee, 24)}\` refused for \`${shorten(guard.test, 30)}\`; what stands in its place does not`,
        ),
      };
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
    const before = input.before?.calls ?? [];
    const ofTests = lostDatabaseGuards(input);
    for (const { test, range } of ofTests)
      yield {
        side: 'before',
        range,
        message: fitMessage(`\`${shorten(test, 30)}\` no longer keeps tests off other databases`),
        beyondTests: true,
      };
    for (const guard of lostGuards(
      input,
      (candidate) =>
        (candidate.exit === 'throw' || candidate.exit === 'answer') &&
        !ofTests.includes(candidate) &&
        guardKind(candidate, callsInside(candidate, before)) === 'presence',
    )) {
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
      if (
        (inPlace && !asksFewer(input, guard)) ||
        isRequiredSetting(input, guard) ||
        isCaseNow(input, guard) ||
        isAskedInOwnPart(input, guard) ||
        isPresenceDeclared(input, guard) ||
        isAskedBySchema(input, guard) ||
        refusesByItself(input, guard) ||
        RATE.test(words(guard.test)) ||
        newCallsIn(input, guard.scope).some(
          (call) =>
            !(where && isSilentAboutPlace(input, call.callee)) &&
            !(asksOfState(guard.test) && isOfPresenceAlone(call)) &&
            !stopsNobody(input, call) &&
            /(assert|ensure|require|invariant|check|must|orThrow|orElseThrow|ok_or|OrFail|validate|expect|unwrap|or_?404|or_?raise|or_fail|\bok_or|\bclean_\w)/i.test(
              call.callee,
            ),
        )
      )
        continue;
      yield {
        side: 'before',
        range: guard.range,
        message: fitMessage(`\`${shorten(guard.test, 34)}\` no longer stops \`${shorten(guard.scope, 24) || 'the module'}\``),
        // What a screen refuses is refused behind it as well.
        ...(/\.[jt]sx$/.test(input.path) && guard.exit === 'answer' ? { severity: 'medium' as const } : {}),
        ...(wipesHere(input, guard) ? { severity: 'critical' as const } : {}),
      };
    }
  },
});

/** `if err := s.sealed(); err != nil` of new functions that never refuse. */
function asksNobody(input: RuleInput, { checks = [] }: Guard): boolean {
  return checks.length > 0 && checks.every((callee) => stopsNobody(input, { callee }));
}

/** How often somebody may is rate-limit-removed. */
const RATE = /\b(?:limiter|rate limit|throttle|throttled|bucket|quota)\b/;

/** Of a function that stopped for several reasons fewer stand in their place, and not one of them speaks of this one's names. */
function asksFewer(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const scope = counterpartScope(input, guard.scope);
  if (before === undefined || after === undefined || scope === undefined || scope === '' || guard.exit !== 'throw') return false;
  const count = (guards: readonly Guard[]): number => guards.reduce((sum, { test }) => sum + test.split(/\|\||\bor\b/).length, 0);
  const parts = partScopes(after, scope);
  const now = after.guards.filter((other) => isIn(parts, other.scope) && other.exit !== 'break');
  const was = before.guards.filter((other) => within(other.scope, guard.scope) && other.exit !== 'break');
  // What others of the function asked about as well does not tell this one apart.
  const others = before.guards.filter((other) => other !== guard && within(other.scope, guard.scope));
  // Whether there is a value is asked in many ways: a pattern, a default, a type.
  if (
    /^(?:!|not )?[\w$.]+$|(?:[!=]==?|\bis(?: not)?) (?:null|undefined|None|nil)$|\.(?:is_none|is_some|isEmpty|isPresent|isNil)\(\)$/.test(
      guard.test,
    )
  )
    return false;
  const read = guard.reads.filter((name) => name.length > 2 && !/^(length|size|len|null|None|nil|undefined)$/.test(name));
  const own = read.filter((name) => !others.some((other) => other.reads.includes(name)));
  const names = own.length > 0 ? own : read;
  const isNamed = [...newGuardsIn(input, guard.scope), ...now.filter(({ scope: own }) => !hasScope(before, own))].some((fresh) =>
    names.some((name) => fresh.reads.includes(name)),
  );
  return count(now) < count(was) && names.length > 0 && !isNamed;
}

/** A variable of the environment that must be there, as a field without a default of a class that is read from it. */
function isRequiredSetting({ before, after }: RuleInput, { test }: Guard): boolean {
  const name = /(?:environ(?:\.get\(|\[)|getenv\()['"](\w+)['"]/.exec(test)?.[1];
  if (name === undefined || before === undefined || after === undefined) return false;
  const owners = after.symbols.filter(({ kind, type }) => kind === 'class' && /\bBaseSettings\b/.test(type)).map((owner) => owner.name);
  return owners.some((owner) =>
    new RegExp(`\\b${name.toLowerCase()} : [\\w.|[\\] ]{1,60}?(?= ;| \\w+ :|$)`).test(codeOfScope(after, owner).text),
  );
}

/**
 * What is not there is refused in a function of this file that the own one calls now, where it is looked up: Rust's
 * `text.chars().last().ok_or(Empty)?`, Java's `plays.findById(id).orElseThrow(…)`. Outside of Rust it is the very lookup.
 */
function isAskedInOwnPart({ before, after }: RuleInput, { scope, test, exit, range }: Guard): boolean {
  const now = counterpartScope({ before, after }, scope);
  if (before === undefined || after === undefined || now === undefined || now === '') return false;
  const name = /^!?([A-Za-z_$][\w$]*)\b/.exec(test.replace(/^not /, ''))?.[1] ?? '';
  const bound = name === '' ? undefined : boundAbove(before, name, range.start.line);
  const asked = new Set([...(bound ?? '').matchAll(/\b(\w+) \(/g)].map((match) => match[1] ?? ''));
  const parts = partScopes(after, now).filter((part) => !hasScope(before, part));
  const isOfLookup = (text: string): boolean => [...text.matchAll(/\b(\w+)\(/g)].some((match) => asked.has(match[1] ?? ''));
  // `let Some(bike) = store.find(id) else { return Err(NotFound) }`.
  if (
    after.language === 'rust' &&
    after.guards.some((fresh) => isIn(parts, fresh.scope) && fresh.exit === exit && isOfElse(fresh) && isOfLookup(fresh.test))
  )
    return true;
  return after.calls.some(
    ({ callee, scope: own }) =>
      REFUSES_NOTHING.test(lastName(callee)) &&
      isIn(parts, own) &&
      (after.language === 'rust' ? /^ok_or/.test(lastName(callee)) : isOfLookup(callee)),
  );
}

function isOfElse({ test }: Guard): boolean {
  return /^!\(.*\)$/s.test(test);
}

/** `play.isArchived()`, `order.shipped`: how a thing is, and not whether it is there. */
function asksOfState(test: string): boolean {
  return (
    /^!?[\w$]+\.(?:is|has|can|was)?[A-Za-z]\w*(?:\(\))?$/.test(test) &&
    !/(?:isEmpty|isBlank|isPresent|is_none|is_some|is_err|is_ok|is_empty|ok|exists|found|isNull|isDefined)(?:\(\))?$/i.test(test)
  );
}

/** Asks whether there is a thing, whatever state it is in: `findById(id).orElseThrow()`, and no `filter(…).orElseThrow()`. */
function isOfPresenceAlone({ callee }: Call): boolean {
  return (
    REFUSES_NOTHING.test(lastName(callee)) &&
    !/filter|where|map|and_then|take_if|By[A-Z]\w*And[A-Z]|\b[a-z]+(?:Open|Active|Live|Valid)\w*\(/i.test(callee)
  );
}

/** Gives back what is there, and stops where nothing is. */
const REFUSES_NOTHING = /^(?:ok_or(?:_else)?|orElseThrow|getOrThrow|orThrow|one_or_404|first_or_404)$/;

/**
 * A helper that refused where a variable of the environment was not set, gone with its callers rewritten: the same is read with
 * a value for the case that it is missing.
 */
function* fallbacks(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  for (const guard of input.removed.guards) {
    if (guard.exit !== 'throw' || guard.scope === '' || counterpartScope(input, guard.scope) !== undefined) continue;
    const isMissing = /^!|^not |\bis None\b|=== undefined|== (null|nil|None|"")|=== ''|\.(isEmpty|isBlank|is_none|is_err)\(\)/.test(
      guard.test,
    );
    if (!isMissing || !ENVIRONMENT.test(codeOfScope(before, guard.scope).text)) continue;
    const { text } = changedCode(input, 'after');
    if (!FALLBACK.test(text) || newThrows(input)) continue;
    yield {
      side: 'before',
      range: guard.range,
      message: fitMessage(`\`${shorten(guard.test, 30)}\` refused no more: a missing variable gets a value`),
      severity: 'high',
    };
  }
}

const ENVIRONMENT =
  /\b(process \. env|import \. meta \. env|os \. environ|os \. getenv|getenv|os \. Getenv|LookupEnv|env :: var|System \. getenv|Deno \. env)\b/;
const FALLBACK =
  /\b(process \. env|import \. meta \. env|Deno \. env)\b[^;]{0,60}(\?\?|\|\|)|\b(os \. environ \. get|os \. getenv|getenv|System \. getenv \( \) \. getOrDefault) \( [^()]{1,60} , |\b(env :: var|getenv)\b[^;]{0,60}\b(unwrap_or\w*|orElse|or_else)\b|\bos \. Getenv\b[^{}]{0,80}= ''/;

function newThrows({ added }: RuleInput): boolean {
  return added.guards.some((guard) => guard.exit === 'throw' || guard.exit === 'answer');
}

/** The value that was refused is a case of its own now, which raises: `case None: raise …`. */
function isCaseNow(input: RuleInput, { scope }: Guard): boolean {
  const now = counterpartScope(input, scope);
  return input.after?.language === 'python' && now !== undefined && /\bcase (?:None|_) : raise\b/.test(codeOfScope(input.after, now).text);
}
