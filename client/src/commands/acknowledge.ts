import { l10n, window, workspace } from 'vscode';
import { ACKNOWLEDGE, ACKNOWLEDGE_FORM, type AcknowledgeForm, type Outcome } from '../../../server/src/protocol.ts';
import { askAcknowledgement } from '../views/acknowledge-input.ts';
import { acknowledgeAsked } from './answer-signoff.ts';
import { hunkOrPlace, noHunkHere } from './hunk-argument.ts';
import type { CommandContext } from './register.ts';

/** The only caller of the acknowledge request: a person answers what the severity demands, then the server signs. */
export async function acknowledge(context: CommandContext, argument: unknown): Promise<void> {
  const asked = context.signoff.find(argument);
  if (asked !== undefined) return acknowledgeAsked(context, asked);
  const { connection } = context;
  if (!workspace.isTrusted) throw new Error(l10n.t('expected a trusted folder, found Restricted Mode: nothing is signed in it'));
  const form = await connection.request<AcknowledgeForm | null>(ACKNOWLEDGE_FORM, hunkOrPlace(argument));
  if (form === null) throw noHunkHere();
  const answer = await askAcknowledgement(form);
  if (answer === undefined) return;
  const outcome = await connection.request<Outcome>(ACKNOWLEDGE, { hunk: form.hunk, ...answer });
  if (outcome.kind === 'refused') throw new Error(outcome.message);
  window.setStatusBarMessage(l10n.t('Brakeline: {0}', outcome.message), 4000);
}
