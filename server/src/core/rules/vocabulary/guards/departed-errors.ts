import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';

/** What the error came from is called here no more. */
export function leftWithItsCall(input: RuleInput, guard: Guard): boolean {
  const scope = counterpartScope(input, guard.scope);
  if (guard.checks === undefined || guard.checks.length === 0 || scope === undefined) return false;
  const names = new Set(guard.checks.map(lastName));
  return input.after?.calls.some((call) => within(call.scope, scope) && names.has(lastName(call.callee))) !== true;
}

/** A mark of its own that a handler set, `let failed = false`, and what the handler guarded is done here no more. */
export function leftWithItsHandler(input: RuleInput, { test, scope, range }: Guard): boolean {
  const now = counterpartScope(input, scope);
  const { after } = input;
  if (!/^!?[A-Za-z_$][\w$]*$/.test(test) || now === undefined || after === undefined) return false;
  const calls = new Set(after.calls.filter((call) => within(call.scope, now)).map((call) => call.callee));
  return input.removed.handlers.some(
    (handler) =>
      within(handler.scope, scope) &&
      handler.range.end.line < range.start.line &&
      handler.guarded.length > 0 &&
      !handler.guarded.some((callee) => calls.has(callee)),
  );
}

/** Go: `return err` outside of any condition, new or behind the call that was checked, hands the error to whoever called. */
export function isHandedOn(input: RuleInput, guard: Guard): boolean {
  const scope = counterpartScope(input, guard.scope);
  const content = input.trees.after.read(input.path);
  if (scope === undefined || content?.kind !== 'text') return false;
  const error = guard.reads.find((name) => /err/i.test(name)) ?? 'err';
  const lines = content.text.split('\n');
  const names = new RegExp(`\\b${error}\\b`);
  const checked = new Set(guard.checks?.map(lastName));
  const isConditional = (line: number): boolean =>
    input.after?.guards.some((other) => within(other.scope, scope) && other.range.start.line <= line && line <= other.range.end.line) ??
    false;
  const returns = (from: number, to: number): boolean =>
    lines.slice(from - 1, to).some((text, at) => /\breturn\b/.test(text) && names.test(text) && !isConditional(from + at));
  const { start, lines: count } = input.hunk.after;
  return (
    returns(start, start + count - 1) ||
    input.after?.calls.some((call) => {
      const { line } = call.range.start;
      const end = input.after?.scopes.find(({ name, startLine, endLine }) => name === call.scope && startLine <= line && line <= endLine);
      return (
        end !== undefined &&
        within(call.scope, scope) &&
        checked.has(lastName(call.callee)) &&
        (/\breturn [\w.]+\(/.test(lines[line - 1] ?? '') || (names.test(lines[line - 1] ?? '') && returns(line + 1, end.endLine)))
      );
    }) === true
  );
}
