import type { RepoPath } from '../../model/tree.ts';
import { findSyntaxError, type Grammar, parseSyntax, type SyntaxNode } from '../tree-sitter.ts';
import { join } from './place.ts';
import { type CodeGrammar, type SymbolShape, shapesOf } from './shapes.ts';
import { viewOf } from './view.ts';

/** One declaration of a name. Offsets are UTF-16 units, the end behind the last. */
export interface Declared {
  readonly kind: SymbolShape['kind'];
  /** All of it: decorators, signature and body. */
  readonly start: number;
  readonly end: number;
  /** Its signature alone. */
  readonly head: { readonly start: number; readonly end: number };
}

/** Symbols that a file declares, by their dotted names as its facts have them. */
export type Declarations = ReadonlyMap<string, readonly Declared[]>;

/** Where a text declares its symbols. Throws as `parseSyntax` does; empty where the grammar gave no tree. */
export function declarationsIn(grammar: CodeGrammar, loaded: Grammar, path: RepoPath, text: string): Declarations {
  const found = new Map<string, Declared[]>();
  const root = parseSyntax(loaded, text);
  if (root === undefined) return found;
  const view = viewOf(grammar, path, text, root);
  // What the grammar could not place may stand in a body that is not its own.
  const isBroken = findSyntaxError(root) !== undefined;
  const stack: { readonly node: SyntaxNode; readonly scope: string }[] = [{ node: root, scope: '' }];
  for (let visit = stack.pop(); visit !== undefined; visit = stack.pop()) {
    const { node, scope } = visit;
    const shapes = shapesOf(grammar.symbols, node, view);
    for (const shape of shapes) {
      const name = join(scope, shape.name);
      const declared = declaredBy(node, shape, shapes.length);
      found.set(name, [...(found.get(name) ?? []), isBroken ? { ...declared, ...declared.head } : declared]);
    }
    if (grammar.syntax.functions.has(node.type)) continue;
    const [name] = shapesOf(grammar.names, node, view);
    const inside = name === undefined ? scope : join(scope, name);
    for (const child of node.children) stack.push({ node: child, scope: inside });
  }
  return found;
}

/** `a, b = 1, a` in one node are two symbols, each no more than its name; a record's components stand inside its own. */
function declaredBy(node: SyntaxNode, { kind, from, to }: SymbolShape, among: number): Declared {
  const head = { start: from.start, end: to.end };
  const isWhole = among === 1 || !/^(property|variable|export)$/.test(kind);
  return {
    kind,
    start: isWhole ? Math.min(node.start, head.start) : head.start,
    end: isWhole ? Math.max(node.end, head.end) : head.end,
    head,
  };
}
