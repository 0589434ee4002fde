import type { Call, Condition, Guard } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { CAP_GROWTH, LIMIT_FACTOR } from '../thresholds.ts';
import { isWrite, lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { numberIn } from '../vocabulary/code/computed-numbers.ts';
import { counterpartScope, hasScope, within } from '../vocabulary/code/counterpart.ts';
import { changedOptions, numberOf } from '../vocabulary/code/option-changes.ts';
import { isIn, partScopes } from '../vocabulary/code/own-parts.ts';
import { isExtracted, newCallsIn, newGuardsIn } from '../vocabulary/code/scope-changes.ts';
import { isTestScope } from '../vocabulary/code/test-cases.ts';
import { tokensOf } from '../vocabulary/code/token-lines.ts';
import { reasonsOf } from '../vocabulary/guards/bounds-alike.ts';
import { changedConditions } from '../vocabulary/guards/condition-changes.ts';
import { lostFieldBounds } from '../vocabulary/guards/field-bounds.ts';
import { callsInside, guardKind, isAccessTest } from '../vocabulary/guards/guard-kinds.ts';
import { fieldsOf } from '../vocabulary/guards/handed-guards.ts';
import { idleGuards } from '../vocabulary/guards/idle-guards.ts';
import { indexingBehind, isIndexGuard } from '../vocabulary/guards/index-guards.ts';
import { lostGuards } from '../vocabulary/guards/lost-guards.ts';
import { lostWraps, overtakenGuards } from '../vocabulary/guards/lost-wraps.ts';
import { losesBound, raisesBound } from '../vocabulary/guards/same-bounds.ts';
import { isDropped } from '../vocabulary/guards/unmet-parts.ts';
import { KNOWN } from '../vocabulary/load/limits-in-code.ts';
import { isBoundBySchema } from '../vocabulary/schema/schema-bounds.ts';

/**
 * ## What it sees
 * A condition that compares a size, a count or an amount with a bound, and that goes away, is turned round or asks less while the
 * work stays; a cap that at least doubled; what bounds a body, a query or a file as it comes in; a value that is no longer cut to a cap (`min(size, MAX)`), the bound of a declared
 * field, and a check that stands behind the write that it bounded.
 *
 * ## Why it matters
 * A cap is the last thing between a wrong input and everything behind it; nothing fails until the input comes.
 *
 * ## When it is fine
 * The bound moved into a schema, a helper or another place of the same change. These are not flagged.
 *
 * ## What it misses
 * A bound that becomes a computed one, and one that is raised in a file of its own under a name that says nothing.
 */
export default defineRule({
  id: 'safeguard/limit-check-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A limit is no longer checked',
  reads: ['guards', 'conditions', 'options', 'tokens', 'calls', 'symbols'],
  evidence: [
    { title: 'Cloudflare 2025-11-18: a file over its limit', url: 'https://blog.cloudflare.com/18-november-2025-outage/' },
    { title: 'AWS S3 2017-02-28: too much capacity removed too quickly', url: 'https://aws.amazon.com/message/41926/' },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const { guard, why, range } of idleGuards(input, isBound))
      yield { side: 'after', range, message: fitMessage(`\`${shorten(guard.test, 36)}\` bounds nothing: ${why}`) };
    yield* loosened(input);
    yield* unwrapped(input);
    yield* caps(input);
    yield* overtaken(input);
    yield* clamps(input);
    yield* bounders(input);
    for (const { field, bound, range, isSize } of lostFieldBounds(input))
      if (isSize)
        yield { side: 'before', range, message: fitMessage(`\`${shorten(field, 28)}\` is bounded no more by \`${shorten(bound, 26)}\``) };
    const before = input.before?.calls ?? [];
    for (const guard of lostGuards(input, (candidate) => guardKind(candidate, callsInside(candidate, before)) === 'limit')) {
      if (guard.exit === 'break' || (guard.exit === 'return' && !((isLimit(guard.test) || isLimiter(guard)) && /[<>]/.test(guard.test))))
        continue;
      if (
        newCallsIn(input, guard.scope).some(
          (call) =>
            /^(check|require|ensure|assert|validate|enforce|verify|must|guard)/i.test(lastName(call.callee)) &&
            mayBound(input, guard, call) &&
            !asksLess(input, guard, call),
        )
      )
        continue;
      // `i == 2` asks which round it is.
      if (/^(i|j|k|n|attempts?|try|tries|retry|retries|round|index|idx) ===? \w+(?: - 1)?$/.test(guard.test)) continue;
      if (isBoundBySchema(input, guard) || isAskedByAccess(input, guard) || isEndOfSteps(input, guard)) continue;
      if (guard.exit === 'return' && (asksForSeveral(guard.test) || isCutNow(input, guard))) continue;
      // Nothing to do for an empty list is a short cut and no limit.
      if (
        /\.(length|size)\s*(===?\s*0|<\s*1)\b|^!\w+(\.length)?$|^(len\(\w+\)|\w+\.(len|size)\(\)) (==|<) [01]$|^not \w+$/.test(
          guard.test,
        ) &&
        guard.exit === 'return'
      )
        continue;
      // An index that is compared with a length is bounds-check-removed.
      if (isIndexGuard(guard) && (guard.exit === 'return' || indexingBehind(input, guard) !== undefined)) continue;
      yield {
        side: 'before',
        range: guard.range,
        message: fitMessage(`\`${shorten(guard.test, 36)}\` no longer bounds \`${shorten(guard.scope, 20) || 'the module'}\``),
      };
    }
  },
});

