import type { Guard, Option } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { counterpartScope } from '../vocabulary/code/counterpart.ts';
import { literalBehind } from '../vocabulary/code/literals-behind.ts';
import { optionPath } from '../vocabulary/code/option-paths.ts';
import { rehousedConstants } from '../vocabulary/code/rehoused-options.ts';
import { lostCallsIn, newGuardsIn } from '../vocabulary/code/scope-changes.ts';
import { callsInside, guardKind } from '../vocabulary/guards/guard-kinds.ts';
import { lostGuards } from '../vocabulary/guards/lost-guards.ts';
import { endlessLibraries } from '../vocabulary/load/endless-libraries.ts';
import { handedTries } from '../vocabulary/load/handed-tries.ts';
import { nestedFunctions } from '../vocabulary/load/nested-functions.ts';
import { reconnectedAtOnce } from '../vocabulary/load/reconnects.ts';
import { boundOf, isFarMore, isHealthCheck, isRetryCount, isRetryCountCall, namesTries, retriesOf } from '../vocabulary/load/retries.ts';
import { retryDocuments } from '../vocabulary/load/retry-documents.ts';
import { asksTime, isBounded, loopsEndlessly, stillRetries, triedIn } from '../vocabulary/load/retry-loops.ts';
import { nested, putBack, unpaused } from '../vocabulary/load/retry-nesting.ts';
import { pauses, spacing, spacingCalls, unspaced } from '../vocabulary/load/retry-spacing.ts';
import { shellRetries } from '../vocabulary/load/shell-retries.ts';
import { isBoundElsewhere } from '../vocabulary/load/spaced-elsewhere.ts';
import { triesOfLibrary } from '../vocabulary/load/tries-of-library.ts';
import { LOCKS_OUT } from '../vocabulary/load/unplugged-limiters.ts';

/**
 * ## What it sees
 * Retries that grew or lost their bound: an endless loop around a call whose failures it catches, a removed or a far higher
 * number of attempts (in a loop, a constant, a decorator, a library's option or configuration), a pause, a backoff or a jitter
 * that is gone, also where the tries went into a function of their own that is not told how often. Tries around what tries by itself,
 * failed work that is put back at once, and a loop of a script without a pause.
 *
 * ## Why it matters
 * Retries multiply load exactly when the other side has none to spare, and keep it down long after the first cause is gone.
 *
 * ## When it is fine
 * A bounded count with a growing pause, a worker that waits for its next job, one or two tries more, the tries of a health check.
 * These are not flagged.
 *
 * ## What it misses
 * Retries nested across services, and a pause that is too short.
 */
export default defineRule({
  id: 'runtime/retry-amplified',
  version: '1.1.0',
  severity: 'high',
  confidence: 'medium',
  title: 'Retries lost their bound',
  reads: ['handlers', 'guards', 'loops', 'options', 'calls', 'settings', 'tokens'],
  evidence: [
    { title: 'Spotify 2013: no exponential backoff', url: 'https://labs.spotify.com/2013/06/04/incident-management-at-spotify/' },
    { title: 'Google Cloud 2025-06-12: no jitter', url: 'https://status.cloud.google.com/incidents/ow5i3PPK96RduMcb1SsW' },
  ],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<string>();
    for (const draft of [
      ...loops(input),
      ...handedTries(input),
      ...endlessLibraries(input),
      ...guards(input),
      ...counts(input),
      ...retryDocuments(input),
      ...spacing(input),
      ...spacingCalls(input),
      ...unspaced(input),
      ...pauses(input),
      ...nested(input),
      ...nestedFunctions(input),
      ...putBack(input),
      ...unpaused(input),
      ...reconnectedAtOnce(input),
      ...shellRetries(input),
    ]) {
      const place = `${draft.side} ${draft.range.start.line}`;
      if (flagged.has(place)) continue;
      flagged.add(place);
      yield draft;
    }
  },
});

/** Each round asks about another thing: `info := stat(current)`, and `current = parent` at its end. */
function goesOn(input: RuleInput, loop: RuleInput['added']['loops'][number], tried: string): boolean {
  const { startLine, endLine } = loop.body;
  const isInside = (line: number): boolean => startLine <= line && line <= endLine;
  const tokens = input.after?.tokens.filter((token) => isInside(token.line)) ?? [];
  const set = new Set(tokens.flatMap((token, at) => (tokens[at + 1]?.text === '=' ? [token.text] : [])));
  const calls = input.after?.calls.filter((call) => call.callee === tried && isInside(call.range.start.line)) ?? [];
  return calls.length > 0 && calls.every((call) => call.args.some((argument) => set.has(argument)));
}

function* loops(input: RuleInput): Iterable<FindingDraft> {
  for (const loop of input.added.loops) {
    const tried = triedIn(input, 'after', loop);
    if (loop.endless) {
      if (tried === undefined || isBounded(input, loop) || goesOn(input, loop, tried)) continue;
      yield {
        side: 'after',
        range: loop.range,
        message: fitMessage(`failures of \`${shorten(tried, 30)}\` are retried without end`),
      };
      continue;
    }
    if (tried === undefined && !namesTries(loop)) continue;
    const old = input.removed.loops.find(
      (other) =>
        !other.endless &&
        counterpartScope(input, other.scope) === loop.scope &&
        (namesTries(other) || triedIn(input, 'before', other) !== undefined),
    );
    if (old !== undefined && isFarMore(boundOf(old), boundOf(loop)))
      yield {
        side: 'after',
        range: loop.range,
        message: fitMessage(`the tries of \`${shorten(loop.scope || 'the module', 30)}\` went from ${boundOf(old)} to ${boundOf(loop)}`),
      };
  }
}

