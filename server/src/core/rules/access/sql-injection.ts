import type { FindingDraft } from '../../model/finding.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { shorten } from '../vocabulary/code/call-names.ts';
import { cameAlong } from '../vocabulary/code/scope-changes.ts';
import { collectedPieces } from '../vocabulary/injection/collected-pieces.ts';
import { filledIn, wasWrittenIn } from '../vocabulary/injection/filled-calls.ts';
import { filledLater } from '../vocabulary/injection/filled-later.ts';
import type { FilledText } from '../vocabulary/injection/filled-text.ts';
import { handedStatements } from '../vocabulary/injection/handed-statements.ts';
import { isTextless } from '../vocabulary/injection/open-holes.ts';
import { rewrittenStatements } from '../vocabulary/injection/rewritten-statements.ts';

/**
 * ## What it sees
 * A statement of SQL with a value written into its text that is handed to a query: a filled-in template, a concatenation, a
 * text whose places are filled by `format` or `replace`, and conditions that are collected as text, one by one or in a helper
 * of the file. Also where the text is kept under a name, and the call that runs it stayed as it was.
 *
 * ## Why it matters
 * Whoever writes the value writes the statement.
 *
 * ## When it is fine
 * Constants in upper case, names such as `table` and `whereClause` that do not come from a request, what can only be one of the texts
 * that the file spells out (an entry of a constant table, a choice of literals, a function that returns such), values that were
 * escaped or made numbers, and tagged templates, which bind their values. These are not flagged. A parameter that Java, Go or Rust holds to a
 * number is flagged one step lower.
 *
 * ## What it misses
 * A statement that is put together in one file and run in another.
 */
export default defineRule({
  id: 'access/sql-injection',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'medium',
  title: 'A value is written into SQL text',
  reads: ['calls', 'options', 'tokens'],
  evidence: [{ title: 'CWE-89: SQL injection', url: 'https://cwe.mitre.org/data/definitions/89.html' }],
  *check(input): Iterable<FindingDraft> {
    const told = new Set<string>();
    for (const call of input.added.calls) {
      const value = filledIn(call, input);
      if (value === undefined || cameAlong(input, call)) continue;
      const had = input.removed.calls.some((other) => other.callee === call.callee && filledIn(other, undefined) !== undefined);
      if (had || wasWrittenIn(value, input)) continue;
      // `execute(sql.raw(…))` is one statement.
      const place = `${call.range.end.line} ${value}`;
      if (told.has(place)) continue;
      told.add(place);
      // A number stays a number; the next value that goes the same way may be a text.
      const severity = isTextless(input, call, value) ? ({ severity: 'high' } as const) : {};
      yield { ...drafted({ range: call.range, value, into: call.callee }), ...severity };
    }
    for (const filled of [...rewrittenStatements(input), ...collectedPieces(input), ...filledLater(input), ...handedStatements(input)])
      yield drafted(filled);
  },
});

function drafted({ range, value, into }: FilledText): FindingDraft {
  return {
    side: 'after',
    range,
    message: fitMessage(`\`${shorten(value, 28)}\` is written into the SQL of \`${shorten(into, 24)}\``),
  };
}
