import type { ts } from 'ts-morph';
import { FREEZES } from '../frozen.ts';
import { isFunctionLike, memberName } from './names.ts';
import type { Sink } from './sink.ts';
import type { View } from './view.ts';

/**
 * Values that steer something: properties of object literals, defaults of parameters and of destructured names, constants
 * and assigned properties.
 */
export function readOption(view: View, node: ts.Node, scope: string, sink: Sink): void {
  const { ts } = view;
  if (ts.isPropertyAssignment(node)) {
    push(view, node.name, node.initializer, node, homeOf(view, node), scope, sink);
    return;
  }
  if (ts.isShorthandPropertyAssignment(node)) {
    push(view, node.name, node.name, node, homeOf(view, node), scope, sink);
    return;
  }
  if (ts.isBindingElement(node) || ts.isParameter(node)) {
    if (node.initializer !== undefined && ts.isIdentifier(node.name)) push(view, node.name, node.initializer, node, NOWHERE, scope, sink);
    return;
  }
  if (ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node)) {
    if (
      node.initializer !== undefined &&
      ts.isIdentifier(node.name) &&
      (isPlain(view, node.initializer) || isBuilt(view, node.initializer))
    )
      push(view, node.name, node.initializer, node, NOWHERE, scope, sink);
    return;
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken && isPlain(view, node.right)) {
    if (ts.isPropertyAccessExpression(node.left))
      push(view, node.left.name, node.right, node, { callee: '', path: view.key(node.left.expression) }, scope, sink);
    else if (ts.isElementAccessExpression(node.left))
      push(view, node.left.argumentExpression, node.right, node, { callee: '', path: view.key(node.left.expression) }, scope, sink);
  }
}

interface Home {
  readonly callee: string;
  readonly path: string;
}

const NOWHERE: Home = { callee: '', path: '' };

function push(view: View, nameNode: ts.Node, value: ts.Node, node: ts.Node, home: Home, scope: string, sink: Sink): void {
  const name = memberName(view, nameNode);
  const end = isFunctionLike(view, value) ? view.start(value) : node.end;
  sink.options.push({
    name,
    value: view.text(value),
    callee: home.callee,
    range: view.range(view.start(node), end),
    key: `${home.callee}(${home.path}.${name}: ${view.key(value)}) in ${scope}`,
    scope,
  });
}

/** The call that an object literal is handed to, through literals in literals, and the property names on the way. */
function homeOf(view: View, property: ts.Node): Home {
  const { ts } = view;
  const path: string[] = [];
  let node: ts.Node = property.parent;
  while (node.parent !== undefined) {
    const parent: ts.Node = node.parent;
    if (ts.isPropertyAssignment(parent)) path.unshift(memberName(view, parent.name));
    else if ((ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.expression !== node) {
      const callee = view.text(parent.expression);
      if (!FREEZES.test(callee)) return { callee, path: path.join('.') };
    } else if (ts.isVariableDeclaration(parent)) return { callee: '', path: [view.text(parent.name), ...path].join('.') };
    else if (
      !ts.isObjectLiteralExpression(parent) &&
      !ts.isArrayLiteralExpression(parent) &&
      !ts.isAsExpression(parent) &&
      !ts.isSatisfiesExpression(parent) &&
      !ts.isParenthesizedExpression(parent)
    )
      break;
    node = parent;
  }
  return { callee: '', path: path.join('.') };
}

/** A new object, array or function each time the line runs. */
function isBuilt(view: View, node: ts.Expression): boolean {
  const { ts } = view;
  return (
    ts.isObjectLiteralExpression(node) || ts.isArrayLiteralExpression(node) || ts.isArrowFunction(node) || ts.isFunctionExpression(node)
  );
}

/** A value without calls or functions: a literal, a name, arithmetic, an environment variable with a fallback. */
function isPlain(view: View, node: ts.Expression): boolean {
  const { ts } = view;
  const kinds = ts.SyntaxKind;
  if (ts.isLiteralExpression(node) || ts.isIdentifier(node)) return true;
  if (node.kind === kinds.TrueKeyword || node.kind === kinds.FalseKeyword || node.kind === kinds.NullKeyword) return true;
  if (ts.isPrefixUnaryExpression(node)) return isPlain(view, node.operand);
  if (ts.isBinaryExpression(node)) return isPlain(view, node.left) && isPlain(view, node.right);
  if (ts.isAsExpression(node) || ts.isParenthesizedExpression(node) || ts.isPropertyAccessExpression(node))
    return isPlain(view, node.expression);
  return false;
}
