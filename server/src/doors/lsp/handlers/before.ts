import type { BeforeParams, BeforeResult } from '../../../protocol.ts';
import { type Context, expectFolder } from '../context.ts';
import { folderOf } from '../find-hunk.ts';
import { toPath } from '../uris.ts';

/** The baseline text of a document, empty where it had none. */
export async function before({ loop }: Context, { uri }: BeforeParams): Promise<BeforeResult> {
  const folder = expectFolder(folderOf(loop.folders, uri), uri);
  const { text, baseline } = await folder.question({ kind: 'before', file: toPath(uri) ?? '' });
  return { baseline: `HEAD ${baseline.slice(0, 8)}`, text: text ?? '' };
}
