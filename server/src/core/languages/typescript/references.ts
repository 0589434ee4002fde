import type { ts } from 'ts-morph';
import type { RepoPath, Tree } from '../../model/tree.ts';
import { indexLines, type LineIndex } from '../positions.ts';
import type { Compiler } from './compiler.ts';
import type { Located } from './locate.ts';
import type { Resolver } from './resolve.ts';

/** One identifier that means the symbol. Offsets are UTF-16 units in the file. */
export interface Place {
  readonly path: RepoPath;
  readonly line: number;
  readonly message: string;
  readonly isImport: boolean;
}

/** The few global types without which the checker follows nothing; the real library would cost more than all the rest. */
const LIBRARY = `interface Array<T> { length: number; [n: number]: T; map<U>(f: (value: T) => U): U[]; }
interface Boolean {} interface CallableFunction {} interface Function {} interface IArguments {} interface NewableFunction {}
interface Number {} interface Object {} interface RegExp {} interface String {}
interface PromiseLike<T> { then<U>(f: (value: T) => U | PromiseLike<U>): PromiseLike<U>; }
interface Promise<T> { then<U>(f: (value: T) => U | PromiseLike<U>): Promise<U>; }
declare var Promise: { new <T>(f: (resolve: (value: T) => void) => void): Promise<T>; };
type Awaited<T> = T extends PromiseLike<infer U> ? Awaited<U> : T;
declare function require(id: string): any; declare var module: any; declare var exports: any;`;

const ROOT = '/repository/';
const LIBRARY_FILE = `${ROOT}.library.d.ts`;

/** Files that a registry keeps when no question asks for them any more. */
const MOST_KEPT = 300;

/**
 * A registry that lets go of a file late: each question is a program of its own, and the next one mostly asks of the same files.
 */
export function createRegistry(compiler: Compiler): ts.DocumentRegistry {
  const registry = compiler.createDocumentRegistry(true, '/');
  const kept = new Map<string, () => void>();
  return {
    ...registry,
    releaseDocumentWithKey(path: ts.Path, key: ts.DocumentRegistryBucketKey, kind?: ts.ScriptKind, format?: ts.ResolutionMode) {
      const name = `${key} ${path}`;
      const earlier = kept.get(name);
      kept.delete(name);
      // The old overload without a kind is the same function.
      kept.set(name, () => registry.releaseDocumentWithKey(path, key, kind as ts.ScriptKind, format));
      earlier?.();
      const [oldest] = kept;
      if (kept.size <= MOST_KEPT || oldest === undefined) return;
      kept.delete(oldest[0]);
      oldest[1]();
    },
  };
}

/**
 * Every place in `files` that means the symbol at `located`, as the compiler resolves it. One program a question: its files
 * are the question's own, so that an earlier question cannot change the answer; parsed files are shared by the registry.
 */
export function findPlaces(
  compiler: Compiler,
  registry: ts.DocumentRegistry,
  tree: Tree,
  resolver: Resolver,
  declaring: RepoPath,
  located: Located,
  files: ReadonlySet<RepoPath>,
): readonly Place[] {
  const service = compiler.createLanguageService(hostOf(compiler, tree, resolver, files), registry, compiler.LanguageServiceMode.Semantic);
  try {
    const entries = service.findReferences(ROOT + declaring, located.name)?.flatMap((symbol) => symbol.references) ?? [];
    const program = service.getProgram();
    const places = new Map<string, Place>();
    const indexes = new Map<string, LineIndex>();
    for (const entry of entries) {
      const path = entry.fileName.slice(ROOT.length) as RepoPath;
      if (!files.has(path)) continue;
      const { start } = entry.textSpan;
      if (path === declaring && start >= located.start && start < located.end) continue;
      const source = program?.getSourceFile(entry.fileName);
      if (source === undefined) continue;
      const lines = indexes.get(path) ?? indexLines(source.text);
      indexes.set(path, lines);
      const use = useOf(compiler, source, start, entry.textSpan.length);
      places.set(`${path}:${start}`, { path, line: lines.lineAt(start), ...use });
    }
    return [...places.values()];
  } finally {
    service.dispose();
  }
}

