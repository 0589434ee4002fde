import { l10n, Range, TextEditorRevealType, Uri, window } from 'vscode';
import type { HunkItem } from '../../../server/src/protocol.ts';
import { listHunks } from './list-hunks.ts';
import type { CommandContext } from './register.ts';

/** Goes to the next hunk that waits, in the order of risk and across files; from elsewhere, to the riskiest. */
export function nextHunk(context: CommandContext): Promise<void> {
  return go(context, (at, count) => (at === undefined ? 0 : (at + 1) % count));
}

export function previousHunk(context: CommandContext): Promise<void> {
  return go(context, (at, count) => (at === undefined ? count - 1 : (at + count - 1) % count));
}

async function go({ connection }: CommandContext, choose: (at: number | undefined, count: number) => number): Promise<void> {
  const waiting = (await listHunks(connection)).filter(({ state }) => state !== 'acknowledged');
  const item = waiting[choose(currentIndex(waiting), waiting.length)];
  if (item === undefined) {
    window.setStatusBarMessage(l10n.t('Brakeline: no change waits for you'), 4000);
    return;
  }
  const editor = await window.showTextDocument(Uri.parse(item.hunk.uri), { selection: new Range(item.line, 0, item.line, 0) });
  editor.revealRange(new Range(item.line, 0, item.line, 0), TextEditorRevealType.InCenterIfOutsideViewport);
}

/** The hunk whose first line the cursor is on. */
function currentIndex(items: readonly HunkItem[]): number | undefined {
  const editor = window.activeTextEditor;
  if (editor === undefined) return undefined;
  const line = editor.selection.active.line;
  const index = items.findIndex(({ hunk, line: at }) => at === line && Uri.parse(hunk.uri).fsPath === editor.document.uri.fsPath);
  return index === -1 ? undefined : index;
}
