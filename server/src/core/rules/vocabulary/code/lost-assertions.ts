import type { SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { type Assertion, isAssertionCall } from './assertions.ts';
import { holdsLine } from './hunk-lines.ts';
import { groupBy, keepOfBoth } from './kept.ts';
import { regrouped, type TestCase, testCasesOf } from './test-cases.ts';
import { tokensOf, tokenTexts } from './token-lines.ts';

/** Tests that stay and miss assertions; of a whole file, once for all of its hunks. A group of tests is judged by its tests. */
export const thinned = keepOfBoth((before: SourceFacts, after: SourceFacts) => {
  const old = testCasesOf(before);
  if (old.length === 0) return [];
  const tests = testCasesOf(after);
  const left = groupBy(tests, ({ id }) => id);
  return old.flatMap((test) => {
    const now = left.get(test.id)?.[0] ?? regrouped(test, old, tests);
    const missing = now === undefined ? [] : without(test.assertions, now.assertions);
    const isGroup = (): boolean => old.some((other) => other.id !== test.id && other.id.startsWith(`${test.id}.`));
    return now === undefined || missing.length === 0 || isGroup() ? [] : [{ old: test, now, missing }];
  });
});

/** Assertions of one list that the other does not have, counted. */
export function without(list: readonly Assertion[], others: readonly Assertion[]): readonly Assertion[] {
  const left = others.map(({ text }) => text);
  return list.filter(({ text }) => {
    const at = left.indexOf(text);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** The same assertion now stands in another test, or in another file of the change. */
export function movedAway(input: RuleInput, lost: readonly Assertion[]): boolean {
  const before = new Set(testCasesOf(input.before).flatMap((test) => test.assertions.map((assertion) => `${test.id} ${assertion.text}`)));
  const fresh = testCasesOf(input.after).flatMap((test) => test.assertions.filter(({ text }) => !before.has(`${test.id} ${text}`)));
  const elsewhere = input.addedElsewhere().calls.filter(isAssertionCall);
  return lost.some(
    ({ text, subject }) =>
      fresh.some((assertion) => assertion.text === text) ||
      elsewhere.some((call) => subject !== '' && (call.args[0] ?? '').replace(/\s+/g, '') === subject),
  );
}

/** One larger comparison, or the same one for each of a list. */
export function isGathered(gained: readonly Assertion[]): boolean {
  return gained.some(isWide);
}

/** A comparison with a list, an object or something that is made of several values: `== Entry(date=day, cents=-320)`. */
export function isWide({ text, strength }: Assertion): boolean {
  return (
    strength === 'exact' &&
    (/[([{,]\s*[[{]\s*[\w'"[{]/.test(text) || /[(,=](?:new)?[A-Z]\w{0,40}\(\w{1,40}=[^()]{0,400}/.test(text) || /==[[{]/.test(text))
  );
}

/** Every value that the lost ones compared with is said in one that came, whichever words ask for it. */
export function saysAll(gained: readonly Assertion[], lost: readonly Assertion[]): boolean {
  const left = gained.flatMap(({ text }) => valuesIn(text));
  return lost.every(({ text, subject }) => {
    // Which of two arguments is the one that is asked about, nobody can tell.
    const own = new Set(/^(?:expect|assertThat|!)\(/.test(text) ? valuesIn(subject) : []);
    const values = valuesIn(text).filter((value) => !own.has(value));
    return values.length > 0 && values.every((value) => take(left, value));
  });
}

function take(left: string[], value: string): boolean {
  const at = left.indexOf(value);
  if (at >= 0) left.splice(at, 1);
  return at >= 0;
}

/** Texts and numbers that an assertion names, without their quotes. */
function valuesIn(text: string): readonly string[] {
  return (text.match(VALUE) ?? []).map((value) => value.replace(/^['"]|['"]$/g, ''));
}

const VALUE = /'[^']*'|"[^"]*"|\b\d[\w.]*/g;

/** Lost comparisons whose values all stand in the table of the test, which compares in a loop or is run for each of its cases. */
export function isTabled({ after }: RuleInput, now: TestCase, lost: readonly Assertion[]): boolean {
  if (after === undefined || !now.assertions.some(({ strength }) => strength === 'exact')) return false;
  const marks = after.calls.filter(({ kind, scope }) => kind === 'decorator' && scope === now.id);
  const runs = marks.some(({ callee }) => /parametrize$|^case$|Source$|^test_case$|^rstest$/.test(callee));
  if (!runs && !after.loops.some(({ kind, scope }) => kind === 'each' && (scope === now.id || scope.startsWith(`${now.id}.`))))
    return false;
  const said = new Set(valuesIn([tokensOf(after, now.id), ...marks.flatMap(({ args }) => args)].join(' ')));
  const values = lost.flatMap(({ text }) => valuesIn(text));
  return values.length > 0 && values.every((value) => said.has(value));
}

/** The thing that a lost assertion asked a part of is compared as a whole: `assert_eq!(amount, Amount::from_cents(1250))`. */
export function isComparedWhole({ subject }: Assertion, gained: readonly Assertion[]): boolean {
  const root = /^!?(?:\w+\()?([a-z_]\w*)\./.exec(subject)?.[1];
  return (
    root !== undefined &&
    gained.some(
      ({ text, strength }) =>
        strength === 'exact' && [`(${root},`, `,${root})`, `(${root}==`, `==${root})`, `(${root}).`].some((whole) => text.includes(whole)),
    )
  );
}

/** One exact assertion for each row of a table says as much as one for each test did. */
export function isTable({ after }: RuleInput, now: readonly Assertion[]): boolean {
  return (
    now.some(({ strength }) => strength === 'exact') &&
    (after?.loops.length !== 0 ||
      after.calls.some(({ callee }) =>
        /\.each$|parametrize|\b(CsvSource|ValueSource|MethodSource|EnumSource|rstest|test_case|t\.Run)$/.test(callee),
      ))
  );
}

/** The assertion speaks of something that the change took out of the whole tree. */
export function isGoneWithItsCode(input: RuleInput, { text }: Assertion): boolean {
  const extensions = [input.path.slice(input.path.lastIndexOf('.'))];
  const names = new Set(text.match(/[A-Za-z_$][\w$]{3,}/g) ?? []);
  const [was, now] = [input.before, input.after].map((facts) => (facts === undefined ? undefined : tokenTexts(facts)));
  return [...names].slice(0, 12).some((name) => {
    if (was?.has(name) === false || now?.has(name) === true) return false;
    const old = input.trees.before.mentioning(name, extensions);
    return old.some((path) => path !== input.path) && input.trees.after.mentioning(name, extensions).length === 0;
  });
}

/** True where an assertion stands in a stretch of lines. */
export function isIn({ range }: Assertion, span: { readonly start: number; readonly lines: number }): boolean {
  return holdsLine(span, range.start.line);
}
