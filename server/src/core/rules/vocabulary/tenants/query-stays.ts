import type { Call, Option } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { isAskedByLink, isComparedInPart, isDocument, isFilter, isReachedFromHolder, leavesOut } from '../access/holder-filters.ts';
import { isHolder } from '../access/holders.ts';
import { lastName } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { newBodiesOf } from '../code/new-bodies.ts';
import { isIn, workScopes } from '../code/own-parts.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { scopesByName } from './scoping-names.ts';
import { takenWithout } from './taken-without.ts';
import { isQuery } from './tenant-queries.ts';

/** A method that is no query of the library is handed the same of the same model: `prisma.note.softDelete({ id, ownerId })`. */
function isHandedToOwn({ after }: RuleInput, option: Option, scopes: readonly string[]): boolean {
  const key = new RegExp(`^\\{(?:[^{}]*,)? ?${escaped(option.name)} ?[,:}]`);
  return (
    after?.calls.some(
      ({ callee, args, scope }) =>
        isIn(scopes, scope) &&
        !isQuery(callee) &&
        readFrom(callee) === readFrom(option.callee) &&
        args.length === 1 &&
        key.test(args[0] ?? ''),
    ) === true
  );
}

/** The query of a lost condition is still asked, and nothing in its place keeps it to the holder. */
export function staysWithout(input: RuleInput, option: Option, scope: string): boolean {
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
    isBuiltNow(input, option, scope) ||
    isAskedOfNewMethod(input, option, scopes) ||
    takenWithout(input, { ...option, args: [] }, option.name) !== undefined;
  const still = input.after?.options.filter((other) => isHolder(other.name) && isIn(scopes, other.scope) && isFilter(other)).length ?? 0;
  const old =
    input.before?.options.filter((other) => isHolder(other.name) && within(other.scope, option.scope) && isFilter(other)).length ?? 0;
  const wrapped =
    [...newCallsIn(input, option.scope), ...input.added.calls.filter((call) => call.scope === '')].some((call) =>
      scopesByName(input, call.callee),
    ) ||
    isAskedByLink(input, option, scope) ||
    isReachedFromHolder(input, option) ||
    isHandedToOwn(input, option, scopes) ||
    isComparedInPart(input, option.name, scope) ||
    isHandedOn(input, option, scope) ||
    isHandedAsFilter(input, option, scope) ||
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
  return stays && still < old && !wrapped && !spread && !isAskedByAllOfIts(input, option, scopes) && !isAskedAlike(input, option, scopes);
}

/** The same is held against the same value as often as before, whatever the link of the query is that asks for it. */
function isAskedAlike({ before, after }: RuleInput, { name, value, scope }: Option, scopes: readonly string[]): boolean {
  const isSame = (other: Option): boolean => other.name === name && other.value === value && isFilter(other);
  const now = after?.options.filter((other) => isSame(other) && isIn(scopes, other.scope)).length ?? 0;
  return now > 0 && now >= (before?.options.filter((other) => isSame(other) && within(other.scope, scope)).length ?? 0);
}

/** The same rows are asked for through a method that came with the change, whatever it is called: `Lead.objects.visible_to(user)`. */
function isAskedOfNewMethod(input: RuleInput, { callee }: Option, scopes: readonly string[]): boolean {
  const from = readFrom(callee);
  return (
    from !== '' &&
    input.after?.calls.some(
      (call) =>
        isIn(scopes, call.scope) &&
        call.callee.includes('.') &&
        readFrom(call.callee) === from &&
        newBodiesOf(input, call.callee).length > 0,
    ) === true
  );
}

/** Each call of the same query that is left asks for it, or there is none left here and one of another file of the change does. */
function isAskedByAllOfIts(input: RuleInput, { name, callee }: Option, scopes: readonly string[]): boolean {
  const isIts = (other: string): boolean => lastName(other) === lastName(callee) && readFrom(other) === readFrom(callee);
  const same = input.after?.calls.filter((call) => isIn(scopes, call.scope) && isIts(call.callee)) ?? [];
  if (same.length === 0) return input.addedElsewhere().options.some((other) => other.name === name && isIts(other.callee));
  const asked = new RegExp(`(?<![\\w$.])${escaped(name)}(?![\\w$])`);
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
  if (!fresh.some((last) => RUNS_BUILT.test(last)) || !fresh.some((last) => /^(?:(?:and|or)?where|filter)$/i.test(last))) return false;
  const called = new Set(own.map((call) => lastName(call.callee)));
  const near = [...own, ...after.calls.filter((call) => call.scope !== scope && called.has(lastName(call.scope)))];
  const speaks = (text: string): boolean => (text.match(/[A-Za-z_$][\w$]*/g) ?? []).some((word) => isHolder(word) || word === value);
  // What is handed to a function that makes nothing of it is not asked for.
  const heard = (text: string): string =>
    text.replace(/(?<![\w$])([A-Za-z_$][\w$]*)\([^()]{0,200}\)/g, (whole, link: string) => (leavesOut(input, link) ? '' : whole));
  return !near.some(
    (call) =>
      !leavesOut(input, lastName(call.callee)) && [heard(call.callee), ...call.args].some((text) => text.includes(name) || speaks(text)),
  );
}

/** `invoice` of `this.prisma.invoice.findFirst`, `Order` of `Order.objects.filter`: what a query reads, whoever it is asked of. */
function readFrom(callee: string): string {
  const table = /^[\w$.]+\(['"`]([\w.]+)['"`]\)/.exec(callee)?.[1];
  if (table !== undefined) return table.toLowerCase();
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

/**
 * Functions that are new hand on what they are given as the filter of a query, and each of them that this one calls for the rows is
 * given the condition: `this.mark('notes', { id, user_id: userId })` of a `mark(table, where)` which asks `db(table).where(where)`.
 */
function isHandedAsFilter(input: RuleInput, { name, value, callee, scope: old }: Option, scope: string): boolean {
  const { after } = input;
  if (after === undefined) return false;
  // Of a function that was cut up, the part with the query may be what stands for it: who asks that one is meant.
  const isAsked = (call: Call): boolean => lastName(call.callee) === lastName(scope) && call.scope !== scope;
  const asked = [...newCallsIn(input, old), ...after.calls.filter(isAsked)];
  const passing = asked.filter((call) => call.kind === 'call' && passesFilter(input, call.callee));
  const table = /\((['"`])([\w.]+)\1\)/.exec(callee)?.[2] ?? '\0';
  const ofTable = passing.filter(({ args }) => args.some((text) => text.slice(1, -1) === table));
  const calls = ofTable.length > 0 ? ofTable : passing;
  const isGiven = ({ callee: by, range: { start, end } }: Call): boolean =>
    after.options.some(
      (given) =>
        given.name === name &&
        given.value === value &&
        given.callee === by &&
        given.range.start.line >= start.line &&
        given.range.end.line <= end.line,
    );
  return calls.length > 0 && calls.every(isGiven);
}

/** A new function, whose every filter is one of its parameters. */
function passesFilter(input: RuleInput, callee: string): boolean {
  const bodies = newBodiesOf(input, callee);
  return (
    bodies.length > 0 &&
    bodies.every(({ facts, place }) => {
      const given = facts.symbols.find(({ name }) => name === place.name)?.parameters.map((parameter) => parameter.name) ?? [];
      const filters = facts.calls.filter((call) => within(call.scope, place.name) && /^(?:where|filter)$/i.test(lastName(call.callee)));
      return filters.length > 0 && filters.every(({ args }) => given.includes(args[0] ?? ''));
    })
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
