import type { ts } from 'ts-morph';
import type { Loop } from '../../model/facts.ts';
import type { Sink } from './sink.ts';
import type { View } from './view.ts';

/** `for`, `while`, `do` and the calls that run a function for each item of a list. */
export function readLoop(view: View, node: ts.Node, scope: string, sink: Sink): void {
  const { ts } = view;
  if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
    const word = ts.isForOfStatement(node) ? 'of' : 'in';
    push(view, node, 'each', `${view.text(node.initializer)} ${word} ${view.text(node.expression)}`, node.statement, scope, sink);
  } else if (ts.isForStatement(node)) {
    const parts = [node.initializer, node.condition, node.incrementor].map((part) => (part === undefined ? '' : view.text(part)));
    push(view, node, 'for', node.condition === undefined ? '' : parts.join('; '), node.statement, scope, sink);
  } else if (ts.isWhileStatement(node) || ts.isDoStatement(node)) {
    push(view, node, 'while', view.text(node.expression), node.statement, scope, sink);
  } else if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    const [body] = node.arguments;
    if (!/^(forEach|map|flatMap)$/.test(node.expression.name.text) || body === undefined) return;
    if (!ts.isArrowFunction(body) && !ts.isFunctionExpression(body)) return;
    push(view, node, 'each', view.text(node.expression), body, scope, sink);
  }
}

function push(view: View, node: ts.Node, kind: Loop['kind'], head: string, body: ts.Node, scope: string, sink: Sink): void {
  const lines = view.range(view.start(body), body.end);
  // The condition of a `do` stands behind its body.
  const end = view.ts.isDoStatement(node) ? view.start(node) + 'do'.length : view.start(body);
  sink.loops.push({
    kind,
    head,
    endless: kind !== 'each' && /^(true|1|!0|)$/.test(head),
    body: { startLine: lines.start.line, endLine: lines.end.line },
    range: view.range(view.start(node), end),
    key: `${kind} (${head}) in ${scope}`,
    scope,
  });
}
