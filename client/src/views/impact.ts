import { commands, type Disposable, EventEmitter, l10n, type TreeDataProvider, type TreeItem, window } from 'vscode';
import type { ImpactReport } from '../../../server/src/protocol.ts';
import { type ImpactRow, rowsOf } from './impact-tree.ts';

/** Who depends on one symbol, in a view that is not there until somebody asks for it. */
export interface ImpactView extends Disposable {
  show(report: ImpactReport): Promise<void>;
}

const VIEW = 'brakeline.impact';

export function createImpactView(): ImpactView {
  let rows: readonly ImpactRow[] = [];
  const changed = new EventEmitter<void>();
  const provider: TreeDataProvider<ImpactRow> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: (row): TreeItem => row.item,
    getChildren: (row) => [...(row?.children ?? rows)],
  };
  const view = window.createTreeView(VIEW, { treeDataProvider: provider, showCollapseAll: true });
  return {
    async show(report) {
      rows = rowsOf(report);
      view.description = report.symbol;
      // Above the rows, so that a list of none is never taken for an answer that was not computed; a panel shows no description.
      view.message = [`${report.symbol}: ${report.summary}`, report.method].filter((line) => line !== '').join(' · ');
      changed.fire();
      await commands.executeCommand('setContext', 'brakeline.impactShown', true);
      await commands.executeCommand(`${VIEW}.focus`);
    },
    dispose() {
      view.dispose();
      changed.dispose();
    },
  };
}

/** What is said where nothing can be shown. */
export function noSymbolHere(): Error {
  return new Error(l10n.t('expected an exported symbol at the cursor, or a flagged change about one, found neither'));
}