/** A check of another file may bound anything; one that stands in this file does where it compares, or hands on to what may. */
function mayBound(input: RuleInput, guard: Guard, { callee }: Call): boolean {
  const own = lastName(callee);
  const { after } = input;
  // That there is something is no bound of it.
  if (/^(requireNonNull\w*|checkNotNull|assertNotNull|requireNotNull|assertDefined|assertExists)$/.test(own)) return false;
  const elsewhere = input.addedElsewhere();
  if (elsewhere.symbols.some(({ name, kind }) => kind === 'function' && name === own)) {
    const about = (test: string): readonly string[] => fieldsOf(test).match(/[A-Za-z_]\w*/g) ?? [];
    const asked = elsewhere.guards.filter(({ scope }) => within(scope, own));
    const asks = asked.some(({ test, compares }) => compares && about(test).some((name) => about(guard.test).includes(name)));
    if (asked.length > 1 && !asks) return false;
  }
  const scopes = after?.scopes.filter(({ name }) => lastName(name) === own).map(({ name }) => name) ?? [];
  if (after === undefined || scopes.length === 0) return true;
  const isInside = (scope: string): boolean => scopes.some((name) => within(scope, name));
  return (
    after.guards.some(({ scope, test }) => isInside(scope) && /[<>]/.test(test)) ||
    after.calls.some((call) => isInside(call.scope) && /parse|valid|check|assert|require|ensure|verify|bound|limit/i.test(call.callee))
  );
}

/** A new function of this file that checks in the guard's place, and knows a bound less, or another one. */
function asksLess({ before, after, addedElsewhere }: RuleInput, guard: Guard, call: Call): boolean {
  if (before === undefined || after === undefined) return false;
  const own = after.guards
    .filter(({ scope }) => lastName(scope) === lastName(call.callee) && !before.scopes.some(({ name }) => name === scope))
    .flatMap((fresh) => {
      const reasons = reasonsOf(after, fresh);
      return reasons.length > 0 ? reasons : [fresh];
    });
  const elsewhere = addedElsewhere();
  const theirs = elsewhere.guards.filter(({ scope, compares }) => compares && scope === lastName(call.callee));
  return (
    isDropped(after, call) ||
    losesBound(guard, before.options, own, after.options) ||
    own.some((fresh) => raisesBound(guard, before.options, fresh, after.options)) ||
    theirs.some((fresh) => raisesBound(guard, before.options, fresh, elsewhere.options))
  );
}

