import type { ts } from 'ts-morph';
import type { SymbolFact } from '../../model/facts.ts';
import { symbolKey } from '../symbol-key.ts';
import { exportedLocals, hasModifier } from './exports.ts';
import { exportedName, functionIn, join, memberName } from './names.ts';
import { isAsynchronous, parametersOf, signatureEnd } from './signatures.ts';
import { moveFact, type Sink } from './sink.ts';
import type { View } from './view.ts';

type Draft = Pick<SymbolFact, 'name' | 'kind'> & Partial<Pick<SymbolFact, 'parameters' | 'type' | 'async' | 'exported'>>;

/** Declared symbols of a file: what other files may lean on, and what they do not. Bodies of functions are not entered. */
export function readSymbols(view: View, sink: Sink): void {
  const exported = exportedLocals(view);
  const exports = [...exported].join();
  const context: Context = {
    view,
    once(node, told, read) {
      const unit = view.units?.get(node);
      if (unit === undefined) {
        read();
        return;
      }
      const { line, character } = view.lines.positionAt(node.pos + unit.lead);
      const { symbols } = unit;
      const surroundings = `${told} ${exports}`;
      if (symbols?.context === surroundings && symbols.character === character) {
        const lower = line - symbols.line;
        const list = lower === 0 ? symbols.list : symbols.list.map((symbol) => moveFact(symbol, lower));
        if (lower !== 0) unit.symbols = { context: surroundings, line, character, list };
        for (const symbol of list) sink.symbols.push(symbol);
        return;
      }
      const count = sink.symbols.length;
      read();
      unit.symbols = { context: surroundings, line, character, list: sink.symbols.slice(count) };
    },
    isExported: (node, name) => hasModifier(view, node, 'ExportKeyword') || exported.has(name),
    push(draft, start, end, scope) {
      const symbol = { parameters: [], type: '', async: false, exported: false, ...draft };
      sink.symbols.push({ ...symbol, range: view.range(start, end), scope, key: symbolKey(symbol) });
    },
  };
  readStatements(context, view.source.statements, '', false);
}

interface Context {
  readonly view: View;
  /** Reads a node, or takes what was read of it: `told` is all that its surroundings say, beside what the file exports elsewhere. */
  once(node: ts.Node, told: string, read: () => void): void;
  isExported(node: ts.Node, name: string): boolean;
  push(draft: Draft, start: number, end: number, scope: string): void;
}

function readStatements(context: Context, statements: readonly ts.Statement[], scope: string, inExported: boolean): void {
  for (const statement of statements)
    context.once(statement, `${scope} ${inExported}`, () => readStatement(context, statement, scope, inExported));
}

function readStatement(context: Context, node: ts.Statement, scope: string, inNamespace: boolean): void {
  const { view } = context;
  const { ts } = view;
  const start = view.start(node);
  if (ts.isFunctionDeclaration(node)) {
    const name = node.name?.text ?? 'default';
    const exported = name === 'default' || context.isExported(node, name);
    context.push(
      { name: join(scope, name), kind: 'function', exported, ...signatureOf(view, node) },
      start,
      signatureEnd(view, node),
      scope,
    );
  } else if (ts.isClassDeclaration(node)) {
    readClass(context, node, node.name?.text ?? 'default', scope);
  } else if (ts.isInterfaceDeclaration(node)) {
    readInterface(context, node, scope);
  } else if (ts.isTypeAliasDeclaration(node)) {
    context.push(
      { name: join(scope, node.name.text), kind: 'type', exported: context.isExported(node, node.name.text), type: view.text(node.type) },
      start,
      node.end,
      scope,
    );
  } else if (ts.isEnumDeclaration(node)) {
    readEnum(context, node, scope);
  } else if (ts.isVariableStatement(node)) {
    for (const declaration of node.declarationList.declarations) readVariable(context, node, declaration, scope);
  } else if (ts.isModuleDeclaration(node) && node.body !== undefined && ts.isModuleBlock(node.body) && ts.isIdentifier(node.name)) {
    readStatements(context, node.body.statements, join(scope, node.name.text), inNamespace || context.isExported(node, node.name.text));
  } else if (ts.isExportDeclaration(node)) {
    readExport(context, node);
  } else if (ts.isExportAssignment(node)) {
    readDefault(context, node, node.expression, node.isExportEquals === true ? 'module.exports' : 'default');
  } else if (ts.isExpressionStatement(node)) {
    readCommonJs(context, node.expression);
  }
}

function signatureOf(view: View, node: ts.SignatureDeclaration): Pick<SymbolFact, 'parameters' | 'type' | 'async'> {
  return {
    parameters: parametersOf(view, node),
    type: node.type === undefined ? '' : view.text(node.type),
    async: isAsynchronous(view, node),
  };
}