function hostOf(compiler: Compiler, tree: Tree, resolver: Resolver, files: ReadonlySet<RepoPath>): ts.LanguageServiceHost {
  const names = [LIBRARY_FILE, ...[...files].sort().map((path) => ROOT + path)];
  const textOf = (name: string): string | undefined => {
    if (name === LIBRARY_FILE) return LIBRARY;
    if (!name.startsWith(ROOT)) return undefined;
    const path = name.slice(ROOT.length) as RepoPath;
    const content = files.has(path) ? tree.read(path) : undefined;
    return content?.kind === 'text' ? content.text : undefined;
  };
  return {
    getCompilationSettings: () => ({
      allowJs: true,
      noLib: true,
      noResolve: false,
      types: [],
      target: compiler.ScriptTarget.Latest,
      module: compiler.ModuleKind.ESNext,
      moduleResolution: compiler.ModuleResolutionKind.Bundler,
      jsx: compiler.JsxEmit.Preserve,
      esModuleInterop: true,
    }),
    getScriptFileNames: () => names,
    getScriptVersion: () => '1',
    getScriptSnapshot: (name) => {
      const text = textOf(name);
      return text === undefined ? undefined : compiler.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => ROOT,
    getDefaultLibFileName: () => LIBRARY_FILE,
    fileExists: (name) => textOf(name) !== undefined,
    readFile: textOf,
    resolveModuleNameLiterals: (literals, containing) =>
      literals.map(({ text }) => {
        const target = resolver.resolve(containing.slice(ROOT.length) as RepoPath, text);
        if (target === undefined || !files.has(target)) return { resolvedModule: undefined };
        return { resolvedModule: { resolvedFileName: ROOT + target, extension: extensionOf(target), isExternalLibraryImport: false } };
      }),
  };
}

function extensionOf(path: string): string {
  if (/\.d\.[cm]?ts$/.test(path)) return '.d.ts';
  return path.slice(path.lastIndexOf('.'));
}

/** What a place does with the symbol, for a person to read. */
function useOf(
  compiler: Compiler,
  source: ts.SourceFile,
  start: number,
  length: number,
): { readonly message: string; readonly isImport: boolean } {
  let node: ts.Node = source;
  const inside = (child: ts.Node): boolean => child.getFullStart() <= start && child.end >= start + length;
  for (
    let next = compiler.forEachChild(node, (child) => (inside(child) ? child : undefined));
    next !== undefined;
    next = compiler.forEachChild(node, (child) => (inside(child) ? child : undefined))
  )
    node = next;
  const word = source.text.slice(start, start + length);
  let parent = node.parent;
  if (parent === undefined) return { message: `uses ${word}`, isImport: false };
  if (
    compiler.isImportSpecifier(parent) ||
    compiler.isImportClause(parent) ||
    compiler.isNamespaceImport(parent) ||
    compiler.isImportEqualsDeclaration(parent)
  )
    return { message: `imports ${word}`, isImport: true };
  if (compiler.isExportSpecifier(parent) || compiler.isNamespaceExport(parent)) return { message: `exports ${word}`, isImport: true };
  if (compiler.isBindingElement(parent)) return { message: `imports ${word}`, isImport: true };
  if (compiler.isPropertyAccessExpression(parent) && parent.name === node) {
    node = parent;
    parent = parent.parent;
  }
  if ((compiler.isCallExpression(parent) || compiler.isNewExpression(parent)) && parent.expression === node)
    return { message: `calls ${word}`, isImport: false };
  if (compiler.isHeritageClause(parent.parent ?? parent)) return { message: `extends ${word}`, isImport: false };
  return { message: `uses ${word}`, isImport: false };
}
