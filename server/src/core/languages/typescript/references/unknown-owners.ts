import type { ts } from 'ts-morph';
import type { Compiler } from '../compiler.ts';

/**
 * Whether the name at this offset is a member of something whose type nobody knows here (what is installed is not read, and not all
 * files are): then it may be any member of that name.
 */
export function hasUnknownOwner(compiler: Compiler, checker: ts.TypeChecker, source: ts.SourceFile, at: number): boolean {
  const node = nodeAt(compiler, source, at);
  const { parent } = node;
  if (parent === undefined) return false;
  if (compiler.isPropertyAccessExpression(parent) && parent.name === node)
    return isUnknown(compiler, checker.getTypeAtLocation(parent.expression));
  if (compiler.isElementAccessExpression(parent)) return isUnknown(compiler, checker.getTypeAtLocation(parent.expression));
  if (compiler.isBindingElement(parent)) return isUnknown(compiler, checker.getTypeAtLocation(parent.parent));
  if (compiler.isObjectLiteralElementLike(parent) && compiler.isObjectLiteralExpression(parent.parent)) {
    const wanted = checker.getContextualType(parent.parent);
    return wanted === undefined ? isHandedOver(compiler, checker, parent.parent) : isUnknown(compiler, wanted);
  }
  if (compiler.isJsxAttribute(parent)) return isUnknown(compiler, checker.getTypeAtLocation(parent.parent.parent.tagName));
  return false;
}

/** Whether an object goes to a function that nobody knows, itself or inside of another one. */
function isHandedOver(compiler: Compiler, checker: ts.TypeChecker, object: ts.Node): boolean {
  let around = object.parent;
  while (
    compiler.isObjectLiteralExpression(around) ||
    compiler.isPropertyAssignment(around) ||
    compiler.isArrayLiteralExpression(around) ||
    compiler.isParenthesizedExpression(around) ||
    compiler.isConditionalExpression(around)
  )
    around = around.parent;
  if (!compiler.isCallExpression(around) && !compiler.isNewExpression(around)) return false;
  return isUnknown(compiler, checker.getTypeAtLocation(around.expression));
}

function isUnknown({ TypeFlags }: Compiler, type: ts.Type): boolean {
  if (type.isUnion()) return type.types.some((part) => (part.flags & TypeFlags.Any) !== 0);
  return (type.flags & (TypeFlags.Any | TypeFlags.Unknown)) !== 0;
}

function nodeAt(compiler: Compiler, source: ts.SourceFile, at: number): ts.Node {
  let node: ts.Node = source;
  for (;;) {
    const inside: ts.Node | undefined = compiler.forEachChild(node, (child) => (child.pos <= at && at < child.end ? child : undefined));
    if (inside === undefined) return node;
    node = inside;
  }
}
