import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { plainScope } from '../code/assertions.ts';
import { literal, shorten } from '../code/call-names.ts';
import { type TestCase, testCasesOf } from '../code/test-cases.ts';

/** A call in the body of a test that ends it (`t.Skip("flaky")`, `pytest.skip()`, `assumeTrue(false)`), and a mark that skips a whole file. */
export function* testsEndedInside(input: RuleInput): Iterable<FindingDraft> {
  const before = testCasesOf(input.before);
  for (const call of input.added.calls) {
    if (call.kind === 'decorator' || !SKIPS.test(call.callee)) continue;
    if (/assum/i.test(call.callee) && !/^(false|true)$/.test(call.args[0] ?? '')) continue;
    if (/^(test|it)\./.test(call.callee) && (call.args.length > 1 || literal(call.args[0]) !== undefined)) continue;
    const scope = plainScope(call.scope);
    const around = (tests: readonly TestCase[]): TestCase | undefined =>
      [...tests].sort((a, b) => b.id.length - a.id.length).find(({ id }) => scope === id || scope.startsWith(`${id}.`));
    const test = around(before);
    // A new test of a class that stays never ran before.
    if (test !== undefined && around(testCasesOf(input.after))?.id !== test.id) continue;
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

const SKIPS =
  /^(t|b|tb|this|self|test|it|pytest|ctx|context|unittest)\.(skip|Skip|Skipf|SkipNow|skipTest|xfail|SkipTest|fixme|todo)$|^(pending|skipTest|assumeTrue|assumeFalse|assumeThat|Assumptions\.\w+|Assume\.\w+)$/;

/** `if testing.Short() { t.Skip() }`: the long run still has it. */
function isConditional(input: RuleInput, line: number): boolean {
  return (
    input.after?.guards.some(({ range, test }) => range.start.line <= line && line <= range.end.line && !ASKS_FOR_CI.test(test)) ?? false
  );
}

/** True on the machine that gates a change: `os.Getenv("CI") != ""`. */
const ASKS_FOR_CI =
  /(?<!!\s?)(?<!not )\b(?:(?:os\.)?Getenv\(|(?:os\.)?environ(?:\.get)?[([]|getenv\(|process\.env\.|env\.)["']?(?:CI|GITHUB_ACTIONS|GITLAB_CI)\b(?!["')\]]*\s?(?:==|is)\s?(?:""|''|None|undefined))/;