function readClass(context: Context, node: ts.ClassLikeDeclaration, name: string, scope: string): void {
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

function readClassMember(context: Context, member: ts.ClassElement, path: string, exported: boolean): void {
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

function typeText(
  view: View,
  node: { readonly type?: ts.TypeNode | undefined; readonly questionToken?: ts.QuestionToken | undefined },
): string {
  if (node.type === undefined) return '';
  return node.questionToken === undefined ? view.text(node.type) : `${view.text(node.type)} | undefined`;
}

function readInterface(context: Context, node: ts.InterfaceDeclaration, scope: string): void {
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
function readEnum(context: Context, node: ts.EnumDeclaration, scope: string): void {
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

function readVariable(context: Context, statement: ts.VariableStatement, node: ts.VariableDeclaration, scope: string): void {
  const { view } = context;
  const { ts } = view;
  const start =
    view.start(node) === view.start(statement.declarationList.declarations[0] ?? node) ? view.start(statement) : view.start(node);
  if (!ts.isIdentifier(node.name)) {
    for (const element of node.name.elements) {
      if (!ts.isBindingElement(element) || !ts.isIdentifier(element.name)) continue;
      context.push(
        { name: join(scope, element.name.text), kind: 'variable', exported: context.isExported(statement, element.name.text) },
        view.start(element),
        element.end,
        scope,
      );
    }
    return;
  }
  const name = join(scope, node.name.text);
  const exported = context.isExported(statement, node.name.text);
  const held = node.initializer === undefined ? undefined : functionIn(view, node.initializer);
  if (held !== undefined) {
    context.push({ name, kind: 'function', exported, ...signatureOf(view, held) }, start, signatureEnd(view, held), scope);
    return;
  }
  if (node.initializer !== undefined && ts.isClassExpression(node.initializer)) {
    readClass(context, node.initializer, node.name.text, scope);
    return;
  }
  context.push({ name, kind: 'variable', exported, type: typeText(view, node) }, start, node.type?.end ?? node.name.end, scope);
  const literal = objectIn(view, node.initializer);
  if (literal !== undefined) readMembers(context, literal, name, exported);
}

function objectIn(view: View, node: ts.Expression | undefined): ts.ObjectLiteralExpression | undefined {
  const { ts } = view;
  if (node === undefined) return undefined;
  if (ts.isObjectLiteralExpression(node)) return node;
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedExpression(node))
    return objectIn(view, node.expression);
  if (ts.isCallExpression(node) && view.text(node.expression) === 'Object.freeze') return objectIn(view, node.arguments[0]);
  return undefined;
}

/** Members of an object literal that has a name; `path` is empty for the object that a module exports. */
function readMembers(context: Context, literal: ts.ObjectLiteralExpression, path: string, exported: boolean): void {
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

function readExport(context: Context, node: ts.ExportDeclaration): void {
  const { view } = context;
  const { ts } = view;
  const from =
    node.moduleSpecifier !== undefined && ts.isStringLiteralLike(node.moduleSpecifier) ? `from '${node.moduleSpecifier.text}'` : '';
  const start = view.start(node);
  if (node.exportClause === undefined) {
    context.push({ name: `* ${from}`, kind: 'export', exported: true, type: from }, start, node.end, '');
    return;
  }
  if (!ts.isNamedExports(node.exportClause)) {
    context.push({ name: node.exportClause.name.text, kind: 'export', exported: true, type: from }, start, node.end, '');
    return;
  }
  for (const element of node.exportClause.elements) {
    // `export { a }` of something declared here is that declaration, exported; only another name or another file adds one.
    if (from === '' && element.propertyName === undefined) continue;
    const source = element.propertyName === undefined ? from : `${element.propertyName.text} ${from}`.trim();
    context.push({ name: element.name.text, kind: 'export', exported: true, type: source }, view.start(element), element.end, '');
  }
}

function readDefault(context: Context, node: ts.Node, value: ts.Expression, name: string): void {
  const { view } = context;
  const { ts } = view;
  const held = functionIn(view, value);
  if (held !== undefined) {
    context.push({ name, kind: 'function', exported: true, ...signatureOf(view, held) }, view.start(node), signatureEnd(view, held), '');
    return;
  }
  if (ts.isClassExpression(value)) {
    readClass(context, value, value.name?.text ?? 'default', '');
    return;
  }
  const literal = objectIn(view, value);
  if (literal !== undefined && name === 'module.exports') {
    readMembers(context, literal, '', true);
    return;
  }
  context.push(
    { name, kind: 'export', exported: true, type: literal === undefined ? view.text(value) : '' },
    view.start(node),
    literal === undefined ? node.end : view.start(literal),
    '',
  );
  if (literal !== undefined) readMembers(context, literal, name, true);
}

/** `exports.x = …`, `module.exports.x = …` and `module.exports = …`. */
function readCommonJs(context: Context, node: ts.Expression): void {
  const { view } = context;
  const { ts } = view;
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.EqualsToken || !ts.isPropertyAccessExpression(node.left))
    return;
  const target = view.text(node.left);
  if (target === 'module.exports') {
    readDefault(context, node, node.right, 'module.exports');
    return;
  }
  if (!/^(module\.)?exports\.\w+$/.test(target)) return;
  const name = exportedName(view, node.left);
  const held = functionIn(view, node.right);
  if (held !== undefined)
    context.push({ name, kind: 'function', exported: true, ...signatureOf(view, held) }, view.start(node), signatureEnd(view, held), '');
  else if (!ts.isIdentifier(node.right) || node.right.text !== name)
    context.push({ name, kind: 'variable', exported: true }, view.start(node), node.left.end, '');
}
