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

const TEST = /^#\[\s*((\w+::)*test\b|rstest\b|proptest\b|bench\b|test_case\b)/;
const CONDITION = /^#\[\s*cfg\s*\(([\s\S]*)\)\s*\]$/;

/** `#[cfg(test)] mod tests` and `#[test] fn` are tests wherever their file stands. */
export function isTestCode(node: SyntaxNode, view: View): boolean {
  if (node.type !== 'mod_item' && node.type !== 'function_item') return false;
  return attributesOf(view, node).some((attribute) => {
    const source = view.source.slice(attribute.start, attribute.end);
    const condition = CONDITION.exec(source)?.[1];
    return condition === undefined ? TEST.test(source) : holdsInTestsAlone(condition.match(/"[^"]*"|\w+|[(),=]/g) ?? []);
  });
}

/**
 * True where a condition cannot hold outside tests: `test` itself, `all(…)` with such a part, `any(…)` of nothing else. What
 * stands in `not(…)`, and a feature, may hold anywhere.
 */
function holdsInTestsAlone(words: readonly string[]): boolean {
  if (words.length === 1) return words[0] === 'test';
  if (words[1] !== '(' || words.at(-1) !== ')') return false;
  const parts = splitParts(words.slice(2, -1)).map(holdsInTestsAlone);
  if (words[0] === 'all') return parts.includes(true);
  return words[0] === 'any' && parts.length > 0 && parts.every(Boolean);
}

function splitParts(words: readonly string[]): readonly (readonly string[])[] {
  const parts: string[][] = [[]];
  let depth = 0;
  for (const word of words) {
    if (word === '(') depth++;
    else if (word === ')') depth--;
    if (word === ',' && depth === 0) parts.push([]);
    else parts.at(-1)?.push(word);
  }
  return parts.filter((part) => part.length > 0);
}
