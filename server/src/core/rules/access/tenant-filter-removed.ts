import type { Call, Option, SqlStatement } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import type { Range, Side } from '../../model/range.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import {
  FILTERS,
  heldIn,
  isAskedByLink,
  isComparedInPart,
  isDocument,
  isFilter,
  isOverrideGone,
  isReachedFromHolder,
  leavesOut,
  tenantColumns,
} from '../vocabulary/access/holder-filters.ts';
import { lostHolderScopes } from '../vocabulary/access/holder-scopes.ts';
import { isHolder } from '../vocabulary/access/holders.ts';
import { unreadHolders } from '../vocabulary/access/unread-holders.ts';
import { lastName, receiver, shorten } from '../vocabulary/code/call-names.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { isIn, workScopes } from '../vocabulary/code/own-parts.ts';
import { isExtracted, newCallsIn, newGuardsIn } from '../vocabulary/code/scope-changes.ts';
import { namesOf } from '../vocabulary/guards/moved-guards.ts';
import { arrivedWithout, lostConditions } from '../vocabulary/schema/sql-conditions.ts';

/**
 * ## What it sees
 * The condition that kept a query to one tenant, account or owner, gone from a query that stays: in the calls of a mapper or a
 * builder, in the name of a query (`findByIdAndTenantId`), in SQL files, functions and views, and in SQL inside strings.
 *
 * ## Why it matters
 * The query still answers, with everybody's rows. Nothing fails, and one customer reads another's data.
 *
 * ## When it is fine
 * The condition moved into a scope, a function that is handed the holder, or an extension of the client; or the holder is
 * compared once the row is read. These are not flagged.
 *
 * ## What it misses
 * A key under another name on both sides, and SQL from pieces whose function says the holder's name for something else.
 */
export default defineRule({
  id: 'access/tenant-filter-removed',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'medium',
  title: 'A query lost its tenant',
  reads: ['options', 'calls', 'statements', 'tokens'],
  evidence: [{ title: 'OWASP A01:2021 Broken Access Control', url: 'https://owasp.org/Top10/A01_2021-Broken_Access_Control/' }],
  *check(input): Iterable<FindingDraft> {
    let isTold = false;
    for (const draft of lostFilters(input)) {
      isTold = true;
      yield draft;
    }
    // A text of SQL that the others could not follow into a builder.
    for (const { range, place, holder } of isTold ? [] : unreadHolders(input))
      yield { side: 'before', range, message: fitMessage(`\`${shorten(place, 30)}\` no longer asks for \`${shorten(holder, 22)}\``) };
  },
});

function* lostFilters(input: RuleInput): Iterable<FindingDraft> {
  for (const option of input.removed.options) {
    if (!isHolder(option.name) || (!isQuery(option.callee) && !isDocument(option)) || !isFilter(option)) continue;
    const scope = counterpartScope(input, option.scope);
    if (!isOverrideGone(input, option.scope) && (scope === undefined || !staysWithout(input, option, scope))) continue;
    if (isAskedAfterwards(input, option.scope)) continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(`\`${shorten(option.callee, 34)}\` no longer asks for \`${shorten(option.name, 20)}\``),
    };
  }
  yield* comparisons(input);
  yield* statements(input);
  yield* derived(input);
  for (const { range, place, holder } of lostHolderScopes(input))
    yield { side: 'before', range, message: fitMessage(`\`${shorten(place, 30)}\` no longer asks for \`${shorten(holder, 22)}\``) };
  for (const call of input.removed.calls) {
    if (
      !/^(where|andWhere|eq|filter|equals)$/.test(lastName(call.callee)) ||
      /[={]/.test(call.args[0] ?? '') ||
      !isHolder(call.args[0]?.replace(/^['"`]|['"`]$/g, '') ?? '')
    )
      continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || call.scope === '' || isExtracted(input, call) || isAskedAfterwards(input, call.scope)) continue;
    const still =
      input.after?.calls.some(
        (other) => within(other.scope, scope) && other.args.some((argument) => argument.includes(call.args[0] ?? '\0')),
      ) === true;
    const queries = input.after?.calls.some((other) => within(other.scope, scope) && isQuery(other.callee)) === true;
    if (!still && queries)
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`${shorten(call.scope, 30)}\` no longer asks for \`${shorten(call.args[0] ?? '', 22)}\``),
      };
  }
}

