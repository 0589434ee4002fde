import type { ts } from 'ts-morph';
import { memberName } from './names.ts';
import type { View } from './view.ts';

/** Where a member is declared in its file: a name to ask the compiler about, and the stretches that are declarations of it. */
export interface Located {
  readonly name: number;
  readonly own: readonly { readonly start: number; readonly end: number }[];
}

/** Finds a member of a class, an interface, an enum or a namespace by the dotted name that its fact carries. */
export function locateMember(view: View, dotted: string): Located | undefined {
  const [owner = '', ...rest] = dotted.split('.');
  const found = rest.reduce(
    (nodes, name) => nodes.flatMap((node) => membersOf(view, node).filter((member) => isNamed(view, member, name))),
    namedIn(view, view.source.statements, owner),
  );
  const [first] = found;
  if (first === undefined) return undefined;
  const name = nameNode(first) ?? first;
  return { name: view.start(name), own: found.map((node) => ({ start: view.start(nameNode(node) ?? node), end: node.end })) };
}

function namedIn(view: View, statements: readonly ts.Statement[], name: string): readonly ts.Node[] {
  const { ts } = view;
  return statements.flatMap((statement): readonly ts.Node[] => {
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.filter((declaration) => isNamed(view, declaration, name));
    return isNamed(view, statement, name) || (name === 'default' && ts.isClassDeclaration(statement) && statement.name === undefined)
      ? [statement]
      : [];
  });
}

function membersOf(view: View, node: ts.Node): readonly ts.Node[] {
  const { ts } = view;
  if (ts.isClassLike(node) || ts.isInterfaceDeclaration(node) || ts.isEnumDeclaration(node) || ts.isTypeLiteralNode(node))
    return node.members;
  if (ts.isTypeAliasDeclaration(node)) return membersOf(view, node.type);
  if (ts.isModuleDeclaration(node) && node.body !== undefined && ts.isModuleBlock(node.body))
    return node.body.statements.flatMap((statement): readonly ts.Node[] =>
      ts.isVariableStatement(statement) ? statement.declarationList.declarations : [statement],
    );
  if (ts.isVariableDeclaration(node) && node.initializer !== undefined) return membersOf(view, node.initializer);
  return ts.isObjectLiteralExpression(node) ? node.properties : [];
}

function nameNode(node: ts.Node): ts.Node | undefined {
  return (node as { readonly name?: ts.Node }).name;
}

function isNamed(view: View, node: ts.Node, name: string): boolean {
  if (name === 'constructor' && view.ts.isConstructorDeclaration(node)) return true;
  const named = nameNode(node);
  return named !== undefined && memberName(view, named) === name;
}
