import type { ts } from 'ts-morph';
import type { RepoPath, Tree } from '../../model/tree.ts';
import type { Compiler } from './compiler.ts';
import type { Resolver } from './resolve.ts';

/** Offsets of everything in `files` that means what is declared at `at`. One program a question, so that no earlier one changes it. */
export function findPlaces(
  loaded: Compiler,
  registry: ts.DocumentRegistry,
  tree: Tree,
  resolver: Resolver,
  path: RepoPath,
  at: number,
  files: ReadonlySet<RepoPath>,
): ReadonlyMap<RepoPath, ReadonlySet<number>> {
  const host = hostOf(loaded, tree, resolver, files);
  const service = loaded.createLanguageService(host, registry, loaded.LanguageServiceMode.Semantic);
  const found = new Map<RepoPath, Set<number>>();
  try {
    for (const { references } of service.findReferences(ROOT + path, at) ?? [])
      for (const { fileName, textSpan } of references) {
        // Every file of the program stands under the root with its path behind it.
        const file = fileName.slice(ROOT.length) as RepoPath;
        found.set(file, (found.get(file) ?? new Set()).add(textSpan.start));
      }
  } finally {
    service.dispose();
  }
  return found;
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
