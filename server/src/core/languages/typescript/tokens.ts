import type { ts } from 'ts-morph';
import type { Compiler } from './compiler.ts';

/** One token with its offsets. `text` is normalised: quote style, digit separators and optional punctuation do not show. */
export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Code tokens of a file in order, without comments and white space. The scanner alone cannot tell a template, a regular
 * expression or JSX text from operators, so those are taken from the tree and jumped over.
 */
export function tokenize(compiler: Compiler, source: ts.SourceFile): readonly Token[] {
  const { opaque, separators } = collectOpaque(compiler, source);
  const scanner = compiler.createScanner(compiler.ScriptTarget.Latest, true, source.languageVariant, source.text);
  const tokens: Token[] = [];
  let next = 0;
  let position = 0;
  const push = (start: number, end: number, text: string): void => {
    if (text !== '') tokens.push({ text, start, end });
  };
  while (position < source.text.length) {
    const jsxText = opaque[next];
    if (jsxText !== undefined && jsxText.kind === compiler.SyntaxKind.JsxText && jsxText.pos <= position) {
      if (jsxText.end > position) push(jsxText.pos, jsxText.end, source.text.slice(jsxText.pos, jsxText.end).replace(/\s+/g, ' ').trim());
      position = Math.max(position, jsxText.end);
      next += 1;
      continue;
    }
    scanner.resetTokenState(position);
    const kind = scanner.scan();
    if (kind === compiler.SyntaxKind.EndOfFileToken) break;
    const start = scanner.getTokenStart();
    while (next < opaque.length && (opaque[next]?.end ?? 0) <= start) next += 1;
    const whole = opaque[next];
    if (whole !== undefined && whole.start === start && whole.kind !== compiler.SyntaxKind.JsxText) {
      push(start, whole.end, normaliseLiteral(source.text.slice(start, whole.end)));
      position = whole.end;
      next += 1;
      continue;
    }
    position = Math.max(scanner.getTokenEnd(), position + 1);
    if (kind === compiler.SyntaxKind.SemicolonToken && !separators.has(start)) continue;
    push(
      start,
      position,
      kind === compiler.SyntaxKind.NumericLiteral
        ? source.text.slice(start, position).replaceAll('_', '')
        : source.text.slice(start, position),
    );
  }
  return withoutLayout(tokens);
}

interface Opaque {
  readonly kind: ts.SyntaxKind;
  readonly pos: number;
  readonly start: number;
  readonly end: number;
}

function collectOpaque(
  compiler: Compiler,
  source: ts.SourceFile,
): { readonly opaque: readonly Opaque[]; readonly separators: ReadonlySet<number> } {
  const kinds = compiler.SyntaxKind;
  const wanted = new Set<ts.SyntaxKind>([
    kinds.StringLiteral,
    kinds.NoSubstitutionTemplateLiteral,
    kinds.TemplateHead,
    kinds.TemplateMiddle,
    kinds.TemplateTail,
    kinds.RegularExpressionLiteral,
    kinds.JsxText,
  ]);
  const opaque: Opaque[] = [];
  const separators = new Set<number>();
  const visit = (node: ts.Node): void => {
    if (wanted.has(node.kind)) opaque.push({ kind: node.kind, pos: node.pos, start: node.getStart(source, false), end: node.end });
    if (compiler.isForStatement(node)) {
      for (let at = node.getStart(source); at < node.statement.pos; at += 1) if (source.text.charCodeAt(at) === 59) separators.add(at);
    }
    // A body that is a semicolon alone stays: without it the next statement is the body.
    if (compiler.isEmptyStatement(node) && !isStatementList(compiler, node.parent)) separators.add(node.getStart(source));
    // Members of a written type need something between them; the last one does not.
    if (compiler.isTypeLiteralNode(node)) for (const member of node.members.slice(0, -1)) separators.add(member.end - 1);
    compiler.forEachChild(node, visit);
  };
  visit(source);
  return { opaque: opaque.sort((a, b) => a.pos - b.pos), separators };
}

function isStatementList(compiler: Compiler, node: ts.Node): boolean {
  return compiler.isBlock(node) || compiler.isSourceFile(node) || compiler.isModuleBlock(node) || compiler.isCaseOrDefaultClause(node);
}

function normaliseLiteral(text: string): string {
  if (text.startsWith('"') && text.endsWith('"') && !/['\\]/.test(text)) return `'${text.slice(1, -1)}'`;
  return text;
}

/** A comma before a closing bracket and a bar before the first member of a union are layout. */
function withoutLayout(tokens: readonly Token[]): readonly Token[] {
  return tokens.filter((token, index) => {
    if (token.text === ',') return !/^[)\]}]$/.test(tokens[index + 1]?.text ?? '');
    if (token.text === '|' || token.text === '&') return !/^([:=<(,]|=>)$/.test(tokens[index - 1]?.text ?? '');
    return true;
  });
}
