import type { Call, Option, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { isHolder } from './holders.ts';

/** What kept many queries to one holder from one place, and is gone. */
export interface LostHolderScope {
  readonly range: Range;
  /** The place, as a person would call it. */
  readonly place: string;
  readonly holder: string;
}

/** Scopes that hold for many queries: a function that gives the filter, a filter of an entity, a base class, a scope by name. */
export function* lostHolderScopes(input: RuleInput): Iterable<LostHolderScope> {
  yield* givenFilters(input);
  yield* declaredFilters(input);
  yield* bases(input);
  yield* namedScopes(input);
}

const GIVES = /scope|filter|where|criteria|tenan|predicate|specification|condition|constraint|restrict|base_?query|queryset/i;

/** `scope() { return { tenantId } }` that gives an empty filter now. */
function* givenFilters(input: RuleInput): Iterable<LostHolderScope> {
  for (const option of input.removed.options) {
    if (!isHolder(option.name) || option.callee !== '' || !GIVES.test(lastName(option.scope))) continue;
    const scope = counterpartScope(input, option.scope);
    if (scope === undefined || input.after === undefined || speaks(input.after, scope, option)) continue;
    yield { range: option.range, place: lastName(option.scope), holder: option.name };
  }
}

function speaks(after: SourceFacts, scope: string, { value }: Option): boolean {
  return (
    after.options.some((other) => within(other.scope, scope) && isHolder(other.name)) ||
    codeOfScope(after, scope)
      .text.split(' ')
      .some((token) => (token === value || isHolder(token)) && token !== 'this')
  );
}

/** `@Filter(name = "ofKennel")`, `@TenantId`, `@SQLRestriction("org_id = …")` of a class that stays. */
function* declaredFilters(input: RuleInput): Iterable<LostHolderScope> {
  for (const call of input.removed.calls) {
    if (
      call.kind !== 'decorator' ||
      !/^(?:Filter|FilterDef|Filters|TenantId|Where|SQLRestriction|PartitionKey|TenantScoped|Scoped|DefaultScope|tenant_scoped|scoped)$/.test(
        lastName(call.callee),
      )
    )
      continue;
    const holder = /tenant/i.test(call.callee)
      ? 'the tenant'
      : names(call.args.join(' ')).find((name) => isHolder(name) || /tenant|owner/i.test(name));
    const stays = input.after?.symbols.some(({ name }) => name === call.scope) === true;
    const left = input.after?.calls.some(
      (other) => other.kind === 'decorator' && other.scope === call.scope && other.callee === call.callee,
    );
    if (holder !== undefined && stays && left !== true) yield { range: call.range, place: call.scope, holder };
  }
}

const BASE =
  /(?:Tenant|OrgScoped|OrgOwned|WorkspaceScoped|AccountScoped|OwnerScoped|OwnedBy|PerTenant|ScopedBy|Scoped(?:Model|Repository|Manager|QuerySet|Service|View))/;

/** `class Jobs extends TenantRepository` that extends a plain one now. */
function* bases(input: RuleInput): Iterable<LostHolderScope> {
  for (const old of input.removed.symbols) {
    const base = old.kind === 'class' ? names(old.type).find((name) => BASE.test(name)) : undefined;
    if (base === undefined) continue;
    const now = input.after?.symbols.find(({ name, kind }) => name === old.name && kind === 'class');
    if (now === undefined || BASE.test(now.type)) continue;
    yield { range: old.range, place: old.name, holder: base };
  }
}

const SCOPES = /^(?:Scopes|scopes|scope|scoped|applyScopes?|apply_scope|withScope)$/;
const BY_NAME =
  /^(?:for|of|in|by|within|with|only|scopedTo|scopeTo|scoped_to|ownedBy|owned_by|belongingTo|belonging_to|restrictTo|restrict_to|limitTo)_?([A-Z_]?\w+)$/;

/** `.Scopes(OfFarm(farm))`, `.for_tenant(tenant)`, `.ownedBy(user)` of a query that stays without. */
function* namedScopes(input: RuleInput): Iterable<LostHolderScope> {
  for (const call of input.removed.calls) {
    const holder = holderOf(call);
    const scope = holder === undefined || call.scope === '' ? undefined : counterpartScope(input, call.scope);
    if (holder === undefined || scope === undefined || input.after === undefined) continue;
    const own = input.after.calls.filter((other) => within(other.scope, scope));
    const first = /^[\w$]+(?:\.[\w$]+)?/.exec(call.callee)?.[0] ?? call.callee;
    const stays = own.some((other) => other.callee.startsWith(first) && other.callee !== call.callee);
    const asks = own.some(
      (other) =>
        holderOf(other) !== undefined ||
        [other.callee, ...other.args].some((text) => names(text).some((name) => isHolder(name) && KEYED.test(name))),
    );
    const holds = input.after.options.some((other) => within(other.scope, scope) && isHolder(other.name));
    if (stays && !asks && !holds) yield { range: call.range, place: call.scope, holder };
  }
}

const KEYED = /(?:id|ids|key|uuid|tenant|org|workspace|account)$/i;

/** The holder that a scope of a query names; a chain's link, and never a plain function. */
function holderOf({ kind, callee, args }: Call): string | undefined {
  if (kind !== 'call' || !callee.includes('.')) return undefined;
  const name = lastName(callee);
  const given = SCOPES.test(name) ? args.flatMap(names).find((each) => isHolder(BY_NAME.exec(each)?.[1] ?? each)) : BY_NAME.exec(name)?.[1];
  return given !== undefined && args.length > 0 && isHolder(BY_NAME.exec(given)?.[1] ?? given) ? given : undefined;
}

function names(text: string): readonly string[] {
  return text.match(/[A-Za-z_$][\w$]*/g) ?? [];
}
