import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node';
import type { Place } from '../symbols.ts';
import type { ReferenceServer } from './reference-server.ts';

/** Any server that speaks the protocol over standard input and output, from its start on. */
export interface LanguageServer {
  readonly pid: number;
  readonly connection: ProtocolConnection;
  /** Milliseconds from the start of the process to the answer to `initialize`. */
  readonly initialized: number;
  stop(): Promise<void>;
}

/** Errors: what the process or the handshake failed with. */
export async function startLanguageServer(command: string, args: readonly string[], dir: string): Promise<LanguageServer> {
  const started = performance.now();
  const child: ChildProcess = spawn(command, args, { cwd: dir, stdio: ['pipe', 'pipe', 'ignore'] });
  if (child.stdout === null || child.stdin === null) throw new Error('expected pipes to the server, found none');
  const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  // What a server asks of its editor at its start is answered with nothing, so that it does not wait.
  connection.onRequest('workspace/configuration', ({ items }: { readonly items: readonly unknown[] }) => items.map(() => null));
  for (const method of ['client/registerCapability', 'window/workDoneProgress/create']) connection.onRequest(method, () => null);
  connection.listen();
  const uri = pathToFileURL(dir).href;
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: uri,
    workspaceFolders: [{ uri, name: path.basename(dir) }],
    capabilities: { workspace: { workspaceFolders: true }, textDocument: { publishDiagnostics: {} } },
  });
  const initialized = performance.now() - started;
  await connection.sendNotification('initialized', {});
  return {
    pid: child.pid ?? 0,
    connection,
    initialized,
    async stop() {
      const exited = once(child, 'exit');
      await connection.sendRequest('shutdown');
      await connection.sendNotification('exit');
      await exited;
      connection.dispose();
    },
  };
}

/** TypeScript 7's own server. */
export async function startNative(program: string, dir: string): Promise<ReferenceServer> {
  const server = await startLanguageServer(program, ['--lsp', '-stdio'], dir);
  const opened = new Set<string>();
  return {
    pid: server.pid,
    async references(at: Place) {
      const file = path.join(dir, at.path);
      const uri = pathToFileURL(file).href;
      if (!opened.has(uri)) {
        opened.add(uri);
        const languageId = /x$/.test(at.path) ? 'typescriptreact' : 'typescript';
        await server.connection.sendNotification('textDocument/didOpen', {
          textDocument: { uri, languageId, version: 1, text: readFileSync(file, 'utf8') },
        });
      }
      const found: readonly { uri: string; range: { start: { line: number; character: number } } }[] | null =
        await server.connection.sendRequest('textDocument/references', {
          textDocument: { uri },
          position: { line: at.line - 1, character: at.character - 1 },
          context: { includeDeclaration: true },
        });
      return (found ?? []).map((one) => ({
        path: path.relative(dir, fileURLToPath(one.uri)).replaceAll('\\', '/'),
        line: one.range.start.line + 1,
        character: one.range.start.character + 1,
      }));
    },
    stop: () => server.stop(),
  };
}