/** `if n > 200 { return 200 }` that is `min(n, 200)` now. */
function isCutNow(input: RuleInput, { test, scope }: Guard): boolean {
  const numbers = (facts: RuleInput['after'], text: string): readonly number[] =>
    (text.match(/[A-Za-z_$][\w$]*|\d[\d_]*/g) ?? []).flatMap((word) => numberIn(word, facts) ?? []);
  const caps = numbers(input.before, test);
  return newCallsIn(input, scope).some(
    ({ callee, args }) =>
      /^(min|Min|clamp|clip|minOf|coerceAtMost)$/.test(lastName(callee)) &&
      numbers(input.after, args.join(' ')).some((cap) => caps.includes(cap)),
  );
}

/** `matches.size() > 1` that chooses what to return: one or several is no bound. */
function asksForSeveral(test: string): boolean {
  return /^(len\([\w.]+\)|[\w.$]+\.(length|size\(\)|len\(\)|Count|count\(\)))\s*(>\s*1|>=\s*2|===?\s*1|==\s*1)$/.test(test);
}

/** Where a function that calls itself for the next of a list comes to the end of it: `if (i === rows.length) return done(null)`. */
function isEndOfSteps({ before }: RuleInput, { test, scope }: Guard): boolean {
  const own = lastName(scope);
  return (
    /^\w+ (?:===?|>=) [\w$.]+\.(?:length|size|len\(\)|size\(\))$/.test(test) &&
    before?.calls.some((call) => call.callee === own && within(call.scope, scope)) === true
  );
}

/** A length that is asked by the access itself now: `buf.first_chunk::<4>().ok_or(Short)?`. */
function isAskedByAccess(input: RuleInput, guard: Guard): boolean {
  if (!isIndexGuard(guard) || input.before === undefined || input.after === undefined) return false;
  const asks = ({ callee }: Call): boolean =>
    /(^|[.:])(get|get_mut|first_chunk|split_first_chunk|split_at_checked|split_first|checked_\w+|try_get\w*|try_into|read_exact|ReadFull|ReadAtLeast)(::<[^>]*>)?$/.test(
      callee,
    );
  const { before, after } = input;
  const parts = partScopes(after, counterpartScope(input, guard.scope) ?? '').filter((part) => !hasScope(before, part));
  return newCallsIn(input, guard.scope).some(asks) || after.calls.some((call) => asks(call) && isIn(parts, call.scope));
}

/** `min(size, MAX_PAGE)`: what was cut to a cap comes as it is. */
function* clamps(input: RuleInput): Iterable<FindingDraft> {
  const isClamp = (call: Call): boolean => /^(min|Min|clamp|clip|minOf|coerceAtMost)$/.test(lastName(call.callee));
  const isCap = (argument: string): boolean =>
    /(^|[.:])[A-Z][A-Z0-9_]{2,}$/.test(argument) || /\b(max|limit|cap|maximum|quota|ceiling)\b/.test(words(argument));
  for (const call of input.removed.calls) {
    const cap = isClamp(call) ? call.args.find(isCap) : undefined;
    const scope = counterpartScope(input, call.scope);
    if (cap === undefined || scope === undefined || scope === '') continue;
    if (input.after?.calls.some((other) => within(other.scope, scope) && isClamp(other)) === true) continue;
    if (newGuardsIn(input, call.scope).some((guard) => guard.compares) || isExtracted(input, call)) continue;
    // Compared and set instead, or handed on with the value.
    const others = call.args.filter((argument) => argument !== cap && !/^[-\d]/.test(argument));
    const isCapped = others.some((value) => comparesBoth(tokensOf(input.after, scope), value, cap));
    const isHandedOn = newCallsIn(input, call.scope).some(
      (other) => other.args.includes(cap) && others.some((value) => other.args.includes(value)),
    );
    if (isCapped || isHandedOn) continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(cap, 30)}\` no longer caps a value of \`${shorten(call.scope, 24)}\``),
    };
  }
}

