import { l10n, workspace } from 'vscode';
import { OPEN_SIGNOFF, type SignoffView } from '../../../server/src/protocol.ts';
import type { CommandContext } from './register.ts';
import { chooseSignoffFile } from './signoff-file.ts';

/** Shows a request of somebody else's, hunk by hunk, to whoever may answer it. */
export async function openSignoff({ connection, signoff }: CommandContext, argument: unknown): Promise<void> {
  if (!workspace.isTrusted) throw new Error(l10n.t('expected a trusted folder, found Restricted Mode: nothing is signed in it'));
  const chosen = await chooseSignoffFile(argument, {
    title: l10n.t('Open Sign-off Request'),
    openLabel: l10n.t('Open Request'),
    filters: { [l10n.t('Sign-off request')]: ['json'] },
  });
  if (chosen === undefined) return;
  await signoff.show(await connection.request<SignoffView>(OPEN_SIGNOFF, chosen));
}
