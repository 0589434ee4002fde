import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { chainOf, closingFrom } from '../code/argument-text.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { newBodiesOf } from '../code/new-bodies.ts';
import { workScopes } from '../code/own-parts.ts';
import { isExtracted } from '../code/scope-changes.ts';
import { tokensOf } from '../code/token-lines.ts';
import { isFoundBeforeWrite } from '../guards/found-before-write.ts';
import { askedName } from './chain-conditions.ts';
import { LIMITS } from './chain-links.ts';
import { withOwnCriteria } from './own-criteria.ts';
import { conditionsOfMethod, isAskedAmong } from './own-methods.ts';
import { isOpaque, outermost, type Query, readQuery } from './query-chains.ts';
import { rewrittenQuery } from './rewritten-queries.ts';
import { negations, turnedCondition } from './turned-conditions.ts';
import { writesIn } from './writing-functions.ts';

/** A query of an object mapper or a query builder that asks for less than before. */
export interface NarrowedQuery {
  readonly callee: string;
  readonly lost: string;
  /** True where it asks for the opposite of `lost`. */
  readonly isTurned?: true;
  readonly side: Side;
  readonly range: Range;
}

/** Queries of this hunk that lost a condition or a limit while they stay, in functions that write. */
export function widenedQueries(input: RuleInput): readonly NarrowedQuery[] {
  const found: NarrowedQuery[] = [];
  const used = new Set<Query>();
  for (const old of outermost(input.removed.calls)) {
    if (old.conditions.length === 0 && !old.limited) continue;
    const kept = counterpartScope(input, old.call.scope);
    if (input.after === undefined) continue;
    const fresh = outermost(input.added.calls.map((call) => withOwnCriteria(call, input.after))).filter((query) => !used.has(query));
    const successor =
      fresh
        .filter((query) => kept !== undefined && within(query.call.scope, kept) && query.source.toLowerCase() === old.source.toLowerCase())
        .sort((a, b) => shared(b, old) - shared(a, old))[0] ?? rewrittenQuery(input, old, used);
    // One that went into a function of its own is compared with what stands there now; in another file it is taken as it was.
    if (successor === undefined || (isExtracted(input, old.call) && successor.source !== old.source)) continue;
    if (isLookedUpInPart(input, old, successor)) continue;
    used.add(successor);
    const scope = kept !== undefined && within(successor.call.scope, kept) ? kept : successor.call.scope;
    // The query may have gone into a function of its own, and what is done to the rows stayed.
    if (!(old.writes || successor.writes || writesIn(input, scope) || (kept !== undefined && kept !== '' && writesIn(input, kept))))
      continue;
    // What was asked before the rewrite may be asked in a variable now.
    const { after } = input;
    const elsewhere = [...allConditions(after, scope), ...askedOfResult(after, scope)];
    const ofMethod = conditionsOfMethod(input, successor) ?? [];
    const lost = old.conditions.filter(
      (condition) =>
        !isAskedAmong(ofMethod, condition) &&
        !elsewhere.some((other) => askedName(other) === askedName(condition)) &&
        !mentions(successor, condition, after) &&
        !isSaidByNewPart(input, successor, askedName(condition)),
    );
    const first = lost[0];
    const turned = turnedIn(old, successor);
    if (turned !== undefined) {
      found.push({ callee: old.call.callee, lost: turned, isTurned: true, side: 'before', range: old.call.range });
      continue;
    }
    if (
      isOpaque(successor) ||
      isAskedOfPackage(successor, old) ||
      (first !== undefined && isFoundBeforeWrite(input, [successor.call], askedName(first)))
    )
      continue;
    if (first !== undefined) found.push({ callee: old.call.callee, lost: askedName(first), side: 'before', range: old.call.range });
    else if (old.limited && !successor.limited && !limits(input.after, scope))
      found.push({ callee: old.call.callee, lost: 'a limit', side: 'before', range: old.call.range });
  }
  return found;
}

