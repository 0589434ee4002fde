import type { ts } from 'ts-morph';
import { placeholder, SPOKEN, SPOKEN_NAME, SQL_START } from '../embedded-text.ts';
import type { Embed, EmbeddedLine } from '../language.ts';
import { lastName } from './calls.ts';
import type { Sink } from './sink.ts';
import type { View } from './view.ts';

/** SQL in a string, a template or a concatenation of them. Values that are filled in become words of equal length. */
export function readEmbedded(view: View, node: ts.Node, scope: string, sink: Sink, embed: Embed): void {
  const { ts } = view;
  if (!isPiece(view, node) || isPartOfPiece(view, node) || isSpoken(view, node)) return;
  const lines = linesOf(view, node);
  if (!SQL_START.test(lines.map((line) => line.text).join('\n'))) return;
  if (ts.isPropertyAssignment(node.parent) && node.parent.name === node) return;
  const { commands, statements, blindSpots } = embed('sql', lines, scope);
  sink.commands.push(...commands);
  sink.statements.push(...statements);
  sink.blindSpots.push(...blindSpots.filter(({ reason }) => reason === 'grammar-missing'));
}

function isPiece(view: View, node: ts.Node): node is ts.Expression {
  const { ts } = view;
  return (
    ts.isStringLiteral(node) ||
    ts.isNoSubstitutionTemplateLiteral(node) ||
    ts.isTemplateExpression(node) ||
    isConcatenation(view, node) ||
    isJoinedArray(view, node)
  );
}

function isConcatenation(view: View, node: ts.Node): node is ts.BinaryExpression {
  const { ts } = view;
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken;
}

/** `['DELETE FROM a', 'WHERE b = 1'].join(' ')`. */
function isJoinedArray(view: View, node: ts.Node): node is ts.ArrayLiteralExpression {
  const { ts } = view;
  return ts.isArrayLiteralExpression(node) && ts.isPropertyAccessExpression(node.parent) && node.parent.name.text === 'join';
}

function isPartOfPiece(view: View, node: ts.Node): boolean {
  const { ts } = view;
  const { parent } = node;
  if (ts.isParenthesizedExpression(parent)) return isPartOfPiece(view, parent);
  return (
    isConcatenation(view, parent) ||
    isJoinedArray(view, parent) ||
    ts.isTemplateSpan(parent) ||
    ts.isJsxAttribute(parent) ||
    ts.isImportDeclaration(parent) ||
    ts.isLiteralTypeNode(parent)
  );
}

function isSpoken(view: View, node: ts.Node): boolean {
  const { ts } = view;
  const { parent } = node;
  if ((ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.expression !== node)
    return SPOKEN.test(lastName(view.text(parent.expression)));
  return (
    ts.isThrowStatement(parent) ||
    ts.isCaseClause(parent) ||
    ts.isElementAccessExpression(parent) ||
    (ts.isPropertyAssignment(parent) && SPOKEN_NAME.test(view.text(parent.name)))
  );
}

function linesOf(view: View, node: ts.Node): readonly EmbeddedLine[] {
  const { ts } = view;
  if (isConcatenation(view, node)) return [...linesOf(view, node.left), ...linesOf(view, node.right)];
  if (isJoinedArray(view, node)) return node.elements.flatMap((element) => linesOf(view, element));
  if (ts.isParenthesizedExpression(node)) return linesOf(view, node.expression);
  const start = view.start(node);
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node))
    return split(view, start + 1, unquote(view.source.text.slice(start + 1, node.end - 1)));
  if (ts.isTemplateExpression(node)) {
    let text = '';
    let at = start + 1;
    for (const span of node.templateSpans) {
      const hole = span.expression.pos - 2;
      const after = view.start(span.literal) + 1;
      text += unquote(view.source.text.slice(at, hole));
      text += placeholder(view.text(span.expression), after - hole, view.source.text.slice(hole, after), text);
      at = after;
    }
    text += unquote(view.source.text.slice(at, node.end - 1));
    return split(view, start + 1, text);
  }
  return split(view, start, placeholder(view.text(node), node.end - start, view.source.text.slice(start, node.end), ''));
}

/** Escapes become what SQL would see of them, at equal length. */
function unquote(raw: string): string {
  return raw
    .replace(/\\(['"`])/g, (_, quote: string) => (quote === "'" ? "''" : ` ${quote}`))
    .replace(/\\[nrt]/g, '  ')
    .replace(/(?<=[\s(,=<>])\?(?=[\s),;]|$)/g, '0');
}

function split(view: View, offset: number, text: string): readonly EmbeddedLine[] {
  let at = offset;
  return text.split('\n').map((line) => {
    const { start } = view.range(at, at);
    at += line.length + 1;
    return { text: line, line: start.line, character: start.character };
  });
}
