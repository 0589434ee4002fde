import type { Handler } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import type { LineSpan } from '../../model/hunk.ts';
import type { Range } from '../../model/range.ts';
import { lastName, shorten, words } from '../call-names.ts';
import { counterpartScope, isExtracted, lostGuards, newCallsIn, newGuardsIn, within } from '../counterpart.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { callsInside, guardKind } from '../guard-kinds.ts';
import { fitMessage } from '../quote.ts';

/**
 * ## What it sees
 * Retries that grew or lost their bound: an endless loop around a call whose failures it catches, a removed check of the
 * number of attempts, a count that at least doubled, a backoff or a jitter that is gone.
 *
 * ## Why it matters
 * Retries multiply load exactly when the other side has none to spare, and keep it down long after the first cause is gone.
 *
 * ## When it is fine
 * A bounded count with a growing pause, a worker that waits for its next job. These are not flagged.
 *
 * ## What it misses
 * Retries nested across services, and a pause that is too short.
 */
export default defineRule({
  id: 'runtime/retry-amplified',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'Retries lost their bound',
  reads: ['handlers', 'guards', 'options', 'calls'],
  evidence: [
    { title: 'Spotify 2013: no exponential backoff', url: 'https://labs.spotify.com/2013/06/04/incident-management-at-spotify/' },
    { title: 'Google Cloud 2025-06-12: no jitter', url: 'https://status.cloud.google.com/incidents/ow5i3PPK96RduMcb1SsW' },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const { range, handler } of endlessLoops(input, input.hunk.after)) {
      yield {
        side: 'after',
        range,
        message: fitMessage(`failures of \`${shorten(handler.guarded[0] ?? 'the call', 30)}\` are retried without end`),
      };
    }
    const before = input.before?.calls ?? [];
    for (const guard of lostGuards(input, (candidate) => guardKind(candidate, callsInside(candidate, before)) === 'attempts')) {
      if (
        newGuardsIn(input, guard.scope).some((other) => guardKind(other, []) === 'attempts') ||
        !stillRetries(input, guard.scope) ||
        loopsEndlessly(input, guard.scope)
      )
        continue;
      yield { side: 'before', range: guard.range, message: fitMessage(`\`${shorten(guard.test, 34)}\` no longer ends the retries`) };
    }
    yield* settings(input);
  },
});

