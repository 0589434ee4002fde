import type { SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import { type Assertion, gatherAssertions, plainScope } from './assertions.ts';
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

/** The test of the same title in another group, or as another framework names it: no other test of either side has that title. */
export function regrouped(test: TestCase, own: readonly TestCase[], others: readonly TestCase[]): TestCase | undefined {
  const title = titleWords(test);
  const isNamesake = (other: TestCase): boolean => titleWords(other) === title;
  const [found, ...more] = others.filter(isNamesake);
  const isOnly = more.length === 0 && title.includes(' ') && own.filter(isNamesake).length === 1;
  return isOnly && found !== undefined && !own.some(({ id }) => id === found.id) ? found : undefined;
}

/** `testRefundTwice`, `test_refund_twice` and `refundTwice` alike. */
function titleWords({ title }: TestCase): string {
  return words(title).replace(/^tests? (?=.)/, '');
}
