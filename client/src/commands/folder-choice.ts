import { l10n, window, workspace } from 'vscode';

/** URI of the folder a command is about: that of the active editor, the only one, or the one a person picks. Undefined: they picked none. */
export async function chooseFolder(): Promise<string | undefined> {
  const folders = workspace.workspaceFolders?.filter((folder) => folder.uri.scheme === 'file') ?? [];
  const [only] = folders;
  if (only === undefined) throw new Error(l10n.t('expected a folder of this machine in the workspace, found none'));
  const active = window.activeTextEditor === undefined ? undefined : workspace.getWorkspaceFolder(window.activeTextEditor.document.uri);
  if (active !== undefined && folders.includes(active)) return active.uri.toString();
  const chosen = folders.length === 1 ? only : await window.showWorkspaceFolderPick();
  return chosen?.uri.toString();
}
