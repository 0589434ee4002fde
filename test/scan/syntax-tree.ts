import { ts } from 'ts-morph';
import type { ExportRecord, ImportedName, ImportRecord, ModuleRecord } from '../../server/src/core/model/file-scan.ts';

/** What the compiler's own syntax tree says of a file, to compare the scanner with. None of it is shared with the scanner. */

export function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, { languageVersion: ts.ScriptTarget.Latest, jsDocParsingMode: ts.JSDocParsingMode.ParseAll }, true);
}

/** Whether the compiler found the text to be no program: then a tree is a guess. */
export function hasSyntaxErrors(file: ts.SourceFile): boolean {
  const { parseDiagnostics } = file as unknown as { readonly parseDiagnostics: readonly unknown[] };
  return parseDiagnostics.length > 0;
}

/** Every name in the tree, those in JSDoc among them, as it is spelt in the text. */
export function identifiersOf(file: ts.SourceFile): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) found.add(node.text.replace(/^#/, ''));
    if (ts.isJsxNamespacedName(node)) found.add(node.name.text).add(node.namespace.text);
    for (const doc of (node as ts.JSDocContainer & { readonly jsDoc?: readonly ts.Node[] }).jsDoc ?? []) visit(doc);
    ts.forEachChild(node, visit);
  };
  visit(file);
  found.delete('');
  return found;
}

/** The module record, sorted, as `sorted` sorts one of the scanner. */
export function recordOf(file: ts.SourceFile): ModuleRecord {
  const imports: ImportRecord[] = [];
  const exports: ExportRecord[] = [];
  const add = (specifier: string, kind: ImportRecord['kind'], names: readonly ImportedName[], typeOnly = false): void => {
    imports.push({ specifier, kind, typeOnly, names });
  };
  const offer = (exported: string, local: string | undefined): void => {
    exports.push({ exported, local });
  };
  for (const { fileName } of file.referencedFiles) add(/^[./]/.test(fileName) ? fileName : `./${fileName}`, 'import', [], true);
  for (const { fileName } of file.typeReferenceDirectives) add(fileName, 'import', [], true);
  const visit = (node: ts.Node): void => {
    readImports(node, add);
    if (node.parent === file) readExports(node, add, offer);
    readCommonJs(node, offer);
    readCalls(node, add, offer);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(file, visit);
  return sorted({ imports, exports });
}

/** One entry for each exported name, with a local one where there is any; all of it in an order of its own. */
export function sorted({ imports, exports }: ModuleRecord): ModuleRecord {
  const offered = new Map<string, ExportRecord>();
  for (const record of exports) if (offered.get(record.exported)?.local === undefined) offered.set(record.exported, record);
  const byText = (one: unknown, other: unknown): number => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);
  return { imports: [...imports].sort(byText), exports: [...offered.values()].sort(byText) };
}

type Add = (specifier: string, kind: ImportRecord['kind'], names: readonly ImportedName[], typeOnly?: boolean) => void;
type OfferName = (exported: string, local: string | undefined) => void;

function readImports(node: ts.Node, add: Add): void {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    const clause = node.importClause;
    const names: ImportedName[] = [];
    if (clause?.name !== undefined) names.push({ imported: 'default', local: clause.name.text });
    const bindings = clause?.namedBindings;
    let allTypes = false;
    if (bindings !== undefined && ts.isNamespaceImport(bindings)) names.push({ imported: '*', local: bindings.name.text });
    else if (bindings !== undefined) {
      allTypes = clause?.name === undefined && bindings.elements.length > 0 && bindings.elements.every(({ isTypeOnly }) => isTypeOnly);
      names.push(...bindings.elements.map(({ name, propertyName }) => ({ imported: (propertyName ?? name).text, local: name.text })));
    }
    add(node.moduleSpecifier.text, 'import', names, clause?.phaseModifier === ts.SyntaxKind.TypeKeyword || allTypes);
  } else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
    const { expression } = node.moduleReference;
    if (ts.isStringLiteral(expression)) add(expression.text, 'import', [{ imported: '*', local: node.name.text }], node.isTypeOnly);
  } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
    let first = node.qualifier;
    while (first !== undefined && ts.isQualifiedName(first)) first = first.left;
    add(node.argument.literal.text, 'dynamic', first === undefined ? [] : [{ imported: first.text, local: '' }]);
  } else if (ts.isModuleDeclaration(node) && ts.isStringLiteral(node.name) && has(node, ts.SyntaxKind.DeclareKeyword)) {
    add(node.name.text, 'dynamic', [], true);
  }
}

