import type { View } from '../code/view.ts';
import type { SyntaxNode } from '../tree-sitter.ts';

/** Attributes that stand before an item, in order. */
export function attributesOf(view: View, item: SyntaxNode): readonly SyntaxNode[] {
  const siblings = view.parent(item)?.children ?? [];
  const found: SyntaxNode[] = [];
  for (let at = siblings.indexOf(item) - 1; at >= 0; at -= 1) {
    const before = siblings[at];
    if (before === undefined || (before.type !== 'attribute_item' && !before.type.includes('comment'))) break;
    if (before.type === 'attribute_item') found.unshift(before);
  }
  return found;
}

/** The item that an attribute stands before. */
export function itemAfter(view: View, attribute: SyntaxNode): SyntaxNode | undefined {
  const siblings = view.parent(attribute)?.children ?? [];
  for (let at = siblings.indexOf(attribute) + 1; at > 0 && at < siblings.length; at += 1) {
    const next = siblings[at];
    if (next !== undefined && next.type !== 'attribute_item' && !next.type.includes('comment')) return next;
  }
  return undefined;
}

const TEST =
  /^#\[\s*(cfg\s*\(\s*test\s*\)|cfg\s*\(\s*(all|any)\s*\(\s*test\b.*|(\w+::)*test\b.*|rstest\b.*|proptest\b.*|bench\b.*|test_case\b.*)/;

/** `#[cfg(test)] mod tests` and `#[test] fn` are tests wherever their file stands. */
export function isTestCode(node: SyntaxNode, view: View): boolean {
  if (node.type !== 'mod_item' && node.type !== 'function_item') return false;
  return attributesOf(view, node).some((attribute) => TEST.test(view.source.slice(attribute.start, attribute.end)));
}
