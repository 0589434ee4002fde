import type { ts } from 'ts-morph';
import { hasModifier } from './exports.ts';
import { functionIn, join, memberName } from './names.ts';
import { parametersOf, signatureEnd } from './signatures.ts';
import { type SymbolContext, signatureOf, typeText } from './symbol-drafts.ts';
import type { View } from './view.ts';

/** A class and its members, each by the path that a stack trace would show: `Cart.total`. */
export function readClass(context: SymbolContext, node: ts.ClassLikeDeclaration, name: string, scope: string): void {
  const { view } = context;
  const exported = name === 'default' || context.isExported(node, name);
  const path = join(scope, name);
  const heritage = node.heritageClauses?.map((clause) => view.text(clause)).join(' ') ?? '';
  const headEnd = node.heritageClauses?.at(-1)?.end ?? node.typeParameters?.end ?? node.name?.end ?? view.start(node) + 5;
  context.push(
    { name: path, kind: 'class', exported, type: heritage },
    node.name === undefined ? view.start(node) : view.start(node.name),
    headEnd,
    scope,
  );
  for (const member of node.members) context.once(member, `${path} ${exported}`, () => readClassMember(context, member, path, exported));
}

function readClassMember(context: SymbolContext, member: ts.ClassElement, path: string, exported: boolean): void {
  const { view } = context;
  const { ts } = view;
  const open =
    exported &&
    !hasModifier(view, member, 'PrivateKeyword') &&
    !hasModifier(view, member, 'ProtectedKeyword') &&
    !(member.name !== undefined && ts.isPrivateIdentifier(member.name));
  if (ts.isConstructorDeclaration(member)) {
    context.push(
      { name: `${path}.constructor`, kind: 'method', exported: open, parameters: parametersOf(view, member) },
      view.start(member),
      signatureEnd(view, member),
      path,
    );
  } else if (ts.isMethodDeclaration(member)) {
    context.push(
      { name: `${path}.${memberName(view, member.name)}`, kind: 'method', exported: open, ...signatureOf(view, member) },
      view.start(member.name),
      signatureEnd(view, member),
      path,
    );
  } else if (ts.isPropertyDeclaration(member)) {
    const held = member.initializer === undefined ? undefined : functionIn(view, member.initializer);
    const memberPath = `${path}.${memberName(view, member.name)}`;
    if (held !== undefined)
      context.push(
        { name: memberPath, kind: 'method', exported: open, ...signatureOf(view, held) },
        view.start(member.name),
        signatureEnd(view, held),
        path,
      );
    else
      context.push(
        { name: memberPath, kind: 'property', exported: open, type: typeText(view, member) },
        view.start(member.name),
        member.type?.end ?? member.name.end,
        path,
      );
  } else if (ts.isGetAccessor(member)) {
    context.push(
      { name: `${path}.${memberName(view, member.name)}`, kind: 'property', exported: open, type: typeText(view, member) },
      view.start(member.name),
      signatureEnd(view, member),
      path,
    );
  }
}

/** An interface with its members: each is a promise to whoever implements or reads it. */
export function readInterface(context: SymbolContext, node: ts.InterfaceDeclaration, scope: string): void {
  const { view } = context;
  const { ts } = view;
  const path = join(scope, node.name.text);
  const exported = context.isExported(node, node.name.text);
  const heritage = node.heritageClauses?.map((clause) => view.text(clause)).join(' ') ?? '';
  context.push(
    { name: path, kind: 'interface', exported, type: heritage },
    view.start(node),
    node.heritageClauses?.at(-1)?.end ?? node.name.end,
    scope,
  );
  for (const member of node.members) {
    if (ts.isPropertySignature(member)) {
      context.push(
        { name: `${path}.${memberName(view, member.name)}`, kind: 'property', exported, type: typeText(view, member) },
        view.start(member),
        member.end,
        path,
      );
    } else if (ts.isMethodSignature(member)) {
      context.push(
        { name: `${path}.${memberName(view, member.name)}`, kind: 'method', exported, ...signatureOf(view, member) },
        view.start(member),
        member.end,
        path,
      );
    }
  }
}

/** Members carry their value in `type`: a number that shifts is a changed contract with whatever stored it. */
export function readEnum(context: SymbolContext, node: ts.EnumDeclaration, scope: string): void {
  const { view } = context;
  const { ts } = view;
  const path = join(scope, node.name.text);
  const exported = context.isExported(node, node.name.text);
  context.push({ name: path, kind: 'enum', exported }, view.start(node), node.name.end, scope);
  let next: number | undefined = 0;
  for (const member of node.members) {
    const written = member.initializer;
    if (written !== undefined) next = ts.isNumericLiteral(written) ? Number(written.text) : undefined;
    const value = written !== undefined ? view.text(written) : next === undefined ? '' : String(next);
    if (next !== undefined) next += 1;
    context.push(
      { name: `${path}.${memberName(view, member.name)}`, kind: 'property', exported, type: value },
      view.start(member),
      member.end,
      path,
    );
  }
}

/** The object literal that a value is, behind types, brackets and `Object.freeze`. */
export function objectIn(view: View, node: ts.Expression | undefined): ts.ObjectLiteralExpression | undefined {
  const { ts } = view;
  if (node === undefined) return undefined;
  if (ts.isObjectLiteralExpression(node)) return node;
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedExpression(node))
    return objectIn(view, node.expression);
  if (ts.isCallExpression(node) && view.text(node.expression) === 'Object.freeze') return objectIn(view, node.arguments[0]);
  return undefined;
}

/** Members of an object literal that has a name; `path` is empty for the object that a module exports. */
export function readMembers(context: SymbolContext, literal: ts.ObjectLiteralExpression, path: string, exported: boolean): void {
  const { view } = context;
  const { ts } = view;
  for (const member of literal.properties) {
    if (ts.isSpreadAssignment(member)) continue;
    const name = join(path, memberName(view, member.name));
    if (ts.isShorthandPropertyAssignment(member) && path === '') continue;
    const held = ts.isMethodDeclaration(member)
      ? member
      : ts.isPropertyAssignment(member)
        ? functionIn(view, member.initializer)
        : undefined;
    if (held !== undefined)
      context.push(
        { name, kind: path === '' ? 'function' : 'method', exported, ...signatureOf(view, held) },
        view.start(member),
        signatureEnd(view, held),
        path,
      );
    else context.push({ name, kind: 'property', exported }, view.start(member), member.name.end, path);
  }
}
