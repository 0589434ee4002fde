import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ts } from 'ts-morph';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCompiler } from '../../server/src/core/languages/typescript/compiler.ts';
import { referencesTo } from '../../server/src/core/languages/typescript/references/query.ts';
import { createResolver } from '../../server/src/core/languages/typescript/resolve/resolve.ts';
import type { RepoPath, Tree } from '../../server/src/core/model/tree.ts';
import { memoryTree } from '../support/memory-tree.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Real sources at hand offline: our own, and declarations in which types, values and namespaces share their names. */
const SOURCES: Readonly<Record<string, { readonly folder: string; readonly files: RegExp; readonly symbols: number }>> = {
  'our own core': { folder: 'server/src/core', files: /^(?!rules\/).*\.ts$/, symbols: 150 },
  'a protocol, as declarations': { folder: 'node_modules/vscode-languageserver-protocol/lib/common', files: /\.d\.ts$/, symbols: 100 },
};

interface Asked {
  readonly path: RepoPath;
  readonly name: string;
  readonly position: number;
  readonly sense: 'value' | 'type' | 'any';
  /** Stretches of the file that declare it. */
  readonly own: readonly { readonly start: number; readonly end: number }[];
}

beforeAll(loadCompiler);

describe('references beside those of the compiler', () => {
  it.each(Object.entries(SOURCES))(
    '%s',
    (_, { folder, files, symbols }) => {
      const tree = treeOf(path.join(ROOT, folder), files);
      const service = serviceOf(tree);
      const program = service.getProgram();
      if (program === undefined) throw new Error('the compiler makes no program');
      const all = tree.paths().flatMap((file) => askable(program, file));
      const step = Math.max(1, Math.floor(all.length / symbols));
      const missing: string[] = [];
      const extra: string[] = [];
      let counted = 0;
      let asked = 0;
      for (const symbol of all.filter((_, index) => index % step === 0)) {
        const found = referencesTo(tree, symbol.path, symbol.name, symbol.sense);
        if (found === undefined) throw new Error(`${symbol.path} exports no ${symbol.name}`);
        const theirs = truthOf(service, program, symbol);
        const ours = new Set(found.places.map(({ path: file, line, character }) => `${file}:${line}:${character}`));
        missing.push(...[...theirs].filter((place) => !ours.has(place)).map((place) => `${symbol.name} ${place}`));
        extra.push(...[...ours].filter((place) => !theirs.has(place)).map((place) => `${symbol.name} ${place}`));
        counted += theirs.size;
        asked += 1;
      }
      expect(asked).toBeGreaterThanOrEqual(Math.min(symbols, 50));
      expect(counted).toBeGreaterThan(asked / 2);
      expect(missing).toEqual([]);
      expect({ extra: extra.length, few: extra.slice(0, 10) }).toEqual({
        extra: expect.toSatisfy((count: number) => count <= 0.02 * counted),
        few: expect.anything(),
      });
    },
    120_000,
  );
});

function treeOf(folder: string, wanted: RegExp): Tree {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => wanted.test(file));
  // Paths below a folder are what RepoPath promises.
  return memoryTree('before', new Map(files.map((file) => [file as RepoPath, readFileSync(path.join(folder, file), 'utf8')])));
}

function serviceOf(tree: Tree): ts.LanguageService {
  const resolver = createResolver(tree);
  const textOf = (name: string): string | undefined => {
    const content = tree.read(name.slice(1) as RepoPath);
    return content?.kind === 'text' ? content.text : undefined;
  };
  return ts.createLanguageService({
    getCompilationSettings: () => ({
      allowJs: true,
      noLib: true,
      types: [],
      target: ts.ScriptTarget.Latest,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      allowImportingTsExtensions: true,
      noEmit: true,
    }),
    // What remarks say is no reference here.
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
    getScriptFileNames: () => tree.paths().map((file) => `/${file}`),
    getScriptVersion: () => '1',
    getScriptSnapshot: (name) => {
      const text = textOf(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => '/',
    getDefaultLibFileName: () => '/none.d.ts',
    fileExists: (name) => textOf(name) !== undefined,
    readFile: textOf,
    resolveModuleNameLiterals: (literals, containing) =>
      literals.map(({ text }) => {
        const target = resolver.resolve(containing.slice(1) as RepoPath, text);
        if (target === undefined) return { resolvedModule: undefined };
        const extension = target.endsWith('.d.ts') ? '.d.ts' : path.extname(target);
        return { resolvedModule: { resolvedFileName: `/${target}`, extension, isExternalLibraryImport: false } };
      }),
  });
}

const SENSES: Readonly<Record<number, number>> = {
  [ts.SyntaxKind.FunctionDeclaration]: 1,
  [ts.SyntaxKind.VariableDeclaration]: 1,
  [ts.SyntaxKind.InterfaceDeclaration]: 2,
  [ts.SyntaxKind.TypeAliasDeclaration]: 2,
};

/** Every name that the file declares at its top and exports by itself. */
function askable(program: ts.Program, file: RepoPath): readonly Asked[] {
  const source = program.getSourceFile(`/${file}`);
  const module = source === undefined ? undefined : program.getTypeChecker().getSymbolAtLocation(source);
  if (source === undefined || module === undefined) return [];
  const declared = source.statements.flatMap((statement): readonly ts.Node[] =>
    ts.isVariableStatement(statement) ? statement.declarationList.declarations : [statement],
  );
  return program
    .getTypeChecker()
    .getExportsOfModule(module)
    .flatMap((symbol): readonly Asked[] => {
      const own = declared.flatMap((node) => {
        const { name } = node as { readonly name?: ts.Node };
        return name !== undefined &&
          ts.isIdentifier(name) &&
          name.text === symbol.name &&
          symbol.declarations?.includes(node as ts.Declaration)
          ? [{ start: name.getStart(source), end: node.end, sense: SENSES[node.kind] ?? 7 }]
          : [];
      });
      const [first] = own;
      if (first === undefined) return [];
      const whole = own.reduce((senses, { sense }) => senses | sense, 0);
      const sense = first.sense === whole || first.sense === 7 ? 'any' : first.sense === 1 ? 'value' : 'type';
      return [{ path: file, name: symbol.name, position: first.start, sense, own }];
    });
}

function truthOf(service: ts.LanguageService, program: ts.Program, symbol: Asked): ReadonlySet<string> {
  const places = new Set<string>();
  for (const { references } of service.findReferences(`/${symbol.path}`, symbol.position) ?? []) {
    for (const { fileName, textSpan } of references) {
      const file = fileName.slice(1);
      if (file === symbol.path && symbol.own.some(({ start, end }) => start <= textSpan.start && textSpan.start < end)) continue;
      const at = program.getSourceFile(fileName)?.getLineAndCharacterOfPosition(textSpan.start);
      if (at !== undefined) places.add(`${file}:${at.line + 1}:${at.character}`);
    }
  }
  return places;
}
