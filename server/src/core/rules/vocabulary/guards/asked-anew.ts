import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { groupBy, keepOfBoth } from '../code/kept.ts';
import { newGuards } from '../code/scope-changes.ts';
import { byItsAnswer } from './asked-through-answer.ts';
import { fieldsOf } from './handed-guards.ts';
import { askedAnew, isTelling } from './same-question.ts';

/** The same question with other names for what it asks about, in the function or in one that is new in this file. */
export function isAskedAnew(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined || !isTelling(before, guard)) return false;
  const scope = counterpartScope(input, guard.scope);
  const fields = unkeyed(guard.test);
  // What a record was asked for by its keys, a type of its own asks of its fields.
  if (
    fields.split(/[<>=]/).filter((side) => /[A-Za-z_]\w{2}/.test(side)).length > 1 &&
    /\[['"]/.test(guard.test) &&
    newFields(before, after).get(fields)?.has(guard.exit) === true
  )
    return true;
  const fresh = guard.exit === 'throw' ? newStops(before, after) : newSkips(before, after);
  return askedAnew(before, guard, after, fresh).some(
    (other) =>
      (other.exit === guard.exit || other.exit === 'throw' || other.exit === 'break') &&
      (!hasScope(before, other.scope) || (scope !== undefined && within(other.scope, scope))),
  );
}

/** New guards, and what those ask that ask a function of this file: `if !new.is_valid()` by what `is_valid` answers. */
const newStops = keepOfBoth((before: SourceFacts, after: SourceFacts): readonly Guard[] => {
  const guards = newGuards(after.guards, before.guards);
  return [...guards, ...guards.flatMap((guard) => byItsAnswer({ before, after }, guard))];
});

const newSkips = keepOfBoth((before: SourceFacts, after: SourceFacts): readonly Guard[] => [
  ...newStops(before, after),
  ...newFilters(before, after),
]);

/** `rows.filter((row) => row.open)` passes over what `if (!row.open) continue` did. */
const newFilters = keepOfBoth((before: SourceFacts, after: SourceFacts): readonly Guard[] => {
  const old = new Set(before.conditions.map(({ key }) => key));
  const filters = after.calls.filter(({ callee }) => lastName(callee) === 'filter');
  return after.conditions.flatMap((condition): readonly Guard[] => {
    const { start, end } = condition.range;
    const isFilter = filters.some(({ range }) => range.start.line <= start.line && end.line <= range.end.line);
    const { kind: _, guarded: __, ...asked } = condition;
    return condition.kind === 'answers' && isFilter && !old.has(condition.key)
      ? [{ ...asked, test: `!(${condition.test})`, exit: 'break' }]
      : [];
  });
});

/** `body['until'] <= body['since']` and `self.until <= self.since`, by the fields alone. */
function unkeyed(test: string): string {
  return fieldsOf(test.replace(/(?<=[\w)])\[['"]([A-Za-z_]\w*)['"]\]/g, '.$1'));
}

/** How the guards of functions that are new in this file stop, by the fields that they ask for. */
const newFields = keepOfBoth((before: SourceFacts, after: SourceFacts): ReadonlyMap<string, ReadonlySet<string>> => {
  const fresh = newGuards(after.guards, before.guards).filter(({ scope }) => !hasScope(before, scope));
  return new Map([...groupBy(fresh, ({ test }) => unkeyed(test))].map(([fields, same]) => [fields, new Set(same.map(({ exit }) => exit))]));
});
