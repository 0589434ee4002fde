// What the suites do to the window under test, and how they wait for what it answers.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const ANSWER_TIMEOUT_MS = 20_000;

export const EXTENSION_ID = 'brakeline.brakeline';

/** Opens a file of the workspace in the editor. */
export async function openFile(path: string): Promise<vscode.TextDocument> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert(folder, 'expected the window to have a folder open');
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, path));
  await vscode.window.showTextDocument(document);
  return document;
}

/** Replaces the one place where the document says `before`, without saving. */
export async function replaceText(document: vscode.TextDocument, before: string, after: string): Promise<void> {
  const offset = document.getText().indexOf(before);
  assert(offset >= 0, `expected ${document.uri.path} to say ${before}`);
  const range = new vscode.Range(document.positionAt(offset), document.positionAt(offset + before.length));
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, range, after);
  assert(await vscode.workspace.applyEdit(edit), 'expected the editor to take the edit');
}

/** Our diagnostics of one document. */
export function flags(uri: vscode.Uri): readonly vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter((diagnostic) => diagnostic.source === 'brakeline');
}

/** Waits until our diagnostics of a document are as wished, and returns them. */
export function flagsThat(
  uri: vscode.Uri,
  describe: string,
  isWished: (found: readonly vscode.Diagnostic[]) => boolean,
): Promise<readonly vscode.Diagnostic[]> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const found = flags(uri);
      if (!isWished(found)) return;
      finish();
      resolve(found);
    };
    const late = setTimeout(() => {
      finish();
      reject(new Error(`expected ${describe}, found ${JSON.stringify(flags(uri).map((flag) => flag.message))}`));
    }, ANSWER_TIMEOUT_MS);
    const listener = vscode.languages.onDidChangeDiagnostics(look);
    const finish = (): void => {
      clearTimeout(late);
      listener.dispose();
    };
    look();
  });
}

/** Titles of our code lenses of a document, resolved, top to bottom. */
export async function lensTitles(uri: vscode.Uri): Promise<readonly string[]> {
  const lenses = await vscode.commands.executeCommand<readonly vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 100);
  return lenses.flatMap((lens) => (lens.command?.command.startsWith('brakeline.') ? [lens.command.title] : []));
}

/** Takes every unsaved edit back and closes all editors. */
export async function leaveNothing(): Promise<void> {
  for (const document of vscode.workspace.textDocuments.filter((open) => open.isDirty)) {
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
