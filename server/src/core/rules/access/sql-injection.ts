import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { lastName, shorten } from '../call-names.ts';
import { cameAlong, within } from '../counterpart.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { holesOf, isHarmlessHole, isStatementText } from '../sql-holes.ts';

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
  reads: ['calls', 'options'],
  evidence: [{ title: 'CWE-89: SQL injection', url: 'https://cwe.mitre.org/data/definitions/89.html' }],
  *check(input): Iterable<FindingDraft> {
    for (const call of input.added.calls) {
      const value = filledIn(call, input);
      if (value === undefined || cameAlong(input, call)) continue;
      const had = input.removed.calls.some((other) => other.callee === call.callee && filledIn(other, undefined) !== undefined);
      if (had) continue;
      const wasBound = input.removed.calls.some((other) => other.callee === call.callee && other.scope === call.scope);
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(value, 28)}\` is written into the SQL of \`${shorten(call.callee, 24)}\``),
        ...(wasBound ? {} : { severity: 'high' as const }),
      };
    }
    yield* rewritten(input);
  },
});

/** The text was rewritten where it is kept under a name, and the call that runs it stayed as it was. */
function* rewritten(input: RuleInput): Iterable<FindingDraft> {
  for (const option of input.added.options) {
    if (option.callee !== '' || !isStatementText(option.value)) continue;
    const value = holesOf(option.value).find((hole) => !isHarmlessHole(hole));
    const old = input.removed.options.find((other) => other.name === option.name && other.callee === '');
    if (value === undefined || old === undefined || holesOf(old.value).some((hole) => !isHarmlessHole(hole))) continue;
    const run = input.after?.calls.find(
      (call) =>
        !input.added.calls.includes(call) &&
        RUNS.test(lastName(call.callee)) &&
        within(call.scope, option.scope) &&
        call.args
          .slice(0, 2)
          .some((argument) => new RegExp(`^(?:[\\w.]*text\\()?${option.name.replace(/[$]/g, '\\$&')}\\)?$`).test(argument)),
    );
    if (run !== undefined)
      yield {
        side: 'after',
        range: option.range,
        message: fitMessage(`\`${shorten(value, 28)}\` is written into the SQL of \`${shorten(run.callee, 24)}\``),
      };
  }
}

const RUNS =
  /^(query|execute|exec|raw|run|all|get|each|prepare|\$queryRawUnsafe|\$executeRawUnsafe|queryRaw|executeSql|unsafe|whereRaw|orderByRaw|havingRaw|createQuery|createNativeQuery|prepareStatement|executemany|executescript|execute_sql|read_sql|read_sql_query|RawSQL|scalars?|fetch|fetchrow|fetchval|fetch_all|fetch_one|fetch_val|fetchall|exec_driver_sql|Query|QueryRow|QueryContext|QueryRowContext|Queryx|QueryRowx|QueryxContext|Exec|ExecContext|MustExec|NamedExec|NamedQuery|Raw|Prepare|PrepareContext|Preparex|Get|Select|GetContext|SelectContext|sql_query|query_as|queryForObject|queryForList|update|executeQuery|executeUpdate|addBatch)$/;

/** A condition that is handed to a query builder as text. */
const FRAGMENT = /^(Where|Having|Or|Not|Order|Joins|whereRaw|extra|filter|having|order_by|where)$/;

/** The first value that is filled into a statement that the call runs, or undefined where all of it is constant. */
function filledIn(call: Call, input: RuleInput | undefined): string | undefined {
  const name = lastName(call.callee);
  const isRun = RUNS.test(name);
  if (!isRun && !FRAGMENT.test(name)) return undefined;
  // A context may stand first.
  for (const argument of call.args.slice(0, 2)) {
    const isText = isRun
      ? isStatementText(argument)
      : /^[\w.]*(?:text\(|Sprintf\(|f?['"`])[^'"`]*\b\w+\s*(=|like|in|<|>)\s*\(?['"]?(['"`]\s*\+|\{|%[sqv])/i.test(argument);
    const source = isText ? argument : isRun && input !== undefined ? assignedText(argument, call, input) : undefined;
    const hole = source === undefined ? undefined : holesOf(source).find((each) => !isHarmlessHole(each));
    if (hole !== undefined) return hole;
  }
  return undefined;
}

/** The statement that a variable holds, where this change wrote it: `query = f'…'` and then `execute(query)`. */
function assignedText(argument: string, call: Call, input: RuleInput): string | undefined {
  const name = /^(?:[\w.]*text\()?([A-Za-z_]\w*)\)?$/.exec(argument)?.[1];
  if (name === undefined) return undefined;
  return input.added.options.find(
    (option) => option.name === name && option.callee === '' && within(call.scope, option.scope) && isStatementText(option.value),
  )?.value;
}
