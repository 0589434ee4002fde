import type { CodeToken, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { rangeOfLine, scopeAtLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { isIn, workScopes } from '../code/own-parts.ts';
import type { LostHolderScope } from './holder-scopes.ts';
import { isHolder } from './holders.ts';

/** A condition inside a piece of SQL that is given its value from outside: `and d.farm_id = ?`, `where owner = :owner`. */
const CONDITION = /(?<![\w.])(?:[a-z]\w{0,30}\.)?([a-z]\w{1,60})\s{0,3}(?:=|\bin\b)\s{0,3}(?:\(\s?)?(?:[?:$%@#{]|$|["'`]$)/gi;
const SQL = /\b(?:where|and|or|on|select|from|update|delete|join)\b/i;

/**
 * Functions that asked a query for a holder in its text, whole or put together from pieces, and that still query and speak of
 * the holder no more: not by the column, not by the parameter that was compared with it.
 */
export function* unreadHolders(input: RuleInput): Iterable<LostHolderScope> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined || hunk.before.lines > 400) return;
  const told = new Set<string>();
  for (const { text, line } of tokensOn(before, hunk.before.start, hunk.before.start + hunk.before.lines - 1)) {
    if (text.length < 12 || !SQL.test(text)) continue;
    const place = scopeAtLine(before, line);
    const scope = place === '' ? undefined : counterpartScope(input, place);
    if (scope === undefined || told.has(place)) continue;
    for (const [, column = ''] of text.matchAll(CONDITION)) {
      const stem = words(column).replace(/ (?:id|uuid|key|ref|code|no)$/, '');
      const isGiven = (facts: SourceFacts, name: string): boolean =>
        facts.symbols.some((symbol) => symbol.name === name && symbol.parameters.some((given) => words(given.name).startsWith(stem)));
      // A key that a function is handed, and goes on being handed without reading it, is one that it forgot.
      if (!isHolder(column) && !(stem !== words(column) && stem.length > 2 && isGiven(before, place) && isGiven(after, scope))) continue;
      if (!queries(after, scope) || speaks(after, scope, stem, namesIn(before, place))) continue;
      told.add(place);
      yield { range: rangeOfLine(input, 'before', line), place, holder: column };
      break;
    }
  }
}

const QUERIES =
  /^(?:createQuery|createNativeQuery|getResultList|getSingleResult|query\w*|select\w*|fetch\w*|execute\w*|exec|all|find\w*|list|scalars?|toArray|getMany\w*|get|first|all|stream|Query\w*|Select\w*|Get|Find|Scan\w*|where|filter)$/;

function queries({ calls }: SourceFacts, scope: string): boolean {
  return calls.some((call) => within(call.scope, scope) && call.callee.includes('.') && QUERIES.test(lastName(call.callee)));
}

/** True where the function, or a part of it that has a name of its own now, says the holder's name behind its own head. */
function speaks(after: SourceFacts, scope: string, stem: string, old: ReadonlySet<string>): boolean {
  const scopes = workScopes(after, scope);
  const heads = after.symbols.filter(({ name }) => isIn(scopes, name)).map(({ range }) => range);
  const isHead = ({ line }: CodeToken): boolean => heads.some(({ start, end }) => start.line <= line && line <= end.line);
  return after.scopes
    .filter(({ name }) => isIn(scopes, name))
    .some(({ startLine, endLine }) =>
      tokensOn(after, startLine, endLine).some((token) => {
        if (isHead(token) && startLine !== endLine) return false;
        const said = words(token.text);
        return (
          said.includes(stem) ||
          /\b(?:tenant|scoped|owned by|principal|current user)\b/.test(said) ||
          // Another holder than those that were spoken of before may stand for this one.
          (/^\w+$/.test(token.text) && isHolder(token.text) && !old.has(token.text))
        );
      }),
    );
}

/** Every name that a function says, in its code and in its texts. */
function namesIn(facts: SourceFacts, scope: string): ReadonlySet<string> {
  const places = facts.scopes.filter(({ name }) => name === scope);
  return new Set(
    places.flatMap(({ startLine, endLine }) =>
      tokensOn(facts, startLine, endLine).flatMap(({ text }) => text.match(/[A-Za-z_]\w*/g) ?? []),
    ),
  );
}