function readExports(node: ts.Node, add: Add, offer: OfferName): void {
  if (ts.isExportDeclaration(node)) {
    const from = node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : undefined;
    const clause = node.exportClause;
    if (clause === undefined) {
      if (from !== undefined) add(from, 'reexport', [{ imported: '*', local: '*' }], node.isTypeOnly);
    } else if (ts.isNamespaceExport(clause)) {
      if (from !== undefined) add(from, 'reexport', [{ imported: '*', local: clause.name.text }], node.isTypeOnly);
    } else {
      const names = clause.elements.map(({ name, propertyName }) => ({ imported: (propertyName ?? name).text, local: name.text }));
      const types = names.length > 0 && clause.elements.every(({ isTypeOnly }) => isTypeOnly);
      if (from !== undefined) add(from, 'reexport', names, node.isTypeOnly || types);
      else for (const { imported, local } of names) offer(local, imported);
    }
  } else if (ts.isExportAssignment(node)) offer(node.isExportEquals === true ? '=' : 'default', nameOf(node.expression));
  else if (has(node, ts.SyntaxKind.ExportKeyword)) {
    if (has(node, ts.SyntaxKind.DefaultKeyword)) offer('default', (node as ts.NamedDeclaration & { name?: ts.Identifier }).name?.text);
    else if (ts.isVariableStatement(node))
      for (const { name } of node.declarationList.declarations) bound(name, (local) => offer(local, local));
    else {
      // `export declare global` offers nothing.
      const name = (node.flags & ts.NodeFlags.GlobalAugmentation) === 0 ? (node as ts.DeclarationStatement).name : undefined;
      let first: ts.Node | undefined = name;
      while (first !== undefined && ts.isPropertyAccessExpression(first)) first = first.expression;
      if (first !== undefined && ts.isIdentifier(first)) offer(first.text, first.text);
    }
  }
}

function bound(name: ts.BindingName, each: (local: string) => void): void {
  if (ts.isIdentifier(name)) each(name.text);
  else for (const element of name.elements) if (ts.isBindingElement(element)) bound(element.name, each);
}

function readCommonJs(node: ts.Node, offer: OfferName): void {
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
    const { left, right } = node;
    const named = memberOf(left);
    if (isModuleExports(left)) {
      let value = right;
      if (ts.isBinaryExpression(value) && ts.isIdentifier(value.left) && value.left.text === 'exports') value = value.right;
      while (ts.isAsExpression(value) || ts.isSatisfiesExpression(value)) value = value.expression;
      if (ts.isObjectLiteralExpression(value)) for (const property of value.properties) offerProperty(property, offer);
      else if (!isPassedOn(value)) offer('=', nameOf(value));
    } else if (named !== undefined && named.name !== '__esModule' && isExports(named.object) && !isPassedOn(right))
      offer(named.name, nameOf(right));
  } else if (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === 'defineProperty' &&
    node.arguments[0] !== undefined &&
    isExports(node.arguments[0])
  ) {
    const name = node.arguments[1];
    if (name !== undefined && ts.isStringLiteral(name) && name.text !== '__esModule') offer(name.text, undefined);
  }
}

function offerProperty(property: ts.ObjectLiteralElementLike, offer: OfferName): void {
  const { name } = property;
  if (name === undefined || !(ts.isIdentifier(name) || ts.isStringLiteral(name))) return;
  if (ts.isPropertyAssignment(property)) {
    if (!isPassedOn(property.initializer) || !ts.isIdentifier(name)) offer(name.text, nameOf(property.initializer));
  } else if (ts.isShorthandPropertyAssignment(property)) offer(name.text, name.text);
  else offer(name.text, undefined);
}

const MOCKS =
  /^(?:mock|unmock|doMock|doUnmock|dontMock|setMock|requireActual|requireMock|importActual|importMock|createMockFromModule|unstable_mockModule)$/;