/** A call that bounds what comes in: `http.MaxBytesReader`, `depthLimit(8)`, `DefaultBodyLimit::max`, and an option that does. */
function* bounders(input: RuleInput): Iterable<FindingDraft> {
  const names = (side: 'before' | 'after'): readonly string[] =>
    input[side]?.calls.filter(isBounder).map((call) => lastName(call.callee)) ?? [];
  for (const call of input.removed.calls) {
    if (!isBounder(call) || isTestScope(call.scope) || counterpartScope(input, call.scope) === undefined) continue;
    if (names('after').length >= names('before').length || newCallsIn(input, call.scope).some(isBounder) || isExtracted(input, call))
      continue;
    if (input.addedElsewhere().calls.some(isBounder) || newGuardsIn(input, call.scope).some((guard) => guard.compares)) continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 34)}\` no longer bounds \`${shorten(call.scope, 22) || 'the module'}\``),
    };
  }
  for (const option of input.removed.options) {
    if (!BOUNDING_OPTION.test(option.name) || option.callee === '' || isTestScope(option.scope)) continue;
    const stays =
      input.after?.calls.some((call) => call.callee === option.callee && counterpartScope(input, option.scope) === call.scope) === true;
    const isLeft = (options: readonly { readonly name: string }[] | undefined): boolean =>
      options?.some((other) => BOUNDING_OPTION.test(other.name)) === true;
    if (!stays || isLeft(input.after?.options) || isLeft(input.addedElsewhere().options)) continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(
        `\`${shorten(option.name, 26)}: ${shorten(option.value, 12)}\` no longer bounds \`${shorten(option.callee, 24)}\``,
      ),
    };
  }
}

const BOUNDING_OPTION =
  /^(bodyLimit|body_limit|maxBodySize|max_body_size|maxBodyLength|maxContentLength|max_content_length|fileSize|maxFileSize|max_file_size|maxPayload|max_payload|maxRequestSize|max_request_size|client_max_size|maxDepth|max_depth|depthLimit|maxAliases|maxTokens|max_query_depth|parameterLimit|maxFields|maxFieldsSize|maxFiles|MaxHeaderBytes|MaxRequestBodySize|BodyLimit|max_message_size|maxMessageSize|maxReceiveMessageLength)$/;

function isBounder(call: Call): boolean {
  // What a link of a chain was handed is a call of its own.
  const said = words(call.callee.replace(/\(.*\)/s, '()'));
  return (
    (call.kind === 'call' || call.kind === 'new') &&
    !/\b(rate|rates|time|calculate|compute|get|error|exceeded|is|has|test)\b/.test(said) &&
    (/\b(max|limit|limits|limited|limiter|cap|capped|bounded)\b.*\b(bytes|body|size|length|depth|complexity|cost|aliases|directives|payload|reader|stream|content|upload|content length)\b/.test(
      said,
    ) ||
      /\b(bytes|body|size|length|depth|complexity|cost|alias|aliases|payload|content length|query)\b.*\b(limit|limiter|max|cap|rule)\b/.test(
        said,
      )) &&
    call.args.length > 0
  );
}

/** One is compared with the other, in a text of tokens: `value > cap`. */
function comparesBoth(text: string, one: string, other: string): boolean {
  const flat = text.replace(/\s+/g, '');
  return [
    [one, other],
    [other, one],
  ].some(([left, right]) =>
    [`${left}>${right}`, `${left}>=${right}`, `${left}<${right}`, `${left}<=${right}`].some((test) => flat.includes(test)),
  );
}

/** In what counts and lets so many through, by its name: `Limiter.allow`. */
function isLimiter({ scope }: Guard): boolean {
  return /\b(limiter|limit|rate|throttle|quota|bucket|breaker)\b/.test(words(scope));
}

