import type { ExtensionContext } from 'vscode';
import { registerCommands } from './commands/register.ts';
import { type Connection, createConnection } from './connect.ts';
import { createBaselineDocuments } from './views/baseline-documents.ts';
import { createImpactView } from './views/impact.ts';
import { createPages } from './views/pages.ts';
import { createSignoffPanel } from './views/signoff.ts';
import { createStatus } from './views/status.ts';

let connection: Connection | undefined;

/**
 * Runs once the window has started (`onStartupFinished`), so that it costs no start-up. A narrower event would be blind where it
 * matters: `workspaceContains:.git` misses a folder below the top of a repository and one without git, which has to say so, and
 * `onLanguage` misses what an agent writes to files that nobody opens. Returns before the server is ready; whoever needs it waits.
 */
export function activate(context: ExtensionContext): void {
  connection = createConnection(context.extensionUri);
  const pages = createPages();
  const baselines = createBaselineDocuments(connection);
  const impact = createImpactView();
  const signoff = createSignoffPanel(connection);
  const commands = registerCommands({ connection, pages, baselines, impact, signoff });
  context.subscriptions.push(createStatus(connection), pages, baselines, impact, signoff, ...commands);
  connection.start();
}

export async function deactivate(): Promise<void> {
  await connection?.stop();
}
