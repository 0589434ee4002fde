import type { CodeToken } from '../../model/facts.ts';
import type { LineIndex } from '../positions.ts';
import type { DocumentNode } from './node.ts';

/**
 * A document as tokens: brackets say where a value stands, whatever indentation or style said it in the file, and a scalar
 * keeps its type, because `"1"` is not `1`.
 */
export function documentTokens(root: DocumentNode, lines: LineIndex): readonly CodeToken[] {
  const tokens: CodeToken[] = [{ text: '---', line: lines.lineAt(root.start) }];
  addTokens(root, lines, tokens);
  return tokens;
}

function addTokens(node: DocumentNode, lines: LineIndex, tokens: CodeToken[]): void {
  const line = lines.lineAt(node.start);
  const tag = node.tag ?? '';
  if (node.kind === 'scalar') {
    tokens.push({ text: tag + JSON.stringify(node.value), line });
    return;
  }
  tokens.push({ text: tag + (node.kind === 'map' ? '{' : '['), line });
  if (node.kind === 'list') for (const item of node.items) addTokens(item, lines, tokens);
  else
    for (const entry of node.entries) {
      tokens.push({ text: `${JSON.stringify(entry.key)}:`, line: lines.lineAt(entry.start) });
      addTokens(entry.node, lines, tokens);
    }
  tokens.push({ text: node.kind === 'map' ? '}' : ']', line });
}
