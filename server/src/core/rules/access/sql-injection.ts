import type { Call, Fact } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten } from '../vocabulary/code/call-names.ts';
import { rangeOfLine, scopeAtLine, tokensOn } from '../vocabulary/code/code-text.ts';
import { within } from '../vocabulary/code/counterpart.ts';
import { cameAlong } from '../vocabulary/code/scope-changes.ts';
import { isClosedText } from '../vocabulary/schema/closed-texts.ts';
import { holesOf, isHarmlessHole, isStatementText } from '../vocabulary/schema/sql-holes.ts';

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
  reads: ['calls', 'options'],
  evidence: [{ title: 'CWE-89: SQL injection', url: 'https://cwe.mitre.org/data/definitions/89.html' }],
  *check(input): Iterable<FindingDraft> {
    for (const call of input.added.calls) {
      const value = filledIn(call, input);
      if (value === undefined || cameAlong(input, call)) continue;
      const had = input.removed.calls.some((other) => other.callee === call.callee && filledIn(other, undefined) !== undefined);
      if (had || wasWrittenIn(value, input)) continue;
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(value, 28)}\` is written into the SQL of \`${shorten(call.callee, 24)}\``),
        // A number stays a number; the next value that goes the same way may be a text.
        ...(isTextless(input, call, value) ? { severity: 'high' as const } : {}),
      };
    }
    yield* rewritten(input);
    yield* pieces(input);
    yield* filledLater(input);
    yield* handedOn(input);
  },
});

/** A parameter of a type that holds no text: `long insurer`, `limit int64`. Any other value may be whatever its caller writes. */
function isTextless({ after }: RuleInput, { scope }: Call, value: string): boolean {
  const parameter = after?.symbols
    .filter(({ name, kind }) => kind !== 'class' && within(scope, name))
    .flatMap(({ parameters }) => parameters)
    .find(({ name }) => name === value);
  // An annotation of Python or TypeScript holds nothing back when the program runs.
  return parameter !== undefined && /^(?:java|go|rust)$/.test(after?.language ?? '') && TEXTLESS.test(parameter.type);
}

const TEXTLESS =
  /^&?(?:final )?(?:byte|short|int|long|float|double|boolean|bool|Byte|Short|Integer|Long|Float|Double|Boolean|BigDecimal|BigInteger|UUID|Uuid|LocalDate|LocalDateTime|Instant|OffsetDateTime|ZonedDateTime|Duration|u?int(?:8|16|32|64)|float(?:32|64)|[iu](?:8|16|32|64|128|size)|f(?:32|64)|Decimal|time\.Time|uuid\.UUID)$/;

