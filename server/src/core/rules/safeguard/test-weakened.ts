import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { plainScope } from '../vocabulary/code/assertions.ts';
import { shorten } from '../vocabulary/code/call-names.ts';
import { within } from '../vocabulary/code/counterpart.ts';
import { isGathered, isGoneWithItsCode, isIn, isTable, movedAway, without } from '../vocabulary/code/lost-assertions.ts';
import { testCasesOf } from '../vocabulary/code/test-cases.ts';
import { fewerCases } from '../vocabulary/gates/fewer-cases.ts';
import { leftOutTests } from '../vocabulary/gates/left-out-tests.ts';
import { looserTolerances } from '../vocabulary/gates/looser-tolerances.ts';
import { skippedTests, unmarkedTests } from '../vocabulary/gates/skipped-tests.ts';
import { testsEndedInside } from '../vocabulary/gates/tests-ended-inside.ts';
import { weakenedTests } from '../vocabulary/gates/weakened-tests.ts';
import { loweredCoverage } from '../vocabulary/settings/coverage.ts';

/**
 * ## What it sees
 * A test that stays and says less: it is skipped, its neighbours are (`only`), it lost assertions, or an exact comparison became
 * the question whether there is any value at all, a bound, or any error; also where framework, library and names are others now. A
 * tolerance ten times as wide, a threshold of coverage that sinks, and a pipeline that rewrites snapshots instead of comparing them.
 *
 * ## Why it matters
 * A red test is made green in two ways, and the quick one leaves the fault in and the alarm off. Nobody reads a suite that passes.
 *
 * ## When it is fine
 * New tests, tests that run again, tests that went away with the code they tested, and assertions that were gathered into one
 * larger comparison. These are not flagged.
 *
 * ## What it misses
 * An expected value that was made to fit, a test that was deleted while its code stays, and snapshots, which are not read.
 */
export default defineRule({
  id: 'safeguard/test-weakened',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'medium',
  about: 'tests',
  title: 'A test checks less, or does not run',
  reads: ['calls', 'guards', 'options', 'settings', 'commands', 'handlers'],
  evidence: [{ title: 'Agents that weaken tests to pass', url: 'https://github.com/diberry/squad/issues/39' }],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<number>();
    const drafts = [
      ...skippedTests(input),
      ...unmarkedTests(input),
      ...testsEndedInside(input),
      ...weakenedTests(input),
      ...looserTolerances(input),
      ...silenced(input),
      ...loweredCoverage(input),
      ...snapshots(input),
      ...shrunk(input),
      ...[...fewerCases(input)].map(({ range, gone }) => ({
        side: 'after' as const,
        range,
        message: fitMessage(`${gone.length} case${gone.length === 1 ? '' : 's'} fewer: \`${shorten(gone.join(', '), 40)}\``),
      })),
      ...[...leftOutTests(input)].map(({ range, what }) => ({
        side: 'after' as const,
        range,
        message: fitMessage(`\`${shorten(what, 40)}\` is left out: its tests no longer run`),
      })),
    ];
    for (const draft of drafts) {
      if (flagged.has(draft.range.start.line)) continue;
      flagged.add(draft.range.start.line);
      yield draft;
    }
  },
});

/** A file of tests that was written anew and asks half as much of the same things; told once, by its first assertion that is gone. */
function* shrunk(input: RuleInput): Iterable<FindingDraft> {
  if (testCasesOf(input.before).length === 0) return;
  const tests = testCasesOf(input.after);
  const [old, now] = [testCasesOf(input.before), tests].map((list) => list.flatMap(({ assertions }) => assertions));
  if (old === undefined || now === undefined || now.length === 0 || old.length < 4 || now.length * 2 > old.length) return;
  // Tests that stay are judged one by one.
  const stay = new Set(tests.map(({ id }) => id));
  const gone = new Set(testCasesOf(input.before).flatMap(({ id, assertions }) => (stay.has(id) ? [] : assertions)));
  const lost = without(old, now).filter((assertion) => gone.has(assertion) && !isGoneWithItsCode(input, assertion));
  const [first] = lost;
  if (
    first === undefined ||
    lost.length < 3 ||
    isTable(input, now) ||
    isGathered(now) ||
    movedAway(input, lost) ||
    !isIn(first, input.hunk.before)
  )
    return;
  yield {
    side: 'before',
    range: first.range,
    message: fitMessage(`the tests of this file make ${now.length} of ${old.length} assertions`),
    severity: 'low',
  };
}

/** An assertion whose failure is caught in the test. */
function* silenced(input: RuleInput): Iterable<FindingDraft> {
  for (const handler of input.added.handlers) {
    if (handler.outcome !== 'swallows' || !handler.guarded.some((callee) => /^expect\b|^assert|^self\.assert/.test(callee))) continue;
    const scope = plainScope(handler.scope);
    const test = testCasesOf(input.before).find(({ id }) => within(scope, id));
    if (test !== undefined)
      yield { side: 'after', range: handler.range, message: fitMessage(`a failure of \`${shorten(test.title, 40)}\` disappears`) };
  }
}

/** A run that takes whatever comes out as what was expected. */
function* snapshots(input: RuleInput): Iterable<FindingDraft> {
  for (const command of input.added.commands) {
    const updates =
      /\b(jest|vitest|react-scripts test|playwright test|pytest)\b.*\s(-u|--update|--updateSnapshot|--update-snapshots|--ci=false|--snapshot-update)(\s|$)/.test(
        command.written,
      );
    if (!updates || !/(^|\/)(\.github|\.gitlab-ci|package\.json|Makefile|ci)\b/.test(input.path)) continue;
    const old = input.removed.commands.find((other) => other.name === command.name && !/\s(-u|--update)/.test(other.written));
    if (old !== undefined)
      yield {
        side: 'after',
        range: command.range,
        message: fitMessage(`\`${shorten(command.written, 40)}\` rewrites what it should compare`),
      };
  }
}
