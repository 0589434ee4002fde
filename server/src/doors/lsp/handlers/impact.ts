import type { EditorReferencesParams, HunkRef, ImpactReport, PlaceRef } from '../../../protocol.ts';
import { type Context, expectFolder } from '../context.ts';
import { findHunk, folderOf } from '../find-hunk.ts';
import type { ImpactAnswer } from '../impact-answer.ts';
import { type Places, toFile } from '../places.ts';
import { toImpactReport } from '../to-impact.ts';
import { toPath, toUri } from '../uris.ts';

/** Who depends on what a hunk changes, computed on the buffers as they are now; null where it is about no exported symbol. */
export async function impact({ loop, askEditor }: Context, ref: HunkRef | PlaceRef): Promise<ImpactReport | null> {
  const folder = expectFolder(folderOf(loop.folders, ref.uri), ref.uri);
  const answer = await folder.latest();
  const hunk = findHunk(answer, ref);
  const line = 'line' in ref ? ref.line : undefined;
  const file = toPath(ref.uri);
  const found =
    (hunk === undefined ? null : await folder.question({ kind: 'impact', of: hunk })) ??
    (line === undefined || file === undefined ? null : await folder.question({ kind: 'impact', of: { file, line: line + 1 } }));
  if (found === null) return null;
  const editor = mayKnowMore(found) ? await askEditor(placeOf(found, answer.places)) : null;
  return toImpactReport(found, { places: answer.places, baseline: answer.baseline, editor });
}

/** A number that is exact already is asked of nobody else, and a symbol that is gone can be asked of nobody. */
function mayKnowMore({ impact: computed, position }: ImpactAnswer): boolean {
  return position !== undefined && (computed === null || computed.atMost);
}

function placeOf({ path, position }: ImpactAnswer, places: Places): EditorReferencesParams {
  return { uri: toUri(toFile(places, path)), line: (position?.line ?? 1) - 1, character: position?.character ?? 0 };
}
