import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { nextEffect } from './effects.ts';

/** The effect sets state or asks a server, so that it causes the next render itself. */
export function keepsState(input: RuleInput, call: Call): boolean {
  const { start, end } = call.range;
  const scopeEnd = input.after?.scopes.find((scope) => scope.name === call.scope)?.endLine ?? end.line;
  const last = call.args.length > 1 ? end.line : (nextEffect(input, call) ?? scopeEnd);
  return (
    input.after?.calls.some(
      (other) =>
        other.range.start.line >= start.line &&
        other.range.start.line <= last &&
        other !== call &&
        (/^(set[A-Z]\w*|dispatch|mutate|refetch)$/.test(lastName(other.callee)) ||
          (/^\w+$/.test(other.callee) && setsWithin(input, call.scope, other.callee)) ||
          other.args.some((argument) => /^set[A-Z]\w*$/.test(argument))),
    ) ?? false
  );
}

/** A function of the component that the effect calls sets state, also one that `useCallback` keeps. */
function setsWithin(input: RuleInput, component: string, name: string): boolean {
  if (setsIn(input, `${component}.${name}`)) return true;
  const line = input.after?.tokens.find(
    ({ text }, at) => text === name && /^(const|let|var)$/.test(input.after?.tokens[at - 1]?.text ?? ''),
  )?.line;
  const kept = input.after?.calls.find(
    (call) => /^(useCallback|useEvent|useEffectEvent)$/.test(lastName(call.callee)) && call.range.start.line === line,
  );
  return (
    kept !== undefined &&
    input.after?.calls.some(
      (call) =>
        call.range.start.line >= kept.range.start.line &&
        call.range.end.line <= kept.range.end.line &&
        /^(set[A-Z]\w*|dispatch)$/.test(lastName(call.callee)),
    ) === true
  );
}

/** The function that the effect depends on sets state. */
export function setsIn(input: RuleInput, scope: string): boolean {
  return (
    input.after?.calls.some(
      (call) =>
        call.scope === scope &&
        (/^set[A-Z]\w*$/.test(lastName(call.callee)) || call.args.some((argument) => /^set[A-Z]\w*$/.test(argument))),
    ) === true
  );
}