/** `while (true)` or `for (;;)` on an added line, whose scope catches failures and has no count that ends it. */
function* endlessLoops(input: RuleInput, span: LineSpan): Iterable<{ readonly range: Range; readonly handler: Handler }> {
  const { after } = input;
  if (after === undefined) return;
  const text = after.tokens;
  for (const [index, token] of text.entries()) {
    if (token.line < span.start || token.line >= span.start + span.lines) continue;
    const next = text
      .slice(index, index + 5)
      .map((part) => part.text)
      .join(' ');
    if (!/^(while \( (true|1) \)|for \( ; ; \)|while True :|loop \{)/.test(next)) continue;
    const handler = after.handlers.find(
      (candidate) => candidate.range.start.line >= token.line && isRetry(candidate) && encloses(input, candidate.scope, token.line),
    );
    if (handler === undefined || isBounded(input, handler.scope)) continue;
    const line = lineAt(input, token.line);
    yield {
      range: { start: { line: token.line, character: line.search(/\S/) }, end: { line: token.line, character: line.trimEnd().length } },
      handler,
    };
  }
}

/** The scope that stands for this one has such a loop, which is flagged where it stands. */
function loopsEndlessly(input: RuleInput, scope: string): boolean {
  const counterpart = counterpartScope(input, scope);
  const place = input.after?.scopes.find((other) => other.name === counterpart);
  if (place === undefined) return false;
  return !endlessLoops(input, { start: place.startLine, lines: place.endLine - place.startLine + 1 })
    [Symbol.iterator]()
    .next().done;
}

function encloses(input: RuleInput, scope: string, line: number): boolean {
  return (
    scope === '' || (input.after?.scopes.some((other) => other.name === scope && other.startLine <= line && other.endLine >= line) ?? false)
  );
}

/** A failure that is caught and not passed on; a worker that takes its next piece of work retries nothing. */
function isRetry(handler: Handler): boolean {
  if (handler.outcome === 'rethrows' || handler.guarded.length === 0) return false;
  return !handler.guarded.some((callee) =>
    /^(pop|bpop|brpop|blpop|dequeue|receive\w*|poll|consume|next|read\w*|accept|take|shift|xread|xreadgroup|fetchJob|getJob|claim\w*)$/i.test(
      lastName(callee),
    ),
  );
}

/** A count of attempts that ends it, or a pause that was there before and still is. */
function isBounded(input: RuleInput, scope: string): boolean {
  if (
    input.after?.guards.some(
      (guard) =>
        guard.scope === scope &&
        (guardKind(guard, []) === 'attempts' || /deadline|elapsed|signal\.aborted|stopped|closed|Date\.now/.test(guard.test)),
    ) === true
  )
    return true;
  const pauses = (side: 'before' | 'after'): boolean =>
    input[side]?.calls.some((call) => within(call.scope, scope) && isPause(call.callee)) ?? false;
  const hadBound = input.before?.guards.some((guard) => guard.scope === scope && guardKind(guard, []) === 'attempts') ?? false;
  return pauses('after') && !hadBound;
}

function isPause(callee: string): boolean {
  return /^(sleep|delay|wait|pause|backoff|setTimeout)$/i.test(lastName(callee));
}

/** The work is still tried again: a loop token, a recursive call, or a handler that does not pass the error on. */
function stillRetries(input: RuleInput, scope: string): boolean {
  const counterpart = counterpartScope(input, scope);
  if (counterpart === undefined) return false;
  const own = lastName(counterpart);
  return (
    input.after?.handlers.some((handler) => handler.scope === counterpart && handler.outcome !== 'rethrows') === true ||
    input.after?.calls.some((call) => within(call.scope, counterpart) && lastName(call.callee) === own) === true
  );
}

const COUNT =
  /^(max )?(retry|retries|attempts|tries|max retries|retry count|retry limit|num retries|retry attempts|max attempts|max retry|max tries|number of attempts)( count| limit| per request)?$/;

function* settings(input: RuleInput): Iterable<FindingDraft> {
  for (const option of input.added.options) {
    const old = input.removed.options.find(
      (other) => other.name === option.name && (other.scope === option.scope || other.callee === option.callee),
    );
    if (!COUNT.test(words(option.name)) || old === undefined) continue;
    const before = numberOf(old.value);
    const after = numberOf(option.value);
    if (before === undefined || after === undefined || after < before * 2 || after < 4) continue;
    yield {
      side: 'after',
      range: option.range,
      message: fitMessage(`\`${shorten(option.name, 24)}\` grew from ${shorten(old.value, 10)} to ${shorten(option.value, 12)}`),
    };
  }
  for (const option of input.removed.options) {
    if (
      !/\b(backoff|jitter|retry delay|min timeout|exponential|retry strategy)\b/.test(words(option.name)) ||
      /^(false|0|null|undefined)$/.test(option.value)
    )
      continue;
    const scope = counterpartScope(input, option.scope);
    const stays =
      input.after?.options.some(
        (other) => other.name === option.name && !/^(false|0|null|undefined|'fixed')$/.test(other.value) && other.scope === scope,
      ) ?? false;
    const retries = input.after?.options.some((other) => other.scope === scope && COUNT.test(words(other.name))) ?? false;
    if (scope === undefined || stays || !retries) continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(`\`${shorten(option.name, 24)}: ${shorten(option.value, 20)}\` no longer spaces the retries`),
    };
  }
  for (const call of input.removed.calls) {
    if (
      !isPause(call.callee) ||
      counterpartScope(input, call.scope) === undefined ||
      !stillRetries(input, call.scope) ||
      isExtracted(input, call) ||
      loopsEndlessly(input, call.scope)
    )
      continue;
    if (
      newCallsIn(input, call.scope).some((other) => isPause(other.callee)) ||
      !input.before?.handlers.some((handler) => handler.scope === call.scope)
    )
      continue;
    if (input.after?.calls.some((other) => isPause(other.callee) && within(other.scope, call.scope)) === true) continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 20)}\` no longer spaces the retries in \`${shorten(call.scope, 24)}\``),
    };
  }
}

function numberOf(value: string): number | undefined {
  if (/^(Infinity|Number\.(POSITIVE_INFINITY|MAX_SAFE_INTEGER|MAX_VALUE)|-1|true)$/.test(value)) return Number.POSITIVE_INFINITY;
  const plain = value.replaceAll('_', '');
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined;
}

function lineAt(input: RuleInput, line: number): string {
  const content = input.trees.after.read(input.path);
  return content?.kind === 'text' ? (content.text.split('\n')[line - 1] ?? '') : '';
}
