import type { Call, Condition, Guard, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import { callsInside } from '../guards/guard-kinds.ts';
import { SOME, type Strength, strengthOf, strengthOfCondition, thrownBy } from './assertion-strength.ts';
import { lastName } from './call-names.ts';

export interface Assertion {
  /** White space removed, so that a moved assertion is the same. */
  readonly text: string;
  /** What it asks about: the words before the matcher. */
  readonly subject: string;
  readonly strength: Strength;
  /** True where it asks that an error comes. */
  readonly throws?: true;
  readonly range: Range;
}

/** An assertion with the scope it stands in, alike for `it`, `it.skip` and `xit`. */
export interface PlacedAssertion extends Assertion {
  readonly scope: string;
}

const ASSERTS =
  /^(expect|expectTypeOf|assertType|assert\w*!?|debug_assert\w*!|should\w*|verify|verifyNoMoreInteractions|assertThat|ensure_eq!|insta::assert_\w+!|fail)$/;
const GO_FAILS = /^(t|b|tb|tc)\.(Error|Errorf|Fatal|Fatalf|Fail|FailNow)$/;
const LIBRARY = /^(assert|require|is|should|sinon\.assert|chai\.assert|t|qt|cy|td)\.\w+/;

/** True for a call that fails a test by itself, of whichever library: `expect(…)`, `t.Fatal(…)`, `self.assertEqual(…)`. */
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
    /^pytest\.(raises|warns)$/.test(call.callee)
  );
}

/** `describe('x').it.skip('y')` as if nobody had skipped it. */
export function plainScope(scope: string): string {
  return scope.replace(MODIFIED, "$1$2('");
}

const MODIFIED = /(^|\.)[xf]?(it|test|specify|describe|context|suite)((?:\.\w+)*)\('/g;

/** All assertions of one side of a file: calls, `assert` statements, and marks that say what a test throws. */
export function gatherAssertions(facts: SourceFacts): readonly PlacedAssertion[] {
  const asserts = facts.calls.filter(isAssertionCall);
  const starts = new Map<string, Call>();
  for (const call of facts.calls) {
    const start = startOf(call.range);
    const known = starts.get(start);
    if (known === undefined || call.callee.length > known.callee.length) starts.set(start, call);
  }
  const seen = new Set<string>();
  const found: PlacedAssertion[] = [];
  const deciderOf = facts.language === 'go' ? goDeciders(facts) : () => undefined;
  for (const call of asserts) {
    const start = startOf(call.range);
    if (seen.has(start)) continue;
    seen.add(start);
    const whole = starts.get(start) ?? call;
    const decider = GO_FAILS.test(call.callee) ? deciderOf(call) : undefined;
    const said = decider === undefined ? describeCall(call, whole) : describeTest(decider);
    found.push({ ...said, scope: plainScope(call.scope), range: whole.range });
  }
  for (const guard of facts.guards) {
    if (guard.exit !== 'throw' || seen.has(startOf(guard.range)) || callsInside(guard, asserts).length > 0) continue;
    found.push({ ...describeGuard(guard), scope: plainScope(guard.scope), range: guard.range });
  }
  for (const mark of facts.calls) {
    const strength = mark.kind === 'decorator' ? thrownBy(mark) : undefined;
    if (strength !== undefined)
      found.push({ text: flat(mark.args.join()), subject: 'fn', strength, throws: true, scope: plainScope(mark.scope), range: mark.range });
  }
  return found;
}

function startOf({ start }: Range): string {
  return `${start.line}:${start.character}`;
}

/** `expect(x).toBe(1)` is one call of `toBe` whose callee holds the subject. */
function describeCall(call: Call, whole: Call): Omit<Assertion, 'range'> {
  const text = flat(`${whole.callee}(${whole.args.join(',')})`);
  // testify is handed the test itself first; what is expected may stand in front of what is asked about.
  const asked = /^(?:t|tb|b|tc|s\.T\(\))$/.test(call.args[0] ?? '') && call.args.length > 1 ? call.args.slice(1) : call.args;
  const first =
    asked.find((argument) => !/^(?:'[^']*'|"[^"]*"|-?\d[\w.]*|true|false|True|False|null|None|nil)$/.test(argument)) ?? asked[0] ?? '';
  const subject = flat(SOME.test(first) ? first.replace(/(?<!\s)\s*[>!][=\s]*0(?:\.0*)?$/, '') : first);
  return { text, subject, strength: strengthOf(whole, call), ...(thrownBy(whole) === undefined ? {} : { throws: true }) };
}

/** An `assert` statement; its test is kept as the condition on which it stops. */
function describeGuard(guard: Guard): Omit<Assertion, 'range'> {
  const test = guard.test.replace(/^(?:not |!)\s*\(?/, '').replace(/\)$/, '');
  const typed = /^isinstance\((.+), [\w.]+\)?$/.exec(test)?.[1];
  const strength = strengthOfCondition(test);
  const subject = typed ?? test.split(/==|!=|[<>]| in | is /)[0] ?? '';
  return { text: flat(guard.test), subject: flat(subject), strength };
}

/** `if got != 5 { t.Errorf(…) }` asks that `got == 5`, whatever it prints. */
function describeTest({ test }: { readonly test: string }): Omit<Assertion, 'range'> {
  const subject = flat(test.replace(/^!/, '').split(/==|!=|[<>]/)[0] ?? '');
  const isError = /^(?:\w*err|\w*Err)$/.test(subject);
  const says = (strength: Strength): Omit<Assertion, 'range'> => ({ text: `fails(${flat(test)})`, subject, strength });
  if (/ == (?:nil|0|""|'')$/.test(test) && !/&&|\|\|/.test(test)) return isError ? { ...says('present'), throws: true } : says('present');
  if (/ != nil$/.test(test) && !/&&|\|\|/.test(test)) return says('other');
  if (/!errors\.(?:Is|As)\(/.test(test)) return { ...says('exact'), throws: true };
  if (/!=|!\w+\.(?:DeepEqual|Equal|EqualFold|Contains|HasPrefix|HasSuffix|MatchString)\(|==.*==/.test(test)) return says('exact');
  return says(/[<>]/.test(test) ? (/&&|\|\|/.test(test) ? 'exact' : 'bound') : 'other');
}

/** The condition on which a test of Go fails: the last one in front of the failing call that holds it. */
function goDeciders(facts: SourceFacts): (call: Call) => Guard | Condition | undefined {
  const deciders = [...facts.guards, ...facts.conditions.filter(({ kind }) => kind === 'wraps')].sort(
    (a, b) => a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character,
  );
  return ({ callee, range: { start }, scope }) => {
    let low = 0;
    let high = deciders.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((deciders[middle]?.range.start.line ?? 0) <= start.line) low = middle + 1;
      else high = middle;
    }
    return deciders
      .slice(Math.max(0, low - NEAR), low)
      .findLast(
        (decider) =>
          decider.scope === scope && ('exit' in decider ? decider.range.end.line >= start.line : decider.guarded.includes(callee)),
      );
  };
}

/** So many conditions in front of a call are looked at. */
const NEAR = 6;

function flat(text: string): string {
  return text.replace(/\s+/g, '');
}
