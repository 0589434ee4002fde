import { l10n, window, workspace } from 'vscode';
import { EXPORT, type Outcome } from '../../../server/src/protocol.ts';
import { chooseFolder } from './folder-choice.ts';
import type { CommandContext } from './register.ts';

/** Writes the acknowledgements of what is staged into the tree, so that they go out with the commit. */
export async function exportAcknowledgements({ connection }: CommandContext): Promise<void> {
  if (!workspace.isTrusted) throw new Error(l10n.t('expected a trusted folder, found Restricted Mode: nothing is written in it'));
  const folder = await chooseFolder();
  if (folder === undefined) return;
  const outcome = await connection.request<Outcome>(EXPORT, { folder });
  if (outcome.kind === 'refused') throw new Error(outcome.message);
  window.setStatusBarMessage(l10n.t('Brakeline: {0}', outcome.message), 8000);
}
