import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, literal, shorten } from '../vocabulary/code/call-names.ts';
import { isGathered, isGoneWithItsCode, isIn, isTable, movedAway, thinned, without } from '../vocabulary/code/lost-assertions.ts';
import { type Assertion, isAssertionCall, plainScope, regrouped, type TestCase, testCasesOf } from '../vocabulary/code/test-cases.ts';
import { fewerCases } from '../vocabulary/gates/fewer-cases.ts';
import { leftOutTests } from '../vocabulary/gates/left-out-tests.ts';
import { loweredCoverage } from '../vocabulary/settings/coverage.ts';

/**
 * ## What it sees
 * A test that stays and says less: it is skipped, its neighbours are (`only`), it lost assertions, or an exact comparison became
 * the question whether there is any value at all. A threshold of coverage that sinks, and a pipeline that rewrites snapshots
 * instead of comparing them.
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
      ...skipped(input),
      ...unmarked(input),
      ...skippedInside(input),
      ...weakened(input),
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

/** Tests that ran before and do not run now. */
function* skipped(input: RuleInput): Iterable<FindingDraft> {
  const before = testCasesOf(input.before);
  const after = testCasesOf(input.after);
  for (const test of after) {
    if (test.skip === '' || !isAddedHere(input, test)) continue;
    const old = before.find((other) => other.id === test.id) ?? regrouped(test, after, before) ?? renamed(input, test, before, after);
    if (old === undefined || old.skip !== '') continue;
    const isFocus = /only|^f/.test(test.skip);
    yield {
      side: 'after',
      range: test.range,
      message: fitMessage(
        isFocus
          ? `\`${shorten(test.skip, 20)}\` keeps every other test from running`
          : `\`${shorten(test.title, 40)}\` no longer runs: \`${shorten(test.skip, 22)}\``,
      ),
    };
  }
}

/** A test that kept its body and lost what makes it one: Java's `@Test`, Rust's `#[test]`. */
function* unmarked(input: RuleInput): Iterable<FindingDraft> {
  const after = testCasesOf(input.after);
  for (const mark of input.removed.calls) {
    if (mark.kind !== 'decorator' || !/^(Test|ParameterizedTest|RepeatedTest|test|(\w+::)+test)$/.test(mark.callee)) continue;
    const stays = input.after?.symbols.some((symbol) => symbol.name === mark.scope && symbol.kind !== 'class') ?? false;
    if (!stays || after.some((test) => test.id === mark.scope)) continue;
    yield { side: 'before', range: mark.range, message: fitMessage(`\`${shorten(lastName(mark.scope), 40)}\` is no longer a test`) };
  }
}

/** The hunk skips a test under another title: as many tests as before, one of them gone from its place. */
function renamed(input: RuleInput, test: TestCase, before: readonly TestCase[], after: readonly TestCase[]): TestCase | undefined {
  if (after.length > before.length) return undefined;
  const { start, lines } = input.hunk.before;
  return before.find(
    (other) =>
      other.range.start.line >= start &&
      other.range.start.line < start + lines &&
      !after.some((kept) => kept.id === other.id) &&
      (other.title.startsWith(test.title) || test.title.startsWith(other.title)),
  );
}

function isAddedHere(input: RuleInput, test: TestCase): boolean {
  const { start, lines } = input.hunk.after;
  return test.range.start.line >= start && test.range.start.line < start + lines;
}

const SKIPS =
  /^(t|b|tb|this|self|test|it|pytest|ctx|context|unittest)\.(skip|Skip|Skipf|SkipNow|skipTest|xfail|SkipTest|fixme|todo)$|^(pending|skipTest|assumeTrue|assumeFalse|assumeThat|Assumptions\.\w+|Assume\.\w+)$/;

/** A call in the body of a test that ends it: `t.Skip("flaky")`, `pytest.skip()`, `assumeTrue(false)`. */
function* skippedInside(input: RuleInput): Iterable<FindingDraft> {
  const before = testCasesOf(input.before);
  const after = testCasesOf(input.after);
  for (const call of input.added.calls) {
    if (call.kind === 'decorator' || !SKIPS.test(call.callee)) continue;
    if (/assum/i.test(call.callee) && !/^(false|true)$/.test(call.args[0] ?? '')) continue;
    if (/^(test|it)\./.test(call.callee) && (call.args.length > 1 || literal(call.args[0]) !== undefined)) continue;
    const scope = plainScope(call.scope);
    const around = (tests: readonly TestCase[]): TestCase | undefined =>
      [...tests].sort((a, b) => b.id.length - a.id.length).find(({ id }) => scope === id || scope.startsWith(`${id}.`));
    const test = around(before);
    // A new test of a class that stays never ran before.
    if (test !== undefined && around(after)?.id !== test.id) continue;
    if (test === undefined || isConditional(input, call.range.start.line)) continue;
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(`\`${shorten(test.title, 40)}\` no longer runs: \`${shorten(call.callee, 22)}\``),
    };
  }
  for (const option of input.added.options) {
    if (option.name !== 'pytestmark' || !/mark\.skip/.test(option.value)) continue;
    yield { side: 'after', range: option.range, message: 'the tests of this file no longer run' };
  }
}

