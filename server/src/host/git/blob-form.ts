import type { RepoPath } from '../../core/model/tree.ts';
import { type Attributes, checkAttributes, FILTERS, isFiltered } from './attributes.ts';
import { gitText, runGit, splitNul } from './git.ts';
import { LINE_END_ATTRIBUTES, lineEndAction, toBlobLineEnds } from './line-ends.ts';
import type { RepositoryPlace } from './locate.ts';
import type { Objects } from './objects.ts';

/** Bytes as `git add` would store them; undefined where a filter would have to run. */
export type BlobForm = (path: RepoPath, bytes: Uint8Array) => Uint8Array | undefined;

/**
 * Turns files of the working tree into blob form, by the attributes and settings that `git add` would heed. `likely` paths
 * are asked for in one call at the first need; an answer is kept, so that another keystroke in a file starts nothing.
 */
export function blobForm(place: RepositoryPlace, objects: Objects, likely: () => readonly RepoPath[]): BlobForm {
  const known = new Map<RepoPath, Attributes>();
  const indexBlobs = new Map<RepoPath, Uint8Array | undefined>();
  let autocrlf: boolean | undefined;
  const attributesOf = (path: RepoPath): Attributes => {
    if (!known.has(path)) {
      const wanted = known.size === 0 ? [...new Set([path, ...likely()])] : [path];
      const answers = checkAttributes(place.git, [...LINE_END_ATTRIBUTES, ...FILTERS], wanted, 'disk');
      for (const asked of wanted) known.set(asked, answers.get(asked) ?? new Map());
    }
    return known.get(path) ?? new Map();
  };
  const indexBlob = (path: RepoPath): Uint8Array | undefined => {
    if (!indexBlobs.has(path)) {
      const oid = indexEntry(place, path);
      indexBlobs.set(path, oid === undefined ? undefined : objects.readBlob(oid)?.bytes);
    }
    return indexBlobs.get(path);
  };
  return (path, bytes) => {
    const attributes = attributesOf(path);
    if (isFiltered(attributes)) return undefined;
    if (!bytes.includes(13)) return bytes;
    autocrlf ??= readAutocrlf(place);
    return toBlobLineEnds(bytes, lineEndAction(attributes, autocrlf), () => indexBlob(path));
  };
}

/** `core.autocrlf` is `input`, or a boolean in any of git's spellings. */
function readAutocrlf(place: RepositoryPlace): boolean {
  const raw = gitText(place.git, ['config', '--get', 'core.autocrlf'], { accept: [0, 1] });
  return (
    raw.toLowerCase() === 'input' || (raw !== '' && gitText(place.git, ['config', '--type=bool', '--get', 'core.autocrlf']) === 'true')
  );
}

function indexEntry(place: RepositoryPlace, path: RepoPath): string | undefined {
  const [record] = splitNul(runGit(place.git, ['ls-files', '--stage', '-z', '--', path]).stdout);
  return record?.split(' ')[1];
}
