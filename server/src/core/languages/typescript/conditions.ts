import type { ts } from 'ts-morph';
import type { Condition } from '../../model/facts.ts';
import { lastName } from './calls.ts';
import { compares, exitOf, readsOf } from './guards.ts';
import { calleesIn } from './handlers.ts';
import type { Sink } from './sink.ts';
import type { View } from './view.ts';

/** Conditions that decide about the work without stopping it, and those that are a function's answer. */
export function readCondition(view: View, node: ts.Node, scope: string, sink: Sink): void {
  const { ts } = view;
  if (ts.isIfStatement(node)) {
    if (exitOf(view, node.thenStatement) === undefined) push(view, node.expression, 'wraps', node.thenStatement, scope, sink);
  } else if (ts.isConditionalExpression(node)) {
    push(view, node.condition, 'wraps', node.whenTrue, scope, sink);
  } else if (ts.isExpressionStatement(node) && ts.isBinaryExpression(node.expression)) {
    const { left, operatorToken, right } = node.expression;
    if (operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken) push(view, left, 'wraps', right, scope, sink);
  } else if (ts.isReturnStatement(node) && node.expression !== undefined) {
    if (isTruth(view, node.expression)) push(view, node.expression, 'answers', undefined, scope, sink);
  } else if (ts.isArrowFunction(node) && !ts.isBlock(node.body) && isTruth(view, node.body)) {
    push(view, node.body, 'answers', undefined, scope, sink);
  }
}

function push(view: View, test: ts.Expression, kind: Condition['kind'], body: ts.Node | undefined, scope: string, sink: Sink): void {
  const guarded = body === undefined ? [] : calleesIn(view, body);
  // What holds no work, and no number that bounds anything, steers only how something looks.
  if (kind === 'wraps' && guarded.length === 0) return;
  sink.conditions.push({
    kind,
    test: view.text(test),
    reads: readsOf(view, test),
    compares: compares(view, test),
    guarded,
    range: view.range(view.start(test), test.end),
    key: `${kind} ${view.key(test)} [${guarded.join(', ')}] in ${scope}`,
    scope,
  });
}

/** Callees whose answer is yes or no. */
const QUESTION = /^(includes|some|every|has|test|startsWith|endsWith|(is|has|can|may|allows?|permits?|check)[A-Z]\w*)$/;

/** A comparison, a negation, or several joined by `&&` and `||`; `true` and `false` themselves among them. */
function isTruth(view: View, node: ts.Expression): boolean {
  const { ts } = view;
  const kinds = ts.SyntaxKind;
  if (ts.isParenthesizedExpression(node)) return isTruth(view, node.expression);
  if (node.kind === kinds.TrueKeyword || node.kind === kinds.FalseKeyword) return true;
  if (ts.isPrefixUnaryExpression(node)) return node.operator === kinds.ExclamationToken;
  if (ts.isCallExpression(node)) return QUESTION.test(lastName(view.text(node.expression)));
  if (!ts.isBinaryExpression(node)) return false;
  const { kind } = node.operatorToken;
  if (kind === kinds.AmpersandAmpersandToken || kind === kinds.BarBarToken) return isTruth(view, node.left) || isTruth(view, node.right);
  return comparisons(kinds).has(kind);
}

function comparisons(kinds: typeof ts.SyntaxKind): ReadonlySet<ts.SyntaxKind> {
  return new Set([
    kinds.EqualsEqualsToken,
    kinds.EqualsEqualsEqualsToken,
    kinds.ExclamationEqualsToken,
    kinds.ExclamationEqualsEqualsToken,
    kinds.LessThanToken,
    kinds.LessThanEqualsToken,
    kinds.GreaterThanToken,
    kinds.GreaterThanEqualsToken,
    kinds.InstanceOfKeyword,
    kinds.InKeyword,
  ]);
}
