import type { ts as compiler } from 'ts-morph';

/** A name in a file, by offset in UTF-16 units. */
export interface NamePlace {
  readonly fileName: string;
  readonly start: number;
}

/**
 * Places where the compiler's checker, asked at that very name, leads to one of `targets`, whatever a search for references
 * lists: such a search goes by who imports a module, and passes over `require` in a file without imports, what
 * `const { x } = await import('m')` binds (with all its uses), and a string that names a member of the value beside it
 * (`spyOn(module, 'x')`).
 *
 * @param text the name that is sought; a pattern that calls it otherwise is followed
 * @param isRead files to look through, by absolute name
 */
export function checkerLinks(
  ts: typeof compiler,
  service: compiler.LanguageService,
  targets: ReadonlySet<compiler.Symbol>,
  text: string,
  isRead: (fileName: string) => boolean,
): readonly NamePlace[] {
  const program = service.getProgram();
  const checker = program?.getTypeChecker();
  if (program === undefined || checker === undefined) return [];
  const found: NamePlace[] = [];
  /** What patterns bind the name to. */
  const bound = new Set<compiler.Node>();
  for (const source of program.getSourceFiles()) {
    if (!isRead(source.fileName) || !source.text.includes(text)) continue;
    bound.clear();
    visit(source, (node) => look(source, node));
    if (bound.size > 0) visit(source, (node) => lookForBound(source, node));
  }
  return found;

  function visit(node: compiler.Node, at: (node: compiler.Node) => void): void {
    at(node);
    ts.forEachChild(node, (child) => visit(child, at));
  }

  function look(source: compiler.SourceFile, node: compiler.Node): void {
    const { parent } = node;
    if (ts.isStringLiteralLike(node)) {
      const isNamed = node.text === text && ts.isCallExpression(parent) && parent.arguments[1] === node;
      if (isNamed && hasMember(parent.arguments[0])) found.push({ fileName: source.fileName, start: node.getStart(source) + 1 });
    } else if (ts.isIdentifier(node) && node.text === text) {
      const isTaken = ts.isBindingElement(parent) && (parent.propertyName ?? parent.name) === node && hasMember(parent.parent);
      if (isTaken) bound.add(parent);
      if (isTaken || isTarget(symbolOf(node))) found.push({ fileName: source.fileName, start: node.getStart(source) });
    }
  }

  function lookForBound(source: compiler.SourceFile, node: compiler.Node): void {
    if (!ts.isIdentifier(node) || node.parent === undefined || bound.has(node.parent)) return;
    const declared = symbolOf(node)?.valueDeclaration;
    if (declared !== undefined && bound.has(declared)) found.push({ fileName: source.fileName, start: node.getStart(source) });
  }

  /** Of `{ pay }`, the value and not the key. */
  function symbolOf(node: compiler.Identifier): compiler.Symbol | undefined {
    const { parent } = node;
    return ts.isShorthandPropertyAssignment(parent)
      ? checker?.getShorthandAssignmentValueSymbol(parent)
      : checker?.getSymbolAtLocation(node);
  }

  /** Whether the type of a value, or of what a pattern takes apart, offers the sought name as a target. */
  function hasMember(value: compiler.Node | undefined): boolean {
    return value !== undefined && isTarget(checker?.getTypeAtLocation(value).getProperty(text));
  }

  function isTarget(symbol: compiler.Symbol | undefined): boolean {
    return symbol !== undefined && checker !== undefined && targets.has(ledTo(ts, checker, symbol));
  }
}

/**
 * Whether an imported name leads to what another file declares: a search also lists who imports the name from a module that hands
 * on everything of the symbol's module and declares the name itself.
 */
export function leadsElsewhere(
  ts: typeof compiler,
  checker: compiler.TypeChecker,
  node: compiler.Node | undefined,
  targets: ReadonlySet<compiler.Symbol>,
): boolean {
  const symbol = node === undefined || !ts.isIdentifier(node) ? undefined : checker.getSymbolAtLocation(node);
  if (symbol === undefined || !(symbol.flags & ts.SymbolFlags.Alias)) return false;
  const led = ledTo(ts, checker, symbol);
  return (led.declarations ?? []).length > 0 && !targets.has(led);
}

function ledTo(ts: typeof compiler, checker: compiler.TypeChecker, symbol: compiler.Symbol): compiler.Symbol {
  return checker.getExportSymbolOfSymbol(symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
}