/** True on the machine that gates a change: `os.Getenv("CI") != ""`. */
const ASKS_FOR_CI =
  /(?<!!\s?)(?<!not )\b(?:(?:os\.)?Getenv\(|(?:os\.)?environ(?:\.get)?[([]|getenv\(|process\.env\.|env\.)["']?(?:CI|GITHUB_ACTIONS|GITLAB_CI)\b(?!["')\]]*\s?(?:==|is)\s?(?:""|''|None|undefined))/;

/** `if testing.Short() { t.Skip() }`: the long run still has it. */
function isConditional(input: RuleInput, line: number): boolean {
  return (
    input.after?.guards.some(({ range, test }) => range.start.line <= line && line <= range.end.line && !ASKS_FOR_CI.test(test)) ?? false
  );
}

/** Tests of both sides whose assertions became fewer or weaker, each on the hunk that lost the first of them. */
function* weakened(input: RuleInput): Iterable<FindingDraft> {
  if (input.after === undefined) return;
  for (const { old, now, missing } of input.before === undefined ? [] : thinned(input.before, input.after)) {
    if (!missing.some((assertion) => isIn(assertion, input.hunk.before))) continue;
    const lost = missing.filter((assertion) => !isGoneWithItsCode(input, assertion));
    const gained = without(now.assertions, old.assertions);
    const here = lost.find((assertion) => isIn(assertion, input.hunk.before));
    if (here === undefined || isGathered(gained) || hasHelper(input, now)) continue;
    const draft = weaker(input, here, old, now, lost, gained) ?? fewer(input, here, old, now, lost, gained);
    if (draft !== undefined) yield draft;
  }
}

function weaker(
  input: RuleInput,
  here: Assertion,
  old: TestCase,
  now: TestCase,
  lost: readonly Assertion[],
  gained: readonly Assertion[],
): FindingDraft | undefined {
  const count = (list: readonly Assertion[], strength: Assertion['strength']): number =>
    list.filter((one) => one.strength === strength).length;
  if (count(now.assertions, 'exact') >= count(old.assertions, 'exact') || count(gained, 'present') === 0) return undefined;
  // Weaker is said of one thing: another subject is another question.
  const [exact, present] =
    lost
      .filter(({ strength }) => strength === 'exact')
      .flatMap((was) =>
        gained.filter((fresh) => fresh.strength === 'present' && isAboutSame(was, fresh)).map((fresh) => [was, fresh] as const),
      )[0] ?? [];
  if (exact === undefined || present === undefined) return undefined;
  // `to.equal(true)` and `to.be.true` say the same.
  if (/^expect\([^)]*\)$/.test(present.text) && /\((true|false|null|undefined)\)$/.test(exact.text)) return undefined;
  const message = fitMessage(`\`${shorten(old.title, 34)}\` only asks for any value now`);
  return isIn(present, input.hunk.after)
    ? { side: 'after', range: present.range, message }
    : { side: 'before', range: here.range, message };
}

/**
 * A function that was asked what it throws (its text is `fn`) is asked what it gives: the subject is what it calls. What it is given
 * may be written otherwise: `price({ days: 3 })`, `price(stay({ days: 3 }))`.
 */
function isAboutSame(exact: Assertion, present: Assertion): boolean {
  if (/^(true|false|True|1|)$/.test(present.subject) || exact.subject === 'fn' || exact.text.includes(present.subject)) return true;
  const called = callee(present.subject);
  return called !== undefined && !LOOKS_UP.test(lastName(called)) && ['(', ','].some((edge) => exact.text.includes(`${edge}${called}(`));
}

/** `price` of `price(stay(3))`; undefined where the call is asked for something in turn: `find('.price').text()`. */
function callee(subject: string): string | undefined {
  const name = /^([\w$.]+)\(.*\)$/.exec(subject)?.[1];
  if (name === undefined) return undefined;
  let depth = 0;
  for (let at = name.length; at < subject.length - 1; at += 1) {
    depth += subject[at] === '(' ? 1 : subject[at] === ')' ? -1 : 0;
    if (depth === 0) return undefined;
  }
  return name;
}

/** Which of many is told by what it is given. */
const LOOKS_UP =
  /^(?:get|find|query|locat|select|within|item|at|nth|first|last|fetch|load|read|wrap|render|mount|filter|map|len$|length|count|str|int|Number|String|JSON|\$)/;

function fewer(
  input: RuleInput,
  here: Assertion,
  old: TestCase,
  now: TestCase,
  lost: readonly Assertion[],
  gained: readonly Assertion[],
): FindingDraft | undefined {
  const fallen = old.assertions.length - now.assertions.length;
  if (fallen <= 0 || lost.length <= gained.length || movedAway(input, lost)) return undefined;
  // A test that was rewritten around fewer assertions may say as much as before; one that only lost some does not.
  const isOnlyCut = gained.length === 0 && addedIn(input, now) === 0;
  const isMost = fallen * 2 >= old.assertions.length;
  return {
    side: 'before',
    range: here.range,
    message: fitMessage(
      `\`${shorten(old.title, 36)}\` ${now.assertions.length === 0 ? 'checks nothing any more' : `makes ${now.assertions.length} of ${old.assertions.length} assertions`}`,
    ),
    ...(isOnlyCut || isMost ? {} : { severity: 'low' as const }),
  };
}

function addedIn(input: RuleInput, test: TestCase): number {
  return input.added.calls.filter((call) => within(plainScope(call.scope), test.id)).length;
}

function within(scope: string, id: string): boolean {
  return scope === id || scope.startsWith(`${id}.`);
}

const HELPER = /^(assert|expect|verify|check|should|must|validate|require)[A-Z_]\w*$/;

/** A helper of the tests that the change calls now, and which asserts. */
function hasHelper(input: RuleInput, now: TestCase): boolean {
  return input.added.calls.some(
    (call) =>
      within(plainScope(call.scope), now.id) &&
      HELPER.test(lastName(call.callee)) &&
      !now.assertions.some(({ range }) => range === call.range) &&
      !isAssertionCall(call),
  );
}

/** A file of tests that was written anew and asks half as much of the same things; told once, by its first assertion that is gone. */
function* shrunk(input: RuleInput): Iterable<FindingDraft> {
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
