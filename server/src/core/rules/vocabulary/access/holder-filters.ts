import type { Call, Fact, Option } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { hasScope, within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { partScopes } from '../code/own-parts.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { tokensOf } from '../code/token-lines.ts';
import { isHolder } from './holders.ts';

const COLUMN = /(?<![\w.])[\d.]*([A-Za-z_][\w.]*)\s*(?:===?|\.in_\(|\.eq\()/g;
const SQL_COLUMN = /(?<![\w.])[\d.]*([A-Za-z_][\w.]*)\s*(?:=|\bin\b)/gi;

/** Columns of a tenant that a condition in an argument asks for: `Invoice.org_id == org_id`, `'tenant_id = ?'`. */
export function tenantColumns(call: Call): readonly string[] {
  return call.args.flatMap((argument) =>
    [...argument.matchAll(/^[\w.]*\(?['"`]/.test(argument) ? SQL_COLUMN : COLUMN)]
      .map((match) => (match[1] ?? '').split('.').at(-1) ?? '')
      .filter((name) => isHolder(name)),
  );
}

/** `user.org_id` of `Invoice.org_id == user.org_id`. */
export function heldIn({ args }: Call, column: string): string {
  const text = args.find((argument) => argument.includes(column)) ?? '';
  return /(?:===?|\.eq\()\s*([\w.]+)/.exec(text)?.[1] ?? '';
}

export const FILTERS = /^(filter|where|filter_by|Where|Having|having|Or|And|andWhere|and_|select_from|outerjoin|join|InnerJoin|eq|Eq)$/;

/** In a `where`, or directly in the filter that a query takes first: never in the data that it writes. */
export function isFilter(option: Option): boolean {
  return (
    isDocument(option) ||
    /\((where|filter|query|criteria)\b/.test(option.key) ||
    (option.key.startsWith(`${option.callee}(.`) &&
      /^(find|findOne|count|deleteMany|updateMany|deleteOne|updateOne|where|andWhere|filter|filter_by|exclude|get|get_object_or_404|get_list_or_404|get_or_404|first_or_404|find_one|delete_many|update_many|count_documents|aget|Find|FindOne|DeleteMany|UpdateMany)$/.test(
        lastName(option.callee),
      ))
  );
}

/** A filter that is written as a document: `bson.M{"tenant_id": id}`. */
export function isDocument(option: Option): boolean {
  return /^(bson\.[MD]|sq\.Eq|squirrel\.Eq|goqu\.Ex)$/.test(option.callee) && !/\$(set|inc|push|unset)|[iI]nsert/.test(option.key);
}

/**
 * A link of the query itself asks for the holder: a method of its query set or repository that has the condition now
 * (`objects.of(user)`), here or in another file of the change, or one whose name says so and that is handed whom the condition asked for.
 */
export function isAskedByLink(
  input: RuleInput,
  { name, value, scope: old }: Pick<Option, 'name' | 'value' | 'scope'>,
  scope: string,
): boolean {
  const links = newCallsIn(input, old).filter((call) => call.kind === 'call' && within(call.scope, scope) && call.use !== 'discarded');
  if (links.length === 0) return false;
  // Where two holders were asked for, one of them is not the other.
  const asked = new Set(
    input.before?.options.filter((other) => within(other.scope, old) && isHolder(other.name) && isFilter(other)).map((other) => other.name),
  );
  const has = (filter: Option | Call): boolean =>
    filter.scope !== '' &&
    ('callee' in filter && 'value' in filter
      ? isHolder(filter.name) && isFilter(filter) && (filter.name === name || !asked.has(filter.name))
      : FILTERS.test(lastName(filter.callee)) && tenantColumns(filter).length > 0) &&
    links.some((link) => lastName(link.callee) === lastName(filter.scope));
  const elsewhere = input.addedElsewhere();
  if ([...elsewhere.options, ...elsewhere.calls].some(has)) return true;
  const own = [...(input.after?.options ?? []), ...(input.after?.calls ?? [])];
  if (own.some((fact) => !within(fact.scope, scope) && has(fact))) return true;
  // A link that this change declares asks for what its body asks for, whatever it is called.
  const isDeclared = (callee: string): boolean => elsewhere.symbols.some((symbol) => lastName(symbol.name) === lastName(callee));
  const roots = value.split('.').map((_, at, parts) => parts.slice(0, at + 1).join('.'));
  return links.some(
    (link) =>
      /^(of|for|by|owned|visible|accessible|available|mine|own|in|within|belonging|limited|restricted|scope)(_|[A-Z]|$)/.test(
        lastName(link.callee),
      ) &&
      !isDeclared(link.callee) &&
      !leavesOut(input, lastName(link.callee)) &&
      link.callee.includes('.') &&
      link.args.some(
        (given) =>
          (roots.includes(given) || given === `${name}=${value}`) &&
          (given.includes('.') || isHolder(given) || /^(user|actor|viewer|caller|principal)$/.test(given)),
      ),
  );
}

/** A function of this file that is handed a holder and says its name no second time: it asks for nothing. */
export function leavesOut({ after }: RuleInput, name: string): boolean {
  const own = after?.symbols.filter(({ kind, name: full }) => lastName(full) === name && /^(function|method)$/.test(kind)) ?? [];
  const [only] = own;
  if (after === undefined || only === undefined || own.length > 1) return false;
  const holders = only.parameters.map((parameter) => parameter.name).filter((given) => isHolder(given.replace(/^_/, '')));
  const words = codeOfScope(after, only.name).text.split(' ');
  return holders.length > 0 && holders.every((holder) => words.filter((word) => word === holder).length <= 1);
}

/** A new function of the file that this one asks for a part of its query compares the column: `filter(_of(user))`. */
export function isComparedInPart({ before, after }: RuleInput, column: string, scope: string): boolean {
  if (before === undefined || after === undefined) return false;
  const own = escaped(column);
  const wanted = new RegExp(`\\.${own}(?:===?|\\.eq\\(|\\.in_\\()|["']${own}["']|\\b${own} ?(?:=|:)`);
  return partScopes(after, scope).some((part) => part !== scope && !hasScope(before, part) && wanted.test(tokensOf(after, part)));
}

/** The query goes on from what the condition asked for: `user.agency.job_set` of `agency=user.agency`. */
export function isReachedFromHolder(input: RuleInput, { value, scope }: Pick<Option, 'value' | 'scope'>): boolean {
  return /\w\.\w/.test(value) && newCallsIn(input, scope).some(({ callee }) => callee.startsWith(`${value}.`));
}

/** `get_queryset` is gone from a class that stays as it was declared, and with it what it asked for. */
export function isOverrideGone(input: RuleInput, scope: string): boolean {
  const { before, after } = input;
  const owner = scope.slice(0, Math.max(0, scope.lastIndexOf('.')));
  if (
    before === undefined ||
    after === undefined ||
    owner === '' ||
    !/^(get_queryset|get_object|get_base_query|getQuery|scopeQuery)$/.test(lastName(scope))
  )
    return false;
  const [was, is] = [before, after].map((facts) => facts.symbols.find(({ name, kind }) => name === owner && kind === 'class'));
  return (
    !hasScope(after, scope) && was !== undefined && is !== undefined && (was.type === is.type || isAskedByNoBase(input, was.type, is.type))
  );
}

/** Every base that the class gained came with the change, and none of them asks for a holder. */
function isAskedByNoBase({ after, addedElsewhere }: RuleInput, was: string, is: string): boolean {
  const names = (type: string): readonly string[] => type.match(/[A-Za-z_]\w*/g) ?? [];
  const fresh = names(is).filter((name) => !names(was).includes(name));
  const elsewhere = addedElsewhere();
  const symbols = [...(after?.symbols ?? []), ...elsewhere.symbols];
  const declared = fresh.filter((name) => symbols.some((symbol) => symbol.name === name && symbol.kind === 'class'));
  if (fresh.length === 0 || declared.length < fresh.length) return false;
  const isIn = ({ scope }: Fact): boolean => declared.some((name) => within(scope, name));
  const options = [...(after?.options ?? []), ...elsewhere.options].filter(isIn);
  const calls = [...(after?.calls ?? []), ...elsewhere.calls].filter(isIn);
  // A base of the base, or a filter that is put together, may ask.
  const asks =
    options.some(({ name }) => isHolder(name)) ||
    calls.some((call) => call.args.some((argument) => /\*\*|\bQ\(/.test(argument)) || tenantColumns(call).length > 0);
  const bases = symbols.filter((symbol) => declared.includes(symbol.name)).flatMap(({ type }) => names(type));
  return !asks && !bases.some((name) => declared.every((own) => own !== name) && /Scop|Tenant|Owned|Own[A-Z]|ForUser/.test(name));
}
