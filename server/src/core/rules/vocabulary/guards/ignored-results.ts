import type { SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten } from '../code/call-names.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';

/** Rust's `store.put(row)?;` that is `let _ = store.put(row);` or `store.put(row).ok();` now: the failure was passed on, and is dropped. */
export function* ignoredResults(input: RuleInput): Iterable<FindingDraft> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined || after.language !== 'rust') return;
  for (const call of after.calls) {
    const { line } = call.range.start;
    if (line < hunk.after.start || line >= hunk.after.start + hunk.after.lines) continue;
    if (!DROPPED.test(statementAt(after, line))) continue;
    // What the language sees as swallowed is told as that.
    if (after.handlers.some(({ outcome, range }) => outcome === 'swallows' && range.start.line === line)) continue;
    const passed = before.calls.some(
      (old) =>
        old.callee === call.callee &&
        counterpartScope(input, old.scope) === call.scope &&
        /\? ;$/.test(statementAt(before, old.range.start.line)),
    );
    if (!passed) continue;
    yield {
      side: 'after',
      range: rangeOfLine(input, 'after', line),
      message: fitMessage(`the error of \`${shorten(call.callee, 34)}\` is dropped, it was passed on`),
    };
    return;
  }
}

const DROPPED = /^let _ = [^?]*;$|\. ok \( \) ;$/;

function statementAt(facts: SourceFacts, line: number): string {
  return tokensOn(facts, line, line)
    .map(({ text }) => text)
    .join(' ');
}
