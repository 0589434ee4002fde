import type { Call, Option, SqlStatement } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { lineChanges } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { isTestScope } from '../code/test-cases.ts';
import { widenedQueries } from '../queries/query-filters.ts';
import { limitsOfCallers } from './limits-of-callers.ts';
import { isBounder } from './lost-bounders.ts';

/** How many rows one question may bring: an option, a link of a chain, LIMIT in a text, `fetchmany`, a slice. */
export function* lostRowCaps(input: RuleInput): Iterable<FindingDraft> {
  if (input.before === undefined || input.after === undefined) return;
  yield* optionsOfQueries(input);
  yield* linksOfChains(input);
  yield* textsWithLimit(input);
  yield* slicedQueries(input);
  for (const { range, scope } of limitsOfCallers(input)) yield say('after', range, 'a number of the caller', scope);
}

function say(side: Side, range: Range, what: string, scope: string): FindingDraft {
  return {
    side,
    range,
    severity: 'medium',
    message: fitMessage(`\`${shorten(what, 36)}\` no longer caps the rows of \`${shorten(lastName(scope) || 'the module', 24)}\``),
  };
}

const ROWS = /^(?:take|limit|first|top|max_?results|page_?size|max_?rows|row_?limit|Limit|MaxResults|PageSize)$/;
/** Of an ORM; what a service lists it bounds by itself. */
const ASKS = /^(?:find|findMany|findAll|findAndCountAll|findAndCount|findBy|aggregate)$/;

/** `findMany({ where, take: 100 })` that lost its `take`. */
function* optionsOfQueries(input: RuleInput): Iterable<FindingDraft> {
  let widened: readonly string[] | undefined;
  for (const option of input.removed.options) {
    if (!ROWS.test(option.name) || !ASKS.test(lastName(option.callee)) || isTestScope(option.scope)) continue;
    const scope = counterpartScope(input, option.scope);
    if (scope === undefined || isFew(option.value)) continue;
    // In a function that writes, data/filter-widened tells it.
    widened ??= toldAsWidened(input);
    if (widened.includes(option.callee)) continue;
    const isOwn = (fact: { readonly callee: string; readonly scope: string }): boolean =>
      fact.callee === option.callee && within(fact.scope, scope);
    const now = input.after?.calls.find(isOwn);
    // Rows that are chosen otherwise may be few by that.
    const chosen = (options: readonly Option[] | undefined, place: string): string =>
      options
        ?.filter(
          ({ name, callee, scope: own }) =>
            /^(?:where|filter|KeyConditionExpression)$/.test(name) && callee === option.callee && within(own, place),
        )
        .map(({ value }) => value)
        .join() ?? '';
    if (chosen(input.before?.options, option.scope) !== chosen(input.after?.options, scope)) continue;
    const isCapped = input.after?.options.some((other) => isOwn(other) && ROWS.test(other.name)) === true;
    if (
      now === undefined ||
      isCapped ||
      asksOne(now) ||
      now.args.some((argument) => /\.\.\.|\b(?:cursor|stream|page|limit|take)\b/i.test(argument))
    )
      continue;
    // A name for all the options may hold it.
    if (now.args.length > 0 && now.args.every((argument) => !argument.includes('{'))) continue;
    yield say('before', option.range, `${option.name}: ${option.value}`, option.scope);
  }
}

/** Queries whose lost limit data/filter-widened tells, by their callee. */
function toldAsWidened(input: RuleInput): readonly string[] {
  return widenedQueries(input).flatMap(({ callee, lost }) => (lost === 'a limit' ? [callee] : []));
}

/** One row, or a key that only one row has. */
function isFew(value: string): boolean {
  return /^(?:[01]|null|undefined|None|nil)$/.test(value.trim());
}

function asksOne({ args }: Call): boolean {
  return args.some((argument) => /\bwhere: \{ (?:id|uuid|pk|slug|email)(?::[^,]*)? \}/.test(argument));
}

