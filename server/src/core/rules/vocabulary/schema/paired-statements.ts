import type { SqlStatement } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { groupBy, keepOfBoth } from '../code/kept.ts';
import { likeness } from './compared-statements.ts';
import { filledBy } from './filled-tables.ts';
import { lastPart } from './sql-context.ts';

/** Each statement that this hunk took out with the one that came in its place: same verb, same table, most in common. */
export function pairStatements(input: RuleInput): readonly (readonly [SqlStatement, SqlStatement])[] {
  const { fresh, byTable } = freshStatements(input.before?.statements ?? NONE, input.after?.statements ?? NONE);
  const taken = new Set<SqlStatement>();
  const pairs: (readonly [SqlStatement, SqlStatement])[] = [];
  for (const before of input.removed.statements) {
    if (!/^(select|update|delete|insert|merge)$/.test(before.verb) && !(before.verb === 'create-table' && filledBy(before) !== undefined))
      continue;
    const scope = counterpartScope(input, before.scope);
    let best: { readonly after: SqlStatement; readonly score: number } | undefined;
    for (const after of byTable.get(tableOf(before)) ?? NONE) {
      if (taken.has(after)) continue;
      if (scope === undefined || !within(after.scope, scope)) continue;
      const score = likeness(before, after);
      if (best === undefined || score > best.score) best = { after, score };
    }
    best ??=
      scope === undefined
        ? undefined
        : rehoused(
            input,
            before,
            fresh.filter((statement) => !taken.has(statement)),
          );
    if (best === undefined) continue;
    taken.add(best.after);
    pairs.push([before, best.after]);
  }
  return pairs;
}

const NONE: readonly SqlStatement[] = [];

/** Statements of one side that the other did not have, in their order and by what they do to which table: every hunk asks. */
export const freshStatements = keepOfBoth((before: readonly SqlStatement[], after: readonly SqlStatement[]) => {
  const old = new Set(before.map(({ key }) => key));
  const fresh = after.filter(({ key }) => !old.has(key));
  return { fresh, byTable: groupBy(fresh, tableOf) };
});

function tableOf({ verb, targets }: SqlStatement): string {
  return `${verb} ${lastPart(targets[0] ?? '')}`;
}

/** A text that left its function and is a constant now, of the file or of a class, or stands in a function that is new: the only one that is like it. */
function rehoused(
  { before: old, after: now }: RuleInput,
  statement: SqlStatement,
  fresh: readonly SqlStatement[],
): { readonly after: SqlStatement; readonly score: number } | undefined {
  const found = fresh.flatMap((after) => {
    if (after.verb !== statement.verb || lastPart(after.targets[0] ?? '') !== lastPart(statement.targets[0] ?? '')) return [];
    const isOfClass = (): boolean => now?.symbols.some(({ name, kind }) => kind === 'class' && name === after.scope) === true;
    const isFree = after.scope === '' || (old !== undefined && !hasScope(old, after.scope)) || isOfClass();
    const score = likeness(statement, after);
    return isFree && after.scope !== statement.scope && score >= REHOUSED ? [{ after, score }] : [];
  });
  return found.length === 1 ? found[0] : undefined;
}

/** Share of words that a statement has with what became of it in another place. */
export const REHOUSED = 0.4;
