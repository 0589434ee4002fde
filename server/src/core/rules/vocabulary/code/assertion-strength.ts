import type { Call } from '../../../model/facts.ts';
import { lastName } from './call-names.ts';

/**
 * What an assertion asks: `exact` compares with a value, `bound` asks that it is more or less than one, `present` only that there is any.
 * What nobody can tell is `other`.
 */
export type Strength = 'exact' | 'bound' | 'present' | 'other';

const PRESENT =
  /^(toBeTruthy|toBeDefined|toBeFalsy|toBeInTheDocument|ok|isOk|exists|exist|isDefined|isNotNull|isNotEmpty|isNotBlank|isNotZero|isPresent|assertNotNull|assertIsNotNone|assertTrue|assertNotNil|NotNil|NotEmpty|NotZero|notNull|truthy|toHaveBeenCalled|toBeCalled|called|assert_called|anything|isTruthy|notEqual|toMatchSnapshot|toBeInstanceOf|toBeTypeOf|toBePositive|isPositive|isNotNegative|isInstanceOf|Positive|IsType|assertDoesNotThrow|assertInstanceOf|assertIsInstance|pass)$/;
const EXACT =
  /^(toBe|toEqual|toStrictEqual|toMatchObject|toMatchInlineSnapshot|toHaveLength|toHaveBeenCalledWith|toHaveBeenCalledTimes|toHaveBeenLastCalledWith|toHaveProperty|toBeCloseTo|toContain|toContainEqual|toThrow|toThrowError|equal|eql|eq|equals|deepEqual|strictEqual|deepStrictEqual|deepEquals|same|throws|rejects|assertEqual|assertEquals|assertEqualTo|isEqualTo|isEqualBy\w+|isSameAs|isCloseTo|hasSize|hasMessage\w*|containsExactly\w*|usingRecursiveComparison|hasToString|isEqualToIgnoringCase|hasSameElementsAs|assertRaises|assertRaisesRegex|assertThrows|assertThrowsExactly|raises|Equal|EqualValues|Exactly|ErrorIs|ErrorAs|ErrorContains|PanicsWithValue|PanicsWithError|Len|EqualError|ElementsMatch|InDelta|InEpsilon|Contains|assert_eq!|assertListEqual|assertDictEqual|assertCountEqual|assertAlmostEqual|assertSame|assertArrayEquals|assertIterableEquals|assertLinesMatch|assert_called_with|assert_called_once_with|assert_any_call|assert_has_calls|calledWith|is|members|lengthOf|throw|include|match|assertIn|JSONEq)$/;

