import { createResolver, type Resolver } from '../../server/src/core/languages/typescript/resolve/resolve.ts';
import type { FileContent, RepoPath } from '../../server/src/core/model/tree.ts';
import { memoryTree } from './memory-tree.ts';

/** A file of a small tree: its text, an object for JSON, or why it cannot be read. */
export type SmallFile = string | FileContent | Readonly<Record<string, unknown>>;

export function smallTree(files: Readonly<Record<string, SmallFile>>): ReturnType<typeof memoryTree> {
  return memoryTree('small', new Map(Object.entries(files).map(([path, file]) => [path as RepoPath, contentOf(file)])));
}

/** Asks as an import in `from` does. */
export function resolverOf(files: Readonly<Record<string, SmallFile>>): {
  readonly resolver: Resolver;
  one(from: string, specifier: string): string | undefined;
  all(from: string, specifier: string): readonly string[];
} {
  const resolver = createResolver(smallTree(files));
  return {
    resolver,
    one: (from, specifier) => resolver.resolve(from as RepoPath, specifier),
    all: (from, specifier) => resolver.resolveAll(from as RepoPath, specifier),
  };
}

function contentOf(file: SmallFile): string | FileContent {
  if (typeof file === 'string') return file;
  return file.kind === 'text' || file.kind === 'unread' ? (file as FileContent) : JSON.stringify(file);
}