/** Conditions that a builder takes as expressions or as text. */
function* comparisons(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    if (!FILTERS.test(lastName(call.callee)) || call.scope === '') continue;
    const [column] = tenantColumns(call);
    const scope = counterpartScope(input, call.scope);
    if (column === undefined || scope === undefined || isExtracted(input, call) || isAskedAfterwards(input, call.scope)) continue;
    const now = input.after?.calls.filter((other) => within(other.scope, scope)) ?? [];
    if (isAskedByDependency(input, column, scope)) continue;
    const still = now.some(
      (other) => tenantColumns(other).includes(column) || /(for_?tenant|scoped|with_?tenant|scope_to|tenant)/i.test(other.callee),
    );
    const named =
      input.after?.options.some((option) => within(option.scope, scope) && isHolder(option.name) && option.name.endsWith(column)) === true;
    const count = (calls: readonly Call[]): number =>
      calls.flatMap((other) => (FILTERS.test(lastName(other.callee)) ? tenantColumns(other) : [])).length;
    const isRenamed = count(now) >= count(input.before?.calls.filter((other) => within(other.scope, call.scope)) ?? []);
    if (still || named || isRenamed || !now.some((other) => isQuery(other.callee))) continue;
    if (
      isComparedInPart(input, column, scope) ||
      isAskedByLink(input, { name: column, value: heldIn(call, column), scope: call.scope }, scope)
    )
      continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(call.scope, 30)}\` no longer asks for \`${shorten(column, 22)}\``),
    };
  }
}

/** What the function is handed comes from a function of another file that asks: `board: Annotated[Board, Depends(team_board)]`. */
function isAskedByDependency(input: RuleInput, column: string, scope: string): boolean {
  const { after } = input;
  const asking = input
    .addedElsewhere()
    .calls.filter((other) => FILTERS.test(lastName(other.callee)) && tenantColumns(other).includes(column));
  const types = after?.symbols.find(({ name }) => name === scope)?.parameters.flatMap(({ type }) => type.split(/\W+/)) ?? [];
  return (
    after !== undefined && asking.some((call) => call.scope !== '' && types.some((type) => namesOf(input, after, call.scope).has(type)))
  );
}

