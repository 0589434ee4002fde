import type { Located } from './yaml-reader.ts';

/** 1-based lines of a policy file, by where a value stands in it: `severities.high`, `signoffs.0.require.roles`, `people.2`. */
export type PolicyLines = ReadonlyMap<string, number>;

/** Where everything stands. Keys are unique and hold no dot, for a parsed policy has known keys alone. */
export function policyLines(root: Located): PolicyLines {
  const lines = new Map<string, number>();
  const walk = (value: Located, place: string): void => {
    const enter = (key: string, line: number, inner: Located): void => {
      const at = place === '' ? key : `${place}.${key}`;
      lines.set(at, line);
      walk(inner, at);
    };
    if (value.kind === 'map') for (const { key, line, value: inner } of value.entries) enter(key, line, inner);
    if (value.kind === 'list') for (const [index, inner] of value.items.entries()) enter(String(index), inner.line, inner);
  };
  walk(root, '');
  return lines;
}

/** The line of a place, or of what holds it where the file does not say it; 1 where neither is there. */
export function lineOf(lines: PolicyLines, place: string): number {
  for (let at = place; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const line = lines.get(at);
    if (line !== undefined) return line;
  }
  return 1;
}
