import { l10n, window, workspace } from 'vscode';
import { ACKNOWLEDGE_FORM, type AcknowledgeForm, type Outcome, REVOKE } from '../../../server/src/protocol.ts';
import { takeBackAnswer } from './answer-signoff.ts';
import { hunkOrPlace, noHunkHere } from './hunk-argument.ts';
import type { CommandContext } from './register.ts';

/** Takes back an acknowledgement by a new record. */
export async function undoAcknowledge(context: CommandContext, argument: unknown): Promise<void> {
  const asked = context.signoff.find(argument);
  if (asked !== undefined) return takeBackAnswer(context, asked);
  const { connection } = context;
  if (!workspace.isTrusted) throw new Error(l10n.t('expected a trusted folder, found Restricted Mode: nothing is signed in it'));
  const form = await connection.request<AcknowledgeForm | null>(ACKNOWLEDGE_FORM, hunkOrPlace(argument));
  if (form === null) throw noHunkHere();
  const outcome = await connection.request<Outcome>(REVOKE, { hunk: form.hunk });
  if (outcome.kind === 'refused') throw new Error(outcome.message);
  window.setStatusBarMessage(l10n.t('Brakeline: {0}', outcome.message), 4000);
}
