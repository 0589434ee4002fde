import type { Call, Guard, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import { callsInside } from '../guards/guard-kinds.ts';
import { lastName, literal, words } from './call-names.ts';

/** A test of one side of a file, found by how its language writes one, wherever the file lives. */
export interface TestCase {
  /** The scope of what stands in it, alike for `it`, `it.skip` and `xit`. */
  readonly id: string;
  /** What a person calls it. */
  readonly title: string;
  /** How it is kept from running, as written: `it.skip`, `@Disabled`. Empty where it runs. */
  readonly skip: string;
  readonly range: Range;
  readonly assertions: readonly Assertion[];
}

export interface Assertion {
  /** White space removed, so that a moved assertion is the same. */
  readonly text: string;
  /** What it asks about: the words before the matcher. */
  readonly subject: string;
  /** `exact` compares with a value, `present` only asks that there is one. */
  readonly strength: 'exact' | 'other' | 'present';
  readonly range: Range;
}

/** Tests of one side, groups of tests (`describe`) among them. */
export function testCasesOf(facts: SourceFacts | undefined): readonly TestCase[] {
  if (facts === undefined) return [];
  const known = cases.get(facts);
  if (known !== undefined) return known;
  const tests = [...calledTests(facts), ...declaredTests(facts)];
  const asserted = tests.length === 0 ? [] : gatherAssertions(facts);
  const found = tests.map((test) => ({
    ...test,
    assertions: asserted.filter(({ scope }) => scope === test.id || scope.startsWith(`${test.id}.`)),
  }));
  cases.set(facts, found);
  return found;
}

/** True for the scope of something that stands in a test, also where the tests stand beside the code (`mod tests`). */
export function isTestScope(scope: string): boolean {
  return /(^|\.)(tests?|test_\w+|Test[A-Z]\w*)(\.|$)|(^|\.)[xf]?(describe|it|test|suite|specify)(\.\w+)*\(/.test(scope);
}

const cases = new WeakMap<SourceFacts, readonly TestCase[]>();

type Found = Omit<TestCase, 'assertions'>;

const RUNNER = /^([xf]?)(it|test|specify|describe|context|suite)((?:\.[\w$]+)*)(?:\(.*\))?$/s;
const MODIFIED = /(^|\.)[xf]?(it|test|specify|describe|context|suite)((?:\.\w+)*)\('/g;

/** `it('…', () => …)` and all its forms. */
function calledTests(facts: SourceFacts): readonly Found[] {
  return facts.calls.flatMap((call): readonly Found[] => {
    const title = literal(call.args[0]);
    if (title === undefined || call.kind !== 'call') return [];
    const [, prefix = '', word = '', modifiers = ''] = RUNNER.exec(call.callee) ?? [];
    if (word === '' || (call.args.length < 2 && !/todo|skip/.test(modifiers))) return [];
    const isSkipped = prefix !== '' || /\.(skip|only|todo|fixme|fails|failing)\b/.test(modifiers);
    const options = call.args.find(
      (argument) => /^\{.*\b(skip|todo|only)\b\s*(:\s*(?!false)|,|\})/.test(argument) && !argument.includes('=>'),
    );
    const skip = isSkipped ? `${prefix}${word}${modifiers}` : options === undefined ? '' : options;
    const inner = `${call.callee}('${title}')`;
    const id = plainScope(call.scope === '' ? inner : `${call.scope}.${inner}`);
    return [{ id, title, skip, range: call.range }];
  });
}

const TEST_MARK =
  /^(Test|ParameterizedTest|RepeatedTest|TestFactory|Property|test|(\w+::)+test|rstest|test_case|wasm_bindgen_test|quickcheck)$/;
const SKIP_MARK =
  /^(Disabled|Ignore|Ignored|ignore|Skip|skip|skipIf|pytest\.mark\.(skip|skipif|xfail)|unittest\.(skip|skipIf|skipUnless|expectedFailure)|mark\.(skip|skipif|xfail)|expectedFailure)$/;

/** Functions that are tests by their name (`test_refund`, `TestRefund`) or by an annotation, and classes of them. */
function declaredTests(facts: SourceFacts): readonly Found[] {
  const marks = facts.calls.filter((call) => call.kind === 'decorator');
  const isInTestFile = facts.language === 'python' || facts.language === 'go';
  return facts.symbols.flatMap((symbol): readonly Found[] => {
    if (symbol.kind !== 'function' && symbol.kind !== 'method' && symbol.kind !== 'class') return [];
    const own = marks.length === 0 ? marks : marks.filter((mark) => mark.scope === symbol.name);
    const name = lastName(symbol.name);
    const byName = isInTestFile && /^(test_\w+|test[A-Z]\w*|Test[A-Z_]\w*)$/.test(name);
    const byMark = own.some((mark) => TEST_MARK.test(mark.callee));
    const holdsTests = symbol.kind === 'class' && /Tests?$|^Test/.test(name);
    if (!byName && !byMark && !holdsTests) return [];
    const [mark] = own.filter((other) => SKIP_MARK.test(other.callee));
    return [{ id: symbol.name, title: name, skip: mark === undefined ? '' : `@${mark.callee}`, range: mark?.range ?? symbol.range }];
  });
}

/** `describe('x').it.skip('y')` as if nobody had skipped it. */
export function plainScope(scope: string): string {
  return scope.replace(MODIFIED, "$1$2('");
}

const ASSERTS =
  /^(expect|expectTypeOf|assertType|assert\w*!?|debug_assert\w*!|should\w*|verify|verifyNoMoreInteractions|assertThat|ensure_eq!|insta::assert_\w+!|fail)$/;
const GO_FAILS = /^(t|b|tb|tc)\.(Error|Errorf|Fatal|Fatalf|Fail|FailNow)$/;
const LIBRARY = /^(assert|require|is|should|sinon\.assert|chai\.assert|t|qt|cy|td)\.\w+/;

export function isAssertionCall(call: Call): boolean {
  if (call.kind !== 'call') return false;
  const name = lastName(call.callee);
  if (GO_FAILS.test(call.callee)) return true;
  if (/^(t|tb)\./.test(call.callee))
    return /^(is|not|deepEqual|equal|equals|same|ok|notOk|true|false|throws\w*|like|assert|truthy|falsy|rejects|snapshot|match|strictSame)$/.test(
      name,
    );
  if (LIBRARY.test(call.callee)) return !/^require\.(resolve|cache|context)/.test(call.callee);
  return (
    ASSERTS.test(name) ||
    /^(self|cls|this)\.assert\w+$/.test(call.callee) ||
    /(^|\.)assert_(called|not_called|awaited|any_call|has_calls)\w*$/.test(call.callee) ||
    /^pytest\.(raises|warns|approx)$/.test(call.callee)
  );
}

interface Placed extends Assertion {
  readonly scope: string;
}

function gatherAssertions(facts: SourceFacts): readonly Placed[] {
  const asserts = facts.calls.filter(isAssertionCall);
  const starts = new Map<string, Call>();
  for (const call of facts.calls) {
    const start = startOf(call.range);
    const known = starts.get(start);
    if (known === undefined || call.callee.length > known.callee.length) starts.set(start, call);
  }
  const seen = new Set<string>();
  const found: Placed[] = [];
  for (const call of asserts) {
    const start = startOf(call.range);
    if (seen.has(start)) continue;
    seen.add(start);
    const whole = starts.get(start) ?? call;
    found.push({ ...describeCall(call, whole), scope: plainScope(call.scope), range: whole.range });
  }
  for (const guard of facts.guards) {
    if (guard.exit !== 'throw' || seen.has(startOf(guard.range)) || callsInside(guard, asserts).length > 0) continue;
    found.push({ ...describeGuard(guard), scope: plainScope(guard.scope), range: guard.range });
  }
  return found;
}

function startOf({ start }: Range): string {
  return `${start.line}:${start.character}`;
}

/** `expect(x).toBe(1)` is one call of `toBe` whose callee holds the subject. */
function describeCall(call: Call, whole: Call): Omit<Assertion, 'range'> {
  const text = flat(`${whole.callee}(${whole.args.join(',')})`);
  const [first = ''] = call.args;
  const subject = flat(SOME.test(first) ? first.replace(/(?<!\s)\s*[>!][=\s]*0(?:\.0*)?$/, '') : first);
  return { text, subject, strength: strengthOf(whole, call) };
}

const PRESENT =
  /^(toBeTruthy|toBeDefined|toBeFalsy|toBeInTheDocument|ok|isOk|exists|exist|isDefined|isNotNull|isNotEmpty|assertNotNull|assertIsNotNone|assertTrue|assertNotNil|NotNil|NotEmpty|notNull|truthy|toHaveBeenCalled|toBeCalled|called|assert_called|anything|isTruthy|notEqual|toMatchSnapshot|toBeInstanceOf|toBeTypeOf|toBePositive|isPositive|isNotNegative|isInstanceOf|Positive|IsType|assertDoesNotThrow|assertInstanceOf|assertIsInstance|pass)$/;
const EXACT =
  /^(toBe|toEqual|toStrictEqual|toMatchObject|toMatchInlineSnapshot|toHaveLength|toHaveBeenCalledWith|toHaveBeenCalledTimes|toHaveBeenLastCalledWith|toHaveProperty|toBeCloseTo|toContain|toContainEqual|toThrow|toThrowError|equal|eql|eq|equals|deepEqual|strictEqual|deepStrictEqual|deepEquals|same|throws|rejects|assertEqual|assertEquals|assertEqualTo|isEqualTo|isEqualBy\w+|isSameAs|isCloseTo|hasSize|hasMessage\w*|containsExactly\w*|usingRecursiveComparison|hasToString|isEqualToIgnoringCase|hasSameElementsAs|assertRaises|assertThrows|raises|Equal|EqualValues|ErrorIs|Len|Error|EqualError|assert_eq!|assertListEqual|assertDictEqual|assertAlmostEqual|assertSame|assertArrayEquals|assert_called_with|assert_called_once_with|calledWith|is|members|lengthOf|throw|include|match|assertIn|JSONEq)$/;

function strengthOf(whole: Call, call: Call): Assertion['strength'] {
  const name = lastName(whole.callee);
  const [first = ''] = whole.args;
  // `expect(true).toBe(true)`, and a subject whose matcher is a property that is no call.
  if (/^(true|false|1|0|True|'[^']*')$/.test(call.args[0] ?? '') && /^(expect|assert\w*|assertTrue)$/.test(lastName(call.callee)))
    return 'present';
  if (whole === call && call.callee === 'expect') return 'present';
  if (/\bexpect\.(anything|any)\(/.test(first) || /\bmock\.ANY\b|\bany\(\)/.test(whole.args.join())) return 'present';
  if (/\.not\.(toBeNull|toBeUndefined|toThrow|toBe|toEqual|equal)$/.test(whole.callee)) return 'present';
  if (PRESENT.test(name)) return isComparison(whole) ? 'exact' : 'present';
  // Any amount is more than none.
  if (BOUND.test(name) && ZERO.test(whole.args.at(-1) ?? '')) return 'present';
  if (/^an?$/.test(name) && /\.(?:be|is|been)\.an?$/.test(whole.callee)) return 'present';
  if (/^(toThrow|toThrowError|throws|throw|rejects)$/.test(name))
    return whole.args.length > (name === 'throws' || name === 'rejects' ? 1 : 0) ? 'exact' : 'other';
  if (EXACT.test(name)) return 'exact';
  if (name === 'assert' || name === 'assert!') return isComparison(call) ? 'exact' : 'present';
  return 'other';
}

const BOUND =
  /^(?:toBeGreaterThan|toBeGreaterThanOrEqual|isGreaterThan|isGreaterThanOrEqualTo|assertGreater|assertGreaterEqual|Greater|GreaterOrEqual|above|greaterThan|gt|gte|isAbove|least|isAtLeast)$/;
const ZERO = /^0(?:\.0*)?[nLdf]?$/;

/** `assertTrue(x == 1)`, `assert!(total == 503)`. That there is any is no comparison with what was expected: `total > 0`. */
function isComparison(call: Call): boolean {
  const [first = ''] = call.args;
  return /[=!]==?|[<>]/.test(first.replace(/=>/g, '')) && !/!==?\s*(null|undefined)$/.test(first) && !SOME.test(first);
}

const SOME = /^(?:[^=<>!&|]|=(?!=))+(?:>=?|!==?)\s*0(?:\.0*)?$/;

/** An `assert` statement; its test is kept as the condition on which it stops. */
function describeGuard(guard: Guard): Omit<Assertion, 'range'> {
  const test = guard.test.replace(/^(?:not |!)\s*\(?/, '').replace(/\)$/, '');
  const typed = /^isinstance\((.+), [\w.]+\)?$/.exec(test)?.[1];
  if (typed !== undefined) return { text: flat(guard.test), subject: flat(typed), strength: 'present' };
  const strength =
    /\bis not None$|^[\w.()[\]'"]+$|^True$/.test(test) || SOME.test(test)
      ? 'present'
      : /==|!=|[<>]|\bin\b|\bis\b/.test(test)
        ? 'exact'
        : 'other';
  return { text: flat(guard.test), subject: flat(test.split(/==|!=|[<>]| in | is /)[0] ?? ''), strength };
}

function flat(text: string): string {
  return text.replace(/\s+/g, '');
}

/** The test of the same title in another group: no other test of either side has that title. */
export function regrouped(test: TestCase, own: readonly TestCase[], others: readonly TestCase[]): TestCase | undefined {
  const isNamesake = ({ title }: TestCase): boolean => title === test.title;
  const [found, ...more] = others.filter(isNamesake);
  const isOnly = more.length === 0 && own.filter(isNamesake).length === 1 && words(test.title).includes(' ');
  return isOnly && found !== undefined && !own.some(({ id }) => id === found.id) ? found : undefined;
}
