import type { Call, SqlStatement } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { isHolder } from '../access/holders.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { isAmount } from './amounts.ts';

/** A sum, a count or a statement of accounts that takes in other rows than before. */
export interface OtherRows {
  readonly range: Range;
  readonly message: string;
}

/** A condition that a sum no longer asks for, a LEFT JOIN that became an inner one, a UNION that drops what is equal, a DISTINCT that came or went. */
export function* otherRows(input: RuleInput): Generator<OtherRows> {
  for (const old of input.removed.statements) {
    if (!/^(?:select|create-view|insert|create-table)$/.test(old.verb)) continue;
    const scope = counterpartScope(input, old.scope);
    const now = input.added.statements.find(
      (other) => other.verb === old.verb && other.scope === scope && other.targets.join() === old.targets.join(),
    );
    const what = now === undefined ? undefined : (lostCondition(input, old, now) ?? joinedOtherwise(old, now));
    if (now !== undefined && what !== undefined) yield { range: now.range, message: what };
  }
  yield* lostCriteria(input);
}

const SUMS = /(?:^| )(?:sum|count|avg|total)(?: |$)/;

/** What the rows are about: an amount, or a number of what is paid for. */
function isCounted(input: RuleInput, text: string): boolean {
  return (
    isAmount(text) ||
    (BILLED.test(words(`${text} ${input.path}`)) && !/\b(?:newsletters?|mailings?|topics?|webhooks?|feeds?|podcasts?)\b/.test(words(text)))
  );
}

const BILLED =
  /\b(?:seats?|usage|quota|quotas|stock|inventory|reserved|reservations?|bookings?|capacity|revenue|turnover|subscriptions?|licen[cs]es?|earnings|points|orders?|votes?)\b/;

function lostCondition(input: RuleInput, old: SqlStatement, now: SqlStatement): string | undefined {
  const text = now.names.join(' ');
  if (!SUMS.test(text) || !isCounted(input, `${text} ${now.scope}`)) return undefined;
  const lost = old.conditions.filter((condition) => !now.conditions.includes(condition));
  const [first] = lost;
  if (first === undefined || now.conditions.some((condition) => !old.conditions.includes(condition))) return undefined;
  // Each value has a row of its own now.
  if (
    now.names
      .join(' ')
      .split(' group by ')[1]
      ?.split(' ')
      .includes(/[a-z_]\w*/.exec(first)?.[0] ?? '') === true
  )
    return undefined;
  // Whose rows they are is tenant-filter-removed.
  if (isHolder(/[a-z_]\w*/.exec(first)?.[0] ?? '')) return undefined;
  return `the ${/(?:^| )sum /.test(text) ? 'sum' : 'count'} of \`${shorten(now.targets[0] ?? '', 20)}\` no longer asks for \`${shorten(first, 26)}\``;
}

function joinedOtherwise(old: SqlStatement, now: SqlStatement): string | undefined {
  const [was, is] = [old.names.join(' '), now.names.join(' ')];
  if (!isAmount(`${is} ${now.scope}`)) return undefined;
  const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  const [outer, join, all, union, distinct] = [
    /\b(?:left|full)(?: outer)? join\b/g,
    /\bjoin\b/g,
    /\bunion all\b/g,
    /\bunion\b/g,
    /\b(?:sum|count) distinct\b/g,
  ];
  if (count(is, outer) < count(was, outer) && count(is, join) === count(was, join) && !asksPartner(old))
    return `an inner join took the place of \`LEFT JOIN\`: rows without a partner are left out`;
  // Where each row has a name of its own, none is equal.
  const columns = (is.split(' from ')[0] ?? '').split(' ').slice(1);
  const hasKey = columns.includes('id') || columns.every((column) => /_id$/.test(column));
  if (count(is, union) === count(was, union) && count(is, all) < count(was, all) && !hasKey)
    return `\`UNION\` took the place of \`UNION ALL\`: equal amounts count once`;
  if (count(is, union) === count(was, union) && count(is, all) > count(was, all)) return undefined;
  if (count(is, distinct) > count(was, distinct) && /\bsum distinct\b/.test(is))
    return `\`DISTINCT\` came to a sum: equal amounts count once`;
  return undefined;
}

