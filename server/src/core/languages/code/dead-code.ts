import type { SyntaxNode } from '../tree-sitter.ts';
import type { View } from './view.ts';

/**
 * Parts of a node that may run: in a list of statements, nothing behind a `return` or a `throw` that nothing decides, up to a label that a
 * jump may lead to. A check that stands there stops nobody, and a function that stands there is declared all the same
 * (test/languages/dead-code.test.ts).
 */
export function livingParts(view: View, node: SyntaxNode): readonly SyntaxNode[] {
  const { children } = node;
  if (!view.grammar.syntax.blocks.has(node.type)) return children;
  const end = children.findIndex((child) => leaves(view, child));
  if (end < 0) return children;
  const label = children.findIndex((child, at) => at > end && child.type === 'labeled_statement');
  const { functions } = view.grammar.syntax;
  return children.filter((child, at) => at <= end || !child.named || (label >= 0 && at >= label) || functions.has(child.type));
}

/** Lines of what never runs, first and last inclusive and 1-based; `parts` are those of the node that may. */
export function deadLines({ lines }: View, node: SyntaxNode, parts: readonly SyntaxNode[]): readonly (readonly [number, number])[] {
  if (parts.length === node.children.length) return [];
  const living = new Set(parts);
  const last = Math.max(...parts.filter(({ named }) => named).map(({ end }) => lines.lineAt(end)));
  return node.children
    .filter((child) => !living.has(child))
    .map(({ start, end }) => [Math.max(last + 1, lines.lineAt(start)), lines.lineAt(end)] as const)
    .filter(([first, end]) => first <= end);
}

function leaves({ grammar: { syntax } }: View, child: SyntaxNode): boolean {
  // Rust's `return` is an expression, and stands in a statement.
  const [own] = syntax.expressionStatements.has(child.type) ? child.children : [child];
  return own !== undefined && (syntax.returns.has(own.type) || syntax.throws.has(own.type) || syntax.breaks.has(own.type));
}
