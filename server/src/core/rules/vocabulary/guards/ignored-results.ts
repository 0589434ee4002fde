import type { SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten } from '../code/call-names.ts';
import { rangeOfLine, textsByLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { factsInside } from '../code/facts-by-place.ts';
import { groupBy, keepOf } from '../code/kept.ts';

/** Rust's `store.put(row)?;` that is `let _ = store.put(row);` or `store.put(row).ok();` now: the failure was passed on, and is dropped. */
export function* ignoredResults(input: RuleInput): Iterable<FindingDraft> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined || after.language !== 'rust') return;
  const { start, lines } = hunk.after;
  const here = { start: { line: start, character: 0 }, end: { line: start + lines, character: 0 } };
  const texts = [...textsByLine(tokensOn(after, start, start + lines - 1))].map(([line, parts]) => [line, parts.join(' ')] as const);
  const dropped = new Set(texts.flatMap(([line, text]) => (DROPPED.test(text) ? [line] : [])));
  if (dropped.size === 0) return;
  const byCallee = callsOf(before);
  for (const call of factsInside(after.calls, here)) {
    const { line } = call.range.start;
    if (!dropped.has(line)) continue;
    // What the language sees as swallowed is told as that.
    if (after.handlers.some(({ outcome, range }) => outcome === 'swallows' && range.start.line === line)) continue;
    const passed = byCallee
      .get(call.callee)
      ?.some((old) => counterpartScope(input, old.scope) === call.scope && /\? ;$/.test(statementAt(before, old.range.start.line)));
    if (passed !== true) continue;
    yield {
      side: 'after',
      range: rangeOfLine(input, 'after', line),
      message: fitMessage(`the error of \`${shorten(call.callee, 34)}\` is dropped, it was passed on`),
    };
    return;
  }
}

const callsOf = keepOf(({ calls }: SourceFacts) => groupBy(calls, ({ callee }) => callee));

const DROPPED = /^let _ = [^?]*;$|\. ok \( \) ;$/;

function statementAt(facts: SourceFacts, line: number): string {
  return tokensOn(facts, line, line)
    .map(({ text }) => text)
    .join(' ');
}
