import { describeSigner } from '../../../host/sign-session.ts';
import type { AcknowledgeForm, HunkRef, PlaceRef } from '../../../protocol.ts';
import { composeForm } from '../compose-form.ts';
import { type Context, expectFolder, signingPlace } from '../context.ts';
import { findHunk, folderOf } from '../find-hunk.ts';

/** What must be given to acknowledge a hunk, computed on the buffers as they are now; null where there is no such hunk. */
export async function acknowledgeForm({ loop, env, reasons }: Context, ref: HunkRef | PlaceRef): Promise<AcknowledgeForm | null> {
  const folder = expectFolder(folderOf(loop.folders, ref.uri), ref.uri);
  const answer = await folder.latest();
  const hunk = findHunk(answer, ref);
  if (hunk === undefined) return null;
  const signer = await describeSigner(signingPlace(answer, env));
  return composeForm(ref.uri, hunk, answer.policy, { signer, previousReason: reasons.get(folder.uri) ?? '' });
}
