import type { RepoPath } from '../model/tree.ts';
import { hashOfWord, runsOf } from './words.ts';

/** Files, and what words each holds. */
export interface Shelf {
  readonly paths: readonly RepoPath[];
  /** In the order of `paths`. Undefined where it is not known, which counts as every word. */
  readonly words: readonly (Uint32Array | undefined)[];
}

/**
 * Which of the files may mention `name` (`Tree.mentioning`): none that does is missing, and a few may be too many, since two words
 * can share a hash and since a name is more than its runs. A name without a run is looked for in all of them.
 */
export function holdersOf({ paths, words }: Shelf, name: string): readonly RepoPath[] {
  const [rarest, ...others] = runsOf(name)
    .toSorted((a, b) => b.length - a.length)
    .map(hashOfWord);
  if (rarest === undefined) return paths;
  return paths.filter((_, index) => {
    const held = words[index];
    return held === undefined || (held.includes(rarest) && others.every((hash) => held.includes(hash)));
  });
}