/** SQL text: the same statement of the same table without the condition. */
function* statements(input: RuleInput): Iterable<FindingDraft> {
  const columns = (conditions: readonly string[]): readonly string[] =>
    conditions.flatMap((condition) => {
      // What holds for everybody as well keeps nobody out: `org_id = :org or :org is null`.
      if (/ or .*\b(?:null|true|1 = 1)\b/.test(condition)) return [];
      const [, name, value = ''] = /^"?([a-z_][\w.]*)"?\s*(?:=|in\b)\s*(?:any \( )?[:@$%]?\(?'?"?([a-z_][\w.]*)?/.exec(condition) ?? [];
      if (name === undefined) return [];
      // A query over objects has the names of fields, in lower case: `coopid`.
      if (isHolder(name) || isHolder(name.replace(/(?<=[a-z]{3})(id|key|uuid)$/, '_$1'))) return [name.split('.').at(-1) ?? name];
      // A named parameter stands as `p` and its name: `herd.farm.key = :farm`.
      const given = value.startsWith('p') && !isHolder(value) ? value.slice(1) : value;
      return given !== '' && isHolder(given) && !isHolder(name) && !/^id$/.test(name) ? [given] : [];
    });
  const drawn = (side: Side, old: SqlStatement, range: Range, column: string): FindingDraft => ({
    side,
    range,
    message: fitMessage(`${old.verb} of \`${shorten(old.targets[0] ?? '', 24)}\` no longer asks for \`${shorten(column, 22)}\``),
  });
  for (const old of input.removed.statements) {
    const [column] = columns(old.conditions);
    const scope = counterpartScope(input, old.scope);
    if (column === undefined || scope === undefined || isAskedAfterwards(input, old.scope)) continue;
    const now = input.added.statements.find(
      (other) =>
        other.verb === old.verb &&
        within(other.scope, scope) &&
        other.targets.some((target) => old.targets.includes(target)) &&
        columns(other.conditions).length < columns(old.conditions).length,
    );
    const [lost] = lostConditions(input).flatMap((other) => (other.before === old ? columns([other.condition]) : []));
    if (now !== undefined || lost !== undefined) yield drawn('before', old, old.range, lost ?? column);
  }
  for (const { before: old, after: now, condition } of arrivedWithout(input)) {
    const [column] = columns([condition]);
    if (column !== undefined && !isAskedAfterwards(input, old.scope)) yield drawn('after', old, now.range, column);
  }
}

const DERIVED =
  /^(?:find|get|read|query|count|exists|delete|remove|stream|search)(?:All|First|One|Top\d*)?[A-Z]?[a-z]*By_?([A-Za-z]\w*)$|^(?:find|get|count|exists|delete)_\w*by_(\w+)$/;

/** Columns of a tenant in the name of a query: `findByIdAndTenantId`, `get_by_id_and_owner`. */
function derivedColumns(callee: string): readonly string[] {
  const match = DERIVED.exec(lastName(callee));
  return (match?.[1] ?? match?.[2] ?? '').split(/And(?=[A-Z])|Or(?=[A-Z])|_and_|_or_/).filter((name) => name !== '' && isHolder(name));
}

/** A query whose name says what it asks for. */
function* derived(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    const [column] = derivedColumns(call.callee);
    const scope = column === undefined ? undefined : counterpartScope(input, call.scope);
    if (column === undefined || scope === undefined || call.scope === '' || isExtracted(input, call)) continue;
    const now = input.after?.calls.filter((other) => within(other.scope, scope) && receiver(other.callee) === receiver(call.callee)) ?? [];
    const still = now.some(
      (other) =>
        derivedColumns(other.callee).length > 0 ||
        /tenant|owner|account|org/i.test(other.args.join()) ||
        (other.args.join().match(/[A-Za-z_$][\w$]*/g) ?? []).some(isHolder),
    );
    if (still || !now.some((other) => isQuery(other.callee)) || isAskedAfterwards(input, call.scope)) continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 34)}\` no longer asks for \`${shorten(column, 20)}\``),
    };
  }
}

/** What came without the condition is compared with the tenant before anybody gets it. */
function isAskedAfterwards(input: RuleInput, scope: string): boolean {
  return newGuardsIn(input, scope).some((guard) => /[!=]=|equals|\bis not\b|\bin\b/.test(guard.test) && guard.reads.some(isOwnedName));
}

/** `orgId`, `getTenantId`, `owner_id`. */
function isOwnedName(name: string): boolean {
  return isHolder(name.replace(/^(get|is)(?=[A-Z])/, ''));
}

function isQuery(callee: string): boolean {
  return (
    (/^(find\w*|get\w*|select|count|aggregate|groupBy|update\w*|delete\w*|remove|destroy|query|first\w*|list\w*|where|from|search|exists|paginate|all|execute|executeTakeFirst|filter\w*|exclude|scalars?|values|annotate|Where|Find|First|Take|Last|Count|Scan|Pluck|Delete|Updates?|Not|Query\w*|Exec\w*|Select|Get)$/.test(
      lastName(callee),
    ) &&
      (/\.|::/.test(callee) || /^get_(object|list)_or_404$/.test(callee))) ||
    /(^|\.)[A-Z]\w*\.objects\.(?!(?:create|bulk_create|get_or_create|of|for|owned|visible|mine|within)\w*$)\w+$/.test(callee) ||
    /^get_(object|list)_or_404$/.test(callee)
  );
}

