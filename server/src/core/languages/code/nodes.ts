import type { SyntaxNode } from '../tree-sitter.ts';

/** The child under a field, or undefined. */
export function child(node: SyntaxNode | undefined, field: string): SyntaxNode | undefined {
  return node?.children.find((candidate) => candidate.field === field);
}

/** All children under a field: `names` of `a, b = 1, 2`. */
export function childrenOf(node: SyntaxNode | undefined, field: string): readonly SyntaxNode[] {
  return node?.children.filter((candidate) => candidate.field === field) ?? [];
}

/** Children that are no punctuation, keyword or comment. */
export function named(node: SyntaxNode | undefined): readonly SyntaxNode[] {
  return node?.children.filter((candidate) => candidate.named && !candidate.type.includes('comment')) ?? [];
}

/** The first child of one of these types. */
export function ofType(node: SyntaxNode | undefined, ...types: readonly string[]): SyntaxNode | undefined {
  return node?.children.find((candidate) => types.includes(candidate.type));
}

/** A keyword or a punctuation mark among a node's children. */
export function has(node: SyntaxNode | undefined, type: string): boolean {
  return node?.children.some((candidate) => candidate.type === type) ?? false;
}