function* guards(input: RuleInput): Iterable<FindingDraft> {
  const before = input.before?.calls ?? [];
  // Who guessed too often is refused by another rule.
  const isAttempts = (guard: Guard): boolean =>
    guardKind(guard, callsInside(guard, before)) === 'attempts' && !LOCKS_OUT.test(words(guard.test));
  for (const guard of lostGuards(input, isAttempts)) {
    if (
      newGuardsIn(input, guard.scope).some((other) => guardKind(other, []) === 'attempts' || asksTime(other)) ||
      !stillRetries(input, guard.scope) ||
      loopsEndlessly(input, guard.scope)
    )
      continue;
    yield { side: 'before', range: guard.range, message: fitMessage(`\`${shorten(guard.test, 34)}\` no longer ends the retries`) };
  }
  for (const { option, was } of triesOfLibrary(input, isAttempts))
    yield {
      side: 'after',
      range: option.range,
      message: fitMessage(`\`${shorten(option.name, 24)}\` grew from ${was} to ${shorten(option.value, 12)}`),
    };
  const number = /\b\d+\b/;
  for (const guard of input.removed.guards.filter(isAttempts)) {
    const same = input.added.guards.find(
      (other) =>
        counterpartScope(input, guard.scope) === other.scope && other.test.replace(number, '#') === guard.test.replace(number, '#'),
    );
    if (same === undefined || !isFarMore(retriesOf(number.exec(guard.test)?.[0] ?? ''), retriesOf(number.exec(same.test)?.[0] ?? '')))
      continue;
    yield { side: 'after', range: same.range, message: fitMessage(`\`${shorten(guard.test, 28)}\` is now \`${shorten(same.test, 28)}\``) };
  }
}

/** A constant that is new, and that a loop is bounded by which had a far lower number in its own head. */
function* namedBound(input: RuleInput, { name, value, callee, range }: Option): Iterable<FindingDraft> {
  const now = callee === '' ? retriesOf(value) : undefined;
  const loop = now === undefined ? undefined : input.after?.loops.find(({ head }) => head.split(/[^\w$]+/).includes(name));
  const old = input.before?.loops.find(
    (other) => loop !== undefined && counterpartScope(input, other.scope) === loop.scope && isFarMore(boundOf(other), now),
  );
  if (loop === undefined || old === undefined || (!namesTries(loop) && triedIn(input, 'after', loop) === undefined)) return;
  yield {
    side: 'after',
    range,
    message: fitMessage(`the tries of \`${shorten(loop.scope || 'the module', 30)}\` went from ${boundOf(old)} to ${now}`),
  };
}

/** Numbers in constants, keywords, library calls and decorators. */
function* counts(input: RuleInput): Iterable<FindingDraft> {
  for (const option of input.added.options) {
    // `limit` says of what by the object that it stands in: `retry: { limit: 2 }`.
    const path = optionPath(option);
    if (!isRetryCount(option.name, `${path} ${option.callee}`) || isHealthCheck(option.key.slice(0, option.key.indexOf(':')))) continue;
    const old = input.removed.options.find(
      (other) =>
        other.name === option.name &&
        (other.scope === option.scope || other.callee === option.callee || (path.includes('.') && optionPath(other) === path)),
    );
    if (old === undefined) yield* namedBound(input, option);
    const value = literalBehind(option.value, input.after) ?? option.value;
    if (old === undefined || !isFarMore(retriesOf(old.value), retriesOf(value))) continue;
    yield {
      side: 'after',
      range: option.range,
      message: fitMessage(`\`${shorten(option.name, 24)}\` grew from ${shorten(old.value, 12)} to ${shorten(value, 12)}`),
    };
  }
  for (const { before, after } of rehousedConstants(input)) {
    if (!isRetryCount(after.name, after.callee) || !isFarMore(retriesOf(before.value), retriesOf(after.value))) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`\`${shorten(after.name, 24)}\` grew from ${shorten(before.value, 12)} to ${shorten(after.value, 12)}`),
    };
  }
  for (const call of input.added.calls) {
    if (!isRetryCountCall(call.callee)) continue;
    const old = lostCallsIn(input, call.scope).find(
      (other) => lastName(other.callee) === lastName(call.callee) && other.args.length === call.args.length,
    );
    const at = old?.args.findIndex((argument, index) => isFarMore(retriesOf(argument), retriesOf(call.args[index] ?? ''))) ?? -1;
    if (old === undefined || at < 0) continue;
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(
        `\`${shorten(lastName(call.callee), 26)}\` grew from ${shorten(old.args[at] ?? '', 12)} to ${shorten(call.args[at] ?? '', 12)}`,
      ),
    };
  }
  // A library's bound that is gone: tenacity and backoff try for ever without one.
  for (const option of input.removed.options) {
    const isBound =
      /^(stop|max_tries|max_time)$/.test(option.name) ||
      (isRetryCount(option.name, option.callee) && /backoff|tenacity/i.test(option.callee));
    const scope = counterpartScope(input, option.scope);
    const stays = input.after?.calls.some(
      (call) => call.scope === scope && /(^|\.)(retry|on_exception|on_predicate|Retrying|AsyncRetrying)$/.test(call.callee),
    );
    if (
      !isBound ||
      scope === undefined ||
      stays !== true ||
      input.after?.options.some(
        (other) =>
          /^(stop|max_tries|max_time|attempts|tries|max_attempts)$/.test(other.name) &&
          other.scope === scope &&
          !/stop_never|None/.test(other.value),
      ) === true ||
      isBoundElsewhere(input, option)
    )
      continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(`\`${shorten(`${option.name}=${option.value}`, 36)}\` no longer ends the retries`),
    };
  }
}
