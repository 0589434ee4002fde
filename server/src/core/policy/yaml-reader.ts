import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, parseDocument } from 'yaml';
import { clip } from './clip.ts';

/** One thing wrong with a file of the `.brakeline` folder. `line` is 1-based. */
export interface FileError {
  readonly line: number;
  readonly message: string;
}

/** A YAML value with its place, so that whoever wrote it can be told the line. */
export type Located =
  | { readonly kind: 'scalar'; readonly line: number; readonly value: unknown }
  | { readonly kind: 'list'; readonly line: number; readonly items: readonly Located[] }
  | {
      readonly kind: 'map';
      readonly line: number;
      readonly entries: readonly { readonly key: string; readonly line: number; readonly value: Located }[];
    };

/**
 * One YAML 1.2 document as plain located values. Aliases, tags and second documents are errors: a policy says everything
 * where it stands. So are duplicate keys, and nesting that nobody can follow.
 */
export function readYaml(text: string): { readonly root: Located | undefined; readonly errors: readonly FileError[] } {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, ...READING });
    const errors = faultsOf(document, lines);
    if (errors.length > 0) return { root: undefined, errors };
    const root = locate(document.contents, 1, lines, errors);
    return { root: errors.length > 0 ? undefined : root, errors };
  } catch (error) {
    return { root: undefined, errors: [unreadable(error)] };
  }
}

/** Every document of a text, as above. One that nests deeper than the stack is an error like any other. */
export function readYamlStream(text: string): { readonly roots: readonly Located[]; readonly errors: readonly FileError[] } {
  const lines = new LineCounter();
  try {
    const documents = parseAllDocuments(text, { lineCounter: lines, ...READING });
    const list = Array.isArray(documents) ? documents : [];
    const errors = list.flatMap((document) => faultsOf(document, lines));
    const roots = errors.length > 0 ? [] : list.flatMap(({ contents }) => (contents === null ? [] : [locate(contents, 1, lines, errors)]));
    return { roots: errors.length > 0 ? [] : roots, errors };
  } catch (error) {
    return { roots: [], errors: [unreadable(error)] };
  }
}

/** The parser itself compares every key with every other, which 30,000 keys make into seconds: `locate` looks them up. */
const READING = { prettyErrors: false, uniqueKeys: false } as const;

/** No file of people nests so deeply, and what reads it calls itself for each level. */
const DEEPEST = 100;
const TOO_DEEP = 'it nests too deeply';
/** More than these and nobody reads them. */
const MOST_FAULTS = 100;

function unreadable(error: unknown): FileError {
  const found = error instanceof RangeError ? `one where ${TOO_DEEP}` : String(error);
  return { line: 1, message: `expected a readable file, found ${found}` };
}

function faultsOf({ errors, warnings }: Pick<Document, 'errors' | 'warnings'>, lines: LineCounter): FileError[] {
  return [...errors, ...warnings].slice(0, MOST_FAULTS).map(({ pos, message }) => ({
    line: lineAt(lines, pos[0]),
    message: `not readable as YAML: ${/call stack/i.test(message) ? TOO_DEEP : lowerFirst(message.split('\n')[0] ?? '')}`,
  }));
}

/** What was found, for a message: `a list`, `the text "often"`. */
export function describe(value: Located): string {
  if (value.kind === 'list') return 'a list';
  if (value.kind === 'map') return 'a mapping';
  if (value.value === null) return 'nothing';
  return typeof value.value === 'string' ? `the text ${JSON.stringify(clip(value.value))}` : clip(String(value.value));
}

function locate(node: unknown, parentLine: number, lines: LineCounter, errors: FileError[], depth = 0): Located {
  const line = startLine(node, lines) ?? parentLine;
  if (depth > DEEPEST) {
    errors.push({ line, message: `expected at most ${DEEPEST} levels, found more` });
    return { kind: 'scalar', line, value: null };
  }
  if (isAlias(node)) errors.push({ line, message: `expected the value itself, found the alias *${clip(node.source)}` });
  if (isMap(node)) {
    const seen = new Set<string>();
    const entries = node.items.map((pair) => {
      const keyLine = startLine(pair.key, lines) ?? line;
      const key = keyText(pair.key, keyLine, errors);
      if (seen.has(key)) errors.push({ line: keyLine, message: `not readable as YAML: expected each key once, found ${clip(key)} again` });
      seen.add(key);
      return { key, line: keyLine, value: locate(pair.value, keyLine, lines, errors, depth + 1) };
    });
    return { kind: 'map', line, entries };
  }
  if (isSeq(node)) return { kind: 'list', line, items: node.items.map((item) => locate(item, line, lines, errors, depth + 1)) };
  return { kind: 'scalar', line, value: isScalar(node) ? node.value : null };
}

function keyText(key: unknown, line: number, errors: FileError[]): string {
  if (isScalar(key) && typeof key.value === 'string') return key.value;
  errors.push({ line, message: 'expected a plain key, found another kind of value' });
  return '';
}

function startLine(node: unknown, lines: LineCounter): number | undefined {
  // `range` is on every node that the parser made; nodes made by hand have none.
  const offset = (node as Node | null | undefined)?.range?.[0];
  return offset === undefined ? undefined : lineAt(lines, offset);
}

function lineAt(lines: LineCounter, offset: number): number {
  return Math.max(1, lines.linePos(offset).line);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
