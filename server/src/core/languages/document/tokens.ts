import type { CodeToken } from '../../model/facts.ts';
import type { LineIndex } from '../positions.ts';
import type { DocumentNode } from './node.ts';

/**
 * A document as tokens: brackets say where a value stands, whatever indentation or style said it in the file, and a scalar
 * keeps its type, because `"1"` is not `1`.
 */
export function* documentTokens(root: DocumentNode, lines: LineIndex): Generator<CodeToken> {
  yield { text: '---', line: lines.lineAt(root.start) };
  yield* nodeTokens(root, lines);
}

function* nodeTokens(node: DocumentNode, lines: LineIndex): Generator<CodeToken> {
  const line = lines.lineAt(node.start);
  const tag = node.tag ?? '';
  if (node.kind === 'scalar') {
    yield { text: tag + JSON.stringify(node.value), line };
    return;
  }
  yield { text: tag + (node.kind === 'map' ? '{' : '['), line };
  if (node.kind === 'list') for (const item of node.items) yield* nodeTokens(item, lines);
  else
    for (const entry of node.entries) {
      yield { text: `${JSON.stringify(entry.key)}:`, line: lines.lineAt(entry.start) };
      yield* nodeTokens(entry.node, lines);
    }
  yield { text: node.kind === 'map' ? '}' : ']', line };
}
