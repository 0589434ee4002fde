import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { tokensOf } from '../code/token-lines.ts';

/** A condition that compares an index, or a size that is needed, with the length of a list. */
export function isIndexGuard(guard: Guard): boolean {
  const { test } = guard;
  if (guard.exit === 'break') return false;
  const length = /(\.len\(\)|\blen\([\w.]+\)|\.(length|size\(\)|byteLength|remaining\(\)|Length|Count)\b)/;
  if (!length.test(test) || !guard.compares) return false;
  // Nothing to do for an empty list is a short cut.
  if (guard.exit === 'return' && /(\.length|len\([\w.]+\)|\.len\(\))\s*(===?\s*0|<\s*1)\b|is_empty/.test(test)) return false;
  const upper =
    /(>=?|<=?|!==?)/.test(test) &&
    /\b(i|j|k|n|idx|index|pos|position|offset|off|at|cursor|start|end|from|to|column|col|row|field|slot|need|needed|want|expected|\w*(Index|Offset|Pos|_index|_idx|_offset))\b/i.test(
      test,
    );
  const size = /(\.len\(\)|len\([\w.]+\)|\.(length|byteLength|remaining\(\)|size\(\)))\s*(<=?|!==?)\s*[\w.+\s]+/.test(test);
  return upper || size;
}

/** What the function still reads by index of the list whose length was asked. */
export function indexingBehind(input: RuleInput, guard: Guard): string | undefined {
  const scope = counterpartScope(input, guard.scope);
  const list = /(?<![\w$.])([\w$.]+?)\s*\.\s*(?:len\(\)|length|size\(\)|byteLength|remaining\(\)|Length|Count)\b|\blen\(([\w.]+)\)/.exec(
    guard.test,
  );
  const name = (list?.[1] ?? list?.[2] ?? '').split('.').at(-1) ?? '';
  if (scope === undefined || name === '') return undefined;
  const text = tokensOf(input.after, scope);
  const at = new RegExp(
    `(?<![\\w$])${escaped(name)}(\\[[^\\]]{1,40}\\]|\\.(get|charAt|getInt|getShort|readUInt\\w*|readInt\\w*|slice|subarray|Uint\\d+)\\([^)]{0,40}\\))`,
  ).exec(text);
  // In these languages an index outside gives nothing and ends nothing, unless its value is used at once.
  if (
    /\.[cm]?[jt]sx?$/.test(input.path) &&
    at !== null &&
    !/^(\.|read|!)/.test(text.slice((at.index ?? 0) + at[0].length)) &&
    !/read|slice|getInt/.test(at[0])
  )
    return undefined;
  const binary = /binary\.\w+\.(Uint\d+|PutUint\d+)\(([\w.]+)\[?/.exec(text);
  return at?.[0] ?? (binary !== null && binary[2] === name ? binary[0] : undefined);
}