function staysWithout(input: RuleInput, option: Option, scope: string): boolean {
  // The query may stand in a function that was cut out of this one.
  const scopes = input.after === undefined ? [] : workScopes(input.after, scope);
  const stays =
    (input.after?.calls.some(
      (call) =>
        isIn(scopes, call.scope) &&
        (isDocument(option)
          ? isQuery(call.callee)
          : lastName(call.callee) === lastName(option.callee) ||
            (isQuery(call.callee) && changes(call.callee) === changes(option.callee) && readFrom(call.callee) === readFrom(option.callee))),
    ) ??
      false) ||
    isBuiltNow(input, option, scope);
  const still = input.after?.options.filter((other) => isHolder(other.name) && isIn(scopes, other.scope) && isFilter(other)).length ?? 0;
  const old =
    input.before?.options.filter((other) => isHolder(other.name) && within(other.scope, option.scope) && isFilter(other)).length ?? 0;
  const wrapped =
    [...newCallsIn(input, option.scope), ...input.added.calls.filter((call) => call.scope === '')].some((call) =>
      /(forTenant|scoped|withTenant|tenant|scopeTo|\$extends)/i.test(call.callee),
    ) ||
    isAskedByLink(input, option, scope) ||
    isReachedFromHolder(input, option) ||
    isComparedInPart(input, option.name, scope) ||
    isHandedOn(input, option, scope) ||
    isHandedWhole(input, option, scope);
  // Shared by name inside a filter that is built first: `where: { ...scope, id }` or a variable.
  const spread =
    input.after?.options.some(
      (other) =>
        within(other.scope, scope) &&
        /^(where|filter)$/.test(other.name) &&
        /\.\.\.|^\w+$/.test(other.value) &&
        !isBuiltHereWithout(input, other.value, option),
    ) ?? false;
  return stays && still < old && !wrapped && !spread && !isAskedByAllOfIts(input, option, scopes);
}

/** Each call of the same query that is left asks for it, or there is none left here and one of another file of the change does. */
function isAskedByAllOfIts(input: RuleInput, { name, callee }: Option, scopes: readonly string[]): boolean {
  const isIts = (other: string): boolean => lastName(other) === lastName(callee) && readFrom(other) === readFrom(callee);
  const same = input.after?.calls.filter((call) => isIn(scopes, call.scope) && isIts(call.callee)) ?? [];
  if (same.length === 0) return input.addedElsewhere().options.some((other) => other.name === name && isIts(other.callee));
  const asked = new RegExp(`(?<![\\w$.])${name}(?![\\w$])`);
  return readFrom(callee) !== '' && same.every(({ args }) => args.some((argument) => asked.test(argument)));
}

/** A filter under a name that this file gives it, where nothing in the file speaks of the tenant any more. */
function isBuiltHereWithout({ after }: RuleInput, value: string, { name, value: given }: Option): boolean {
  if (after === undefined || !/^\w+$/.test(value)) return false;
  const isGiven =
    after.tokens.some(({ text }, at) => text === value && /^(=|:=)$/.test(after.tokens[at + 1]?.text ?? '')) ||
    after.tokens.some(({ text }, at) => text === value && /^(const|let|var)$/.test(after.tokens[at - 1]?.text ?? ''));
  return (
    isGiven &&
    !after.tokens.some(
      ({ text }) =>
        text === name || text === given || (/^[A-Za-z_]\w*$/.test(text) && text !== 'this' && isHolder(text) && KEYED.test(text)),
    )
  );
}

/** A word that is a key of a tenant, and no name of a thing that happens to be one. */
const KEYED = /(id|ids|key|slug|uuid|tenant|org|organi[sz]ation|workspace|account)$/i;

