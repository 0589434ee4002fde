import type { SyntaxNode } from '../languages/tree-sitter.ts';
import { NAME } from './node-kinds.ts';

/** Names that the file binds itself: variables, parameters, loop variables. An import is none. */
export function localNames(root: SyntaxNode, text: string): ReadonlySet<string> {
  const names = new Set<string>();
  const stack: { readonly node: SyntaxNode; readonly binds: boolean }[] = [{ node: root, binds: false }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node, binds } = top;
    if (binds && NAME.test(node.type)) names.add(text.slice(node.start, node.end));
    const isBinding = BINDING.test(node.type);
    for (const child of node.children) {
      const target = ['name', 'left', 'pattern', 'parameter', 'parameters', 'alias'].includes(child.field) || /parameter/.test(node.type);
      stack.push({ node: child, binds: (isBinding && target) || (binds && !/(value|right|body|type|default)/.test(child.field)) });
    }
  }
  return names;
}

const BINDING =
  /(declarator|assignment|parameter|for_|let_|short_var|var_spec|range_clause|with_item|as_pattern|closure|lambda|arrow_function)/;
