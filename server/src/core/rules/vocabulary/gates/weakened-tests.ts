import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { type Assertion, plainScope } from '../code/assertions.ts';
import { shorten } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import {
  isComparedWhole,
  isGathered,
  isGoneWithItsCode,
  isIn,
  isTabled,
  isWide,
  movedAway,
  saysAll,
  thinned,
  without,
} from '../code/lost-assertions.ts';
import { isAboutSame } from '../code/same-subjects.ts';
import type { TestCase } from '../code/test-cases.ts';
import { callsHelper } from './asserting-functions.ts';

/** A test of both sides with the assertions that it lost and those that came. */
interface Thinner {
  readonly old: TestCase;
  readonly now: TestCase;
  readonly lost: readonly Assertion[];
  readonly gained: readonly Assertion[];
}

/** Tests of both sides whose assertions became fewer or weaker, each on the hunk that lost the first of them. */
export function* weakenedTests(input: RuleInput): Iterable<FindingDraft> {
  if (input.after === undefined) return;
  for (const { old, now, missing } of input.before === undefined ? [] : thinned(input.before, input.after)) {
    const gained = without(now.assertions, old.assertions);
    const isHere = missing.some((assertion) => isIn(assertion, input.hunk.before));
    if (!isHere && !gained.some((assertion) => isIn(assertion, input.hunk.after))) continue;
    const lost = missing.filter((assertion) => !isGoneWithItsCode(input, assertion));
    if (lost.length === 0 || callsHelper(input, now)) continue;
    const test = { old, now, lost, gained };
    const part = onlyPart(input, test);
    if (part === undefined && isGathered(gained)) continue;
    const left = part ?? weaker(input, test);
    const what = part !== undefined ? 'a part of it' : left?.strength === 'bound' ? 'a bound' : 'any value';
    const message = fitMessage(`\`${shorten(old.title, 34)}\` only asks for ${what} now`);
    if (left !== undefined) {
      if (isIn(left, input.hunk.after)) yield { side: 'after', range: left.range, message };
      continue;
    }
    const here = isHere ? lost.find((assertion) => isIn(assertion, input.hunk.before)) : undefined;
    const draft = here === undefined ? undefined : fewer(input, test, here);
    if (draft !== undefined) yield draft;
  }
}

/** What came in place of a comparison and asks for less. */
function weaker(input: RuleInput, { old, now, lost, gained }: Thinner): Assertion | undefined {
  const count = (list: readonly Assertion[]): number => list.filter(({ strength }) => strength === 'exact').length;
  if (count(now.assertions) >= count(old.assertions)) return undefined;
  // `to.equal(true)` and `to.be.true` say the same.
  const compared = lost.filter((assertion) => assertion.strength === 'exact' && !TRUTH.test(assertion.text));
  // Weaker is said of one thing: another subject is another question.
  const isAbout = (was: Assertion, fresh: Assertion): boolean =>
    isAboutSame(was, fresh, input.before, input.after) && !saysAll([fresh], [was]);
  const asks = (strength: Assertion['strength']): Assertion | undefined =>
    gained.find((fresh) => fresh.strength === strength && compared.some((was) => isAbout(was, fresh)));
  return asks('present') ?? onlyPresence(compared, now, gained) ?? asks('bound');
}

/** A list or an object was compared as a whole, and all that is asked of it now is how long it is, or whether it has some key. */
function onlyPart(input: RuleInput, { lost, gained }: Thinner): Assertion | undefined {
  const parts = gained.filter(({ text }) => PART.test(text));
  if (parts.length === 0) return undefined;
  const whole = lost.filter(isWide);
  const isAbout = (was: Assertion, fresh: Assertion): boolean =>
    isAboutSame(
      was,
      { ...fresh, subject: fresh.subject.replace(/^len\((.*)\)$|\.(?:keys\(\)|length|len\(\)|size\(\))$/, '$1') },
      input.before,
      input.after,
    );
  const [found] = parts.filter((fresh) => whole.some((was) => isAbout(was, fresh)));
  if (found === undefined) return undefined;
  return gained.some((fresh) => fresh.strength === 'exact' && !parts.includes(fresh) && whole.some((was) => isAbout(was, fresh)))
    ? undefined
    : found;
}

const PART =
  /\.toHaveLength\(|\.hasSize\(|\.lengthOf\(|\bLen\(|\blen\([^()]*(?:\([^()]*\))?\)==\d|\.(?:len|size)\(\),?=?=?|\.length\b|\.toHaveProperty\('[^',]*'\)$|\.containsKey\(|^!\(['"][^'"]*['"]in|\.keys\(\)==/;

/** The expected value is one that a question without a value asks for as well. */
const TRUTH = /(?:[(,=]|\bis)(?:true|false|null|undefined|True|False|None|nil)\)?$|^[\w.]+\((?:true|false|null)\b/;

/** What a test asks after it lost all comparisons, where it asks for nothing but a value, whatever that one is called. */
function onlyPresence(compared: readonly Assertion[], { assertions }: TestCase, gained: readonly Assertion[]): Assertion | undefined {
  if (compared.length === 0 || assertions.some(({ strength }) => strength !== 'present' && strength !== 'bound')) return undefined;
  return gained.find(({ subject }) => /^\w+$/.test(subject));
}

function fewer(input: RuleInput, { old, now, lost, gained }: Thinner, here: Assertion): FindingDraft | undefined {
  const fallen = old.assertions.length - now.assertions.length;
  if (fallen <= 0 || lost.length <= gained.length || movedAway(input, lost) || saysAll(gained, lost) || isTabled(input, now, lost))
    return undefined;
  // Who compares a thing also asks that it is there, and who compares the whole of it asks for its parts.
  const isAsked = (was: Assertion): boolean =>
    isComparedWhole(was, gained) ||
    (/^(?:\w+\.)?fail\(/.test(was.text) && gained.some(({ throws }) => throws === true)) ||
    (was.strength === 'present' &&
      now.assertions.some((fresh) => fresh.strength === 'exact' && isAboutSame(fresh, was, input.after, input.before)));
  if (lost.filter((was) => !isAsked(was)).length <= gained.length) return undefined;
  // A test that was rewritten around fewer assertions may say as much as before; one that only lost some does not.
  const isOnlyCut = gained.length === 0 && (addedIn(input, now) === 0 || isUnread(input, now, here));
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

/** What was asked is done still, and nobody looks at its answer: `let _ = limiter.take()`. */
function isUnread({ after }: RuleInput, now: TestCase, { text }: Assertion): boolean {
  return (
    after?.calls.some(
      ({ callee, use, scope }) =>
        use === 'discarded' && within(plainScope(scope), now.id) && text.includes(`${callee.replace(/\s+/g, '')}(`),
    ) === true
  );
}
