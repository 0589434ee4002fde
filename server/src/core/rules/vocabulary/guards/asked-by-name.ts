import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { isHookElsewhere } from '../access/plugin-hooks.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { newCallsIn, newGuards, newGuardsIn } from '../code/scope-changes.ts';
import { asksByName } from './condition-names.ts';
import { checksSame, saysNothing } from './guard-likeness.ts';

/** A loop that returned at the first match, and a call that looks for it: `slices.Contains`, `any`, `some`. */
export function isSearchedFor(input: RuleInput, { scope, exit, test, range }: Guard): boolean {
  if (exit !== 'return' || !/==/.test(test)) return false;
  const line = range.start.line;
  return (
    input.before?.loops.some(({ body }) => body.startLine <= line && line <= body.endLine) === true &&
    newCallsIn(input, scope).some(({ callee }) => /(^|[.:])(Contains|ContainsFunc|contains|includes|some|any|anyMatch|Any)$/.test(callee))
  );
}

/** `if !exists(id)` that became `found, err := exists(id)` and `if !found`: the same call, and its answer by a name of its own. */
export function isAskedByName(input: RuleInput, guard: Guard): boolean {
  const callee = /^(?:!|not )?([\w$.]+)\(/.exec(guard.test)?.[1];
  const scope = counterpartScope(input, guard.scope);
  if (callee === undefined || scope === undefined) return false;
  const content = input.trees.after.read(input.path);
  const lines = content?.kind === 'text' ? content.text.split('\n') : [];
  const calls = input.after?.calls.filter((call) => call.callee === callee && within(call.scope, scope)) ?? [];
  const isNegated = /^(!|not )/.test(guard.test);
  return newGuardsIn(input, guard.scope).some((fresh) => {
    const [, negation, name = ''] = /^(!|not )?([A-Za-z_$][\w$]*)$/.exec(fresh.test) ?? [];
    if (name === '' || (negation !== undefined) !== isNegated || fresh.exit !== guard.exit) return false;
    return calls.some((call) => {
      const [names = '', rest] = (lines[call.range.start.line - 1] ?? '').split(/:?=(?!=)/);
      return rest !== undefined && call.range.start.line <= fresh.range.start.line && names.split(/[^\w$]+/).includes(name);
    });
  });
}

/** A new guard, here or in a new function, asks the same with a name for a part of it, or with what a name stood for. */
export function isSpelledOut({ before, after }: RuleInput, guard: Guard): boolean {
  const { test, scope, exit } = guard;
  if (before === undefined || after === undefined) return false;
  const own = counterpartScope({ before, after }, scope) ?? scope;
  const fresh = newGuards(after.guards, before.guards).filter(
    (other) => other.exit === exit && !hasScope(before, other.scope) && !isHookElsewhere(after, other.scope, own),
  );
  return [...fresh, ...newGuardsIn({ before, after }, scope)].some(
    (other) =>
      other.exit === exit &&
      // `err != nil` of another call says nothing of this one.
      !(saysNothing(test) && (guard.checks ?? []).length > 0 && (other.checks ?? []).length > 0 && !checksSame(guard, other)) &&
      asksByName(before, after, test, other.test, 'and'),
  );
}
