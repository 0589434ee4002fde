import type { ts } from 'ts-morph';
import type { SymbolFact } from '../../model/facts.ts';
import type { Compiler } from './compiler.ts';
import type { Sink } from './sink.ts';

/** What was read of a node, and where the node began then: facts move with it. Line from 1, character from 0. */
export interface ReadAt {
  readonly line: number;
  readonly character: number;
}

/**
 * A statement or a member of a class, with what was found in it. The parser hands out the same node again for as long as nothing in
 * it changed, and so what is kept by node needs no other check of its text.
 */
export interface Unit {
  /** From the end of the token before it to its own first one: remarks and white space. */
  readonly lead: number;
  /** How deep its syntax goes below it: all of it, and of what is nested. */
  readonly depth: number;
  readonly nested: number;
  facts?: ReadAt & { readonly context: string; readonly sink: Sink };
  symbols?: ReadAt & { readonly context: string; readonly list: readonly SymbolFact[] };
}

/** The units of one file as it was read last, those of earlier texts among them. Held by nodes, and let go of with them. */
export type Units = WeakMap<ts.Node, Unit>;

/** A smaller statement inside another one is read again with it: what is kept of each costs more than it saves. */
const LEAST_CHARACTERS = 256;

/** True for what the parser takes over as a whole from an earlier text (a member of a list of statements or of a class). */
export function isUnit(compiler: Compiler, node: ts.Node): boolean {
  const { parent } = node;
  if (compiler.isSourceFile(parent)) return compiler.isStatement(node);
  if (compiler.isClassLike(parent)) return compiler.isClassElement(node);
  return (
    node.end - node.pos >= LEAST_CHARACTERS &&
    (compiler.isBlock(parent) || compiler.isModuleBlock(parent) || compiler.isCaseOrDefaultClause(parent)) &&
    compiler.isStatement(node) &&
    !compiler.isBlock(node)
  );
}
