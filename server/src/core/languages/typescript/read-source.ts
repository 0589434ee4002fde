import type { ts } from 'ts-morph';
import type { SourceFacts } from '../../model/facts.ts';
import type { RepoPath } from '../../model/tree.ts';
import { isBundle } from '../bundles.ts';
import { draftFacts } from '../facts-draft.ts';
import type { Embed, FactsReader } from '../language.ts';
import { unreadBecause } from '../unread.ts';
import { type Compiler, compiler } from './compiler.ts';
import type { Units } from './kept-units.ts';
import { emptySink } from './sink.ts';
import { readSymbols } from './symbols.ts';
import type { TextEdit } from './tokens.ts';
import { parseSource, type View, viewOf } from './view.ts';
import { walk } from './walk.ts';

/** The depth of a syntax tree is the file's to choose, and a walk may run out of stack: that file is a blind spot. */
export function readSource(path: RepoPath, text: string, embed: Embed): SourceFacts {
  const ts = compiler();
  const blind = blindTo(ts, text);
  if (ts === undefined || blind !== undefined) return { ...draftFacts('typescript'), blindSpots: blind === undefined ? [] : [blind] };
  try {
    return factsOf(viewOf(ts, parseSource(ts, path, text)), embed);
  } catch (error) {
    const [detail = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { ...draftFacts('typescript'), blindSpots: [unreadBecause(error, detail)] };
  }
}

interface Read {
  readonly text: string;
  readonly view: View;
  readonly facts: SourceFacts;
}

/**
 * Reads one text of a file after another and looks at what is new in each: the parser keeps the nodes that an edit left alone, and
 * what was found in these stands, moved to where they stand now.
 * Invariant: each answer is what `readSource` gives (test/properties/followed-facts.test.ts).
 */
export function followSource(path: RepoPath, embed: Embed): FactsReader {
  const units: Units = new WeakMap();
  let last: Read | undefined;
  return (text) => {
    const ts = compiler();
    const earlier = last;
    last = undefined;
    if (ts === undefined || blindTo(ts, text) !== undefined) return readSource(path, text, embed);
    last = (earlier === undefined ? undefined : readOn(ts, text, earlier, units, embed)) ?? readFirst(ts, path, text, units, embed);
    return last?.facts ?? readSource(path, text, embed);
  };
}

/** Undefined where it cannot be read; `readSource` says why. */
function readFirst(ts: Compiler, path: RepoPath, text: string, units: Units, embed: Embed): Read | undefined {
  try {
    const view = viewOf(ts, parseSource(ts, path, text), { units });
    return { text, view, facts: factsOf(view, embed) };
  } catch {
    return undefined;
  }
}

/** Undefined where it is better read as a whole. Of no more use is `earlier` then: the parser has moved its nodes. */
function readOn(ts: Compiler, text: string, earlier: Read, units: Units, embed: Embed): Read | undefined {
  const edit = editBetween(earlier.text, text);
  if (edit === undefined) return earlier;
  if (2 * (edit.newEnd - edit.start) > text.length) return undefined;
  try {
    markErrors(ts, earlier.view.source);
    const change = ts.createTextChangeRange(ts.createTextSpanFromBounds(edit.start, edit.oldEnd), edit.newEnd - edit.start);
    const source: ts.SourceFile = ts.updateSourceFile(earlier.view.source, text, change);
    const view = viewOf(ts, source, { units, earlier: { tokens: earlier.view.tokens, edit } });
    return { text, view, facts: factsOf(view, embed) };
  } catch {
    return undefined;
  }
}

/**
 * The parser takes over no node that it found an error in, but it notes an error with the node that ends next, which may be another
 * one: all that touch the error are read again, so that the next text has the same errors wherever it was read first.
 */
function markErrors(ts: Compiler, source: ts.SourceFile): void {
  const errors = errorsOf(source);
  if (errors.length === 0) return;
  const mark = ts.NodeFlags.ThisNodeOrAnySubNodesHasError | ts.NodeFlags.HasAggregatedChildData;
  const visit = (node: ts.Node): void => {
    if (!errors.some(({ start, length }) => node.pos <= start + length && start <= node.end)) return;
    // What an edit has made of a tree is the parser's own business from here on: nobody else reads it.
    (node as { flags: ts.NodeFlags }).flags |= mark;
    ts.forEachChild(node, visit);
  };
  visit(source);
}

/** Characters that are compared at once. */
const STEP = 2_048;

/** The one stretch in which two texts differ; undefined where they are equal. */
function editBetween(old: string, text: string): TextEdit | undefined {
  if (old === text) return undefined;
  const limit = Math.min(old.length, text.length);
  let start = 0;
  while (start + STEP <= limit && old.slice(start, start + STEP) === text.slice(start, start + STEP)) start += STEP;
  while (start < limit && old.charCodeAt(start) === text.charCodeAt(start)) start += 1;
  let oldEnd = old.length;
  let newEnd = text.length;
  while (oldEnd - STEP >= start && newEnd - STEP >= start && old.slice(oldEnd - STEP, oldEnd) === text.slice(newEnd - STEP, newEnd)) {
    oldEnd -= STEP;
    newEnd -= STEP;
  }
  while (oldEnd > start && newEnd > start && old.charCodeAt(oldEnd - 1) === text.charCodeAt(newEnd - 1)) {
    oldEnd -= 1;
    newEnd -= 1;
  }
  return { start, oldEnd, newEnd };
}

function blindTo(ts: Compiler | undefined, text: string): SourceFacts['blindSpots'][number] | undefined {
  if (ts === undefined) return { reason: 'grammar-missing', detail: 'typescript' };
  return isBundle(text) ? { reason: 'generated', detail: 'minified' } : undefined;
}

function factsOf(view: View, embed: Embed): SourceFacts {
  const sink = emptySink();
  readSymbols(view, sink);
  walk(view, sink, embed);
  return {
    ...draftFacts('typescript'),
    ...sink,
    tokens: view.tokens.codes,
    text: view.source.text,
    blindSpots: [...syntaxErrors(view), ...sink.blindSpots],
  };
}

/** The parser goes on after an error, so facts still come; what it skipped may hold more, which is said once. */
function syntaxErrors(view: View): SourceFacts['blindSpots'] {
  const [first] = errorsOf(view.source);
  if (first === undefined) return [];
  return [{ reason: 'parse-error', detail: `line ${view.range(first.start, first.start).start.line}` }];
}

/** `parseDiagnostics` is filled by the parser and not part of the declared type of a source file. */
function errorsOf(source: ts.SourceFile): readonly { readonly start: number; readonly length: number }[] {
  const { parseDiagnostics } = source as unknown as {
    readonly parseDiagnostics?: readonly { readonly start: number; readonly length: number }[];
  };
  return parseDiagnostics ?? [];
}
