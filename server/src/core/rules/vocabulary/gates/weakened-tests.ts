import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import { isGathered, isGoneWithItsCode, isIn, movedAway, thinned, without } from '../code/lost-assertions.ts';
import { isAboutSame } from '../code/same-subjects.ts';
import { type Assertion, isAssertionCall, plainScope, type TestCase } from '../code/test-cases.ts';

/** Tests of both sides whose assertions became fewer or weaker, each on the hunk that lost the first of them. */
export function* weakenedTests(input: RuleInput): Iterable<FindingDraft> {
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

const HELPER = /^(assert|expect|verify|check|should|must|validate|require)[A-Z_]\w*$/;
