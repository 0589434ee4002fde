import type { ts } from 'ts-morph';
import type { View } from './view.ts';

type ModifierName = 'ExportKeyword' | 'PrivateKeyword' | 'ProtectedKeyword' | 'AsyncKeyword' | 'DefaultKeyword';

export function hasModifier(view: View, node: ts.Node, name: ModifierName): boolean {
  const { ts } = view;
  return ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some((modifier) => modifier.kind === ts.SyntaxKind[name]) ?? false);
}

/** Local names that a statement elsewhere in the file exports: `export { a }`, `export default a`, `module.exports = { a }`, `exports.a = a`. */
export function exportedLocals(view: View): ReadonlySet<string> {
  const { ts } = view;
  const names = new Set<string>();
  for (const statement of view.source.statements) {
    if (
      ts.isExportDeclaration(statement) &&
      statement.moduleSpecifier === undefined &&
      statement.exportClause !== undefined &&
      ts.isNamedExports(statement.exportClause)
    ) {
      for (const element of statement.exportClause.elements) names.add((element.propertyName ?? element.name).text);
    }
    if (ts.isExportAssignment(statement)) addValue(view, statement.expression, names);
    if (
      ts.isExpressionStatement(statement) &&
      ts.isBinaryExpression(statement.expression) &&
      /^(module\.)?exports(\.\w+)?$/.test(view.text(statement.expression.left))
    ) {
      addValue(view, statement.expression.right, names);
    }
  }
  return names;
}

function addValue(view: View, value: ts.Expression, names: Set<string>): void {
  const { ts } = view;
  if (ts.isIdentifier(value)) names.add(value.text);
  if (!ts.isObjectLiteralExpression(value)) return;
  for (const property of value.properties) {
    if (ts.isShorthandPropertyAssignment(property)) names.add(property.name.text);
    if (ts.isPropertyAssignment(property) && ts.isIdentifier(property.initializer)) names.add(property.initializer.text);
  }
}
