import type { ts } from 'ts-morph';
import { exportedName } from './names.ts';
import type { View } from './view.ts';

/** Where a symbol is declared in its file: its name, and the stretch that is the declaration itself. */
export interface Located {
  readonly name: number;
  readonly start: number;
  readonly end: number;
  /** True where importers may call it by another name. */
  readonly isDefault: boolean;
}

/** Finds an exported top-level symbol by the name that its fact carries. */
export function locate(view: View, name: string): Located | undefined {
  const { ts } = view;
  for (const statement of view.source.statements) {
    const found = locateIn(view, statement, name);
    if (found !== undefined) return { ...found, isDefault: found.isDefault || isDefaultElsewhere(view, name) };
  }
  const located = (node: ts.Node): Located => ({ name: view.start(node), start: view.start(node), end: node.end, isDefault: true });
  if (name === 'default' || name === 'module.exports') {
    const statement = view.source.statements.find(
      (candidate) => ts.isExportAssignment(candidate) || /^(export default|module\.exports\s*=)/.test(candidate.getText(view.source)),
    );
    if (statement !== undefined) return { ...located(statement), name: keywordOf(view, statement) };
  }
  return undefined;
}

function keywordOf(view: View, statement: ts.Statement): number {
  const text = statement.getText(view.source);
  const at = Math.max(text.indexOf('default'), 0);
  return text.startsWith('module.exports') ? view.start(statement) + 'module.'.length : view.start(statement) + at;
}

function locateIn(view: View, statement: ts.Statement, name: string): Located | undefined {
  const { ts } = view;
  const at = (node: ts.Node, whole: ts.Node): Located => ({
    name: view.start(node),
    start: view.start(whole),
    end: whole.end,
    isDefault: /^export\s+default\b/.test(whole.getText(view.source).slice(0, 40)),
  });
  if (
    (ts.isFunctionDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isInterfaceDeclaration(statement) ||
      ts.isEnumDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement)) &&
    statement.name?.text === name
  ) {
    return at(statement.name, statement);
  }
  if (ts.isVariableStatement(statement)) {
    for (const declaration of statement.declarationList.declarations) {
      if (ts.isIdentifier(declaration.name) && declaration.name.text === name) return at(declaration.name, declaration);
      if (ts.isIdentifier(declaration.name)) continue;
      for (const element of declaration.name.elements)
        if (ts.isBindingElement(element) && ts.isIdentifier(element.name) && element.name.text === name) return at(element.name, element);
    }
  }
  if (ts.isExportDeclaration(statement) && statement.exportClause !== undefined && ts.isNamedExports(statement.exportClause)) {
    for (const element of statement.exportClause.elements)
      if (element.name.text === name && (statement.moduleSpecifier !== undefined || element.propertyName !== undefined))
        return at(element.name, element);
  }
  if (
    ts.isExpressionStatement(statement) &&
    ts.isBinaryExpression(statement.expression) &&
    ts.isPropertyAccessExpression(statement.expression.left)
  ) {
    const { left, right } = statement.expression;
    if (/^(module\.)?exports\.\w+$/.test(view.text(left)) && exportedName(view, left) === name) return at(left.name, statement);
    if (view.text(left) === 'module.exports' && ts.isObjectLiteralExpression(right)) {
      for (const member of right.properties)
        if (member.name !== undefined && ts.isIdentifier(member.name) && member.name.text === name) return at(member.name, member);
    }
  }
  return undefined;
}

function isDefaultElsewhere(view: View, name: string): boolean {
  const { ts } = view;
  return view.source.statements.some((statement) => {
    if (ts.isExportAssignment(statement)) return ts.isIdentifier(statement.expression) && statement.expression.text === name;
    if (ts.isExportDeclaration(statement) && statement.exportClause !== undefined && ts.isNamedExports(statement.exportClause)) {
      return statement.exportClause.elements.some((element) => element.propertyName?.text === name);
    }
    return (
      ts.isExpressionStatement(statement) &&
      new RegExp(`^module\\.exports\\s*=\\s*${name.replace(/[$]/g, '\\$')}\\b`).test(statement.getText(view.source))
    );
  });
}
