import type { ts } from 'ts-morph';
import { digestParts } from '../../../identity.ts';
import type { Compiler } from '../compiler.ts';
import { hasUnknownOwner } from './unknown-owners.ts';

/** What the compiler says of mentions, by file: those that mean what was asked, and those whose owner it does not know. */
export interface Told {
  readonly meant: ReadonlyMap<string, ReadonlySet<number>>;
  isUnknown(path: string, at: number): boolean;
}

/** The files that a question is asked of, by path, and where their imports lead. */
export interface AskedFiles {
  readonly texts: ReadonlyMap<string, string>;
  target(from: string, specifier: string): string | undefined;
}

/** Asks what in `files` means the member declared at `at`. One program a question, so that no earlier one changes the answer. */
export function askCompiler<Answer>(
  compiler: Compiler,
  registry: ts.DocumentRegistry,
  { path, at, files }: { readonly path: string; readonly at: number; readonly files: AskedFiles },
  read: (told: Told) => Answer,
): Answer {
  const host = hostOf(compiler, files);
  const service = compiler.createLanguageService(host, registry, compiler.LanguageServiceMode.Semantic);
  try {
    const meant = new Map<string, Set<number>>();
    for (const { references } of service.findReferences(ROOT + path, at) ?? [])
      for (const { fileName, textSpan } of references) {
        const file = fileName.slice(ROOT.length);
        meant.set(file, (meant.get(file) ?? new Set()).add(textSpan.start));
      }
    const program = service.getProgram();
    return read({
      meant,
      isUnknown: (file, offset) => {
        const source = program?.getSourceFile(ROOT + file);
        return program === undefined || source === undefined || hasUnknownOwner(compiler, program.getTypeChecker(), source, offset);
      },
    });
  } finally {
    service.dispose();
  }
}

/** The few global types without which the checker follows nothing; the real library would cost more than all the rest. */
const LIBRARY = `interface Array<T> { length: number; [n: number]: T; map<U>(f: (value: T) => U): U[]; }
interface Boolean {} interface CallableFunction {} interface Function {} interface IArguments {} interface NewableFunction {}
interface Number {} interface Object {} interface RegExp {} interface String {}
interface PromiseLike<T> { then<U>(f: (value: T) => U | PromiseLike<U>): PromiseLike<U>; }
interface Promise<T> { then<U>(f: (value: T) => U | PromiseLike<U>): Promise<U>; }
type Partial<T> = { [K in keyof T]?: T[K] }; type Required<T> = { [K in keyof T]-?: T[K] }; type Readonly<T> = { readonly [K in keyof T]: T[K] };
type Pick<T, K extends keyof T> = { [P in K]: T[P] }; type Exclude<T, U> = T extends U ? never : T; type Extract<T, U> = T extends U ? T : never;
type Omit<T, K extends keyof any> = Pick<T, Exclude<keyof T, K>>; type Record<K extends keyof any, T> = { [P in K]: T }; type NonNullable<T> = T & {};
interface ReadonlyArray<T> { readonly length: number; readonly [n: number]: T; map<U>(f: (value: T) => U): readonly U[]; }
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

function hostOf(compiler: Compiler, { texts, target }: AskedFiles): ts.LanguageServiceHost {
  const names = [LIBRARY_FILE, ...[...texts.keys()].sort().map((path) => ROOT + path)];
  const textOf = (name: string): string | undefined => {
    if (name === LIBRARY_FILE) return LIBRARY;
    return name.startsWith(ROOT) ? texts.get(name.slice(ROOT.length)) : undefined;
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
    // Files of many trees share a registry.
    getScriptVersion: (name) => digestParts([textOf(name) ?? '']),
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
        const found = target(containing.slice(ROOT.length), text);
        if (found === undefined || !texts.has(found)) return { resolvedModule: undefined };
        return { resolvedModule: { resolvedFileName: ROOT + found, extension: extensionOf(found), isExternalLibraryImport: false } };
      }),
  };
}

function extensionOf(path: string): string {
  if (/\.d\.[cm]?ts$/.test(path)) return '.d.ts';
  return path.slice(path.lastIndexOf('.'));
}
