import type { Call, Handler, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { defaultYes } from '../vocabulary/access/default-yes.ts';
import { absencesThatPass, optionalCredentials } from '../vocabulary/access/optional-credentials.ts';
import { lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { keepOf } from '../vocabulary/code/kept.ts';
import { flippedAnswers, isCheckOfSomebody, isPass, lostRefusals } from '../vocabulary/guards/failed-checks.ts';
import { askedAtOnce, grantedBy } from '../vocabulary/guards/granted-failures.ts';
import { isAccessName } from '../vocabulary/guards/guard-kinds.ts';
import { leavesOpen, refusalInside, refusalLeftBefore } from '../vocabulary/guards/passed-by-handlers.ts';
import { passedErrors } from '../vocabulary/guards/passed-errors.ts';
import { opensOnFailure } from '../vocabulary/settings/open-on-failure.ts';
import { nameOf } from '../vocabulary/settings/setting-index.ts';
import { changedSettings, placeOf } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A check of access or of a token whose failure lets the request through: a handler around it that goes on with `next()`, a
 * value in place of the refusal, or a word in a log and nothing else. A check of a signature or a token that asks only those who
 * bring one; a question whose answer is yes where no rule is known. A setting of a proxy or of an admission webhook that says the same: `failure_mode_allow: true`, `failurePolicy: Ignore`.
 *
 * ## Why it matters
 * Whoever can make the check fail, with a broken token or by stopping the service behind it, is let in.
 *
 * ## When it is fine
 * A page that greets known people and serves all others alike.
 *
 * ## What it misses
 * A check whose name says nothing of access and whose failure refused nobody before.
 */
export default defineRule({
  id: 'access/fail-open',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A failed check lets the request through',
  reads: ['handlers', 'calls', 'tokens', 'settings'],
  evidence: [{ title: 'CWE-636: not failing securely', url: 'https://cwe.mitre.org/data/definitions/636.html' }],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<number>();
    for (const draft of [...handlers(input), ...opened(input), ...settings(input)]) {
      if (flagged.has(draft.range.start.line)) continue;
      // A handler is told once, and not for each of its lines.
      for (let line = draft.range.start.line; line <= draft.range.end.line; line += 1) flagged.add(line);
      yield draft;
    }
  },
});

/** Failures that were refused, whatever the check is called. */
function* opened(input: RuleInput): Iterable<FindingDraft> {
  for (const { side, range, what } of [...lostRefusals(input), ...flippedAnswers(input), ...passedErrors(input)])
    yield { side, range, message: fitMessage(`a failure of \`${shorten(what, 34)}\` lets the request through`) };
  // Nothing has to fail: whoever leaves it out is in, as if the check were gone.
  for (const { range, what } of [...optionalCredentials(input), ...absencesThatPass(input)])
    yield { side: 'after', range, message: fitMessage(`whoever brings no \`${shorten(what, 30)}\` is let through`), severity: 'critical' };
  for (const { range, asked } of defaultYes(input))
    yield { side: 'after', range, message: fitMessage(`\`${shorten(asked, 30)}\` says yes where nothing is known`) };
}

/** What a file tells the one who asks for the right to do when nobody answers. */
function* settings(input: RuleInput): Iterable<FindingDraft> {
  for (const change of changedSettings(input)) {
    const { before, after } = change;
    if (after === undefined || !opensOnFailure(input, change, after.value)) continue;
    if (before !== undefined && opensOnFailure(input, change, before.value)) continue;
    yield {
      ...placeOf(change),
      message: fitMessage(`\`${shorten(nameOf(change), 30)}: ${shorten(String(after.value), 12)}\` lets through what nobody could check`),
    };
  }
}

function* handlers(input: RuleInput): Iterable<FindingDraft> {
  const added = new Set(input.added.handlers);
  const passing = input.added.calls.filter(isPass);
  const { start, lines } = input.hunk.after;
  // What a handler answers is no part of its key: one that told of the error and refused may tell of it and answer yes.
  const isRewritten = ({ range }: Handler): boolean => range.start.line >= start && range.end.line < start + lines;
  const rewritten = (input.after?.handlers ?? []).filter(
    (handler) => added.has(handler) || (isRewritten(handler) && askedAtOnce(input.after, handler) !== undefined),
  );
  for (const handler of rewritten.length === 0 && passing.length === 0 ? [] : (input.after?.handlers ?? [])) {
    if (handler.outcome === 'rethrows') continue;
    const refusal = added.has(handler) ? refusalInside(input, handler) : undefined;
    if (refusal !== undefined) {
      yield {
        side: 'after',
        range: handler.range,
        message: fitMessage(`a failure before \`${shorten(refusal.test, 34)}\` lets the request through`),
      };
      continue;
    }
    const passedBy = added.has(handler) ? refusalLeftBefore(input, handler) : undefined;
    if (passedBy !== undefined) {
      yield {
        side: 'after',
        range: handler.range,
        message: fitMessage(`a failure passes \`${shorten(passedBy.test, 34)}\` by and lets the request through`),
      };
      continue;
    }
    const granted = rewritten.includes(handler) ? grantedBy(input, handler) : undefined;
    if (granted !== undefined) {
      yield {
        side: 'after',
        range: handler.range,
        message: fitMessage(`a failure of \`${shorten(granted, 34)}\` counts as a yes`),
      };
      continue;
    }
    const passes = passing.some((call) => isInside(call, handler));
    if (!passes && !added.has(handler)) continue;
    const check = handler.guarded.find(isCheck) ?? checkOfSomebody(input, handler);
    if (check === undefined) continue;
    const swallows =
      added.has(handler) &&
      (handler.outcome === 'swallows' || (handler.outcome === 'reports' && leavesOpen(input, handler))) &&
      !input.before?.handlers.some((other) => other.scope === handler.scope && other.outcome === 'swallows');
    if (passes || swallows)
      yield {
        side: 'after',
        range: handler.range,
        message: fitMessage(`a failure of \`${shorten(check, 34)}\` lets the request through`),
      };
  }
}

/** A call in the guarded block whose only answer is to throw. */
function checkOfSomebody({ after }: RuleInput, handler: Handler): string | undefined {
  if (after === undefined) return undefined;
  return checksOfSomebody(after).find(({ scope, callee }) => scope === handler.scope && handler.guarded.includes(callee))?.callee;
}

const checksOfSomebody = keepOf((facts: SourceFacts) => facts.calls.filter(isCheckOfSomebody));

function isCheck(callee: string): boolean {
  const name = lastName(callee);
  return (
    (isAccessName(name) && /^(verify|check|authenticate|authorize|require|assert|ensure|validate|is|has|can|introspect)/i.test(name)) ||
    /\b(jwt|token|session|webhook|signature)\b.*\bverify\b|^jwt verify\b/.test(words(callee))
  );
}

function isInside(call: Call, handler: Handler): boolean {
  return call.range.start.line >= handler.range.start.line && call.range.end.line <= handler.range.end.line;
}