function readCalls(node: ts.Node, add: Add, offer: OfferName): void {
  if (ts.isNewExpression(node) && node.expression.getText().endsWith('URL')) {
    const [path, base] = node.arguments ?? [];
    if (base?.getText() === 'import.meta.url' && path !== undefined && ts.isStringLiteralLike(path) && path.text.startsWith('.'))
      add(path.text, 'dynamic', []);
  }
  if (!ts.isCallExpression(node)) return;
  const [argument] = node.arguments;
  if (argument === undefined || !ts.isStringLiteralLike(argument)) return;
  const specifier = argument.text;
  const called = node.expression;
  if (ts.isPropertyAccessExpression(called) && ts.isIdentifier(called.expression)) {
    const object = called.expression.text;
    if (object === 'require' && called.name.text === 'resolve') add(specifier, 'dynamic', []);
    if ((object === 'jest' || object === 'vi') && MOCKS.test(called.name.text)) add(specifier, 'dynamic', []);
    return;
  }
  const dynamic = called.kind === ts.SyntaxKind.ImportKeyword;
  if (!dynamic && !(ts.isIdentifier(called) && called.text === 'require')) return;
  const use = useOf(node, dynamic);
  if (use.reexport !== undefined) add(specifier, 'reexport', [use.reexport]);
  else if (use.names !== undefined) add(specifier, 'import', use.names);
  else {
    add(specifier, 'dynamic', use.taken === undefined ? [] : [{ imported: use.taken, local: '' }]);
    const assigned = assignedTo(use.whole);
    if (assigned !== undefined) offer(assigned, undefined);
  }
}

interface Use {
  readonly whole: ts.Node;
  readonly names?: readonly ImportedName[] | undefined;
  readonly taken?: string | undefined;
  readonly reexport?: ImportedName | undefined;
}

const WRAPPER = /import|interop|toESM/i;
const THENABLE = /^(?:then|catch|finally)$/;

/** What is done with the answer of a call. */
function useOf(call: ts.CallExpression, dynamic: boolean): Use {
  let whole: ts.Node = call;
  let awaited = false;
  for (;;) {
    const parent: ts.Node = whole.parent;
    if (ts.isParenthesizedExpression(parent)) whole = parent;
    else if (ts.isAwaitExpression(parent)) {
      awaited = true;
      whole = parent;
    } else if (ts.isCallExpression(parent) && parent.arguments[0] === whole && WRAPPER.test(parent.expression.getText())) whole = parent;
    else break;
  }
  let taken: string | undefined;
  if (ts.isPropertyAccessExpression(whole.parent) && whole.parent.expression === whole) {
    const { text } = whole.parent.name;
    if (!dynamic || awaited || !THENABLE.test(text)) taken = text;
    if (taken !== undefined) whole = whole.parent;
  }
  if (ts.isCallExpression(whole.parent) && taken === undefined && whole.parent.arguments[0] === whole) {
    const by = whole.parent.expression.getText();
    if (/(?:^|\.)_{1,2}export(?:Star|_star)?$/.test(by)) return { whole, reexport: { imported: '*', local: '*' } };
  }
  if (ts.isCallExpression(whole.parent) && taken === undefined && whole.parent.arguments[1] === whole) {
    const [object] = whole.parent.arguments;
    const isAssigned = whole.parent.expression.getText() === 'Object.assign' && object !== undefined && isExports(object);
    if (isAssigned && whole.parent.arguments.length === 2) return { whole, reexport: { imported: '*', local: '*' } };
  }
  if (dynamic && !awaited) return { whole, taken };
  let outside: ts.Node = whole;
  while (ts.isParenthesizedExpression(outside.parent) || ts.isAsExpression(outside.parent) || ts.isSatisfiesExpression(outside.parent))
    outside = outside.parent;
  const parent = outside.parent;
  if (ts.isObjectLiteralElement(parent) && isOffered(parent.parent)) {
    if (ts.isSpreadAssignment(parent) && taken === undefined) return { whole, reexport: { imported: '*', local: '*' } };
    if (ts.isPropertyAssignment(parent) && ts.isIdentifier(parent.name))
      return { whole, reexport: { imported: taken ?? '*', local: parent.name.text } };
  }
  if (ts.isVariableDeclaration(parent) && parent.initializer === outside) {
    if (ts.isIdentifier(parent.name)) return { whole, names: [{ imported: taken ?? '*', local: parent.name.text }] };
    if (ts.isObjectBindingPattern(parent.name) && taken === undefined) return { whole, names: patternNames(parent.name) };
  }
  if (ts.isBinaryExpression(parent) && parent.right === outside && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
    if (ts.isIdentifier(parent.left)) return { whole, names: [{ imported: taken ?? '*', local: parent.left.text }] };
    if (ts.isObjectLiteralExpression(parent.left) && taken === undefined) return { whole, taken, names: assignedNames(parent.left) };
    const assigned = assignedTo(outside);
    if (assigned !== undefined)
      return { whole, reexport: { imported: taken ?? '*', local: assigned === '=' && taken === undefined ? '*' : assigned } };
  }
  return { whole, taken };
}

