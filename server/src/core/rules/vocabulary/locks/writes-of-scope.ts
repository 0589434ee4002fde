import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { isWrite, lastName, receiver, words } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import type { NewBody } from '../code/new-bodies.ts';
import { isIn, workScopes } from '../code/own-parts.ts';
import { entityOf } from '../queries/store-names.ts';

/** The function and those of its file that do its work. */
export function scopesOf({ after }: RuleInput, scope: string): readonly string[] {
  return after === undefined ? [scope] : workScopes(after, scope);
}

/** Writes of a function that stands elsewhere than in this file. */
export function writesOfBody({ facts, place }: NewBody): number {
  return facts.calls.filter(
    (call) =>
      within(call.scope, place.name) &&
      call.kind === 'call' &&
      call.callee.includes('.') &&
      isWrite(call.callee) &&
      !/\.set[A-Z]/.test(call.callee),
  ).length;
}

/** Statements that change rows, and calls that by their name do. */
export function writesIn(input: RuleInput, scope: string): number {
  const scopes = scopesOf(input, scope);
  const statements =
    // What one text says with `WITH … AS (UPDATE …) INSERT …` is done at once.
    new Set(
      input.after?.statements.flatMap(({ scope: own, verb, names, range }) =>
        isIn(scopes, own) && /^(insert|update|delete|merge|upsert|truncate)$/.test(verb)
          ? [`${names[0] === 'with' ? '' : verb} ${range.start.line} ${names.join(' ')}`]
          : [],
      ),
    ).size;
  const isOther = (call: Call): boolean => !/^(query|execute|exec|run|set|add|emit|dispatch)$/.test(lastName(call.callee));
  const calls =
    input.after?.calls.filter(
      (call) =>
        isIn(scopes, call.scope) &&
        call.kind === 'call' &&
        call.callee.includes('.') &&
        isOther(call) &&
        (isWrite(call.callee) || stepsColumn(call) || changesStore(call, input.after)),
    ).length ?? 0;
  const sql =
    input.after?.calls.filter(
      (call) =>
        isIn(scopes, call.scope) &&
        (/^(?:diesel::)(?:insert_into|update|delete|replace_into)$/.test(call.callee) ||
          call.args.some((argument) =>
            /^(?:['"`]\s*(?:insert|update|delete|merge)\b|(?:sa\.|sql\.)?(?:insert|update|delete)\(\w)/i.test(argument),
          )),
    ).length ?? 0;
  const writes = Math.max(statements, sql) + calls;
  return (writes === 1 && runsTwice(input, scope)) || (writes < 2 && runsList(input, scopes)) ? 2 : writes;
}

/** A loop hands the database one statement of a list after the other: `for _, step := range steps { db.Exec(ctx, step.query) }`. */
function runsList({ after }: RuleInput, scopes: readonly string[]): boolean {
  if (after === undefined || after.statements.filter(({ verb }) => /^(?:insert|update|delete|merge|upsert)$/.test(verb)).length < 2)
    return false;
  const runs = after.calls.filter(
    ({ callee, args, scope }) => RUNS.test(callee) && args.some((argument) => /^\w+(?:\.\w+)?$/.test(argument)) && isIn(scopes, scope),
  );
  return after.loops.some(
    ({ kind, body, scope }) =>
      kind === 'each' &&
      isIn(scopes, scope) &&
      runs.some(({ range }) => body.startLine <= range.start.line && range.start.line <= body.endLine),
  );
}

const RUNS = /\.(?:exec|execute|Exec|ExecContext|query|run)$/;

/** TypeORM's and Sequelize's `levels.decrement({ sku }, 'count', n)`, which a gauge of measurements has no condition for. */
function stepsColumn({ callee, args }: Call): boolean {
  return /^(?:increment|decrement)$/.test(lastName(callee)) && args.length >= 2 && args.some((argument) => argument.startsWith('{'));
}

/** One write in a function of the file that is called more than once from here. */
function runsTwice({ after }: RuleInput, scope: string): boolean {
  if (after === undefined) return false;
  const own = after.calls.filter((call) => within(call.scope, scope)).map((call) => lastName(call.callee));
  return workScopes(after, scope)
    .filter(
      (helper) => helper !== scope && after.statements.some((statement) => within(statement.scope, helper) && statement.verb !== 'select'),
    )
    .some((helper) => own.filter((name) => name === helper.slice(helper.lastIndexOf('.') + 1)).length > 1);
}

/** Asked of what by its declared type is a store, whatever is no question changes it: `seats.assign(…)`. */
function changesStore(call: Call, facts: SourceFacts | undefined): boolean {
  const from = receiver(call.callee);
  if (call.use !== 'discarded') return false;
  if (!/^[\w.$]+$/.test(from) || entityOf(from, facts) === undefined) return false;
  return !/^(find|get|list|load|count|exists|read|is|has|search|stream|fetch|query|select|all|one|by|flush|lock|reference|page|contains|check|peek|lookup|sum|max|min|refresh|detach|ref|entity|manager|metadata|class|to|as|hash|equals)\b/.test(
    words(lastName(call.callee)),
  );
}
