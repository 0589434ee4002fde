import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ts } from 'ts-morph';
import { expect, it } from 'vitest';
import { createResolver } from '../../server/src/core/languages/typescript/resolve/resolve.ts';
import { endingOf } from '../../server/src/core/languages/typescript/resolve/source-index.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { memoryTree } from '../support/memory-tree.ts';

const HERE = path.resolve(import.meta.dirname, '../..');

/** Real sources at hand: this repository, and packages of many files as their authors publish them. */
const REPOSITORIES: readonly (readonly [string, readonly string[]])[] = [
  ['.', ['server', 'client', 'test/support', 'scripts', 'package.json', 'tsconfig.json']],
  ['node_modules/graphql', ['.']],
  ['node_modules/mocha', ['.']],
  ['node_modules/protobufjs', ['.']],
  ['node_modules/yaml', ['.']],
  ['node_modules/vscode-languageserver-protocol', ['.']],
  ['node_modules/vscode-languageclient', ['.']],
];

/**
 * The compiler finds modules on disk, this resolver in memory. Wherever the compiler finds a file of the tree the resolver knows it,
 * and a relative import that the compiler finds nowhere is found nowhere.
 */
it.each(REPOSITORIES)('finds in %s what the compiler finds', (repository, parts) => {
  const root = path.join(HERE, repository);
  const files = parts.flatMap((part) => filesIn(root, part));
  const texts = new Map(files.map((file) => [file, readFileSync(path.join(root, file), 'utf8')]));
  const resolver = createResolver(memoryTree('disk', texts));
  const host: ts.ModuleResolutionHost = { ...ts.sys, fileExists: (name) => texts.has(path.relative(root, name) as RepoPath) };
  const options: ts.CompilerOptions = {
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    module: ts.ModuleKind.ESNext,
    allowJs: true,
    allowImportingTsExtensions: true,
  };
  const missed: string[] = [];
  const surplus: string[] = [];
  let found = 0;
  for (const file of files.filter((name) => endingOf(name) !== undefined))
    for (const { fileName } of ts.preProcessFile(texts.get(file) ?? '', true, true).importedFiles) {
      const expected = ts.resolveModuleName(fileName, path.join(root, file), options, host).resolvedModule?.resolvedFileName;
      const files = resolver.resolveAll(file, fileName);
      if (expected !== undefined) found += 1;
      if (expected === undefined) {
        if (fileName.startsWith('.') && files.length > 0) surplus.push(`${file}: ${fileName} is ${files}`);
      } else if (endingOf(expected) !== undefined && !files.includes(path.relative(root, expected) as RepoPath))
        missed.push(`${file}: ${fileName} is ${path.relative(root, expected)}, not ${files}`);
    }
  expect(found).toBeGreaterThan(20);
  expect(missed).toEqual([]);
  expect(surplus).toEqual([]);
});

function filesIn(root: string, part: string): readonly RepoPath[] {
  const at = path.join(root, part);
  if (/\.json$/.test(part)) return [part as RepoPath];
  return readdirSync(at, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(?:[cm]?[jt]sx?|json)$/.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/') as RepoPath)
    .filter((file) => !file.includes('node_modules/'))
    .sort();
}
