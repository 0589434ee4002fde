import type { ts } from 'ts-morph';
import type { Handler } from '../../model/facts.ts';
import { MUTED, PASSES_ON, REPORTS } from '../outcomes.ts';
import { lastName } from './calls.ts';
import type { Sink } from './sink.ts';
import type { View } from './view.ts';

/** `try … catch` and `.catch(…)`. The range is the handler whole, because any line of it decides what becomes of the error. */
export function readHandler(view: View, node: ts.Node, scope: string, sink: Sink): void {
  const { ts } = view;
  if (ts.isTryStatement(node) && node.catchClause !== undefined) {
    const clause = node.catchClause;
    push(view, outcomeOf(view, clause.block, clause.variableDeclaration?.name), node.tryBlock, view.start(clause), clause.end, scope, sink);
    return;
  }
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
  const { expression: receiver, name } = node.expression;
  const handler = name.text === 'catch' ? node.arguments[0] : name.text === 'then' ? node.arguments[1] : undefined;
  if (handler === undefined) return;
  push(view, outcomeOfFunction(view, handler), receiver, view.start(name), node.end, scope, sink);
}

function push(view: View, outcome: Handler['outcome'], guardedNode: ts.Node, start: number, end: number, scope: string, sink: Sink): void {
  const guarded = calleesIn(view, guardedNode);
  sink.handlers.push({ outcome, guarded, range: view.range(start, end), key: `${outcome} [${guarded.join(', ')}] in ${scope}`, scope });
}

function outcomeOfFunction(view: View, handler: ts.Expression): Handler['outcome'] {
  const { ts } = view;
  if (ts.isArrowFunction(handler) || ts.isFunctionExpression(handler)) {
    const error = handler.parameters[0]?.name;
    if (ts.isBlock(handler.body)) return outcomeOf(view, handler.body, error);
    const body = ts.isVoidExpression(handler.body) ? handler.body.expression : handler.body;
    if (ts.isCallExpression(body)) return outcomeOfCall(view, body, error) ?? 'substitutes';
    return isNothing(view, handler.body) ? 'swallows' : 'substitutes';
  }
  const name = lastName(view.text(handler));
  if (PASSES_ON.test(name)) return 'rethrows';
  return /^noop$/i.test(name) ? 'swallows' : 'reports';
}

/** The strongest thing that a handler's block does: passing the error on, then telling of it, then a value in its place. */
function outcomeOf(view: View, block: ts.Block, error: ts.BindingName | undefined): Handler['outcome'] {
  const { ts } = view;
  let outcome: Handler['outcome'] = 'swallows';
  const rank = { swallows: 0, substitutes: 1, reports: 2, rethrows: 3 } as const;
  const raise = (to: Handler['outcome'] | undefined): void => {
    if (to !== undefined && rank[to] > rank[outcome]) outcome = to;
  };
  const visit = (node: ts.Node): void => {
    if (ts.isThrowStatement(node)) raise('rethrows');
    if (ts.isReturnStatement(node) && node.expression !== undefined && !isNothing(view, node.expression)) raise('substitutes');
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken) raise('substitutes');
    if (ts.isCallExpression(node)) raise(outcomeOfCall(view, node, error));
    if (ts.isFunctionLike(node)) return;
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(block, visit);
  return outcome;
}

function outcomeOfCall(view: View, call: ts.CallExpression, error: ts.BindingName | undefined): Handler['outcome'] | undefined {
  const callee = view.text(call.expression);
  const name = lastName(callee);
  if (PASSES_ON.test(name) && call.arguments.length > 0) return 'rethrows';
  if (callee === 'Promise.reject' || callee === 'process.exit') return 'rethrows';
  // An error that is taken away is told to nobody: `setError(null)`.
  const [first] = call.arguments;
  if (name === 'setError' && first !== undefined && (isNothing(view, first) || /^(?:false|''|"")$/.test(view.text(first))))
    return undefined;
  if (REPORTS.test(name) || /(^|\.)(res|response|reply|ctx)\b.*\.(send|sendStatus|status|json|end|code)$/.test(callee)) return 'reports';
  // Whoever is handed the error is told of it, unless it is a log that nobody reads.
  const told = error !== undefined && !MUTED.test(callee) && call.arguments.some((part) => mentions(view, part, view.text(error)));
  return told ? 'reports' : undefined;
}

function mentions(view: View, node: ts.Node, name: string): boolean {
  if (view.ts.isIdentifier(node) && node.text === name) return true;
  return view.ts.forEachChild(node, (child) => (mentions(view, child, name) ? true : undefined)) ?? false;
}

function isNothing(view: View, node: ts.Node): boolean {
  const text = view.text(node);
  return text === 'undefined' || text === 'null' || text === '{}' || text === '({})' || text.startsWith('void ');
}

/** Callees inside a node in order, each once; what only writes a log is nothing at stake. */
export function calleesIn(view: View, root: ts.Node): readonly string[] {
  const { ts } = view;
  const callees = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const callee = view.text(node.expression);
      if (!/^(console|log|logger|this\.logger|this\.log)\./.test(callee)) callees.add(callee);
    }
    ts.forEachChild(node, visit);
  };
  visit(root);
  return [...callees];
}
