import { answerRefusal } from '../../../core/signoff/second-person.ts';
import { acknowledge, describeSigner, keyRefusal, reject, revoke, signingPerson } from '../../../host/sign-session.ts';
import { freeAnswerFile, writeAnswer } from '../../../host/signoff/answer-file.ts';
import { askedPolicy } from '../../../host/signoff/asked-policy.ts';
import { readSignoffFile } from '../../../host/signoff/signoff-file.ts';
import type { AnswerSignoffParams, SignoffOutcome } from '../../../protocol.ts';
import { demandsOf, reasonFault } from '../../reporters/demands.ts';
import { type Context, refusedBy } from '../context.ts';
import { refusalOf } from '../demands.ts';
import { isAsShown } from '../find-hunk.ts';
import { hunkOf, type OpenSignoff, recordsOf } from '../signoff-view.ts';

type Refused = Extract<SignoffOutcome, { readonly kind: 'refused' }>;

/** Signs one decision about one hunk of a request, exactly as it was shown, and writes the answer anew. */
export async function answerSignoff({ signoffs }: Context, params: AnswerSignoffParams): Promise<SignoffOutcome> {
  const open = signoffs.get(params.hunk.uri);
  const asked = open?.seen.view.hunks.find(({ hunk }) => hunk.id === params.hunk.hunkId);
  if (open === undefined || asked === undefined || !isAsShown(asked.hunk, params.hunk) || !(await isUnchanged(open)))
    return refused('changed', 'expected the request that was shown, found that its file has changed since: open it again');
  const { place, seen } = open;
  const { view } = seen;
  const policy = askedPolicy(view, asked);
  const { hunk } = asked;
  try {
    // Whoever signs may be somebody else by now: the configuration of git is read anew.
    const own = await signingPerson(place, view.policy);
    const stranger = answerRefusal(own, view.authors, view.policy, view.trust, new Date().toISOString());
    if (stranger !== undefined) return refused('key-refused', stranger);
    if (own.publicKey !== open.own.publicKey)
      return refused('key-refused', 'expected the key that was shown, found another: open it again');
    const before = await recordsOf(open);
    const fault = await decisionFault(open, params, before.at(-1)?.record.acknowledgement.reason ?? '');
    if (fault !== undefined) return fault;
    // Before anything is signed: a decision that cannot be sent on is none.
    const answer = await freeAnswerFile(
      open.file,
      before.map(({ line }) => line),
    );
    const { decision, confirmedDependents } = params;
    const request = { hunk, assessment: view.assessment, policy, authors: view.authors, channel: 'editor' } as const;
    const reason = params.reason.trim();
    if (decision === 'acknowledged') await acknowledge(place, { ...request, reason, confirmedDependents });
    else if (decision === 'rejected') await reject(place, { ...request, reason, confirmedDependents: [] });
    else await revoke(place, { ...request, reason: '', confirmedDependents: [] });
    const after = await recordsOf(open);
    await writeAnswer(
      answer,
      after.map(({ line }) => line),
    );
    const message = decision === 'revoked' ? 'taken back' : `${decision} as ${own.by.name ?? own.by.id}`;
    return { kind: 'done', message, hunk: await hunkOf(open, asked, after, await describeSigner(place)) };
  } catch (error) {
    return refusedBy(error);
  }
}

/** What is missing for a decision; undefined where nothing is. */
async function decisionFault(open: OpenSignoff, params: AnswerSignoffParams, previousReason: string): Promise<Refused | undefined> {
  const { place, seen } = open;
  const asked = seen.view.hunks.find(({ hunk }) => hunk.id === params.hunk.hunkId);
  if (asked === undefined || params.decision === 'revoked') return undefined;
  if (params.decision === 'rejected') {
    // Words are asked of every rejection: the author must know what to change.
    const fault = reasonFault(params.reason, true, '');
    return fault === undefined ? undefined : { kind: 'refused', ...fault };
  }
  const policy = askedPolicy(seen.view, asked);
  const key = await keyRefusal(place, asked.hunk, policy, seen.view.authors);
  if (key !== undefined) return refused('key-refused', key);
  const refusal = refusalOf(demandsOf(asked.hunk, policy), params, previousReason);
  return refusal?.kind === 'refused' ? refusal : undefined;
}

async function isUnchanged({ file, text }: OpenSignoff): Promise<boolean> {
  return (await readSignoffFile(file).catch(() => undefined)) === text;
}

function refused(code: Refused['code'], message: string): Refused {
  return { kind: 'refused', code, message };
}
