import type { ts } from 'ts-morph';
import type { Compiler } from '../compiler.ts';

/** Bits: what a name may be. A class is a value and a type, an `enum` too. */
export const Sense = { value: 1, type: 2, namespace: 4, any: 7 } as const;

/** What kind of thing an identifier asks for, by where it stands. */
export function senseOf(ts: Compiler, node: ts.Identifier): number {
  let whole: ts.Node = node;
  let isLeft = false;
  while (ts.isQualifiedName(whole.parent) || (ts.isPropertyAccessExpression(whole.parent) && whole.parent.expression === whole)) {
    if (ts.isQualifiedName(whole.parent) && whole.parent.left === whole) isLeft = true;
    if (ts.isPropertyAccessExpression(whole.parent)) isLeft = true;
    whole = whole.parent;
  }
  const { parent } = whole;
  if (ts.isTypeReferenceNode(parent)) return isLeft ? Sense.namespace : Sense.type;
  if (ts.isTypeQueryNode(parent)) return Sense.value;
  if (ts.isImportTypeNode(parent)) return isLeft ? Sense.namespace : parent.isTypeOf ? Sense.value : Sense.type;
  if (ts.isExpressionWithTypeArguments(parent)) {
    const clause = parent.parent;
    if (ts.isHeritageClause(clause) && (clause.token === ts.SyntaxKind.ImplementsKeyword || ts.isInterfaceDeclaration(clause.parent)))
      return isLeft ? Sense.namespace : Sense.type;
    return isLeft ? Sense.namespace | Sense.value : Sense.value | Sense.type;
  }
  if (ts.isExportAssignment(parent) || ts.isImportEqualsDeclaration(parent) || ts.isExportSpecifier(parent)) return Sense.any;
  if (ts.isImportSpecifier(parent) || ts.isImportClause(parent)) return Sense.any;
  if (ts.isTypePredicateNode(parent)) return Sense.value;
  return isLeft ? Sense.value | Sense.namespace : Sense.value;
}