/** What ends a query that was put together link by link, and runs it. */
const RUNS_BUILT =
  /^(getMany|getOne|getOneOrFail|getManyAndCount|getRawMany|getRawOne|getRawAndEntities|getCount|getResult|getResultList|getSingleResult|execute|executeTakeFirst|executeTakeFirstOrThrow|exec|lean|scalars|fetch_all|fetchall|fetchInto|toArray|to_list|stream)$/;

/**
 * The query is put together link by link now, in a function that is new to it, and neither a link nor a function of this file
 * that begins it speaks of the tenant.
 */
function isBuiltNow(input: RuleInput, { callee, name, value }: Option, scope: string): boolean {
  const { after } = input;
  if (after === undefined || scope === '' || !/^(find|select|first|get|list|count|all|filter|where)/i.test(lastName(callee))) return false;
  const own = after.calls.filter((call) => within(call.scope, scope));
  const fresh = newCallsIn(input, scope).map((call) => lastName(call.callee));
  if (!fresh.some((last) => RUNS_BUILT.test(last)) || !fresh.some((last) => /^(where|filter)$/i.test(last))) return false;
  const called = new Set(own.map((call) => lastName(call.callee)));
  const near = [...own, ...after.calls.filter((call) => call.scope !== scope && called.has(lastName(call.scope)))];
  const speaks = (text: string): boolean => (text.match(/[A-Za-z_$][\w$]*/g) ?? []).some((word) => isHolder(word) || word === value);
  return !near.some((call) => [call.callee, ...call.args].some((text) => text.includes(name) || speaks(text)));
}

/** `invoice` of `this.prisma.invoice.findFirst`, `Order` of `Order.objects.filter`: what a query reads, whoever it is asked of. */
function readFrom(callee: string): string {
  const names = callee.split('.').slice(0, -1);
  return (
    names
      .filter((name) => !/^(objects|query|all|session|db|get_queryset|super|self|this|_default_manager|queryset|qs)(\(\))?$/.test(name))
      .at(-1) ?? ''
  ).toLowerCase();
}

/** A query that reads takes the place of none that writes. */
function changes(callee: string): boolean {
  return /^(update|delete|remove|destroy|Delete|Update)/.test(lastName(callee));
}

/** The query as a whole went into a function that is given the same holder and whose answer is used: `latestOf({ ownerId })`. */
function isHandedWhole(input: RuleInput, { callee, name, value, scope: old }: Option, scope: string): boolean {
  const count = (side: 'before' | 'after', inside: string): number =>
    input[side]?.calls.filter((call) => call.callee === callee && within(call.scope, inside)).length ?? 0;
  if (count('after', scope) >= count('before', old)) return false;
  return newCallsIn(input, old).some(
    (call) =>
      call.use !== 'discarded' &&
      call.use !== undefined &&
      /^[A-Za-z_]\w*$/.test(call.callee) &&
      call.args.some((text) => text === value || (text.includes(value) && text.split(/\W+/).includes(name))),
  );
}

/** A function that the query asks for its filter has the condition now, or is handed the tenant: `where: inOrg(orgId, { id })`. */
function isHandedOn(input: RuleInput, { name, value }: Option, scope: string): boolean {
  const queries = input.after?.calls.filter((call) => within(call.scope, scope) && isQuery(call.callee)) ?? [];
  const tenant = new Set([name, value].flatMap((text) => text.match(/[A-Za-z_$][\w$]*/g) ?? []).filter(isHolder));
  return (
    input.after?.calls.some((call) => {
      if (
        !within(call.scope, scope) ||
        !queries.some((query) => query !== call && query.args.some((text) => text.includes(`${call.callee}(`)))
      )
        return false;
      const own = lastName(call.callee);
      const holds = (other: Option): boolean => isHolder(other.name) && lastName(other.scope) === own;
      if (leavesOut(input, own)) return false;
      return (
        call.args.some((text) => (text.match(/[A-Za-z_$][\w$]*/g) ?? []).some((word) => tenant.has(word))) ||
        input.after?.options.some(holds) === true ||
        input.addedElsewhere().options.some(holds)
      );
    }) === true
  );
}
