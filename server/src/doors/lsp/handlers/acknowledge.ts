import type { Acknowledgement } from '../../../core/model/acknowledgement.ts';
import { acknowledge as sign } from '../../../host/sign-session.ts';
import type { AcknowledgeParams, Outcome } from '../../../protocol.ts';
import { demandsOf } from '../../reporters/demands.ts';
import { type Context, expectFolder, refusedBy, shownAnswer, signingPlace } from '../context.ts';
import { refusalOf } from '../demands.ts';
import { findHunk, folderOf, isAsShown } from '../find-hunk.ts';

/** Recomputes the hunk on the buffers as they are now, compares it with what was shown, and signs that and nothing else. */
export async function acknowledge({ loop, env, reasons }: Context, params: AcknowledgeParams): Promise<Outcome> {
  const folder = expectFolder(folderOf(loop.folders, params.hunk.uri), params.hunk.uri);
  const answer = await folder.latest();
  const hunk = findHunk(answer, params.hunk);
  if (hunk === undefined || !isAsShown(hunk, params.hunk)) {
    return {
      kind: 'refused',
      code: 'changed',
      message: 'expected the change that was shown, found that it was edited since: look at it again',
    };
  }
  const refusal = refusalOf(demandsOf(hunk, answer.policy), params, reasons.get(folder.uri) ?? '');
  if (refusal !== undefined) return refusal;
  const { assessment, policy } = answer;
  const reason = params.reason.trim();
  let by: Acknowledgement['by'];
  try {
    const signed = await sign(signingPlace(answer, env), {
      hunk,
      assessment,
      policy,
      reason,
      confirmedDependents: params.confirmedDependents,
      channel: 'editor',
    });
    by = signed.by;
  } catch (error) {
    return refusedBy(error);
  }
  if (reason !== '') reasons.set(folder.uri, reason);
  await shownAnswer(folder);
  return { kind: 'done', message: `acknowledged as ${by.name ?? by.id}` };
}
