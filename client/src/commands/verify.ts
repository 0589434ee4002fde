import { l10n, ProgressLocation, window } from 'vscode';
import { VERIFY, type VerifyReport } from '../../../server/src/protocol.ts';
import { chooseFolder } from './folder-choice.ts';
import type { CommandContext } from './register.ts';

/** Recomputes what would be merged, as CI does, and shows every gap. */
export async function verify({ connection, pages }: CommandContext): Promise<void> {
  const folder = await chooseFolder();
  if (folder === undefined) return;
  const { passed, report } = await window.withProgress({ location: ProgressLocation.Window, title: l10n.t('Brakeline: verifying') }, () =>
    connection.request<VerifyReport>(VERIFY, { folder }),
  );
  await pages.show(passed ? l10n.t('Verification PASS') : l10n.t('Verification FAIL'), report);
}
