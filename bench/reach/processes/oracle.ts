// node oracle.js TYPESCRIPT DIR COUNT SEED: one program over all files of a checkout, with packages of the repository mapped to
// their sources, answers for COUNT exported symbols which places refer to them. Prints JSON (Answer[]).

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { ts as compiler } from 'ts-morph';
import { isBesideTheCode, LARGEST_FILE, listSourceFiles } from '../source-files.ts';
import type { ExportedSymbol, OracleAnswer, Place } from '../symbols.ts';
import { checkerLinks, leadsElsewhere } from './checker-links.ts';
import { packageSources } from './package-sources.ts';

type Compiler = typeof compiler;

const [typescript = '', dir = '', count = '0', seed = ''] = process.argv.slice(2);
const ts: Compiler = createRequire(path.join(typescript, 'package.json'))(typescript);
const root = path.resolve(dir);
const files = listSourceFiles(root).filter((file) => statSync(path.join(root, file)).size <= LARGEST_FILE);
const absolute = new Map(files.map((file) => [path.join(root, file), file]));
const service = openService();
const program = service.getProgram();
if (program === undefined) throw new Error('expected a program, found none');
const checker = program.getTypeChecker();

/** Where a file declares a name that it exports, by `path#name`. */
const starts = new Map<string, number[]>();
const symbols = files.filter((file) => !isBesideTheCode(file)).flatMap(exportedSymbols);
const rank = (symbol: ExportedSymbol): string => createHash('sha256').update(`${seed}:${symbol.path}:${symbol.name}`).digest('hex');
const ranked = symbols.map((symbol) => ({ symbol, rank: rank(symbol) })).sort((a, b) => (a.rank < b.rank ? -1 : 1));
const answers = ranked.slice(0, Number(count)).map(({ symbol }) => answerFor(symbol));
process.stdout.write(JSON.stringify({ files: files.length, symbols: symbols.length, answers }));

function openService(): compiler.LanguageService {
  const options: compiler.CompilerOptions = {
    allowJs: true,
    checkJs: false,
    jsx: ts.JsxEmit.Preserve,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ESNext,
    experimentalDecorators: true,
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
  };
  const listed = execFileSync('git', ['-C', root, 'ls-files', '-z'], { encoding: 'utf8', maxBuffer: 1 << 28 }).split('\0');
  const sources = packageSources(
    root,
    listed.filter((file) => path.basename(file) === 'package.json'),
    new Set(absolute.keys()),
  );
  const cache = ts.createModuleResolutionCache(root, (name) => name, options);
  const mapped = new Map<string, compiler.CompilerOptions>();
  const host: compiler.LanguageServiceHost = {
    getScriptFileNames: () => [...absolute.keys()],
    getScriptVersion: () => '1',
    getScriptSnapshot: (file) => (existsSync(file) ? ts.ScriptSnapshot.fromString(readFileSync(file, 'utf8')) : undefined),
    getCurrentDirectory: () => root,
    getCompilationSettings: () => options,
    getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    resolveModuleNameLiterals: (literals, containing) =>
      literals.map(({ text }) => {
        const direct = ts.resolveModuleName(text, containing, options, ts.sys, cache);
        const isRelative = text.startsWith('.');
        const own = isRelative ? direct : ts.resolveModuleName(text, containing, settingsFor(containing), ts.sys);
        if (own.resolvedModule !== undefined && absolute.has(own.resolvedModule.resolvedFileName)) return own;
        const source = isRelative ? sources.behind(path.resolve(path.dirname(containing), text)) : sources.offered(text);
        if (source === undefined) return own;
        return { resolvedModule: { resolvedFileName: source, extension: path.extname(source), isExternalLibraryImport: false } };
      }),
  };
  return ts.createLanguageService(host, ts.createDocumentRegistry());

  /** With the `paths` of the nearest tsconfig.json. */
  function settingsFor(file: string): compiler.CompilerOptions {
    const place = path.dirname(file);
    let found = mapped.get(place);
    if (found !== undefined) return found;
    const config = ts.findConfigFile(place, ts.sys.fileExists);
    if (config === undefined || !config.startsWith(root)) found = options;
    else {
      const { config: json } = ts.readConfigFile(config, ts.sys.readFile);
      const parsed = ts.parseJsonConfigFileContent(json ?? {}, { ...ts.sys, readDirectory: () => [] }, path.dirname(config));
      const { paths, baseUrl, pathsBasePath } = parsed.options;
      found = { ...options, ...(paths && { paths }), ...(baseUrl && { baseUrl }), ...(pathsBasePath !== undefined && { pathsBasePath }) };
    }
    mapped.set(place, found);
    return found;
  }
}

