import type { FileContent, RepoPath, Tree } from '../../server/src/core/model/tree.ts';
import { decodeBlob } from '../../server/src/host/trees/decode.ts';
import { hasExtension, mentionsWord, sortPaths } from '../../server/src/host/trees/mentions.ts';

const MAX_FILE_BYTES = 1_048_576;

/** A tree of texts at hand, for tests. Bytes are decoded as a blob would be; content is taken as it is. */
export function memoryTree(id: string, files: ReadonlyMap<RepoPath, string | Uint8Array | FileContent>): Tree {
  const contents = new Map<RepoPath, FileContent>();
  for (const [path, file] of files) contents.set(path, contentOf(file));
  const paths = sortPaths(contents.keys());
  return {
    id,
    paths: () => paths,
    read: (path) => contents.get(path),
    mentioning: (word, extensions) =>
      paths.filter((path) => {
        const content = contents.get(path);
        return content?.kind === 'text' && hasExtension(path, extensions) && mentionsWord(content.text, word);
      }),
  };
}

function contentOf(file: string | Uint8Array | FileContent): FileContent {
  if (typeof file === 'string') return { kind: 'text', text: file };
  return file instanceof Uint8Array ? decodeBlob(file, MAX_FILE_BYTES) : file;
}
