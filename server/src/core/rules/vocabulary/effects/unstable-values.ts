import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { shorten } from '../code/call-names.ts';
import { isVariable } from './effects.ts';

/** The first element of a dependency list that is a new value each time: written in place, or built in the component. */
export function unstableIn(input: RuleInput, call: Call, list: string): string | undefined {
  const inner = /^\[(.*)\]$/s.exec(list.trim())?.[1];
  if (inner === undefined) return undefined;
  if (/(^|,)\s*([{[]|fn\b|new [A-Z])/.test(inner)) return shorten(inner.trim(), 30);
  if (
    /\.(filter|map|slice|concat|flatMap|toSorted|toSpliced|split|entries)\(|^Object\.(keys|values|entries|assign|fromEntries)\(/.test(
      inner,
    ) &&
    !/\.join\(|\.length\b|JSON\.stringify/.test(inner)
  )
    return shorten(inner.trim(), 30);
  const names = inner.split(',').map((part) => part.trim());
  return names.find(
    (name) =>
      call.scope !== '' &&
      (isDeclaredIn(input, call, name) ||
        input.after?.options.some(
          (option) =>
            option.name === name &&
            option.scope.startsWith(call.scope) &&
            option.callee === '' &&
            isVariable(option.key, name) &&
            /^([{[]|fn$)/.test(option.value),
        ) === true),
  );
}

/** The hunk made it such a function. */
export function isDeclaredAnew(input: RuleInput, call: Call, name: string): boolean {
  const line = input.after?.scopes.find((scope) => scope.name === `${call.scope}.${name}`)?.startLine ?? 0;
  const { start, lines } = input.hunk.after;
  return line >= start && line < start + lines && isDeclaredIn(input, call, name);
}

/** A function that is declared in the component itself, anew in each render. */
function isDeclaredIn(input: RuleInput, call: Call, name: string): boolean {
  const place = input.after?.scopes.find((scope) => scope.name === `${call.scope}.${name}`);
  const tokens =
    place === undefined ? [] : (input.after?.tokens.filter((token) => token.line === place.startLine).map((token) => token.text) ?? []);
  const at = tokens.indexOf('function');
  if (at >= 0 && (tokens[at + 1] === name || tokens[at + 2] === name)) return true;
  // An arrow, and not what `useCallback` keeps.
  const named = tokens.indexOf(name);
  return tokens[named + 1] === '=' && (tokens[named + 2] === '(' || tokens[named + 2] === 'async' || tokens[named + 3] === '=>');
}