/** How a call of an assertion asks; `whole` is the call with all matchers behind it, `call` the one that holds the subject. */
export function strengthOf(whole: Call, call: Call): Strength {
  const name = lastName(whole.callee);
  const [first = ''] = whole.args;
  const thrown = thrownBy(whole);
  if (thrown !== undefined) return thrown;
  // `expect(true).toBe(true)`, and a subject whose matcher is a property that is no call.
  if (/^(true|false|1|0|True|'[^']*')$/.test(call.args[0] ?? '') && /^(expect|assert\w*|assertTrue)$/.test(lastName(call.callee)))
    return 'present';
  if (whole === call && call.callee === 'expect') return 'present';
  if (/\bexpect\.(anything|any)\(/.test(first) || /\bmock\.ANY\b|\bany\(\)/.test(whole.args.join())) return 'present';
  if (/\.not\.(toBeNull|toBeUndefined|toThrow|toBe|toEqual|equal)$/.test(whole.callee)) return 'present';
  // Mockito: what a mock was told.
  if (call.callee === 'verify' && whole !== call && whole.args.length > 0)
    return whole.args.every((argument) => /^(?:\w+\.)*(?:any\w*|notNull|isNotNull|isA)\(/.test(argument)) ? 'present' : 'exact';
  // A chain says what its strongest link says: `isEqualTo(3).isNotNull()`.
  const links = whole === call ? [name] : (whole.callee.slice(call.callee.length).match(/(?<=\.)\w+/g) ?? [name]);
  if (links.length > 1 && links.some((link) => link !== 'is' && link !== 'match' && link !== 'include' && EXACT.test(link))) return 'exact';
  if (PRESENT.test(name)) return isComparison(whole) ? 'exact' : isPredicate(first) ? 'other' : 'present';
  // Any amount is more than none.
  if (MORE.test(name)) return ZERO.test(whole.args.at(-1) ?? '') ? 'present' : 'bound';
  if (LESS.test(name) || OTHER_THAN.test(name)) return 'bound';
  if (/^an?$/.test(name) && /\.(?:be|is|been)\.an?$/.test(whole.callee)) return 'present';
  if (EXACT.test(name)) return comparesWithItself(whole.args) ? 'present' : 'exact';
  if (name === 'assert' || name === 'assert!') return strengthOfMacro(call);
  return 'other';
}

/** `assert!(…)` and `assert(…)`. */
function strengthOfMacro(call: Call): Strength {
  const [first = ''] = call.args;
  const pattern = first.startsWith('matches!(') ? first.slice(first.indexOf(',') + 1, -1).trim() : undefined;
  if (pattern !== undefined) return /^(?:Ok|Some|Err)\((?:_|\.\.)\)$/.test(pattern) ? 'present' : 'exact';
  if (isComparison(call)) return /[=!]=/.test(first) || isTwoSided(first) ? 'exact' : 'bound';
  return isPredicate(first) ? 'other' : 'present';
}

/** What a test says of an error: any error is less than a named one, or one that says a certain thing; undefined where it is about none. */
export function thrownBy({ kind, callee, args }: Call): Strength | undefined {
  const name = lastName(callee);
  const said = args.join();
  if (kind === 'decorator') {
    if (name === 'should_panic') return args.length > 0 ? 'exact' : 'present';
    const type = name === 'Test' ? /\bexpected ?= ?([\w.]+)/.exec(said)?.[1] : undefined;
    return type === undefined ? undefined : ANY_ERROR.test(type) ? 'present' : 'exact';
  }
  if (/^(?:require|assert|s|suite)\.(?:Error|Errorf|Panics)$/.test(callee)) return 'present';
  if (/^(?:require|assert|s|suite)\.(?:ErrorIs|ErrorAs|ErrorContains|EqualError|PanicsWithValue|PanicsWithError)$/.test(callee))
    return 'exact';
  if (/^(?:raises|assertRaises|assertThrows|assertThrowsExactly)$/.test(name))
    return ANY_ERROR.test(args[0] ?? '') && !/\bmatch ?=/.test(said) ? 'present' : 'exact';
  if (name === 'assertRaisesRegex') return 'exact';
  if (/^(?:toThrow|toThrowError|throw|throws|rejects)$/.test(name) && !/\.not\./.test(callee)) {
    const [type] = name === 'throws' || name === 'rejects' ? args.slice(1) : args;
    return type === undefined || ANY_ERROR.test(type) ? 'present' : 'exact';
  }
  if (/^assertThat(?:IllegalArgument|IllegalState|NullPointer|IO|IndexOutOfBounds|Reflective\w*)Exception\b/.test(callee)) return 'exact';
  if (/^(?:assertThatThrownBy|assertThatExceptionOfType|catchThrowable)\b/.test(callee)) {
    const type = /\b(?:isInstanceOf|isExactlyInstanceOf|assertThatExceptionOfType)\(([\w.]+)/.exec(`${callee}(${said})`)?.[1];
    const isNamed = /\.hasMessage|\.satisfies|\.hasRootCause|\.extracting/.test(callee) || (type !== undefined && !ANY_ERROR.test(type));
    return isNamed ? 'exact' : 'present';
  }
  if (/\.rejects\./.test(callee)) return /^(?:toBeDefined|toBeTruthy)$/.test(name) || /\bexpect\.any/.test(said) ? 'present' : 'exact';
  return undefined;
}

const ANY_ERROR =
  /^\(?(?:(?:builtins\.)?(?:Exception|BaseException)|(?:java\.lang\.)?(?:Throwable|Exception|RuntimeException)\.class|Error|expect\.anything\(\)|expect\.any\(Error\))\)?$/;
const MORE =
  /^(?:toBeGreaterThan|toBeGreaterThanOrEqual|isGreaterThan|isGreaterThanOrEqualTo|assertGreater|assertGreaterEqual|Greater|GreaterOrEqual|above|greaterThan|gt|gte|isAbove|least|isAtLeast|hasSizeGreaterThan|hasSizeGreaterThanOrEqualTo)$/;
const OTHER_THAN = /^(?:NotEqual|NotEqualValues|assertNotEquals|assertNotEqual|isNotEqualTo|assert_ne!|notStrictEqual|notDeepStrictEqual)$/;
const LESS =
  /^(?:toBeLessThan|toBeLessThanOrEqual|isLessThan|isLessThanOrEqualTo|assertLess|assertLessEqual|Less|LessOrEqual|below|lessThan|lt|lte|isBelow|most|isAtMost)$/;
const ZERO = /^0(?:\.0*)?[nLdf]?$/;
/** `abs(a - b) < e`, and a value between two others. */
function isTwoSided(text: string): boolean {
  return /\b(?:abs|contains)\(/.test(text) || (text.match(/[<>]=?/g) ?? []).length > 1;
}

function comparesWithItself([one = '', other = '']: readonly string[]): boolean {
  return one.length > 2 && one === other && /[A-Za-z_]/.test(one) && !one.includes('(');
}

/** `assertTrue(x == 1)`, `assert!(total == 503)`. That there is any is no comparison with what was expected: `total > 0`. */
function isComparison(call: Call): boolean {
  const [first = ''] = call.args;
  return /[=!]==?|[<>]/.test(first.replace(/=>|->|::</g, '')) && !/!==?\s*(null|undefined|None|nil)$/.test(first) && !SOME.test(first);
}

/** Asks no more than that there is any: `total > 0`, `rows.length !== 0`. */
export const SOME = /^(?:[^=<>!&|]|=(?!=))+(?:>=?|!==?)\s*0(?:\.0*)?$/;

/** A question with an answer of its own: `is_paid()`, `text.startswith('a')`. That a result is an error or a value at all is none. */
function isPredicate(text: string): boolean {
  const open = text.endsWith(')') ? text.lastIndexOf('(') : -1;
  const name = lastName(open < 0 ? text : text.slice(0, open));
  return (
    /^(?:is|has|was|can|should|are|did|does|may|contains?|match(?:es)?|equals?|starts?|ends?|includes?|allow|deny|any|all|test)(?:[A-Z_]\w*|with)?$/.test(
      name,
    ) && !/^is_?(?:ok|err|some|none|present|not_?(?:null|none|empty)|instance|defined|finite)$/i.test(name)
  );
}

/** What must hold for a test to go on: the condition of an `assert` statement, or what an `if … { t.Fatal() }` keeps out. */
export function strengthOfCondition(test: string): Strength {
  if (/^isinstance\(.+, ?[\w.]+\)?$/.test(test)) return 'present';
  if (/(?:\bis not None|!= ?(?:nil|''|None))\)?$/.test(test) && !/\band\b|&&|==/.test(test)) return 'present';
  if (test === 'True' || SOME.test(test)) return 'present';
  if (/^[\w.()[\]'"]+$/.test(test)) return isPredicate(test) ? 'other' : 'present';
  const [, one = '', other = ''] = /^([\w.]+) ?==? ?([\w.]+)$/.exec(test) ?? [];
  if (/==|!=|\bin\b|\bis\b/.test(test)) return comparesWithItself([one, other]) ? 'present' : 'exact';
  if (/[<>]/.test(test)) return isTwoSided(test) ? 'exact' : 'bound';
  return 'other';
}
