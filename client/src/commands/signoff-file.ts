import { type OpenDialogOptions, Uri, window, workspace } from 'vscode';
import { chooseFolder } from './folder-choice.ts';

/** A file of a sign-off, and the workspace folder whose repository it is about. */
export interface SignoffFile {
  readonly file: string;
  readonly folder: string;
}

/** The file that the explorer named, else the one a person picks. Undefined: they picked none. */
export async function chooseSignoffFile(argument: unknown, dialog: OpenDialogOptions): Promise<SignoffFile | undefined> {
  const file = argument instanceof Uri ? argument : await pickFile(dialog);
  if (file === undefined) return undefined;
  const around = workspace.getWorkspaceFolder(file);
  const folder = around?.uri.toString() ?? (await chooseFolder());
  return folder === undefined ? undefined : { file: file.toString(), folder };
}

async function pickFile(dialog: OpenDialogOptions): Promise<Uri | undefined> {
  const [first] = workspace.workspaceFolders ?? [];
  const start = first === undefined ? {} : { defaultUri: first.uri };
  return (await window.showOpenDialog({ ...start, ...dialog, canSelectMany: false }))?.[0];
}
