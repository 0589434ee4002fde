import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { splitSource } from '../code/argument-text.ts';
import { counterpartScope } from '../code/counterpart.ts';

/** A class of permissions that everybody had to pass, and that is one of several now of which one is enough. */
export interface JoinedPermission {
  readonly range: Range;
  readonly item: string;
  readonly now: string;
}

/** `permission_classes = [IsAuthenticated, IsEditor]` that became `[IsAuthenticated | IsEditor]`. */
export function* joinedPermissions(input: RuleInput): Iterable<JoinedPermission> {
  if (input.after?.language !== 'python') return;
  for (const option of input.added.options) {
    if (option.name !== 'permission_classes' || !option.value.includes('|')) continue;
    const old = input.removed.options.find(({ name, scope }) => name === option.name && counterpartScope(input, scope) === option.scope);
    if (old === undefined) continue;
    const demanded = demandedBy(option.value);
    const said = new Set(option.value.match(/[A-Za-z_][\w.]*/g));
    const lost = [...demandedBy(old.value)].find((name) => said.has(name) && !demanded.has(name));
    if (lost !== undefined) yield { range: option.range, item: lost, now: option.value };
  }
}

/** Classes that all of them ask for: each of a list and of `&`, and of `|` what both sides ask for. */
function demandedBy(text: string): ReadonlySet<string> {
  const inner = /^[[(](.*)[\])]$/s.exec(text.trim())?.[1] ?? text;
  const items = splitSource(inner, ',');
  if (items.length > 1) return new Set(items.flatMap((item) => [...demandedBy(item)]));
  const [either = '', ...others] = operands(inner, '|');
  if (others.length > 0) return new Set([...demandedBy(either)].filter((name) => others.every((other) => demandedBy(other).has(name))));
  const both = operands(inner, '&');
  if (both.length > 1) return new Set(both.flatMap((one) => [...demandedBy(one)]));
  if (inner !== text) return demandedBy(inner);
  const [, name] = /^([A-Za-z_][\w.]*)(?:\(.*\))?$/.exec(inner.trim()) ?? [];
  return new Set(name === undefined ? [] : [name]);
}

/** What stands at both sides of a sign, outside brackets. */
function operands(text: string, sign: '|' | '&'): readonly string[] {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if (/[([]/.test(character)) depth += 1;
    if (/[)\]]/.test(character)) depth -= 1;
    if (character === sign && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}
