import { type References, referencesTo } from '../../server/src/core/languages/typescript/references/query.ts';
import type { FileContent, RepoPath } from '../../server/src/core/model/tree.ts';
import { memoryTree } from '../support/memory-tree.ts';

/** Stands for a file that is a symbolic link. */
export const LINK = 'a symbolic link';

export interface MarkedPlaces {
  /** What `«…»` marks in the texts, and what is found: `path:offset`, sorted. */
  readonly expected: readonly string[];
  readonly found: readonly string[];
  readonly answer: References | undefined;
}

/** Asks for what `at` exports as `name`, in files whose texts mark the places that must be found. */
export function placesIn(
  files: Readonly<Record<string, string>>,
  { name = 'charge', at = 'a.ts' }: { readonly name?: string; readonly at?: string } = {},
): MarkedPlaces {
  const expected: string[] = [];
  const texts = new Map<RepoPath, string>();
  const contents = new Map<RepoPath, string | FileContent>();
  for (const [path, marked] of Object.entries(files)) {
    let plain = '';
    for (const part of marked.split(/(«|»)/)) {
      if (part === '«') expected.push(`${path}:${plain.length}`);
      else if (part !== '»') plain += part;
    }
    // Literal paths of a test are what RepoPath promises.
    texts.set(path as RepoPath, plain);
    contents.set(path as RepoPath, marked === LINK ? { kind: 'unread', reason: 'symlink' } : plain);
  }
  const answer = referencesTo(memoryTree('before', contents), at as RepoPath, name);
  const found = answer?.places.map(({ path, line, character }) => {
    const lines = (texts.get(path) ?? '').split(/(?<=\r\n|\n|\r(?!\n)|\u2028|\u2029)/);
    return `${path}:${lines.slice(0, line - 1).join('').length + character}`;
  });
  return { expected: expected.sort(), found: [...new Set(found)].sort(), answer };
}
