import type { RepoPath } from '../../core/model/tree.ts';
import { type GitPlace, runGit, splitNul } from './git.ts';
import { asRepoPath } from './list-tree.ts';

/** Paths of a commit or tree, with one of the extensions, in which `word` stands as git's `-w` understands a word. */
export function grepTree(place: GitPlace, treeish: string, word: string, extensions: readonly string[]): readonly RepoPath[] {
  if (word === '' || word.includes('\n') || extensions.length === 0) return [];
  // Attributes do not decide what text is (-a): a reader decodes what is found. The patterns are ours, and so may be globs.
  const args = ['grep', '-l', '-z', '-w', '-F', '-a', '--no-recurse-submodules', '--full-name', '-e', word, treeish, '--'];
  const globbing = { ...place, env: { ...place.env, GIT_LITERAL_PATHSPECS: '0' } };
  const { stdout } = runGit(globbing, [...args, ...extensions.map((extension) => `:(glob)**/*${extension}`)], { accept: [0, 1] });
  return splitNul(stdout).map((line) => asRepoPath(line.slice(treeish.length + 1)));
}

/** Longest list of files that is asked about by name. */
const MOST_FILES = 200;

/** Those of some files of a commit or tree in which one of some texts stands, as git's `-w` understands words; all of them where there are too many. */
export function grepFiles(place: GitPlace, treeish: string, texts: readonly string[], among: readonly RepoPath[]): readonly RepoPath[] {
  const patterns = texts.filter((text) => text !== '' && !/[\n\0]/.test(text)).flatMap((text) => ['-e', text]);
  if (among.length > MOST_FILES || patterns.length < 2 * texts.length) return among;
  const args = ['grep', '-l', '-z', '-w', '-F', '-a', '--no-recurse-submodules', '--full-name', ...patterns, treeish, '--', ...among];
  const { stdout } = runGit(place, args, { accept: [0, 1] });
  const found = new Set(splitNul(stdout).map((line) => line.slice(treeish.length + 1)));
  return among.filter((path) => found.has(path));
}
