import { isSameName, namesOfSigner } from '../../../core/policy/people.ts';
import { knownPerson, revoke as sign } from '../../../host/sign-session.ts';
import type { Outcome, RevokeParams } from '../../../protocol.ts';
import { stateOf } from '../answer.ts';
import { type Context, expectFolder, refusedBy, shownAnswer, signingPlace } from '../context.ts';
import { findHunk, folderOf } from '../find-hunk.ts';

/** Takes back an acknowledgement of one's own. The ledger gets a new record; the old one stays. */
export async function revoke({ loop, env }: Context, { hunk: ref }: RevokeParams): Promise<Outcome> {
  const folder = expectFolder(folderOf(loop.folders, ref.uri), ref.uri);
  const answer = await folder.latest();
  const hunk = findHunk(answer, ref);
  if (hunk === undefined || stateOf(answer, hunk).kind !== 'acknowledged') {
    return { kind: 'refused', code: 'not-acknowledged', message: 'expected an acknowledged change, found none here' };
  }
  const { assessment, policy } = answer;
  const place = signingPlace(answer, env);
  try {
    const own = await knownPerson(place, policy);
    const names = own === undefined ? [] : namesOfSigner(own, policy);
    const { by } = stateOf(answer, hunk);
    // A record that takes back nothing must not be signed.
    if (!by.split(', ').some((name) => names.some((one) => isSameName(one, name))))
      return { kind: 'refused', code: 'not-acknowledged', message: `expected an acknowledgement of your own, found one by ${by}` };
    await sign(place, { hunk, assessment, policy, reason: '', confirmedDependents: [], channel: 'editor' });
  } catch (error) {
    return refusedBy(error);
  }
  const after = await shownAnswer(folder);
  const still = after === undefined ? undefined : findHunk(after, ref);
  if (after !== undefined && still !== undefined && stateOf(after, still).kind === 'acknowledged') {
    return {
      kind: 'refused',
      code: 'failed',
      message: `expected one acknowledgement of your own, found another by ${stateOf(after, still).by}`,
    };
  }
  return { kind: 'done', message: 'acknowledgement taken back' };
}
