import { compareSeverity } from '../../../core/model/finding.ts';
import { startLine } from '../../../core/place.ts';
import type { HunkItem } from '../../../protocol.ts';
import { asksPerson, refOf, widest } from '../answer.ts';
import type { Context } from '../context.ts';
import { folderOf } from '../find-hunk.ts';
import type { Folder } from '../folder.ts';
import { toFile } from '../places.ts';
import { toUri } from '../uris.ts';

/** Every hunk that asks a person, in the order of risk: severity, reach, path, line (experience R14). */
export function hunks({ loop }: Context): HunkItem[] {
  return loop.folders
    .flatMap((folder) => itemsOf(folder, loop.folders))
    .sort(
      (a, b) =>
        compareSeverity(b.severity, a.severity) || b.reach - a.reach || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line),
    );
}

function itemsOf({ answer, uri: folderUri }: Folder, folders: readonly Folder[]): HunkItem[] {
  if (answer === undefined) return [];
  return answer.assessment.hunks.flatMap((hunk) => {
    const uri = toUri(toFile(answer.places, hunk.path));
    const speaker = folderOf(folders, uri)?.uri ?? folderUri;
    if (speaker !== folderUri || !asksPerson(hunk.severity)) return [];
    const { id, path, severity, findings } = hunk;
    const reach = widest(hunk)?.blastRadius?.references ?? 0;
    const state = answer.states[id]?.kind ?? 'waiting';
    return [{ hunk: refOf(uri, hunk), severity, state, reach, path, line: startLine(hunk) - 1, message: findings[0]?.message ?? '' }];
  });
}
