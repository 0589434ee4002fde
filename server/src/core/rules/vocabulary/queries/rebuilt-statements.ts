import type { Call, SourceFacts, SqlStatement } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { chainOf } from '../code/argument-text.ts';
import { bindingsOnce } from '../code/bindings.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, hasScope } from '../code/counterpart.ts';
import { isIn, workScopes } from '../code/own-parts.ts';
import { outermost, type Query } from './query-chains.ts';
import type { NarrowedQuery } from './query-filters.ts';

/**
 * A statement of plain SQL that changes rows and that an object mapper or a query builder makes now, without one of its conditions: no
 * name and no text of the function, nor of the parts and values it names in its file, says the column any more. Nothing is told where a
 * part of the query is made elsewhere.
 */
export function* rebuiltStatements(input: RuleInput): Iterable<NarrowedQuery> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  for (const old of input.removed.statements) {
    const now = /^(?:update|delete)$/.test(old.verb) && old.where === 'present' ? counterpartScope(input, old.scope) : undefined;
    if (now === undefined || now === '' || after.statements.some((other) => other.scope === now && other.verb === old.verb)) continue;
    const scopes = workScopes(after, now);
    const known = new Set(before.calls.map(({ key }) => key));
    const [query, ...others] = outermost(after.calls.filter((call) => isIn(scopes, call.scope))).filter(
      (each) => each.writes && !known.has(each.call.key) && isOfTable(each, old),
    );
    if (query === undefined || others.length > 0 || hasVerbOfItsOwn(query) || !isReadHere(after, query.call)) continue;
    const said = wordsSaid(after, scopes);
    const columns = [...new Set(old.conditions.filter((condition) => !/ in \( select\b/.test(condition)).flatMap(columnOf))];
    const lost = columns.filter((column) => !said.has(plain(column)));
    const [first] = lost;
    if (first !== undefined && lost.length < columns.length)
      yield { callee: query.call.callee, lost: first, side: 'after', range: query.call.range };
  }
}

/** `prisma.membership` and `knex('memberships')` of the table `memberships`. */
function isOfTable({ call, source }: Query, { targets }: SqlStatement): boolean {
  const table = plain((targets[0] ?? '').replace(/^.*\./, ''));
  const stem = table.replace(/(?:ies|es|s)$/, '');
  return stem.length > 2 && plain(`${source} ${call.callee} ${call.args.join(' ')}`).includes(stem);
}

/** `Ticket.objects.idle_since(cutoff)`: what a manager or a scope of the program's own asks for is not seen. */
function hasVerbOfItsOwn({ call }: Query): boolean {
  return [...chainOf(call.callee)].some(({ name, args }) => args !== undefined && !VERB.test(name) && !CLIENT.test(name));
}

const VERB =
  /^(?:filter\w*|exclude|(?:and|or|not)?where\w*|and\w*|or\w*|not\w*|n?eq|ne|lte?|gte?|in|is|match|values|set|returning|select\w*|from|table|into|update\w*|delete\w*|del|destroy|remove|execute\w*|exec|run|get\w*|limit|take|order\w*|sort\w*|query|createquerybuilder|with\w*|using|model|debug|all|distinct|clone|transacting|prefetch_related)$/i;

/** `status` of `status = 'active'`; none of what begins with anything else than a name. */
function columnOf(condition: string): readonly string[] {
  const name = /^(?:\w+\.)*([a-z_]\w*) (?:[<>=!]|is\b|not\b|in\b|between\b|like\b|ilike\b)/.exec(condition)?.[1];
  return name === undefined || /^(?:not|exists|true|false|now|id)$/.test(name) ? [] : [name];
}

/** What the query asks for is written in this file: the functions that it calls and the values that it names. */
function isReadHere(after: SourceFacts, { callee, args }: Call): boolean {
  const text = `${callee}(${args.join(', ')})`.replace(/'[^']*'|"[^"]*"/g, "''");
  const called = [...text.matchAll(/(?<![\w.)\]] ?)\b([A-Za-z_$][\w$]*)\(/g)].map((match) => match[1] ?? '');
  const criteria = [...text.matchAll(/\b(?:where|filter|query|criteria)(?:: ?|\()(?:\.\.\.)?([A-Za-z_$][\w$]*)(?=[,)} ])/g)].map(
    (match) => match[1] ?? '',
  );
  const isKnown = (name: string): boolean =>
    hasScope(after, name) || bindingsOnce(after).has(name) || after.symbols.some((symbol) => lastName(symbol.name) === name);
  return called.every((name) => CLIENT.test(name) || isKnown(name)) && criteria.every(isKnown);
}

const CLIENT =
  /^(?:knex|db|trx|tx|database|new|Date|String|Number|Boolean|Set|sql|eq|and|or|lt|lte|gt|gte|ne|not|isNull|Q|F|Now|now|timezone|datetime)$/;

/** Names and texts of some functions, and of the values bound in the file that these name. */
function wordsSaid(after: SourceFacts, scopes: readonly string[]): ReadonlySet<string> {
  const texts = scopes.flatMap((scope) =>
    after.scopes
      .filter(({ name }) => name === scope)
      .flatMap(({ startLine, endLine }) => tokensOn(after, startLine, endLine).map(({ text }) => text)),
  );
  const bound = texts.flatMap((text) => bindingsOnce(after).get(text)?.split(' ') ?? []);
  return new Set([...texts, ...bound].flatMap((text) => text.match(/\w+/g) ?? []).flatMap(partsOf));
}

/** Django's `ends_at__lt` says `ends_at`. */
function partsOf(word: string): readonly string[] {
  return [plain(word), ...word.split('__').map(plain)];
}

function plain(text: string): string {
  return text.replaceAll('_', '').toLowerCase();
}
