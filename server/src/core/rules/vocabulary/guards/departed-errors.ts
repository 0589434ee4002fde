import type { Call, Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';

/** What the error came from is called here no more. */
export function leftWithItsCall(input: RuleInput, guard: Guard): boolean {
  const scope = counterpartScope(input, guard.scope);
  if (guard.checks === undefined || guard.checks.length === 0 || scope === undefined) return false;
  const names = new Set(guard.checks.map(lastName));
  return input.after?.calls.some((call) => within(call.scope, scope) && names.has(lastName(call.callee))) !== true;
}

/**
 * Go: `rows = pick(rows)` in place of `rows, err = pick(rows)`. Whoever takes an answer takes all of them, so that a call whose answer
 * is taken alone has no error to give any more.
 */
export function givesNoError(input: RuleInput, guard: Guard): boolean {
  const scope = counterpartScope(input, guard.scope);
  const { after } = input;
  if (after?.language !== 'go' || guard.test !== 'err != nil' || scope === undefined) return false;
  const names = new Set(guard.checks?.map(lastName));
  return after.calls.some((call) => {
    if (!within(call.scope, scope) || !names.has(lastName(call.callee))) return false;
    const [target, sign] = tokensOn(after, call.range.start.line, call.range.start.line).map(({ text }) => text);
    return /^:?=$/.test(sign ?? '') && !/^_$|err/i.test(target ?? '_');
  });
}

/** Go: `filter, err := parse(text)` that went with what was made of it, and nothing else is called in its place: the answer comes from outside. */
export function wentWithItsAnswer(input: RuleInput, call: Call): boolean {
  const { before, after } = input;
  if (before?.language !== 'go' || after === undefined) return false;
  const [answer, comma, error] = tokensOn(before, call.range.start.line, call.range.start.line).map(({ text }) => text);
  if (comma !== ',' || !/err/i.test(error ?? '') || answer === undefined || answer === '_') return false;
  const old = new Set(input.removed.calls.map(({ callee }) => lastName(callee)));
  return input.added.calls.every(({ callee }) => old.has(lastName(callee)));
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
  const names = new RegExp(`\\b${escaped(error)}\\b`);
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
