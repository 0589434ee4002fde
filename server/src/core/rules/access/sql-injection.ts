import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { lastName, shorten } from '../call-names.ts';
import { cameAlong } from '../counterpart.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';

/**
 * ## What it sees
 * A statement of SQL with a value written into its text (a filled-in template, a concatenation) that is handed to a query.
 *
 * ## Why it matters
 * Whoever writes the value writes the statement.
 *
 * ## When it is fine
 * Constants in upper case, names such as `table` and `whereClause` that do not come from a request, values that were escaped or
 * made numbers, and tagged templates, which bind their values. These are not flagged.
 *
 * ## What it misses
 * A statement that is put together in one function and run in another.
 */
export default defineRule({
  id: 'access/sql-injection',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'medium',
  title: 'A value is written into SQL text',
  reads: ['calls'],
  evidence: [{ title: 'CWE-89: SQL injection', url: 'https://cwe.mitre.org/data/definitions/89.html' }],
  *check(input): Iterable<FindingDraft> {
    for (const call of input.added.calls) {
      const value = filledIn(call);
      if (value === undefined || cameAlong(input, call)) continue;
      const had = input.removed.calls.some((other) => other.callee === call.callee && filledIn(other) !== undefined);
      if (had) continue;
      const wasBound = input.removed.calls.some((other) => other.callee === call.callee && other.scope === call.scope);
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(value, 28)}\` is written into the SQL of \`${shorten(call.callee, 24)}\``),
        ...(wasBound ? {} : { severity: 'high' as const }),
      };
    }
  },
});

const RUNS =
  /^(query|execute|exec|raw|run|all|get|each|prepare|\$queryRawUnsafe|\$executeRawUnsafe|queryRaw|executeSql|unsafe|whereRaw|orderByRaw|havingRaw|createQuery|createNativeQuery|prepareStatement)$/;
const STATEMENT = /^['"`(]\s*(select\b[\s\S]*\bfrom\b|insert\s+into\b|update\s+\S+\s+set\b|delete\s+from\b|with\s+\w+\s+as\b)/i;

/** The first value that is filled into the text, or undefined where all of it is constant. */
function filledIn(call: Call): string | undefined {
  const [text = ''] = call.args;
  if (!RUNS.test(lastName(call.callee)) || !STATEMENT.test(text)) return undefined;
  const holes = text.startsWith('`')
    ? [...text.matchAll(/\$\{\s*([^}]*?)\s*\}/g)].map((match) => match[1] ?? '')
    : [...text.matchAll(/['"`]\s*\+\s*([\w$.[\]()]+)/g)].map((match) => match[1] ?? '');
  return holes.find((hole) => !isHarmless(hole));
}

/** A constant, a name of the program's own for a table or a clause, or a value that was escaped or made a number. */
function isHarmless(hole: string): boolean {
  if (/^[A-Z][A-Z0-9_]*(\.[A-Z0-9_]+)?$|^\d+$/.test(hole)) return true;
  if (/^(Number|parseInt|BigInt|escape\w*|quote\w*|\w+\.escape\w*|\w+\.quote\w*|format|sql|Prisma\.\w+)\(/.test(hole)) return true;
  if (/\b(req|request|params|query|body|ctx|event)\s*(\?\.|\.|\[)(?!(map|join|length)\b)/.test(hole)) return false;
  if (/\.(map|join)\(|this\.(escape|build|quote|driver|connection)/.test(hole)) return true;
  return /^[\w$.]+$/.test(hole) && CLAUSE.test(lastName(hole));
}

const CLAUSE =
  /^(table|tableName|tablePath|columns?|columnName|columnNames|columnList|schema|schemaName|placeholders|fields|fieldList|alias|escapedName|joins?|joinClause|where|whereClause|whereSql|orderBy|orderByClause|orderClause|orderSql|limit|limitClause|offset|offsetClause|suffix|prefix|clause|clauses|conditions?)$/;