/** The text stood in a variable of its own, with the same value in it, and is handed to the call at once now. */
function wasWrittenIn(value: string, { before, hunk, removed }: RuleInput): boolean {
  return removed.statements.some(({ range }) => {
    const first = Math.max(hunk.before.start, range.start.line);
    const last = Math.min(hunk.before.start + hunk.before.lines - 1, range.end.line);
    return tokensOn(before, first, last).some(
      // A value that was bound may be a text with holes of its own: `%${term}%`.
      ({ text }, index, all) =>
        text === value && /\b(?:select|from|where|and|or|in|set|values|join|like|by|limit)\b[\s\S]*\$\{$/i.test(all[index - 1]?.text ?? ''),
    );
  });
}

/** A place in the text of a statement that waits to be filled, within quotes or where a value stands: `name = '{name}'`, `= %s`, `= @@ID@@`. */
const WAITS = /(?:=|<|>|\blike\b|\bin\b)\s*\(?\\?'?%?(?:\{\w*\}|%s|%\(\w+\)s|\$\w+|\$\{\w+\}|@@?\w+@@?|__\w+__|<\w+>|\[\w+\])/i;
const FILLS =
  /^(replace|replaceAll|ReplaceAll|Replace|format|format_map|substitute|safe_substitute|formatted|interpolate|render|template|sub|gsub|Sprintf|sprintf)$/;

/** A statement with places in it that are filled as text before somebody runs it: `wanted.replace("{k}", keeper)`. */
function* filledLater(input: RuleInput): Iterable<FindingDraft> {
  for (const option of input.added.options) {
    if (option.callee !== '' || !isStatementText(option.value) || !WAITS.test(option.value)) continue;
    const old = input.before?.options.find((other) => other.name === option.name && other.callee === '');
    if (old !== undefined && WAITS.test(old.value) && old.value.includes("'{")) continue;
    const fill = input.added.calls.find(
      (call) =>
        FILLS.test(lastName(call.callee)) &&
        within(call.scope, option.scope) &&
        (new RegExp(`^${option.name.replace(/\$/g, '\\$')}[.(]`).test(call.callee) || call.args[0] === option.name) &&
        call.args.some((argument) => /^[A-Za-z_$][\w$.[\]'"()]*$/.test(argument) && argument !== option.name && !isHarmlessHole(argument)),
    );
    const value = fill?.args.findLast((argument) => !/^['"`]/.test(argument) && argument !== option.name);
    if (fill !== undefined && value !== undefined)
      yield {
        side: 'after',
        range: fill.range,
        message: fitMessage(`\`${shorten(value, 28)}\` is written into the SQL of \`${shorten(option.name, 24)}\``),
      };
  }
}

/** Writes, raises or compares a text, and runs nothing. */
const NO_RUN =
  /(^|\.)(log|logger|logging|console|slog|fmt|assert|expect|t)\b|(print\w*|debug|info|warn|error|format|push|append|toBe|toEqual|Error\w*|Exception|describe|it|test|text|literal_column)!?$/i;

/** A function of the program's own that was handed a whole statement and its values, and is handed the values inside it now. */
function* handedOn(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.added.calls) {
    if (RUNS.test(lastName(call.callee)) || NO_RUN.test(call.callee)) continue;
    const text = call.args.slice(0, 3).find((argument) => isStatementText(argument));
    const value = text === undefined ? undefined : openHoles(text, input, call.scope)[0];
    const was = input.removed.calls.some(
      (old) =>
        old.callee === call.callee &&
        old.args.slice(0, 3).some((argument) => isStatementText(argument)) &&
        old.args.slice(0, 3).every((argument) => !isStatementText(argument) || holesOf(argument).every(isHarmlessHole)),
    );
    if (value !== undefined && was)
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(value, 28)}\` is written into the SQL of \`${shorten(call.callee, 24)}\``),
      };
  }
}

/** Adds to a list, a builder or a text that becomes a statement. */
const COLLECTS = /^(add|push|append|Add|Append|WriteString|concat|extend|push_str|insert|unshift|where|and)$/;

/** A condition with a value written into it: `"status = '" + status`, `f"name = '{name}'"`, `Sprintf("ref = '%s'", ref)`. */
const CONDITION =
  /^(?:&?[\w.:]*(?:format!?|Sprintf|text|sprintf)\(\s*)?[rbf]{0,2}['"`]\s*(?:(?:and|or|where|having|set)\s+)?(?:\w{1,30}\(\s?)?[\w."]{1,60}\)?\s*(?:=|<>|!=|<=?|>=?|i?like|in|between)\s*\(?['"%\\]{0,4}(?:['"`]\s*\+|\{|\$\{|%[sqv])/i;

/** The same of a column that is filled in as well, with a value in quotes: `f"{column} ILIKE '%{word}%'"`. */
const FILLED_COLUMN = /^(f['"]|`)\$?\{\w{1,40}\}\s*(?:=|<>|!=|<=?|>=?|i?like|in|between)\s*\(?['"%\\]{1,4}(?=\$?\{)/i;

/** The value that a piece of a statement holds, where it is a condition. */
function valueOfPiece(text: string, input: RuleInput, scope: string): string | undefined {
  const [written, opening] = FILLED_COLUMN.exec(text) ?? [];
  if (written !== undefined) return openHoles(`${opening}${text.slice(written.length)}`, input, scope)[0];
  return CONDITION.test(text) ? openHoles(text, input, scope)[0] : undefined;
}

/** Pieces of a statement that are collected one by one, in a function that goes on to run one. */
function* pieces(input: RuleInput): Iterable<FindingDraft> {
  const found = [
    ...input.added.calls
      .filter(({ callee }) => COLLECTS.test(lastName(callee)) || callee === 'append')
      .flatMap((call) => call.args.slice(0, 3).map((text) => ({ fact: call, text }))),
    ...input.added.calls.flatMap((call) => ({ fact: call, text: appended(call) })),
    ...input.added.options.filter(({ callee }) => callee === '').map((option) => ({ fact: option, text: option.value })),
    ...grown(input),
  ];
  for (const { fact, text } of found) {
    const value = [text, ...textsInside(text)].map((each) => valueOfPiece(each, input, fact.scope)).find((each) => each !== undefined);
    if (value === undefined) continue;
    const run = input.after?.calls.find(
      (call) =>
        (RUNS_FOR_SURE.test(lastName(call.callee)) || FETCHES.test(call.callee)) &&
        (within(call.scope, fact.scope) || asksFor(input, call.scope, fact.scope)) &&
        !isConstant(call),
    );
    const old = [
      ...input.removed.calls.filter(({ callee }) => !BINDS.test(lastName(callee))).flatMap(({ args }) => args),
      ...input.removed.options.map((option) => option.value),
    ];
    if (run === undefined || old.includes(text) || old.some((other) => wasFilled(other))) continue;
    yield {
      side: 'after',
      range: fact.range,
      message: fitMessage(`\`${shorten(value, 28)}\` is written into the SQL of \`${shorten(lastName(run.callee), 24)}\``),
    };
  }
}

/** Tags of templates, which bind what is filled in. */
const BINDS = /^(?:\$queryRaw|\$executeRaw|sql|SQL|raw_sql)$/;

/** Texts with a value in quotes that stand inside an expression: `"(" + " OR ".join(f"{field} LIKE '{word}'" for field in FIELDS) + ")"`. */
function textsInside(text: string): readonly string[] {
  return [...text.matchAll(/\bf"[^"]*"|\bf'(?:[^'\\]|\\.)*'|`[^`]*`/g)]
    .map(([inner]) => inner)
    .filter((inner) => inner !== text && /['"%]\$?\{/.test(inner.slice(2)));
}

/** Rows that a connection fetches. */
const FETCHES = /(?:^|[._])(?:conn|connection|pool|db|tx|cur|cursor|session|database|pg)\.fetch$/i;

/** What is filled into a text of this file and may be whatever its caller writes. */
function openHoles(text: string, input: RuleInput | undefined, scope: string): readonly string[] {
  const holes = holesOf(text).filter((hole) => !isHarmlessHole(hole));
  if (holes.length === 0 || input === undefined) return holes;
  // Facts of files that were joined have no text of their own.
  const facts = input.after?.text === undefined ? input.factsAt('after', input.path) : input.after;
  return holes.filter((hole) => !isClosedText(facts, hole, scope));
}

/** A function of this file that is asked for the pieces by the one that runs them: `f"SELECT … WHERE {where(filters)}"`. */
function asksFor({ after }: RuleInput, runs: string, collects: string): boolean {
  const scope = after?.scopes.find(({ name }) => name === runs);
  if (scope === undefined || collects === '' || runs === '' || within(collects, runs)) return false;
  const name = lastName(collects);
  const isName = new RegExp(`(^|[^\\w$'"])${name.replace(/[^\w]/g, '\\$&')}\\(`);
  return (
    after?.calls.some(
      (call) => within(call.scope, runs) && (lastName(call.callee) === name || call.args.some((text) => isName.test(text))),
    ) === true || after?.options.some((option) => within(option.scope, runs) && isName.test(option.value)) === true
  );
}

/** The statement stands there whole, so that nothing that was collected goes into it. */
function isConstant({ args }: Call): boolean {
  return args
    .slice(0, 3)
    .some((argument) => isStatementText(argument) && holesOf(argument).length === 0 && !/[+,]\s*\w/.test(argument.slice(-30)));
}

/** `sql.append(" AND name = '").append(name)` as the sum that it comes to. */
function appended({ callee, args }: Call): string {
  const before = callee.slice(0, Math.max(0, callee.lastIndexOf('.')));
  const at = before.lastIndexOf('append("');
  return lastName(callee) === 'append' && at >= 0 && before.endsWith('")') ? `${before.slice(at + 7, -1)} + ${args[0] ?? ''}` : '';
}

/** `sql += f" AND name = '{name}'"`, and a choice that no other fact tells: `const where = region ? `WHERE region = '${region}'` : ''`. */
function* grown(input: RuleInput): Iterable<{ readonly fact: Pick<Fact, 'range' | 'scope'>; readonly text: string }> {
  const { start, lines } = input.hunk.after;
  for (let line = start; line < start + lines; line += 1) {
    const tokens = tokensOn(input.after, line, line).map(({ text }) => text);
    const grows = tokens.indexOf('+=');
    const at = grows < 0 && tokens.includes('?') ? tokens.indexOf('=') : grows;
    if (at < 0) continue;
    const text = tokens
      .slice(at + 1)
      .join(' ')
      .replace(/(?<![ ;}])[ ;}]+$/, '');
    if (/^[rbf]{0,2}['"`]/.test(text) || grows < 0)
      yield { fact: { range: rangeOfLine(input, 'after', line), scope: scopeAtLine(input.after, line) }, text };
  }
}

function wasFilled(text: string): boolean {
  return (CONDITION.test(text) || isStatementText(text)) && holesOf(text).some((hole) => !isHarmlessHole(hole));
}

/** Names that run a statement and do nothing else. */
const RUNS_FOR_SURE =
  /^(query|execute|\$queryRawUnsafe|\$executeRawUnsafe|queryRaw|executeSql|unsafe|createQuery|createNativeQuery|createSQLQuery|nativeQuery|prepareStatement|executemany|read_sql|fetchrow|fetchval|fetch_all|fetch_one|exec_driver_sql|Query|QueryRow|QueryContext|QueryRowContext|Queryx|QueryRowx|QueryxContext|Exec|ExecContext|NamedQuery|Raw|Get|Select|GetContext|SelectContext|sql_query|query_as|query_scalar|queryForObject|queryForList|queryForMap|executeQuery|executeUpdate|raw)$/;

/** The text was rewritten where it is kept under a name, and the call that runs it stayed as it was. */
function* rewritten(input: RuleInput): Iterable<FindingDraft> {
  for (const option of input.added.options) {
    if (option.callee !== '' || !isStatementText(option.value)) continue;
    const [value] = openHoles(option.value, input, option.scope);
    const old = input.removed.options.find((other) => other.name === option.name && other.callee === '');
    if (value === undefined || old === undefined || holesOf(old.value).some((hole) => !isHarmlessHole(hole))) continue;
    const run = input.after?.calls.find(
      (call) =>
        !input.added.calls.includes(call) &&
        RUNS.test(lastName(call.callee)) &&
        within(call.scope, option.scope) &&
        call.args
          .slice(0, 3)
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
  /^(query|execute|exec|raw|run|all|get|each|prepare|\$queryRawUnsafe|\$executeRawUnsafe|queryRaw|executeSql|unsafe|whereRaw|orderByRaw|havingRaw|createQuery|createNativeQuery|prepareStatement|executemany|executescript|execute_sql|read_sql|read_sql_query|RawSQL|scalars?|fetch|fetchrow|fetchval|fetch_all|fetch_one|fetch_val|fetchall|exec_driver_sql|Query|QueryRow|QueryContext|QueryRowContext|Queryx|QueryRowx|QueryxContext|QueryRowxContext|Exec|ExecContext|MustExec|MustExecContext|NamedExec|NamedExecContext|NamedQuery|NamedQueryContext|SendBatch|Raw|Prepare|PrepareContext|Preparex|PreparexContext|Get|Select|GetContext|SelectContext|queryForMap|queryForRowSet|queryForStream|batchUpdate|newQuery|nativeQuery|createSQLQuery|createStoredProcedureQuery|query_scalar|query_with|sql|raw_sql|from_statement|executeRaw|sql_query|query_as|queryForObject|queryForList|update|executeQuery|executeUpdate|addBatch)$/;

/** A condition that is handed to a query builder as text. */
const FRAGMENT =
  /^(Where|Having|Or|Not|And|Order|OrderBy|Group|Joins|Select|Table|whereRaw|andWhereRaw|orWhereRaw|havingRaw|orderByRaw|groupByRaw|joinRaw|extra|filter|having|order_by|where|andWhere|orWhere|addWhere|and_|or_|literal|literal_column|raw|Expr)$/;

const FRAGMENT_TEXT =
  /^[\w.]*(?:text\(|Sprintf\(|String\.format\(|format!\(|\()?\s*f?['"`][^`]{0,400}?\b\w+"?\)?\s*(?:=|<>|!=|i?like|in|<|>)\s*\(?['"%]{0,3}(?:['"`]\s*\+|\$?\{|%[sqv])/i;
const SORTS = /^(Order|OrderBy|Group|order_by|orderByRaw|groupByRaw)$/;

/** The first value that is filled into a statement that the call runs, or undefined where all of it is constant. */
function filledIn(call: Call, input: RuleInput | undefined): string | undefined {
  const name = lastName(call.callee);
  const isRun = RUNS.test(name);
  if (!isRun && !FRAGMENT.test(name)) return undefined;
  // A context may stand first, and what the rows go into.
  for (const argument of call.args.slice(0, /^(Get|Select)(Context)?$/.test(name) ? 3 : 2)) {
    const isText = isRun
      ? isStatementText(argument) || (/Raw$/.test(name) && FRAGMENT_TEXT.test(argument))
      : FRAGMENT_TEXT.test(argument) ||
        (SORTS.test(name) && /^(?:fmt\.Sprintf\(|f['"]|`[^`]{0,200}\$\{|['"][^'"]{0,80}['"]\s*\+)/.test(argument));
    const source = isText ? argument : isRun && input !== undefined ? assignedText(argument, call, input) : undefined;
    const holes = source === undefined ? [] : openHoles(source, input, call.scope);
    const hole = holes.find((each) => input === undefined || !isTextless(input, call, each)) ?? holes[0];
    if (hole !== undefined) return hole;
  }
  return undefined;
}

/** The statement that a variable holds, where this change wrote it: `query = f'…'` and then `execute(query)`. */
function assignedText(argument: string, call: Call, input: RuleInput): string | undefined {
  const name = /^&?(?:[\w.]*text\()?([A-Za-z_]\w*)(?:\.(?:toString|as_str|as_ref|String)\(\))?\)?$/.exec(argument)?.[1];
  if (name === undefined) return undefined;
  const option = input.added.options.find(
    (other) => other.name === name && other.callee === '' && within(call.scope, other.scope) && isStatementText(other.value),
  );
  if (option !== undefined) return option.value;
  // What a call made is no option: `let sql = format!(…)`, `sql = '…'.format(name)`.
  const format = input.added.calls.find((other) => {
    if (!/(^|\.)(format!?|formatted|Sprintf|sprintf)$/.test(other.callee) || !within(call.scope, other.scope)) return false;
    const line = tokensOn(input.after, other.range.start.line, other.range.start.line).map(({ text }) => text);
    const at = line.indexOf(name);
    return at >= 0 && /^:?=$/.test(line[at + 1] ?? '') && isStatementText(writtenOut(other));
  });
  return format === undefined ? undefined : writtenOut(format);
}

function writtenOut({ callee, args }: Call): string {
  return `${callee}(${args.join(', ')})`;
}
