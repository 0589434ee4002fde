// Starts the bare server the way Brakeline starts its own: in a process apart, over IPC.
import path from 'node:path';
import type { ExtensionContext } from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';

export async function activate(context: ExtensionContext): Promise<void> {
  const client = new LanguageClient(
    'bare',
    'Bare',
    { module: path.join(__dirname, 'server.js'), transport: TransportKind.ipc },
    { documentSelector: [{ scheme: 'file' }] },
  );
  context.subscriptions.push(client);
  await client.start();
}
