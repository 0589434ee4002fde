import type { ts } from 'ts-morph';
import type { Parameter } from '../../model/facts.ts';
import { hasModifier } from './exports.ts';
import type { View } from './view.ts';

export function parametersOf(view: View, node: ts.SignatureDeclaration): readonly Parameter[] {
  return node.parameters.map((parameter) => ({
    name: view.text(parameter.name),
    type: parameter.type === undefined ? '' : view.text(parameter.type),
    optional: parameter.questionToken !== undefined || parameter.initializer !== undefined || parameter.dotDotDotToken !== undefined,
  }));
}

/** Where the signature ends and the body begins. */
export function signatureEnd(view: View, node: ts.SignatureDeclaration): number {
  if (view.ts.isArrowFunction(node)) return node.equalsGreaterThanToken.end;
  const closing = node.type?.end ?? node.parameters.end + 1;
  return Math.min(node.end, closing);
}

/** True where a caller gets a promise: by `async`, by the declared type, or because the body plainly returns one. */
export function isAsynchronous(view: View, node: ts.SignatureDeclaration): boolean {
  const { ts } = view;
  if (hasModifier(view, node, 'AsyncKeyword')) return true;
  if (node.type !== undefined)
    return /^(Promise|PromiseLike|AsyncIterable|AsyncGenerator|AsyncIterableIterator)\b/.test(view.text(node.type));
  if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return false;
  const { body } = node;
  if (!ts.isBlock(body)) return ts.isExpression(body) && isPromise(view, body);
  return returnsPromise(view, body);
}

function returnsPromise(view: View, body: ts.Node): boolean {
  const { ts } = view;
  const visit = (node: ts.Node): boolean => {
    if (ts.isReturnStatement(node)) return node.expression !== undefined && isPromise(view, node.expression);
    if (ts.isFunctionLike(node)) return false;
    return ts.forEachChild(node, (child) => (visit(child) ? true : undefined)) ?? false;
  };
  return ts.forEachChild(body, (child) => (visit(child) ? true : undefined)) ?? false;
}

function isPromise(view: View, node: ts.Expression): boolean {
  const { ts } = view;
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return isPromise(view, node.expression);
  if (ts.isConditionalExpression(node)) return isPromise(view, node.whenTrue) || isPromise(view, node.whenFalse);
  if (ts.isNewExpression(node)) return view.text(node.expression) === 'Promise';
  return ts.isCallExpression(node) && /(^Promise\.\w+|\.(then|catch|finally)|^import)$/.test(view.text(node.expression));
}