/** A function that the change brought, here or in another file, says the column: `where(Token.is_purgeable(before))`. */
function isSaidByNewPart(input: RuleInput, { call }: Query, column: string): boolean {
  const text = `${call.callee}(${call.args.join(', ')})`;
  const called = [...text.matchAll(/(?<![\w$])([A-Za-z_]\w*)\(/g)].map(([, name = '']) => name);
  const asked = new Set(called.filter((name) => /[a-z0-9]_|^is[A-Z]/.test(name)));
  return [...asked].some((name) =>
    newBodiesOf(input, name).some(({ facts, place }) => new RegExp(`\\b${escaped(column)}\\b`).test(tokensOf(facts, place.name))),
  );
}

/** Go: a function of another package gives the condition now, `Where(policy.Orphaned(before))`, where none of it gave one before. */
function isAskedOfPackage({ call }: Query, old: Query): boolean {
  const text = ({ callee, args }: Call): string => `${callee}(${args.join(', ')})`;
  const [, name] = /\.Where\(([a-z]\w*)\.[A-Z]\w*\(/.exec(text(call)) ?? [];
  return name !== undefined && !text(old.call).includes(`${name}.`);
}

/** A comparison of the query that was turned round, or a filter that became what it keeps out. */
function turnedIn(old: Query, now: Query): string | undefined {
  const turned = turnedCondition(old.conditions, now.conditions);
  if (turned !== undefined) return askedName(turned);
  const isSame = old.conditions.length > 0 && old.conditions.join('\u0000') === now.conditions.join('\u0000');
  const names = ({ call }: Query): readonly string[] => [...chainOf(call.callee)].map(({ name }) => name);
  return isSame && negations(names(old)) !== negations(names(now)) ? askedName(old.conditions[0] ?? '') : undefined;
}

/** The lookup went as it was into a function that the own one calls now, and what that found is handed to the write. */
function isLookedUpInPart(input: RuleInput, old: Query, successor: Query): boolean {
  if (old.writes || !successor.writes || !successor.call.args.some((argument) => /^[\w.]+\(|^\w+$/.test(argument))) return false;
  const inner = input.before?.calls.filter(
    (call) =>
      call.scope === old.call.scope && call.range.start.line === old.call.range.start.line && old.call.callee.startsWith(`${call.callee}(`),
  );
  return inner?.some((call) => readQuery(call)?.conditions.join() === old.conditions.join() && isExtracted(input, call)) === true;
}

function shared(query: Query, old: Query): number {
  const names = new Set(old.conditions.map(askedName));
  return (
    query.conditions.filter((condition) => names.has(askedName(condition))).length +
    (lastName(query.call.callee) === lastName(old.call.callee) ? 0.5 : 0)
  );
}

/** What is asked further of the query that a function gives: `_final_before(age).filter(archived_at__isnull=True)`. */
function askedOfResult(facts: SourceFacts, scope: string): readonly string[] {
  const own = lastName(scope);
  if (own === '') return [];
  return facts.calls.flatMap((call) => {
    const query = call.callee.includes(`${own}(`) ? readQuery(call) : undefined;
    return query?.source === own || query?.source.startsWith(`${own}(`) === true ? query.conditions : [];
  });
}

/** What the conditions of every query of the function ask about. */
function allConditions(facts: SourceFacts, scope: string): readonly string[] {
  return facts.calls.filter((call) => within(call.scope, scope)).flatMap((call) => readQuery(call)?.conditions ?? []);
}

function mentions(query: Query, condition: string, facts: SourceFacts): boolean {
  // `Scopes(active)`, `.apply(onlyOpen)`: what a function of the file adds to a query by its name.
  const named = [...query.call.callee.matchAll(/\.(?:Scopes|scopes|apply|modify|pipe|filterBy|filter_by_scope)\(([\w, ]+)\)/g)].flatMap(
    ([, names = '']) => names.split(/\W+/).filter((name) => name !== '' && facts.scopes.some((scope) => scope.name === name)),
  );
  const column = askedName(condition);
  // `tenant_id` asks for no `id`.
  const speaks =
    column.length > 3
      ? (text: string) => text.includes(column)
      : (text: string) => new RegExp(`\\b${escaped(column)}(?:\\b|__)`).test(text);
  if ([...query.conditions, ...named.flatMap((name) => allConditions(facts, name))].some(speaks)) return true;
  // `where(self.own(Contact))`: a function of the file gives the condition, or one that it asks in turn.
  const text = `${query.call.callee}(${query.call.args.join(', ')})`;
  const asked = new Set([...text.matchAll(/(?<![\w$])([A-Za-z_]\w*)\(/g)].map(([, name = '']) => name));
  // `openIn(db('carts'), shop)` is handed the query, and asks further: `query.whereNull('closed_at')`.
  const compares = new RegExp(
    `\\b${escaped(column)}\\s*(?:===?|=|\\.eq\\(|\\.in_\\(|:)|\\b\\w{0,20}[wW]here\\w{0,20}\\(['"\`]${escaped(column)}\\b`,
  );
  if (holdsByName(text, query.call.scope, column, facts)) return true;
  return facts.scopes.some(
    ({ name }) => asked.has(lastName(name)) && workScopes(facts, name).some((part) => compares.test(tokensOf(facts, part))),
  );
}

/** `and(own, eq(t.version, v))` of `const own = and(eq(t.id, id), …)`: a variable of the function holds the condition. */
function holdsByName(query: string, scope: string, column: string, facts: SourceFacts): boolean {
  const names = new Set([...query.matchAll(/(?<=[(,] ?)([A-Za-z_]\w*)(?= ?[,)])/g)].map(([, name = '']) => name));
  if (names.size === 0) return false;
  const text = tokensOf(facts, scope);
  return [...text.matchAll(/(?<![\w.])([A-Za-z_]\w*):?=[\w.]{1,40}\(/g)].some(({ 0: head, 1: name = '', index }) => {
    const from = index + head.length;
    const close = names.has(name) ? closingFrom(text.slice(0, from + LONGEST_VALUE), from) : undefined;
    return close !== undefined && new RegExp(`\\b${escaped(column)}(?:[,)]|==|\\.(?:eq|in_)\\(|:)`).test(text.slice(from, close + 1));
  });
}

/** One row is asked for, and more than one is an error: `Payout.objects.get(…)`, `.scalar_one()`. */
const ONE_ROW = /(?:\.objects|\))\.get$|^get_object_or_404$|\.(?:one|one_or_none|scalar_one|scalar_one_or_none)$/;

/** Of the value of a variable no more is read than this many characters. */
const LONGEST_VALUE = 600;

function limits(facts: SourceFacts, scope: string): boolean {
  return facts.calls.some((call) => within(call.scope, scope) && (LIMITS.test(lastName(call.callee)) || ONE_ROW.test(call.callee)));
}
