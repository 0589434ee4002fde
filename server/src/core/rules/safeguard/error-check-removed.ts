import type { FindingDraft } from '../../model/finding.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten } from '../vocabulary/code/call-names.ts';
import { counterpartScope } from '../vocabulary/code/counterpart.ts';
import { isAwaitedNow } from '../vocabulary/guards/awaited-now.ts';
import { blindHandlers } from '../vocabulary/guards/blind-handlers.ts';
import { isCheckedBySession } from '../vocabulary/guards/checked-by-session.ts';
import { isCollected } from '../vocabulary/guards/collected-errors.ts';
import { givesNoError, isHandedOn, leftWithItsCall, leftWithItsHandler, wentWithItsAnswer } from '../vocabulary/guards/departed-errors.ts';
import { droppedErrors, takesAllAnswers, unheardAnswers } from '../vocabulary/guards/dropped-errors.ts';
import { checksOtherwise, isCheckedByHelper, throwsByItself } from '../vocabulary/guards/errors-asked-otherwise.ts';
import { callsInside, guardKind } from '../vocabulary/guards/guard-kinds.ts';
import { ignoredResults } from '../vocabulary/guards/ignored-results.ts';
import { lostGuards } from '../vocabulary/guards/lost-guards.ts';
import { lostOwnChecks } from '../vocabulary/guards/lost-own-checks.ts';
import { tolerantTasks } from '../vocabulary/guards/tolerant-tasks.ts';
import { unaskedAnswers } from '../vocabulary/guards/unasked-answers.ts';
import { isUncounted } from '../vocabulary/guards/uncounted-rows.ts';
import { unheldMessages } from '../vocabulary/guards/unheld-messages.ts';
import { unhookedChecks } from '../vocabulary/guards/unhooked-checks.ts';
import { unnoticedRuns } from '../vocabulary/guards/unnoticed-runs.ts';
import { unheardFailures } from '../vocabulary/shell/script-guards.ts';

/**
 * ## What it sees
 * A check of an answer's status or of an error value (`if (!res.ok) throw`, `raise_for_status()`) that goes away while the
 * call stays, a function of the project around the call that asked it, a new way out in front of it, a client that is told to
 * throw no more (`validateStatus: () => true`), a task of Ansible that may fail now (`ignore_errors: true`), and what held the failure of one message back from the others: a `recover()` around a
 * goroutine, a handler of all errors in the loop of a consumer.
 *
 * ## Why it matters
 * A refusal is read as a success: the body of an error page becomes data, and the work goes on.
 *
 * ## When it is fine
 * The call was replaced by one that throws by itself, or the check moved. These are not flagged.
 *
 * ## What it misses
 * A client whose settings, in another file, decide whether it throws.
 */
export default defineRule({
  id: 'safeguard/error-check-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'An error is no longer checked',
  reads: ['guards', 'calls', 'options', 'handlers', 'commands', 'conditions', 'loops', 'tokens', 'settings'],
  evidence: [
    { title: 'errcheck', url: 'https://github.com/kisielk/errcheck' },
    {
      title: 'Reported retail order loss after AI-assisted changes, 2026',
      url: 'https://vibegraveyard.ai/story/amazon-ai-code-retail-outages',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    const before = input.before?.calls ?? [];
    for (const guard of lostGuards(
      input,
      (candidate) => candidate.exit !== 'break' && guardKind(candidate, callsInside(candidate, before)) === 'error',
    )) {
      if (
        !isUncounted(input, guard) &&
        (throwsByItself(input, guard.scope) ||
          checksOtherwise(input, guard.scope, guard) ||
          leftWithItsCall(input, guard) ||
          givesNoError(input, guard) ||
          leftWithItsHandler(input, guard) ||
          isAwaitedNow(input, guard) ||
          isCollected(input, guard) ||
          (ASKS_STATUS.test(guard.test) && isCheckedBySession(input, { callee: 'raise_for_status', scope: guard.scope })))
      )
        continue;
      if (/\bnil\b/.test(guard.test) && isHandedOn(input, guard)) continue;
      yield {
        side: 'before',
        range: guard.range,
        message: fitMessage(`\`${shorten(guard.test, 34)}\` is no longer checked in \`${shorten(guard.scope, 18) || 'the module'}\``),
      };
    }
    for (const call of lostOwnChecks(input, 'error')) {
      if (checksOtherwise(input, call.scope) || throwsByItself(input, call.scope) || wentWithItsAnswer(input, call)) continue;
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 34)}\` no longer refuses a failure in \`${shorten(call.scope, 20)}\``),
      };
    }
    for (const { guard, asked } of unaskedAnswers(input))
      yield {
        side: 'after',
        range: guard.range,
        message: fitMessage(`\`${shorten(guard.test, 24)}\` leaves before \`${shorten(asked, 30)}\` is asked`),
      };
    yield* droppedErrors(input);
    yield* ignoredResults(input);
    yield* unheardAnswers(input);
    yield* takesAllAnswers(input);
    yield* unhookedChecks(input);
    yield* blindHandlers(input);
    for (const command of unheardFailures(input))
      yield {
        side: 'after',
        range: command.range,
        message: fitMessage(`the script goes on when \`${shorten(command.written, 38)}\` fails`),
      };
    yield* unnoticedRuns(input);
    yield* tolerantTasks(input);
    for (const { range, work } of unheldMessages(input))
      yield { side: 'before', range, message: fitMessage(`one failure of \`${shorten(work, 28)}\` ends the loop for all messages`) };
    for (const call of input.removed.calls) {
      if (
        !/^(raise_for_status|error_for_status|error_for_status_ref|raiseForStatus|throwIfError|throwOnError|ensureSuccess\w*|ensureOk|assertOk|expectOk|checkStatus|checkResponse|handleErrors|orThrow|rejectOnError)$/.test(
          lastName(call.callee),
        )
      )
        continue;
      if (counterpartScope(input, call.scope) === undefined || checksOtherwise(input, call.scope) || isCheckedByHelper(input, call))
        continue;
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 34)}\` is no longer asked in \`${shorten(call.scope, 22) || 'the module'}\``),
      };
    }
  },
});

/** What a client whose answers are all asked at once asks of each. */
const ASKS_STATUS = /\.(?:status_code|status|ok|is_success|is_error)\b/;
