import { commands, type Disposable, EventEmitter, l10n, type TreeDataProvider, type TreeItem, Uri, window } from 'vscode';
import type { SignoffHunk, SignoffView } from '../../../server/src/protocol.ts';
import type { Connection } from '../connect.ts';
import { createSignoffDocuments, hunkIdOf } from './signoff-documents.ts';
import { rowsOf, type SignoffRow } from './signoff-tree.ts';

/** One request of somebody else's, in a view that is not there until a person opens one. */
export interface SignoffPanel extends Disposable {
  show(view: SignoffView): Promise<void>;
  /** The hunk of a row or of a document, or that of the diff with the focus; undefined where there is none. Errors: a diff is left over. */
  find(argument: unknown): SignoffHunk | undefined;
  update(hunk: SignoffHunk): void;
  openDiff(hunk: SignoffHunk): Promise<void>;
}

const VIEW = 'brakeline.signoff';

export function createSignoffPanel(connection: Connection): SignoffPanel {
  let shown: SignoffView | undefined;
  let rows: readonly SignoffRow[] = [];
  const changed = new EventEmitter<void>();
  const documents = createSignoffDocuments(connection);
  const provider: TreeDataProvider<SignoffRow> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: (row): TreeItem => row.item,
    getChildren: (row) => [...(row?.children ?? rows)],
  };
  const view = window.createTreeView(VIEW, { treeDataProvider: provider, showCollapseAll: false });
  const refresh = (): void => {
    if (shown === undefined) return;
    rows = rowsOf(shown);
    const open = shown.hunks.filter(({ state }) => state === 'open').length;
    view.message = `${shown.asked}. ${shown.meaning}`;
    view.badge = open === 0 ? undefined : { value: open, tooltip: l10n.t('{0} to be answered', open) };
    changed.fire();
  };
  const named = (hunkId: string | undefined): SignoffHunk | undefined => shown?.hunks.find(({ form }) => form.hunk.hunkId === hunkId);

  return {
    async show(next) {
      shown = next;
      documents.forget();
      refresh();
      await commands.executeCommand('setContext', 'brakeline.signoffShown', true);
      await commands.executeCommand(`${VIEW}.focus`);
      const first = next.hunks.find(({ state }) => state === 'open') ?? next.hunks[0];
      if (first !== undefined) await documents.open(first);
    },
    find: (argument) => {
      if (isRow(argument)) return named(argument.hunk?.form.hunk.hunkId);
      // A button above an editor hands over its document; a lens or a quick fix a hunk of another one.
      if (argument !== undefined && !(argument instanceof Uri)) return undefined;
      const hunkId = hunkIdOf(argument ?? window.activeTextEditor?.document.uri);
      const hunk = named(hunkId);
      // A window that was loaded anew still has its tabs, and no request behind them.
      if (hunkId !== undefined && hunk === undefined)
        throw new Error(l10n.t('expected the request that this diff is of to be open, found none: open it again'));
      return hunk;
    },
    update(hunk) {
      if (shown === undefined || hunk.form.hunk.uri !== shown.file) return;
      shown = { ...shown, hunks: shown.hunks.map((one) => (one.form.hunk.hunkId === hunk.form.hunk.hunkId ? hunk : one)) };
      refresh();
    },
    openDiff: (hunk) => documents.open(hunk),
    dispose() {
      view.dispose();
      changed.dispose();
      documents.dispose();
    },
  };
}

function isRow(value: unknown): value is SignoffRow {
  return typeof value === 'object' && value !== null && 'item' in value && 'children' in value;
}
