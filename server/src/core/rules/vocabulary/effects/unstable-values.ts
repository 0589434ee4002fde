import type { Call, CodeToken } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { shorten } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
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
        madeAt(input, call, name) !== undefined ||
        input.after?.options.some(
          (option) =>
            option.name === name &&
            // A field of that name in a function's body is none of the component's variables.
            (option.scope === call.scope || (option.value === 'fn' && option.scope.startsWith(call.scope))) &&
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
  const made = madeAt(input, call, name) ?? 0;
  return (line >= start && line < start + lines && isDeclaredIn(input, call, name)) || (made >= start && made < start + lines);
}

/** The line above an effect on which a name is bound to a new object or to a new list: `= new URLSearchParams(…)`, `= rows.map(…)`. */
function madeAt(input: RuleInput, call: Call, name: string): number | undefined {
  const place = input.after?.scopes.find((scope) => scope.name === call.scope);
  if (place === undefined || !/^[A-Za-z_$][\w$]*$/.test(name)) return undefined;
  const tokens = tokensOn(input.after, place.startLine, call.range.start.line - 1);
  const at = tokens.findLastIndex(
    ({ text }, index) => text === name && tokens[index + 1]?.text === '=' && /^(?:const|let|var)$/.test(tokens[index - 1]?.text ?? ''),
  );
  if (at < 0) return undefined;
  const [first, second] = [tokens[at + 2]?.text ?? '', tokens[at + 3]?.text ?? ''];
  const isObject = first === 'new' && /^[A-Z]/.test(second);
  return isObject || LISTS.test(lastMethod(tokens.slice(at + 2))) ? tokens[at]?.line : undefined;
}

const LISTS = /^(?:filter|map|slice|concat|flatMap|toSorted|toSpliced|split|fromEntries)$/;

/** The last method of the expression that tokens begin with: `map` of `rows.filter(Boolean).map(idOf)`. */
function lastMethod(tokens: readonly CodeToken[]): string {
  let depth = 0;
  let last = '';
  for (const [at, { text, line }] of tokens.entries()) {
    const goesOn = /^[.?]/.test(text);
    if (depth === 0 && (text === ';' || (at > 0 && line !== tokens[at - 1]?.line && !goesOn))) break;
    if (/^[([{]$/.test(text)) depth += 1;
    else if (/^[)\]}]$/.test(text)) depth -= 1;
    else if (depth === 0 && /^[\w$]+$/.test(text)) last = text;
    else if (depth === 0 && !/^\??\.$/.test(text)) return '';
    if (depth < 0) break;
  }
  return last;
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