function isLimit(test: string): boolean {
  return /\b(max|min|limit|quota|cap|size|length|count|amount|total|balance|available|bytes|budget|threshold|capacity|remaining|depth|age)\b/.test(
    words(test),
  );
}

/** A bound that stays and lets more through: turned round, a part of it dropped, its number grown. */
function* loosened(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after, loosened: how } of changedConditions(input)) {
    if (how === undefined || !before.compares || !isBound(before)) continue;
    if (how.kind === 'raised' && (how.factor ?? 1) < CAP_GROWTH) continue;
    if (how.kind === 'added' || (how.kind === 'lost' && !/[<>]/.test(how.part)) || isTestScope(after.scope)) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`\`${shorten(before.test, 34)}\` became \`${shorten(after.test, 26)}\`, which bounds less`),
      ...(how.kind === 'inverted' || how.kind === 'constant' || how.kind === 'raised' || how.kind === 'lost'
        ? {}
        : { severity: 'medium' as const }),
    };
  }
}

/** A guard that bounds, or a condition around a write that does. */
function isBound(condition: Guard | Condition): boolean {
  if (!/[<>]/.test(condition.test.replace(/=>/g, ''))) return false;
  if (!isLimit(condition.test) && !/\b[A-Z][A-Z0-9_]{2,}\b/.test(condition.test)) return false;
  return 'exit' in condition
    ? condition.exit !== 'break' && guardKind(condition, []) === 'limit'
    : condition.kind === 'wraps' && condition.guarded.some(isWrite);
}

/** `if (count < MAX) insert()` that became `insert()`. */
function* unwrapped(input: RuleInput): Iterable<FindingDraft> {
  for (const { condition, work } of lostWraps(
    input,
    (candidate) => candidate.compares && isBound(candidate) && !isAccessTest(candidate.test),
  )) {
    if (!isWrite(work.callee) || /\.(length|size)\s*(>|>=|!==?)\s*[01]\b|\blen\(\w+\) > 0/.test(condition.test)) continue;
    yield {
      side: 'before',
      range: condition.range,
      message: fitMessage(`\`${shorten(condition.test, 34)}\` no longer bounds \`${shorten(work.callee, 26)}\``),
    };
  }
}

/** A cap that a condition of this file compares with, and that at least doubled; deploy/limit-changed has those of configuration. */
function* caps(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    if (
      KNOWN.test(words(after.name)) ||
      !/\b(max|min|cap|ceiling|floor|maximum|minimum|threshold)\b/.test(words(after.name)) ||
      after.callee !== ''
    )
      continue;
    const [old, now] = [numberOf(before.value), numberOf(after.value)];
    if (old === undefined || now === undefined || old <= 0 || now <= 0) continue;
    const growth = /\b(min|minimum|floor)\b/.test(words(after.name)) ? old / now : now / old;
    const isCompared = input.after?.guards.some((guard) => guard.compares && guard.reads.includes(after.name)) ?? false;
    if (!isCompared || growth < CAP_GROWTH || (growth >= LIMIT_FACTOR.far && !/min|floor|threshold/i.test(after.name))) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(
        `\`${shorten(after.name, 28)}\` went from ${shorten(before.value, 14)} to ${shorten(after.value, 14)} and bounds less`,
      ),
    };
  }
}

/** A bound that stands behind the write that it bounded. */
function* overtaken(input: RuleInput): Iterable<FindingDraft> {
  for (const { guard, write } of overtakenGuards(input)) {
    if (guardKind(guard, callsInside(guard, input.after?.calls ?? [])) !== 'limit' || guard.exit === 'return') continue;
    yield {
      side: 'after',
      range: guard.range,
      message: fitMessage(`\`${shorten(guard.test, 30)}\` is asked when \`${shorten(write.callee, 26)}\` is done`),
    };
  }
}
