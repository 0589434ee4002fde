import type { SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { isFilter } from '../access/holder-filters.ts';
import { isHolder } from '../access/holders.ts';
import { lastName } from '../code/call-names.ts';
import { rangeOfLine, scopeAtLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { factsInside } from '../code/facts-by-place.ts';
import { isIn, workScopes } from '../code/own-parts.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { isQuery } from './tenant-queries.ts';

/** A holder that a function is handed, asked its store for, and reads no more. */
export interface ForgottenHolder {
  readonly range: Range;
  readonly place: string;
  readonly holder: string;
}

/** Asks a store for rows, whatever the store: a table, an index of documents, a collection, a command of a client. */
const ASKS =
  /^(?:search|msearch|aggregate|find\w*|query\w*|scan\w*|select\w*|count\w*|get\w*|list\w*|fetch\w*|exec\w*|all|first|send|Query\w*|Scan\w*|Find\w*|Select\w*|Get\w*|List\w*|Search\w*|Aggregate\w*|stream|toArray|update\w*|delete\w*|Delete\w*|Update\w*|Exec\w*)$/;
/** Where a name is said and asks for nothing. */
const NOTES =
  /(?:^|\.)(?:\w*log\w*|console|metrics?|stats?|tracer?|span|analytics|sentry|debug|info|warn|error|audit\w*|track|capture\w*|increment|observe|setAttributes?|emit|publish|invalidate\w*)(?:\.|$)/i;

/** What is kept under a key has a reader of its own. */
const KEEPS = /(?:cache|redis|memo|session|storage|lru)\w*\.\w+$/i;

/**
 * Functions that were handed whose rows they read (`orgId`), put that into what they asked a store for, and still are handed it, still
 * ask and say it nowhere in their body: no document, index or client's command needs its own reader.
 */
export function* forgottenHolders(input: RuleInput): Generator<ForgottenHolder> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined || hunk.before.lines === 0 || hunk.before.lines > 400) return;
  const told = new Set<string>();
  for (const { text, line } of tokensOn(before, hunk.before.start, hunk.before.start + hunk.before.lines - 1)) {
    const name = /^[A-Za-z_]\w*$/.test(text) && isHolder(text) ? text : undefined;
    if (name === undefined || told.has(name)) continue;
    const place = scopeAtLine(before, line);
    const owner = ownerOf(before, place, name);
    const scope = owner === undefined ? undefined : counterpartScope(input, owner);
    if (owner === undefined || scope === undefined || ownerOf(after, scope, name) !== scope) continue;
    if (isHead(before, owner, line) || !isPartOfQuestion(before, owner, line, name)) continue;
    if (!asks(after, scope) || says(after, scope, name) || isScoped(input, owner)) continue;
    told.add(name);
    yield { range: rangeOfLine(input, 'before', line), place: owner, holder: name };
  }
}

/** The function around a line that has a parameter of the name. */
function ownerOf({ symbols }: SourceFacts, place: string, name: string): string | undefined {
  return symbols.find((symbol) => within(place, symbol.name) && symbol.parameters.some((parameter) => parameter.name === name))?.name;
}

function isHead({ symbols }: SourceFacts, owner: string, line: number): boolean {
  return symbols.some(({ name, range }) => name === owner && range.start.line <= line && line <= range.end.line);
}

/** The line gives it to a document, an option or a call that is no note. */
function isPartOfQuestion(facts: SourceFacts, owner: string, line: number, name: string): boolean {
  const on = { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
  const around = facts.calls.filter(({ range }) => range.start.line <= line && line <= range.end.line);
  if (around.some(({ callee }) => NOTES.test(callee))) return false;
  // Who may do it is asked by a guard, and the conditions of a mapper have readers of their own.
  if (facts.guards.some(({ range }) => range.start.line <= line && line <= range.end.line)) return false;
  const inside = factsInside(facts.options, on);
  if (inside.some((option) => isHolder(option.name) && isQuery(option.callee) && isFilter(option))) return false;
  const isHeld = inside.some((option) => within(option.scope, owner) && !NOTES.test(option.callee) && option.value.includes(name));
  return isHeld || around.some((call) => within(call.scope, owner) && ASKS.test(lastName(call.callee).replace(/Command$/, '')));
}

function asks({ calls }: SourceFacts, scope: string): boolean {
  return calls.some(
    (call) => within(call.scope, scope) && call.callee.includes('.') && ASKS.test(lastName(call.callee)) && !KEEPS.test(call.callee),
  );
}

/** Said behind the head, by the function or by a part of it that has a name of its own. */
function says(after: SourceFacts, scope: string, name: string): boolean {
  const scopes = workScopes(after, scope);
  return after.scopes
    .filter((one) => isIn(scopes, one.name))
    .some(({ startLine, endLine }) =>
      tokensOn(after, startLine, endLine).some(({ text, line }) => {
        if (isHead(after, scope, line)) return startLine === endLine;
        return text === name || (text.includes(name) && /[^\w]/.test(text)) || /tenant|scoped|principal|current_?user/i.test(text);
      }),
    );
}

/** Another way of asking for it came instead, by its name. */
function isScoped(input: RuleInput, owner: string): boolean {
  return newCallsIn(input, owner).some(({ callee }) =>
    /for_?tenant|with_?tenant|scoped?_?to|tenant|\$extends|for_?(?:user|org|account)/i.test(callee),
  );
}
