import type { ts } from 'ts-morph';
import type { Call } from '../../model/facts.ts';
import type { Sink } from './sink.ts';
import type { View } from './view.ts';

/**
 * A call that left one function and came to another is not the same call, so its key holds its scope; one of the module
 * itself, such as a route, says where it belongs by its arguments.
 */
export function readCall(view: View, node: ts.Node, scope: string, sink: Sink): void {
  const { ts } = view;
  if (ts.isDecorator(node)) {
    readDecorator(view, node, scope, sink);
    return;
  }
  if (ts.isNonNullExpression(node)) readAssertion(view, node, scope, sink);
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return;
  if (ts.isDecorator(node.parent)) return;
  const callee = view.text(node.expression);
  const parts = node.arguments ?? [];
  const use = useOf(view, node);
  // Whether anybody waits for a write is part of what is said: `await` that is dropped leaves every other word as it was.
  const text = `${view.key(node)}${use === 'discarded' ? ' ;' : ''}`;
  sink.calls.push({
    kind: ts.isNewExpression(node) ? 'new' : 'call',
    callee,
    args: parts.map((part) => view.text(part)),
    use,
    range: view.range(view.start(node), headEnd(view, node)),
    key: scope === '' ? text : `${text} in ${scope}`,
    scope,
  });
}

/** `verify` of `jwt.verify`. */
export function lastName(callee: string): string {
  return callee.slice(Math.max(callee.lastIndexOf('.'), callee.lastIndexOf(')')) + 1);
}

/** What becomes of a result, seen from the place the call stands in. */
function useOf(view: View, node: ts.Node): NonNullable<Call['use']> {
  const { ts } = view;
  const { parent } = node;
  if (ts.isParenthesizedExpression(parent)) return useOf(view, parent);
  if (ts.isAwaitExpression(parent)) return 'awaited';
  return ts.isExpressionStatement(parent) || ts.isVoidExpression(parent) ? 'discarded' : 'used';
}

function readAssertion(view: View, node: ts.NonNullExpression, scope: string, sink: Sink): void {
  const text = view.key(node);
  sink.calls.push({
    kind: 'assertion',
    callee: view.text(node.expression),
    args: [],
    range: view.range(view.start(node), node.end),
    key: `${text} in ${scope}`,
    scope,
  });
}

function readDecorator(view: View, node: ts.Decorator, scope: string, sink: Sink): void {
  const { ts } = view;
  const called = ts.isCallExpression(node.expression) ? node.expression : undefined;
  sink.calls.push({
    kind: 'decorator',
    callee: view.text(called?.expression ?? node.expression),
    args: called?.arguments.map((part) => view.text(part)) ?? [],
    range: view.range(view.start(node), node.end),
    key: `@${view.key(node.expression)} on ${scope}`,
    scope,
  });
}

/** A call's own words end where the body of its last argument begins; the facts of the body stand for themselves. */
function headEnd(view: View, node: ts.CallExpression | ts.NewExpression): number {
  const { ts } = view;
  const last = node.arguments?.at(-1);
  if (last === undefined) return node.end;
  if ((ts.isArrowFunction(last) || ts.isFunctionExpression(last)) && ts.isBlock(last.body)) return view.start(last.body);
  return node.end;
}
