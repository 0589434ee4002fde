import { parse } from 'jsonc-parser';

/**
 * What a configuration file says, with remarks and trailing commas. Of a broken one (a merge conflict, a half-typed line) as much
 * as can be made out, since a package that loses its name loses its dependents. Undefined where there is nothing; never throws.
 */
export function readJson(text: string): unknown {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text;
  // The engine's own reader is ten times as quick as one that forgives; a failure of it costs as much as reading a few files.
  const mayHaveRemarks = /(?:^|[^:"'])\/\//.test(plain);
  return (
    attempt(() => JSON.parse(mayHaveRemarks ? withoutRemarks(plain) : plain)) ??
    attempt(() => JSON.parse(withoutRemarks(plain))) ??
    attempt(() => (plain.length > LONGEST ? undefined : parse(plain)))
  );
}

/** Undefined where it throws: for what is no JSON, or where brackets are nested too deep for who reads it. */
function attempt(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Characters of the longest broken file that is worth making something of. */
const LONGEST = 300_000;

/** A string without an end goes on to the end of its line, so that no place in it is looked at twice. */
function withoutRemarks(text: string): string {
  const bare = text.replace(/"[^"\\\n]*(?:\\.[^"\\\n]*)*"?|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g, (part) =>
    part.startsWith('"') ? part : ' ',
  );
  return bare.replace(/"[^"\\\n]*(?:\\.[^"\\\n]*)*"?|,(?=\s*[\]}])/g, (part) => (part === ',' ? '' : part));
}

export type JsonRecord = Readonly<Record<string, unknown>>;

export function recordOf(value: unknown): JsonRecord | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The texts of a list; a text by itself is a list of one; empty for anything else. */
export function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
