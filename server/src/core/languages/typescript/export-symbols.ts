import type { ts } from 'ts-morph';
import { objectIn, readClass, readMembers } from './member-symbols.ts';
import { exportedName, functionIn } from './names.ts';
import { signatureEnd } from './signatures.ts';
import { type SymbolContext, signatureOf } from './symbol-drafts.ts';

/** `export { a as b } from './c'` and its likes; what is declared here and exported under its own name is no symbol of its own. */
export function readExport(context: SymbolContext, node: ts.ExportDeclaration): void {
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

/** What `export default` or `module.exports` gives out: a function, a class, an object with members, or an expression. */
export function readDefault(context: SymbolContext, node: ts.Node, value: ts.Expression, name: string): void {
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
export function readCommonJs(context: SymbolContext, node: ts.Expression): void {
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
