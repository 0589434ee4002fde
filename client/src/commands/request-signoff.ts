import { l10n, Uri, window, workspace } from 'vscode';
import { type Outcome, REQUEST_SIGNOFF, type RequestSignoffParams } from '../../../server/src/protocol.ts';
import { chooseFolder } from './folder-choice.ts';
import { chooseRange } from './range-choice.ts';
import type { CommandContext } from './register.ts';

/** By this ending the explorer knows a request, and offers to open it. Any other name will do as well. */
const REQUEST_NAME = 'change.signoff.json';

/** Writes what a verification would still ask about into one file for another person. */
export async function requestSignoff({ connection }: CommandContext): Promise<void> {
  if (!workspace.isTrusted) throw new Error(l10n.t('expected a trusted folder, found Restricted Mode: nothing is written in it'));
  const folder = await chooseFolder();
  if (folder === undefined) return;
  const range = await chooseRange(l10n.t('Request Sign-off'));
  if (range === undefined) return;
  const file = await window.showSaveDialog({
    title: l10n.t('Request Sign-off: Save the File That Another Person Gets'),
    defaultUri: Uri.joinPath(Uri.parse(folder), REQUEST_NAME),
    filters: { [l10n.t('Sign-off request')]: ['json'] },
  });
  if (file === undefined) return;
  const params: RequestSignoffParams = { folder, range, file: file.toString() };
  const outcome = await connection.request<Outcome>(REQUEST_SIGNOFF, params);
  if (outcome.kind === 'refused') throw new Error(outcome.message);
  window.setStatusBarMessage(l10n.t('Brakeline: {0}; send {1} to the other person', outcome.message, nameOf(file)), 8000);
}

function nameOf(file: Uri): string {
  return file.path.slice(file.path.lastIndexOf('/') + 1);
}
