import type { SyntaxNode } from '../tree-sitter.ts';

/** A stretch of a macro's tokens between two commas. The grammar has no node for it, since a macro may give it any meaning. */
export const MACRO_ARGUMENT = 'macro_argument';

/** What a macro or an attribute is given, cut at its commas. A part of one token is that token. */
export function argumentsOf(tree: SyntaxNode | undefined): readonly SyntaxNode[] {
  if (tree === undefined) return [];
  if (tree.type !== 'token_tree') return [tree];
  const inner = tree.children.filter((part) => !part.type.includes('comment')).slice(1, -1);
  const parts: SyntaxNode[][] = [[]];
  for (const token of inner) {
    if (token.type === ',' || token.type === ';') parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts.flatMap((tokens) => {
    const [first] = tokens;
    const last = tokens.at(-1);
    if (first === undefined || last === undefined) return [];
    if (tokens.length === 1) return [first];
    return [{ type: MACRO_ARGUMENT, named: true, field: '', start: first.start, end: last.end, missing: false, children: tokens }];
  });
}
