import type { CodeToken } from '../../model/facts.ts';
import { indexLines } from '../positions.ts';
import type { SyntaxNode } from '../tree-sitter.ts';

/** Nodes whose inner white space is data. A here-doc's body is one of them: it may be fed to a shell or a database. */
const WHOLE = new Set(['string', 'raw_string', 'ansi_c_string', 'heredoc_body', 'word', 'regex', 'expansion']);

/** What stands between commands; white space around it says nothing. Around all else it parts words: `"$A"/` is not `"$A" /`. */
const SEPARATOR = /^(;|;;|&|&&|\||\|\||\|&|\n)$/;

/**
 * The script as tokens, one for each word. A line end is a token, because it ends a command; comments, blank lines and
 * indentation are none.
 */
export function shellTokens(root: SyntaxNode, text: string): readonly CodeToken[] {
  const lines = indexLines(text);
  const tokens: { text: string; line: number }[] = [];
  let previousEnd = 0;
  const stack = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.type === 'comment') {
      if (text.slice(previousEnd, node.start).includes('\n')) endLine(tokens, lines.lineAt(node.start));
      previousEnd = node.end;
      continue;
    }
    if (node.children.length === 0 || WHOLE.has(node.type)) {
      const token = text.slice(node.start, node.end);
      if (token.trim() === '') continue;
      const gap = text.slice(previousEnd, node.start).replace(/\\\r?\n/g, '');
      if (gap.includes('\n')) endLine(tokens, lines.lineAt(node.start));
      const last = tokens.at(-1);
      if (gap === '' && last !== undefined && !SEPARATOR.test(last.text) && !SEPARATOR.test(token)) last.text += token;
      else tokens.push({ text: token, line: lines.lineAt(node.start) });
      previousEnd = node.end;
      continue;
    }
    for (let at = node.children.length - 1; at >= 0; at--) {
      const child = node.children[at];
      if (child !== undefined) stack.push(child);
    }
  }
  return tokens;
}

function endLine(tokens: CodeToken[], line: number): void {
  const last = tokens.at(-1);
  if (last !== undefined && last.text !== '\n') tokens.push({ text: '\n', line });
}