/** Its own condition leaves out the rows without a partner: `LEFT JOIN c … WHERE c.name = 'x'`. */
function asksPartner({ key }: SqlStatement): boolean {
  const text = key.toLowerCase();
  const at = text.indexOf(' where ');
  const asked = at < 0 ? '' : (text.slice(at).split(/ (?:group|order) by /)[0] ?? '');
  const joins = [...text.matchAll(/\b(?:left|full)(?: outer)? join (?:\w+ \. )?(\w+)(?: as)?(?: (\w+))? on\b/g)];
  return (
    joins.length > 0 &&
    !/ or /.test(asked) &&
    joins.every(([, table = '', alias = table]) =>
      new RegExp(`\\b${escaped(alias)} \\. \\w+ (?:=|<|>|like\\b|in\\b|between\\b|is not null)`).test(asked),
    )
  );
}

const ENDS = /^(?:count|aggregate|sum|countDocuments|Count|Sum|sum_by|average|countBy|_count)$/;

/** `filter(org=org, active=True).count()`, `aggregate({ where: { walletId, state } })`: criteria of a query that is summed up. */
function* lostCriteria(input: RuleInput): Generator<OtherRows> {
  for (const call of input.added.calls) {
    const name = lastName(call.callee);
    if (!ENDS.test(name) || call.kind !== 'call') continue;
    const callee = writtenOut(input, call);
    const text = `${callee} ${call.args.join(' ')}`;
    const head = headOf(callee);
    const old = input.removed.calls.find(
      (other) => lastName(other.callee) === name && headOf(other.callee) === head && counterpartScope(input, other.scope) === call.scope,
    );
    if (old === undefined || head === '' || !isCounted(input, `${text} ${call.scope}`)) continue;
    const [was, is] = [criteriaOf(`${old.callee} ${old.args.join(' ')}`), criteriaOf(text)];
    const [lost, ...others] = [...was].filter((key) => !is.has(key));
    // A link of the chain says it now: `active()`.
    if (lost !== undefined && words(text).split(' ').includes(words(lost))) continue;
    // What is said by other keys is another question.
    if (lost === undefined || others.length > 1 || [...is].some((key) => !was.has(key)) || isHolder(lost) || /\.\.\.|\*\*/.test(text))
      continue;
    yield {
      range: call.range,
      message: `\`${shorten(name, 16)}\` of \`${shorten(head, 24)}\` no longer asks for \`${shorten(lost, 20)}\``,
    };
  }
}

/** `payments.aggregate` of `payments = Payment.objects.filter(…)` as one chain. */
function writtenOut({ after }: RuleInput, { callee, range }: Call): string {
  const [, held] = /^([a-z_]\w*)\.\w+$/.exec(callee) ?? [];
  const bound = held === undefined || after === undefined ? undefined : boundAbove(after, held, range.start.line);
  const chain = bound?.replace(/ ?([.()]) ?/g, '$1') ?? '';
  return /^[\w$]+\.[\w$.]*\(/.test(chain) ? `${chain}.${lastName(callee)}` : callee;
}

const headOf = (callee: string): string => /^[\w$]+(?:\.[\w$]+(?=\.))?/.exec(callee)?.[0] ?? '';

/** Names that are given a value, and those that stand for their own: `{ walletId, state: 'settled' }`. */
function criteriaOf(text: string): ReadonlySet<string> {
  return new Set(
    [...text.matchAll(/(?<=[({,]\s{0,4})['"]?([A-Za-z_][\w.]*)['"]?\s{0,2}(?:=(?!=)|:|==|>=|<=|[<>]|,(?=[^(){}]{0,200}\})|(?=\s?\}))/g)]
      .map((match) => match[1] ?? '')
      .filter((name) => !/^(?:where|_sum|_count|_avg|by|select)$/.test(name)),
  );
}
