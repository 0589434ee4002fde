import type { CodeToken } from '../../model/facts.ts';
import { lowerBound } from '../lower-bound.ts';
import { type SyntaxNode, walkSyntax } from '../tree-sitter.ts';
import type { View } from './view.ts';

/** One token with its offsets. `text` is normalised: the style of quotes and a comma before a closing bracket do not show. */
export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Code tokens of a tree in order, without comments, prose and white space. */
export function* tokenize(view: View, root: SyntaxNode): Generator<Token> {
  const { syntax, isProse } = view.grammar;
  let end = 0;
  for (const node of walkSyntax(root)) {
    if (node.start < end || node.end === node.start) continue;
    if (syntax.comments.has(node.type) || isProse?.(node, view) === true) {
      end = node.end;
      continue;
    }
    const isWhole = syntax.strings.has(node.type);
    if (node.children.length > 0 && !isWhole) continue;
    end = node.end;
    const raw = view.source.slice(node.start, node.end);
    if (raw.trim() === '' || isLayout(view, node)) continue;
    yield {
      text: isWhole ? normaliseQuotes(raw) : syntax.numbers.has(node.type) ? raw.replaceAll('_', '') : raw,
      start: node.start,
      end: node.end,
    };
  }
}

/** The tokens by which two sides are compared: marks stand where line ends and indentation carry meaning. */
export function codeTokens(view: View, root: SyntaxNode): CodeToken[] {
  const { syntax } = view.grammar;
  const marks: Token[] = [];
  if (syntax.linesEndStatements === true)
    for (const node of walkSyntax(root)) {
      if (!syntax.blocks.has(node.type)) continue;
      if (syntax.indentation === true)
        marks.push({ text: '{', start: node.start, end: node.start }, { text: '}', start: node.end, end: node.end });
      for (const child of node.children) if (child.named) marks.push({ text: ';', start: child.end, end: child.end });
    }
  marks.sort((a, b) => a.start - b.start);
  const merged: CodeToken[] = [];
  let next = 0;
  const flush = (until: number): void => {
    for (let mark = marks[next]; mark !== undefined && mark.start <= until; mark = marks[++next]) {
      // Two ends at one place say no more than one, and prose that opens a block leaves none.
      if (mark.text !== ';' || !/^[;{]$/.test(merged.at(-1)?.text ?? ';'))
        merged.push({ text: mark.text, line: view.lines.lineAt(mark.start) });
    }
  };
  for (const token of view.tokens) {
    flush(token.start);
    merged.push({ text: token.text, line: view.lines.lineAt(token.start) });
  }
  flush(view.source.length);
  return merged;
}

/** The index of the first token at or behind an offset. */
export function firstTokenAt(tokens: readonly Token[], offset: number): number {
  return lowerBound(tokens.length, (index) => tokens[index]?.start ?? 0, offset);
}

/** `"x"` and `'x'` are one string, with any prefix. */
export function normaliseQuotes(text: string): string {
  return /^[A-Za-z]{0,2}"[^"'\\\n]*"$/.test(text) ? text.replaceAll('"', "'") : text;
}

function isLayout(view: View, node: SyntaxNode): boolean {
  const { syntax } = view.grammar;
  if (node.type === ';') return syntax.linesEndStatements === true && syntax.blocks.has(view.parent(node)?.type ?? '');
  if (node.type !== ',') return false;
  const parent = view.parent(node);
  if (parent === undefined || (syntax.tuples?.has(parent.type) === true && parent.children.filter((child) => child.named).length === 1))
    return false;
  const at = nextTo(parent, node);
  return at !== undefined && /^[)\]}]$/.test(at.type);
}

/** The sibling behind a node, comments left out; found by halving, for a list may be long. */
function nextTo(parent: SyntaxNode, node: SyntaxNode): SyntaxNode | undefined {
  let at = lowerBound(parent.children.length, (index) => parent.children[index]?.start ?? 0, node.start + 1);
  let next = parent.children[at];
  while (next?.type.includes('comment') === true) next = parent.children[++at];
  return next;
}
