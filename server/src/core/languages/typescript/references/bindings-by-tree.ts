import type { ts } from 'ts-morph';
import type { Compiler } from '../compiler.ts';
import { Sense, senseOf } from './senses.ts';

/** As deep as `view.ts` reads. */
const DEEPEST = 1_000;

/** An identifier and what is asked of it. */
export interface Seen {
  readonly start: number;
  readonly sense: number;
}

/**
 * Every identifier of a file that is written `word` and means what the file's top binds by that name: shadowing, hoisting, type
 * parameters and the difference of values and types are seen; names in import and export clauses, keys and members are left out.
 */
export function boundAtTop(compiler: Compiler, source: ts.SourceFile, word: string): readonly Seen[] {
  const asked: ts.Identifier[] = [];
  const declared = new Map<ts.Node, number>();
  const visit = (node: ts.Node, depth: number): void => {
    if (depth > DEEPEST) throw new RangeError('deeper syntax than is read');
    if (compiler.isIdentifier(node) && node.text === word && !isTakenApart(compiler, node)) {
      const declaration = declarationOf(compiler, node);
      if (declaration !== undefined) declared.set(declaration.scope, (declared.get(declaration.scope) ?? 0) | declaration.sense);
      else if (isAsked(compiler, node)) asked.push(node);
    }
    compiler.forEachChild(node, (child) => visit(child, depth + 1));
  };
  visit(source, 0);
  return asked.flatMap((node) => {
    const sense = senseOf(compiler, node);
    for (let scope: ts.Node = node.parent; scope !== source && scope !== undefined; scope = scope.parent)
      if (((declared.get(scope) ?? 0) & sense) !== 0) return [];
    return [{ start: node.getStart(source, false), sense }];
  });
}

/** Where a word stands as a member that is asked for, a key or a name in a clause: what no scope decides about. */
export function namedBeside(compiler: Compiler, source: ts.SourceFile, word: string): readonly number[] {
  const found: number[] = [];
  const visit = (node: ts.Node, depth: number): void => {
    if (depth > DEEPEST) throw new RangeError('deeper syntax than is read');
    if (compiler.isIdentifier(node) && node.text === word && roleOf(compiler, node) === 'neither' && !isOwnName(compiler, node))
      found.push(node.getStart(source, false));
    compiler.forEachChild(node, (child) => visit(child, depth + 1));
  };
  visit(source, 0);
  return found;
}

/** The name that a member gives itself: `static Base = 2`, `get Base() {}`, `Base: 1` in a type. */
function isOwnName(compiler: Compiler, node: ts.Identifier): boolean {
  const { parent } = node;
  return (compiler.isClassElement(parent) || compiler.isTypeElement(parent) || compiler.isEnumMember(parent)) && parent.name === node;
}

/** What an identifier does, by the syntax tree: the measure for what words tell (test/languages/typescript-words.test.ts). */
export function roleOf(compiler: Compiler, node: ts.Identifier): 'declares' | 'asks' | 'neither' {
  if (declarationOf(compiler, node) !== undefined) return 'declares';
  return isAsked(compiler, node) ? 'asks' : 'neither';
}

/** What kind of thing is asked of the name at this offset; 0 where no identifier starts there. */
export function senseAt(compiler: Compiler, source: ts.SourceFile, start: number): number {
  let node: ts.Node | undefined = source;
  for (;;) {
    const inside: ts.Node | undefined = compiler.forEachChild(node, (child) =>
      child.pos <= start && start < child.end && child.getStart(source, false) <= start ? child : undefined,
    );
    if (inside === undefined) return 0;
    node = inside;
    if (compiler.isIdentifier(node)) return senseOf(compiler, node);
  }
}