/** `db.Where(…).Limit(100).Find(&rows)` and `cursor.fetchmany(100)`. */
function* linksOfChains(input: RuleInput): Iterable<FindingDraft> {
  let widened: readonly string[] | undefined;
  for (const call of input.removed.calls) {
    const name = lastName(call.callee);
    const isBatch = name === 'fetchmany';
    if (
      !(isBatch || /^(?:limit|Limit|setMaxResults|set_max_results|take|top)$/.test(name)) ||
      call.callee === name ||
      isTestScope(call.scope)
    )
      continue;
    if (call.args.length !== 1 || isFew(call.args[0] ?? '') || isBounder(call)) continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || scope === '') continue;
    const own = input.after?.calls.filter((other) => within(other.scope, scope)) ?? [];
    if (
      own.some((other) =>
        /^(?:limit|Limit|setMaxResults|fetchmany|take|top|first|First|one|count|Count|paginate|Paginate|PageRequest)$/.test(
          lastName(other.callee),
        ),
      )
    )
      continue;
    const isCapped = input.after?.statements.some((statement) => within(statement.scope, scope) && isLimited(statement)) === true;
    if (isCapped) continue;
    if (isBatch ? !own.some((other) => lastName(other.callee) === 'fetchall') : !isSameQuestion(input, call, own)) continue;
    widened ??= toldAsWidened(input);
    if (!widened.some((callee) => callee.startsWith(call.callee))) yield say('before', call.range, `${name}(${call.args[0]})`, call.scope);
  }
}

/** What follows the link in the chain is asked as before: `….Limit(100).Find(&rows)` and `….Find(&rows)`. */
function isSameQuestion({ before }: RuleInput, link: Call, now: readonly Call[]): boolean {
  const ends = before?.calls.filter(
    (other) =>
      other.scope === link.scope && other !== link && other.callee.startsWith(link.callee) && other.callee.length > link.callee.length,
  );
  const START = /^[\w$]+(?:\.[\w$]+)?/;
  const head = START.exec(link.callee)?.[0] ?? '';
  return (
    ends?.some(({ callee }) =>
      now.some(
        (fresh) =>
          /^(?:find|Find|all|All|list|getResultList|fetch|fetchAll|toArray|exec|execute|scalars|Scan|Rows|get|lean|map)$/.test(
            lastName(callee),
          ) &&
          lastName(fresh.callee) === lastName(callee) &&
          fresh.callee.startsWith(head),
      ),
    ) === true
  );
}

function isLimited({ limited, names }: SqlStatement): boolean {
  return limited || names.some((name) => /^(?:limit|fetch|top|rownum)$/.test(name));
}

/** `SELECT … LIMIT 100` in a text of code. */
function* textsWithLimit(input: RuleInput): Iterable<FindingDraft> {
  if (/\.sql$/.test(input.path)) return;
  for (const old of input.removed.statements) {
    if (
      old.verb !== 'select' ||
      !isLimited(old) ||
      isTestScope(old.scope) ||
      /\b(?:limit|top) [01]\b|\bfetch first (?:1 )?row only/.test(old.key)
    )
      continue;
    if (old.conditions.some((condition) => /^(?:id|uuid|pk|slug|email) = /.test(condition))) continue;
    const scope = counterpartScope(input, old.scope);
    const now = input.added.statements.find(
      (fresh) =>
        fresh.verb === 'select' &&
        fresh.scope === scope &&
        fresh.targets.join() === old.targets.join() &&
        !isLimited(fresh) &&
        !fresh.names.some((name) => /^(?:count|sum|max|min|avg|exists|bool_or|bool_and)$/.test(name)) &&
        old.conditions.every((condition) => fresh.conditions.includes(condition)) &&
        fresh.conditions.length === old.conditions.length,
    );
    if (now === undefined) continue;
    const isCapped = input.after?.calls.some(
      (call) =>
        within(call.scope, scope ?? '') &&
        /^(?:fetchmany|fetchone|limit|Limit|setMaxResults|setMaxRows|setFetchSize)$/.test(lastName(call.callee)),
    );
    if (isCapped !== true) yield say('after', now.range, `LIMIT of ${old.targets[0] ?? 'the query'}`, old.scope);
  }
}

/** Django's `queryset[:100]`. */
function* slicedQueries(input: RuleInput): Iterable<FindingDraft> {
  if (!input.path.endsWith('.py')) return;
  for (const { before, after } of lineChanges(input)) {
    const cut = /\[:(?!1\])\w+\]/.exec(before.text)?.[0];
    if (
      cut === undefined ||
      !/\.objects\b|\.(?:filter|order_by|exclude)\(/.test(before.text) ||
      before.text.replace(cut, '') !== after.text
    )
      continue;
    yield say('before', rangeOfLine(input, 'before', before.line), cut, before.scope);
  }
}
