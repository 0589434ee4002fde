import type { SyntaxNode } from '../tree-sitter.ts';
import type { Place } from './place.ts';
import type { LoopShape } from './shapes.ts';

export function readLoop({ view, draft, scope }: Place, node: SyntaxNode, shape: LoopShape): void {
  const head = shape.head
    .map((part) => (typeof part === 'string' ? part : view.text(part)))
    .join(' ')
    .trim();
  const body = view.range(shape.body);
  draft.loops.push({
    kind: shape.kind,
    head,
    endless: shape.endless === true || (shape.kind !== 'each' && /^\(?(true|True|1|!0|)\)?$/.test(head)),
    body: { startLine: body.start.line, endLine: body.end.line },
    range: view.lines.rangeOf(node.start, shape.headEnd?.end ?? Math.max(node.start, shape.body.start)),
    key: `${shape.kind} (${head}) in ${scope}`,
    scope,
  });
}
