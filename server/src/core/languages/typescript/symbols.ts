import type { ts } from 'ts-morph';
import { symbolKey } from '../symbol-key.ts';
import { readCommonJs, readDefault, readExport } from './export-symbols.ts';
import { exportedLocals, hasModifier } from './exports.ts';
import { objectIn, readClass, readEnum, readInterface, readMembers } from './member-symbols.ts';
import { functionIn, join } from './names.ts';
import { signatureEnd } from './signatures.ts';
import { moveFact, type Sink } from './sink.ts';
import { type SymbolContext, signatureOf, typeText } from './symbol-drafts.ts';
import type { View } from './view.ts';

/** Declared symbols of a file: what other files may lean on, and what they do not. Bodies of functions are not entered. */
export function readSymbols(view: View, sink: Sink): void {
  const exported = exportedLocals(view);
  const exports = [...exported].join();
  const context: SymbolContext = {
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

function readStatements(context: SymbolContext, statements: readonly ts.Statement[], scope: string, inExported: boolean): void {
  for (const statement of statements)
    context.once(statement, `${scope} ${inExported}`, () => readStatement(context, statement, scope, inExported));
}

function readStatement(context: SymbolContext, node: ts.Statement, scope: string, inNamespace: boolean): void {
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

function readVariable(context: SymbolContext, statement: ts.VariableStatement, node: ts.VariableDeclaration, scope: string): void {
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
