import { l10n, workspace } from 'vscode';
import { IMPORT_SIGNOFF, type SignoffReport } from '../../../server/src/protocol.ts';
import { chooseRange } from './range-choice.ts';
import type { CommandContext } from './register.ts';
import { chooseSignoffFile } from './signoff-file.ts';

/** Takes in what another person answered, and shows what became of each record. */
export async function importSignoff({ connection, pages }: CommandContext, argument: unknown): Promise<void> {
  if (!workspace.isTrusted) throw new Error(l10n.t('expected a trusted folder, found Restricted Mode: nothing is written in it'));
  const chosen = await chooseSignoffFile(argument, {
    title: l10n.t('Import Sign-off'),
    openLabel: l10n.t('Import Answer'),
    filters: { [l10n.t('Sign-off answer')]: ['jsonl'] },
  });
  if (chosen === undefined) return;
  const range = await chooseRange(l10n.t('Import Sign-off'));
  if (range === undefined) return;
  const { leftOut, report } = await connection.request<SignoffReport>(IMPORT_SIGNOFF, { ...chosen, range });
  await pages.show(leftOut === 0 ? l10n.t('Sign-off imported') : l10n.t('Sign-off imported, {0} left out', leftOut), report);
}
