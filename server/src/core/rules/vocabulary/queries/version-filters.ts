import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, literal, shorten } from '../code/call-names.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { isExtracted, newCallsIn, newGuardsIn } from '../code/scope-changes.ts';
import { lineOfLink } from './chain-links.ts';
import { PRECONDITIONS } from './lost-preconditions.ts';
import { isVersionTest, VERSION, versionColumn } from './version-columns.ts';
import { writesToStore } from './writing-functions.ts';

/** A builder's condition in a chain that writes: `.eq('version', n)`, `.Where("version = ?", n)`. */
export function* lostVersionFilters(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    const column = filteredVersion(call);
    const scope = counterpartScope(input, call.scope);
    if (column === undefined || scope === undefined || !isInWrite(call, input.before?.calls ?? []) || !writesToStore(input, scope))
      continue;
    if (input.after?.calls.some((other) => within(other.scope, scope) && filteredVersion(other) !== undefined) === true) continue;
    if (input.after?.options.some((other) => within(other.scope, scope) && PRECONDITIONS.test(other.name)) === true) continue;
    const isGuarded = newGuardsIn(input, call.scope).some((other) => isVersionTest(other.test));
    if (
      isGuarded ||
      isExtracted(input, call) ||
      isFilteredByPart(input, call.scope, column) ||
      newCallsIn(input, call.scope).some((other) => /lock|forUpdate|transaction/i.test(other.callee))
    )
      continue;
    yield {
      side: 'before',
      range: lineOfLink(call),
      message: fitMessage(`\`${shorten(column, 24)}\` no longer holds the write in \`${shorten(scope, 24) || 'the module'}\``),
    };
  }
}

/** A write of the function asks for the version itself: a link of its chain, its `where`, or the condition of its statement. */
export function asksInWrite({ after }: RuleInput, scope: string): boolean {
  if (after === undefined) return false;
  return (
    after.calls.some((call) => within(call.scope, scope) && filteredVersion(call) !== undefined && isInWrite(call, after.calls)) ||
    after.statements.some(
      (one) =>
        within(one.scope, scope) && /^(update|delete)$/.test(one.verb) && one.conditions.some((test) => versionColumn(test) !== undefined),
    ) ||
    after.options.some(
      ({ name, scope: own, callee, key }) =>
        within(own, scope) &&
        VERSION.test(name) &&
        /update|delete|replace|save/i.test(lastName(callee)) &&
        /\b(?:where|filter)\./.test(key),
    )
  );
}

/** A function that came with the change, here or in another file, filters by that column, and is called here now. */
function isFilteredByPart(input: RuleInput, scope: string, column: string): boolean {
  const called = new Set(newCallsIn(input, scope).map(({ callee }) => lastName(callee)));
  const isPart = (call: Call): boolean => call.scope !== '' && called.has(lastName(call.scope)) && filteredVersion(call) === column;
  return (
    input.addedElsewhere().calls.some(isPart) ||
    input.after?.calls.some((call) => isPart(call) && input.before !== undefined && !hasScope(input.before, call.scope)) === true
  );
}

const BOUNDS = /^(where|andWhere|and_where|filter|filter_by|eq|match|and|Where|And|Eq|WhereEq|whereEq|Filter|equal|eqAdd)$/;

/** The column of a version that a filter compares. A span of time or a fixed number is no version that was read. */
function filteredVersion(call: Call): string | undefined {
  if (call.kind !== 'call' || !BOUNDS.test(lastName(call.callee))) return undefined;
  const [first = '', ...rest] = call.args;
  const bare = literal(first);
  // Columns that tell a time are compared for other reasons as well.
  const counts = (name: string | undefined): string | undefined =>
    name !== undefined && VERSION.test(name) && !/updated|modified/i.test(name) ? name : undefined;
  if (bare !== undefined && /^[\w.]+$/.test(bare))
    return rest.some((argument) => /^\d+$/.test(argument)) ? undefined : counts(lastName(bare));
  for (const argument of call.args) {
    const written = literal(argument)
      ?.split(/\band\b/i)
      .map((part) => versionColumn(part.trim()))
      .find((name) => counts(name) !== undefined);
    if (written !== undefined) return written;
    const compared = [...argument.matchAll(/\b(\w+)(?:(?:\(\))? == (?!\d)|\.eq\((?!\d))|\beq\([\w.]+\.(\w+), (?!\d)/g)]
      .map(([, own, builder]) => own ?? builder)
      .find((name) => counts(name) !== undefined);
    if (compared !== undefined) return compared;
  }
  return undefined;
}

const CHANGES = /^(update|set|values|del|delete|Update|Updates|UpdateColumn\w*|Save|Delete|Exec\w*|execute\w*|patch|replace|exec|merge)$/;

/** The chain that the filter stands in changes rows, before it or behind it. */
function isInWrite(call: Call, calls: readonly Call[]): boolean {
  if (/(^|[.:])(update|delete|set|Update|updateTable|deleteFrom|update_many|Model)(<[^<>]*>)?\(/.test(call.callee)) return true;
  return calls.some(
    (other) => other.scope === call.scope && other.callee.startsWith(`${call.callee}(`) && CHANGES.test(lastName(other.callee)),
  );
}
