import { l10n, window, workspace } from 'vscode';
import { ANSWER_SIGNOFF, type AnswerSignoffParams, type SignoffHunk, type SignoffOutcome } from '../../../server/src/protocol.ts';
import { askAcknowledgement } from '../views/acknowledge-input.ts';
import { askRejection } from '../views/reject-input.ts';
import type { CommandContext } from './register.ts';

/** The only caller of the request that answers a sign-off: a person gives what is asked for, then the server signs. */
export async function acknowledgeAsked(context: CommandContext, { form, refusal }: SignoffHunk): Promise<void> {
  if (refusal !== '') throw new Error(refusal);
  const given = await askAcknowledgement(form);
  if (given !== undefined) await answer(context, { hunk: form.hunk, decision: 'acknowledged', ...given });
}

/** Says no to a hunk of another person's change, with the words that its author will read. */
export async function rejectHunk(context: CommandContext, argument: unknown): Promise<void> {
  const asked = context.signoff.find(argument);
  if (asked === undefined) throw new Error(l10n.t('expected a hunk of an opened sign-off request, found none'));
  const reason = await askRejection(asked.form);
  if (reason !== undefined) await answer(context, { hunk: asked.form.hunk, decision: 'rejected', reason, confirmedDependents: [] });
}

/** Takes back one's own decision by a new record. */
export async function takeBackAnswer(context: CommandContext, { form, state }: SignoffHunk): Promise<void> {
  if (state === 'open') throw new Error(l10n.t('expected a hunk that you have decided about, found one that is open'));
  await answer(context, { hunk: form.hunk, decision: 'revoked', reason: '', confirmedDependents: [] });
}

async function answer({ connection, signoff }: CommandContext, params: AnswerSignoffParams): Promise<void> {
  if (!workspace.isTrusted) throw new Error(l10n.t('expected a trusted folder, found Restricted Mode: nothing is signed in it'));
  const outcome = await connection.request<SignoffOutcome>(ANSWER_SIGNOFF, params);
  if (outcome.kind === 'refused') throw new Error(outcome.message);
  signoff.update(outcome.hunk);
  window.setStatusBarMessage(l10n.t('Brakeline: {0}', outcome.message), 4000);
}
