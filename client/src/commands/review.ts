import { commands } from 'vscode';

/** Brings what is flagged to the front: one finding has one place, and it is the Problems view. */
export async function review(): Promise<void> {
  await commands.executeCommand('workbench.actions.view.problems');
}
