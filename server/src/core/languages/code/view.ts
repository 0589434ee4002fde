import type { Range } from '../../model/range.ts';
import type { RepoPath } from '../../model/tree.ts';
import { collapse } from '../facts-draft.ts';
import { indexLines, type LineIndex } from '../positions.ts';
import type { SyntaxNode } from '../tree-sitter.ts';
import type { CodeGrammar } from './shapes.ts';
import { firstTokenAt, type Token, tokenize } from './tokens.ts';

/** One parsed file and the ways to say where a node stands and what it holds. */
export interface View {
  readonly grammar: CodeGrammar;
  readonly path: RepoPath;
  readonly source: string;
  readonly lines: LineIndex;
  readonly tokens: readonly Token[];
  /** Code of a node as written, without comments, white space collapsed, functions shown as `fn`, plain strings in `'`. */
  text(node: SyntaxNode): string;
  /** As `text`, with one space between all tokens: equal for any two layouts of the same code. */
  key(node: SyntaxNode): string;
  range(from: SyntaxNode, to?: SyntaxNode): Range;
  parent(node: SyntaxNode): SyntaxNode | undefined;
}

/** The longest text that is kept of one node. What is longer is told apart by a number made of the rest. */
const LONGEST = 2_000;

/** Makes the view of a tree. Parents are looked up here, for a node does not know its own. */
export function viewOf(grammar: CodeGrammar, path: RepoPath, source: string, root: SyntaxNode): View {
  const lines = indexLines(source);
  const parents = new Map<SyntaxNode, SyntaxNode>();
  const closures = new Map<number, number>();
  const stack: SyntaxNode[] = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (grammar.syntax.closures.has(node.type)) closures.set(node.start, Math.max(node.end, closures.get(node.start) ?? 0));
    for (const child of node.children) {
      parents.set(child, node);
      stack.push(child);
    }
  }
  const tokens: Token[] = [];
  const sums = [0];
  const partial = { grammar, path, source, lines, parent: (node: SyntaxNode) => parents.get(node) };
  const render = (node: SyntaxNode, spaced: boolean): string => {
    // Joined at the end: a text that grows by its tokens is kept as the chain of them, many times as large as its letters.
    const parts: string[] = [];
    let length = 0;
    let last = -1;
    for (let index = firstTokenAt(tokens, node.start); index < tokens.length; index += 1) {
      const token = tokens[index];
      if (token === undefined || token.start >= node.end) break;
      if (token.start < last) continue;
      const elided = closures.get(token.start);
      const isClosure = elided !== undefined && elided <= node.end;
      const text = isClosure ? 'fn' : token.text;
      const piece = length > 0 && (spaced || token.start > last) ? ` ${text}` : text;
      parts.push(piece);
      length += piece.length;
      last = isClosure ? elided : token.end;
      if (length > LONGEST) return `${parts.join('').slice(0, LONGEST)}… ${checksum(sums, index, firstTokenAt(tokens, node.end))}`;
    }
    // What stands inside a string, `f"{a.b(c)}"`, is in no token of its own.
    return length === 0 ? collapse(source.slice(node.start, node.end)) : parts.join('');
  };
  const view: View = {
    ...partial,
    tokens,
    text: (node) => render(node, false),
    key: (node) => render(node, true),
    range: (from, to = from) => lines.rangeOf(from.start, to.end),
  };
  for (const token of tokenize(view, root)) {
    tokens.push(token);
    sums.push(addToSum(sums.at(-1) ?? 0, token.text));
  }
  return view;
}

const MODULUS = 2_147_483_647;

/** Running sums over all tokens make the number of any stretch of them cheap, so that a deep nest stays linear. */
function addToSum(sum: number, text: string): number {
  let hash = 7;
  for (let at = 0; at < text.length; at += 1) hash = (hash * 31 + text.charCodeAt(at)) % MODULUS;
  return (sum + hash) % MODULUS;
}

function checksum(sums: readonly number[], from: number, to: number): string {
  return (((sums[to] ?? 0) - (sums[from] ?? 0) + MODULUS) % MODULUS).toString(36);
}
