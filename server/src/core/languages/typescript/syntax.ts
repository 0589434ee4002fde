import type { ts } from 'ts-morph';
import type { Compiler } from './compiler.ts';
import { isUnit, type Units } from './kept-units.ts';

/** A literal that the scanner alone cannot tell from operators, or text between tags. */
export interface Opaque {
  readonly kind: ts.SyntaxKind;
  readonly pos: number;
  readonly start: number;
  readonly end: number;
}

/** A stretch of units that stand as an earlier text had them, from the end of the token before it to its last token. */
export interface Run {
  readonly pos: number;
  end: number;
}

/** What one walk over a syntax tree gathers for the tokens of its text. */
export interface Syntax {
  /** In the order of the text. */
  readonly opaque: readonly Opaque[];
  /** Offsets of semicolons that mean something. */
  readonly separators: ReadonlySet<number>;
  /** Function expressions by their first offset: what they do is told by the facts inside them, not by their text. */
  readonly functions: ReadonlyMap<number, number>;
  /** Where nothing was gathered, because it was before. */
  readonly runs: readonly Run[];
}

/**
 * Nobody writes syntax as deep as this, and every walk has stack for it. How much deeper one could go differs with the machine
 * and with how long it has run, and two doors must not read one file differently (test/languages/typescript.test.ts).
 */
const DEEPEST = 1_000;
/** As many of them inside each other. A long sum or chain is deep by its first parts, which the parser reads one after the other. */
const MOST_NESTED = 400;

/** Takes note of new units in `units`, and passes over those that stand there. Throws a `RangeError` where the syntax is deeper than is read. */
export function gatherSyntax(compiler: Compiler, source: ts.SourceFile, units?: Units): Syntax {
  const kinds = compiler.SyntaxKind;
  const opaqueKinds = new Set<ts.SyntaxKind>([
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
  const functions = new Map<number, number>();
  const runs: Run[] = [];
  /** The deepest so far, of the innermost unit. */
  let deepest = 0;
  let mostNested = 0;
  const reach = (depth: number, nested: number): void => {
    if (depth > DEEPEST || nested > MOST_NESTED) throw new RangeError('deeper syntax than is read');
    if (depth > deepest) deepest = depth;
    if (nested > mostNested) mostNested = nested;
  };

  const gather = (node: ts.Node): void => {
    if (opaqueKinds.has(node.kind)) opaque.push({ kind: node.kind, pos: node.pos, start: node.getStart(source, false), end: node.end });
    if (compiler.isArrowFunction(node) || compiler.isFunctionExpression(node)) functions.set(node.getStart(source, false), node.end);
    if (compiler.isForStatement(node)) {
      for (let at = node.getStart(source); at < node.statement.pos; at += 1) if (source.text.charCodeAt(at) === 59) separators.add(at);
    }
    // A body that is a semicolon alone stays: without it the next statement is the body.
    if (compiler.isEmptyStatement(node) && !isStatementList(compiler, node.parent)) separators.add(node.getStart(source));
    // Members of a written type need something between them; the last one does not.
    if (compiler.isTypeLiteralNode(node)) for (const member of node.members.slice(0, -1)) separators.add(member.end - 1);
  };
  const visit = (node: ts.Node, depth: number, nested: number): void => {
    const known = units?.get(node);
    if (known !== undefined) {
      reach(depth + known.depth, nested + known.nested);
      const last = runs.at(-1);
      if (last?.end === node.pos) last.end = node.end;
      else runs.push({ pos: node.pos, end: node.end });
      return;
    }
    reach(depth, nested);
    gather(node);
    const isNew = units !== undefined && depth > 0 && isUnit(compiler, node);
    const around = [deepest, mostNested] as const;
    if (isNew) [deepest, mostNested] = [depth, nested];
    compiler.forEachChild(node, (child) => visit(child, depth + 1, child.pos === node.pos ? nested : nested + 1));
    if (!isNew) return;
    units.set(node, { lead: node.getStart(source, false) - node.pos, depth: deepest - depth, nested: mostNested - nested });
    [deepest, mostNested] = [Math.max(deepest, around[0]), Math.max(mostNested, around[1])];
  };
  visit(source, 0, 0);
  return { opaque: opaque.sort((a, b) => a.pos - b.pos), separators, functions, runs };
}

function isStatementList(compiler: Compiler, node: ts.Node): boolean {
  return compiler.isBlock(node) || compiler.isSourceFile(node) || compiler.isModuleBlock(node) || compiler.isCaseOrDefaultClause(node);
}