function patternNames(pattern: ts.ObjectBindingPattern): readonly ImportedName[] {
  return pattern.elements.flatMap((element) => {
    const key = element.dotDotDotToken !== undefined ? '*' : (element.propertyName ?? element.name);
    const imported = typeof key === 'string' ? key : ts.isIdentifier(key) || ts.isStringLiteral(key) ? key.text : '';
    if (ts.isIdentifier(element.name)) return [{ imported, local: element.name.text }];
    const nested: ImportedName[] = [];
    bound(element.name, () => nested.push({ imported, local: '' }));
    return nested;
  });
}

/** The names of `({ a, b: c } = …)`. */
function assignedNames(pattern: ts.ObjectLiteralExpression): readonly ImportedName[] | undefined {
  if (pattern.properties.some((property) => ts.isPropertyAssignment(property) && !ts.isIdentifier(property.initializer))) return undefined;
  return pattern.properties.flatMap((property) => {
    if (ts.isShorthandPropertyAssignment(property)) return [{ imported: property.name.text, local: property.name.text }];
    if (!ts.isPropertyAssignment(property) || !ts.isIdentifier(property.name) || !ts.isIdentifier(property.initializer)) return [];
    return [{ imported: property.name.text, local: property.initializer.text }];
  });
}

/** Whether an object is what `module.exports = { … }` offers. */
function isOffered(object: ts.Node): boolean {
  let value = object;
  if (ts.isBinaryExpression(value.parent) && ts.isIdentifier(value.parent.left) && value.parent.left.text === 'exports')
    value = value.parent;
  while (ts.isAsExpression(value.parent) || ts.isSatisfiesExpression(value.parent)) value = value.parent;
  return ts.isBinaryExpression(value.parent) && value.parent.right === value && isModuleExports(value.parent.left);
}

/** The name under which `exports.name = value` offers a value; `=` for `module.exports = value`. */
function assignedTo(value: ts.Node): string | undefined {
  const { parent } = value;
  if (!ts.isBinaryExpression(parent) || parent.right !== value || parent.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return undefined;
  if (isModuleExports(parent.left)) return '=';
  const named = memberOf(parent.left);
  return named !== undefined && isExports(named.object) ? named.name : undefined;
}

/** Whether a value is another module's, taken whole or a name of it. */
function isPassedOn(value: ts.Expression): boolean {
  let inner: ts.Expression = value;
  if (ts.isPropertyAccessExpression(inner)) inner = inner.expression;
  while (ts.isParenthesizedExpression(inner) || ts.isAwaitExpression(inner)) inner = inner.expression;
  return (
    ts.isCallExpression(inner) &&
    ((ts.isIdentifier(inner.expression) && inner.expression.text === 'require') || WRAPPER.test(inner.expression.getText())) &&
    inner.arguments[0] !== undefined &&
    (ts.isStringLiteralLike(inner.arguments[0]) || isPassedOn(inner.arguments[0]))
  );
}

function memberOf(node: ts.Expression): { readonly object: ts.Expression; readonly name: string } | undefined {
  if (ts.isPropertyAccessExpression(node)) return { object: node.expression, name: node.name.text };
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression))
    return { object: node.expression, name: node.argumentExpression.text };
  return undefined;
}

function isModuleExports(node: ts.Expression): boolean {
  return (
    ts.isPropertyAccessExpression(node) &&
    node.name.text === 'exports' &&
    ts.isIdentifier(node.expression) &&
    node.expression.text === 'module'
  );
}

function isExports(node: ts.Expression): boolean {
  return isModuleExports(node) || (ts.isIdentifier(node) && node.text === 'exports');
}

const NO_NAMES = new Set(['undefined']);

/** The name by which a value is known in its file. */
function nameOf(value: ts.Expression): string | undefined {
  let inner = value;
  while (ts.isAsExpression(inner) || ts.isSatisfiesExpression(inner)) inner = inner.expression;
  if (ts.isIdentifier(inner)) return NO_NAMES.has(inner.text) ? undefined : inner.text;
  return ts.isFunctionExpression(inner) || ts.isClassExpression(inner) ? inner.name?.text : undefined;
}

function has(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === kind);
}
