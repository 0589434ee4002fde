import { l10n, type QuickPickItem, window } from 'vscode';
import type { SignoffRange } from '../../../server/src/protocol.ts';

interface RangeItem extends QuickPickItem {
  readonly range: SignoffRange;
}

/** What a sign-off is about, as a person picks it. Undefined: they picked nothing. */
export async function chooseRange(title: string): Promise<SignoffRange | undefined> {
  const items: readonly RangeItem[] = [
    {
      label: l10n.t('$(git-commit) Commits of this branch'),
      description: l10n.t('what Verify Commits compares'),
      range: { kind: 'commits' },
    },
    { label: l10n.t('$(diff-added) Staged change'), description: l10n.t('the index against HEAD'), range: { kind: 'staged' } },
    {
      label: l10n.t('$(files) Working tree'),
      description: l10n.t('files as they are saved, against HEAD'),
      range: { kind: 'worktree' },
    },
  ];
  const chosen = await window.showQuickPick(items, { title, placeHolder: l10n.t('Which change is it about?') });
  return chosen?.range;
}