/** Top-level declarations with a name that the file itself offers; a type and a value of one name are one symbol here. */
function exportedSymbols(file: string): ExportedSymbol[] {
  const source = program?.getSourceFile(path.join(root, file));
  if (source === undefined) return [];
  const found = new Map<string, ExportedSymbol>();
  const add = (name: compiler.Node | undefined): void => {
    if (name === undefined || !ts.isIdentifier(name)) return;
    const key = `${file}#${name.text}`;
    starts.set(key, [...(starts.get(key) ?? []), name.getStart(source)]);
    if (!found.has(name.text)) found.set(name.text, { path: file, name: name.text, ...placeOf(source, name.getStart(source)) });
  };
  for (const statement of source.statements) {
    const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
    const has = (kind: compiler.SyntaxKind): boolean => modifiers.some((modifier) => modifier.kind === kind);
    if (!has(ts.SyntaxKind.ExportKeyword) || has(ts.SyntaxKind.DefaultKeyword)) continue;
    if (ts.isVariableStatement(statement)) for (const { name } of statement.declarationList.declarations) add(name);
    else if (
      ts.isFunctionDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement) ||
      ts.isEnumDeclaration(statement)
    )
      add(statement.name);
  }
  return [...found.values()];
}

function answerFor(symbol: ExportedSymbol): OracleAnswer {
  const file = path.join(root, symbol.path);
  const asked = starts.get(`${symbol.path}#${symbol.name}`) ?? [];
  const targets = symbolsAt(file, asked);
  const own = [...targets].flatMap(({ declarations }) => declarations ?? []);
  const places = new Map<string, Place>();
  const declared: Place[] = [];
  for (const { fileName, textSpan, isDefinition } of asked
    .flatMap((at) => service.findReferences(file, at) ?? [])
    .flatMap(({ references }) => references)) {
    const place = placeIn(fileName, textSpan.start);
    const source = program?.getSourceFile(fileName);
    const isAnother = source !== undefined && leadsElsewhere(ts, checker, nodeAt(source, textSpan.start), targets);
    if (place === undefined || isAnother) continue;
    if (isDefinition === true) declared.push(place);
    else places.set(keyOf(place), place);
  }
  const searched = new Set(places.keys());
  const links = checkerLinks(ts, service, targets, symbol.name, (fileName) => absolute.has(fileName));
  for (const { fileName, start } of links) {
    const place = placeIn(fileName, start);
    if (place !== undefined) places.set(keyOf(place), place);
  }
  return { symbol, declared, places: [...places.values()], linked: [...places.keys()].filter((key) => !searched.has(key)) };

  /** A use inside the symbol's own declaration is none: what goes takes it along. Nor is a name in a remark: `{@link X}` changes nothing when X goes. */
  function placeIn(fileName: string, start: number): Place | undefined {
    const to = absolute.get(fileName);
    const target = program?.getSourceFile(fileName);
    if (to === undefined || target === undefined || nodeAt(target, start) === undefined) return undefined;
    const isOwn = own.some((node) => node.getSourceFile() === target && node.getStart() <= start && start < node.end);
    return isOwn ? undefined : { path: to, ...placeOf(target, start) };
  }
}

function keyOf({ path: file, line, character }: Place): string {
  return `${file}:${line}:${character}`;
}

/** What a file declares at some offsets; its declarations are every overload and merged one. */
function symbolsAt(file: string, offsets: readonly number[]): ReadonlySet<compiler.Symbol> {
  const source = program?.getSourceFile(file);
  const nodes = source === undefined ? [] : offsets.flatMap((at) => nodeAt(source, at) ?? []);
  return new Set(nodes.flatMap((node) => checker.getSymbolAtLocation(node) ?? []).map((symbol) => checker.getExportSymbolOfSymbol(symbol)));
}

/** The innermost node around an offset; undefined in a remark: `forEachChild` steps over documentation comments. */
function nodeAt(source: compiler.SourceFile, start: number): compiler.Node | undefined {
  let node: compiler.Node = source;
  for (;;) {
    const child: compiler.Node | undefined = ts.forEachChild(node, (each) => (each.pos <= start && start < each.end ? each : undefined));
    if (child === undefined) return node.getStart(source) <= start && node !== source ? node : undefined;
    node = child;
  }
}

function placeOf(source: compiler.SourceFile, start: number): { readonly line: number; readonly character: number } {
  const { line, character } = source.getLineAndCharacterOfPosition(start);
  return { line: line + 1, character: character + 1 };
}
