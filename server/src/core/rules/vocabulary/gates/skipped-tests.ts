import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { regrouped, type TestCase, testCasesOf } from '../code/test-cases.ts';

/** Tests that ran before and do not run now, and those that keep every other from running. */
export function* skippedTests(input: RuleInput): Iterable<FindingDraft> {
  const before = testCasesOf(input.before);
  if (before.length === 0) return;
  const after = testCasesOf(input.after);
  for (const test of after) {
    if (test.skip === '' || !isAddedHere(input, test)) continue;
    const old = before.find((other) => other.id === test.id) ?? regrouped(test, after, before) ?? renamed(input, test, before, after);
    if (old === undefined || old.skip !== '') continue;
    const isFocus = /\bonly\b|^f/.test(test.skip.replace(/'[^']*'|"[^"]*"|`[^`]*`/g, ''));
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
export function* unmarkedTests(input: RuleInput): Iterable<FindingDraft> {
  for (const mark of input.removed.calls) {
    if (mark.kind !== 'decorator' || !/^(Test|ParameterizedTest|RepeatedTest|test|(\w+::)+test)$/.test(mark.callee)) continue;
    const stays = input.after?.symbols.some((symbol) => symbol.name === mark.scope && symbol.kind !== 'class') ?? false;
    if (!stays || testCasesOf(input.after).some((test) => test.id === mark.scope)) continue;
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