/** The scope in which this identifier declares itself, or undefined where it does not, or at the top of the file in a clause. */
function declarationOf(ts: Compiler, node: ts.Identifier): { readonly scope: ts.Node; readonly sense: number } | undefined {
  const { parent } = node;
  const named = (scope: ts.Node, sense: number): { readonly scope: ts.Node; readonly sense: number } => ({ scope, sense });
  if (ts.isVariableDeclaration(parent) && parent.name === node) return named(scopeOfVariable(ts, parent), Sense.value);
  if (ts.isParameter(parent) && parent.name === node) return named(parent.parent, Sense.value);
  if (ts.isBindingElement(parent) && parent.name === node) {
    let around: ts.Node = parent;
    while (ts.isBindingElement(around) || ts.isObjectBindingPattern(around) || ts.isArrayBindingPattern(around)) around = around.parent;
    return named(ts.isVariableDeclaration(around) ? scopeOfVariable(ts, around) : around.parent, Sense.value);
  }
  if (ts.isTypeParameterDeclaration(parent) && parent.name === node) {
    if (!ts.isInferTypeNode(parent.parent)) return named(parent.parent, Sense.type);
    let around: ts.Node = parent;
    while (!ts.isConditionalTypeNode(around) && around.parent !== undefined) around = around.parent;
    // It is bound where the condition holds.
    return named(ts.isConditionalTypeNode(around) ? around.trueType : around, Sense.type);
  }
  if (ts.isFunctionExpression(parent) && parent.name === node) return named(parent, Sense.value);
  if (ts.isClassExpression(parent) && parent.name === node) return named(parent, Sense.any);
  if (ts.isFunctionDeclaration(parent) && parent.name === node) return named(blockAround(ts, parent), Sense.value);
  if (ts.isClassDeclaration(parent) && parent.name === node) return named(blockAround(ts, parent), Sense.value | Sense.type);
  if (ts.isEnumDeclaration(parent) && parent.name === node) return named(blockAround(ts, parent), Sense.any);
  if ((ts.isInterfaceDeclaration(parent) || ts.isTypeAliasDeclaration(parent)) && parent.name === node)
    return named(blockAround(ts, parent), Sense.type);
  if (ts.isModuleDeclaration(parent) && parent.name === node)
    return named(blockAround(ts, parent), holdsTypesAlone(ts, parent.body) ? Sense.namespace : Sense.namespace | Sense.value);
  if (ts.isImportEqualsDeclaration(parent) && parent.name === node) return named(blockAround(ts, parent), Sense.any);
  return undefined;
}

/** A namespace of types is no value. */
function holdsTypesAlone(ts: Compiler, body: ts.ModuleDeclaration['body']): boolean {
  return (
    body !== undefined &&
    ts.isModuleBlock(body) &&
    body.statements.every(
      (statement) =>
        ts.isInterfaceDeclaration(statement) ||
        ts.isTypeAliasDeclaration(statement) ||
        (ts.isModuleDeclaration(statement) && holdsTypesAlone(ts, statement.body)),
    )
  );
}

/** A name in `const { a: b } = require('./x')` and `const x = await import('./x')`: an import, in whatever scope. */
function isTakenApart(ts: Compiler, node: ts.Identifier): boolean {
  let around: ts.Node = node.parent;
  // A default is asked for.
  if (ts.isBindingElement(around) && around.initializer === node) return false;
  while (ts.isBindingElement(around) || ts.isObjectBindingPattern(around)) around = around.parent;
  if (!ts.isVariableDeclaration(around) || around.initializer === undefined || (around.name !== node && ts.isIdentifier(around.name)))
    return false;
  const { initializer } = around;
  const call = ts.isAwaitExpression(initializer) ? initializer.expression : initializer;
  if (!ts.isCallExpression(call) || around.initializer === node) return false;
  return call.expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(call.expression) && call.expression.text === 'require');
}

function scopeOfVariable(ts: Compiler, declaration: ts.VariableDeclaration): ts.Node {
  const list = declaration.parent;
  if (ts.isCatchClause(list)) return list;
  const isHoisted = (list.flags & ts.NodeFlags.BlockScoped) === 0;
  if (!isHoisted && ts.isForStatement(list.parent)) return list.parent;
  if (!isHoisted && (ts.isForInStatement(list.parent) || ts.isForOfStatement(list.parent))) return list.parent;
  if (!isHoisted) return blockAround(ts, list);
  let around: ts.Node = list.parent;
  while (!ts.isFunctionLike(around) && !ts.isModuleBlock(around) && !ts.isSourceFile(around) && !ts.isClassStaticBlockDeclaration(around))
    around = around.parent;
  // Neither parameters nor the type that is returned see what the body declares.
  return (ts.isFunctionLike(around) && 'body' in around && around.body) || around;
}

function blockAround(ts: Compiler, node: ts.Node): ts.Node {
  let around = node.parent;
  while (!ts.isBlock(around) && !ts.isModuleBlock(around) && !ts.isSourceFile(around) && !ts.isCaseBlock(around)) around = around.parent;
  return around;
}

/** Whether an identifier asks for a name that is in scope, and is no key, member, label or part of a clause. */
function isAsked(ts: Compiler, node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name !== node;
  if (ts.isQualifiedName(parent)) return parent.right !== node;
  if (ts.isBindingElement(parent)) return parent.propertyName !== node;
  if (ts.isJsxAttribute(parent) || ts.isJsxNamespacedName(parent) || ts.isMetaProperty(parent)) return false;
  if (ts.isImportSpecifier(parent) || ts.isImportClause(parent) || ts.isNamespaceImport(parent)) return false;
  if (ts.isExportSpecifier(parent) || ts.isNamespaceExport(parent) || ts.isNamespaceExportDeclaration(parent)) return false;
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent)) return false;
  if (ts.isImportTypeNode(parent) || ts.isImportAttribute(parent)) return false;
  if (ts.isNamedTupleMember(parent)) return parent.name !== node;
  if (
    ts.isPropertyAssignment(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isPropertySignature(parent) ||
    ts.isAccessor(parent) ||
    ts.isEnumMember(parent)
  )
    return parent.name !== node;
  return true;
}
