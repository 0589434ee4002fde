import type { AssessedHunk } from '../../core/model/assessment.ts';
import { endLine, startLine } from '../../core/place.ts';
import type { HunkRef, PlaceRef } from '../../protocol.ts';
import { type FolderAnswer, fingerprintsOf } from './answer.ts';
import type { Folder } from './folder.ts';
import { toRepoPath } from './places.ts';
import { speakerOf } from './publish.ts';
import { toPath } from './uris.ts';

/** The folder that speaks for a document. */
export function folderOf(folders: readonly Folder[], uri: string): Folder | undefined {
  const file = toPath(uri);
  return file === undefined ? undefined : speakerOf(folders, file);
}

/** Hunks with findings of one document, by position. */
export function hunksOf(answer: FolderAnswer, uri: string): readonly AssessedHunk[] {
  const file = toPath(uri);
  const path = file === undefined ? undefined : toRepoPath(answer.places, file);
  return path === undefined ? [] : answer.assessment.hunks.filter((hunk) => hunk.path === path);
}

/** The hunk that is named, or the one at a line; undefined where the answer has none such. */
export function findHunk(answer: FolderAnswer, ref: HunkRef | PlaceRef): AssessedHunk | undefined {
  const hunks = hunksOf(answer, ref.uri);
  if ('hunkId' in ref) return hunks.find((hunk) => hunk.id === ref.hunkId);
  return hunks.find((hunk) => startLine(hunk) - 1 <= ref.line && ref.line <= endLine(hunk) - 1);
}

/** True where the hunk's findings are exactly those that were shown: what you saw is what you sign. */
export function isAsShown(hunk: AssessedHunk, ref: HunkRef): boolean {
  return hunk.id === ref.hunkId && fingerprintsOf(hunk).join(' ') === [...ref.fingerprints].sort().join(' ');
}
